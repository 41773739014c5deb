import type {
  PublishFirmwareRequest,
  PublishFirmwareResponse,
  UnpublishFirmwareRequest,
  UnpublishFirmwareResponse,
  UpdateFirmwareRequest,
  UpdateFirmwareResponse,
} from 'typed-ocpp/dist/ocpp21/types.js'
import { updateOf } from '../firmware-of.ts'
import type { Station } from '../station.ts'
import { type Reply, status } from './reply.ts'

/** Block L: its own firmware, and what it holds ready for others. */
export const firmware = {
  UpdateFirmware({ firmware: own }: Station, request: UpdateFirmwareRequest): Reply<UpdateFirmwareResponse> {
    const word = own.judge(request.firmware.signingCertificate)
    return status(word, () => word.startsWith('Accepted') && void own.update(updateOf(request)))
  },

  PublishFirmware: ({ publisher }: Station, request: PublishFirmwareRequest): Reply<PublishFirmwareResponse> =>
    status('Accepted', () => void publisher.publish(request)),

  UnpublishFirmware: (
    { publisher }: Station,
    { checksum }: UnpublishFirmwareRequest,
  ): Reply<UnpublishFirmwareResponse> => status(publisher.unpublish(checksum)),
}
