import type {
  GetDiagnosticsRequest,
  GetDiagnosticsResponse,
  GetLogRequest,
  GetLogResponse,
  SignedUpdateFirmwareRequest,
  SignedUpdateFirmwareResponse,
  UpdateFirmwareRequest,
  UpdateFirmwareResponse,
} from 'typed-ocpp/dist/ocpp16/types.js'
import type { Charger } from '../charger.ts'
import { plainUpdate, signedUpdate } from '../firmware-order.ts'
import { type Reply, status } from './reply.ts'

export const maintenance = {
  UpdateFirmware: ({ firmware }: Charger, request: UpdateFirmwareRequest): Reply<UpdateFirmwareResponse> => ({
    answer: {},
    then: () => void firmware.update(plainUpdate(request)),
  }),

  SignedUpdateFirmware(
    { firmware }: Charger,
    request: SignedUpdateFirmwareRequest,
  ): Reply<SignedUpdateFirmwareResponse> {
    const word = firmware.judge(request.firmware.signingCertificate)
    return status(word, () => word.startsWith('Accepted') && void firmware.update(signedUpdate(request)))
  },

  GetDiagnostics({ uploads }: Charger, request: GetDiagnosticsRequest): Reply<GetDiagnosticsResponse> {
    const { fileName, then } = uploads.diagnostics(request)
    return { answer: fileName === undefined ? {} : { fileName }, then }
  },

  GetLog: ({ uploads }: Charger, request: GetLogRequest): Reply<GetLogResponse> => uploads.log(request),
}
