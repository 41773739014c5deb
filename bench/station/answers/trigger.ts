import type {
  EVSEType,
  MessageTriggerEnumType,
  TriggerMessageRequest,
  TriggerMessageResponse,
} from 'typed-ocpp/dist/ocpp21/types.js'
import { reading, report } from '../charging.ts'
import { type Evse, evseOf, notify } from '../evse.ts'
import type { Station } from '../station.ts'
import { type Reply, status } from './reply.ts'

type Message = (station: Station, evses: readonly Evse[]) => void

const metered: Message = (station, evses) => {
  const wanted = station.model.list('AlignedDataCtrlr/Measurands')
  for (const evse of evses) {
    const meterValue = reading(station, evse, wanted, 'Trigger')
    if (meterValue.length > 0)
      station.post({ action: 'MeterValues', payload: () => ({ evseId: evse.id, meterValue }), answered: () => {} })
  }
}

const told: Message = (station, evses) => {
  const wanted = station.model.list('SampledDataCtrlr/TxUpdatedMeasurands')
  for (const evse of evses) report(station, evse, 'Trigger', reading(station, evse, wanted, 'Trigger'))
}

/** What can be said when it is asked for; a station of 2.0.1 knows no other, and no trigger of its own (F06). */
const messages: Readonly<Partial<Record<MessageTriggerEnumType, Message>>> = {
  BootNotification: ({ registration }) => registration.boot('Triggered'),
  FirmwareStatusNotification: ({ firmware }) => firmware.tell(['FirmwareStatusNotification', { status: 'Idle' }]),
  Heartbeat: ({ registration }) => registration.heartbeat(),
  LogStatusNotification: ({ uploads }) => uploads.tellLog(),
  MeterValues: metered,
  PublishFirmwareStatusNotification: ({ publisher }) => publisher.tell(),
  SignChargingStationCertificate: ({ credentials }) => void credentials.askForCertificate('ChargingStationCertificate'),
  SignV2GCertificate: ({ credentials }) => void credentials.askForCertificate('V2GCertificate'),
  SignV2G20Certificate: ({ credentials }) => void credentials.askForCertificate('V2G20Certificate'),
  StatusNotification: (station, evses) => evses.forEach((evse) => notify(station, evse)),
  TransactionEvent: told,
}

const isKnown = (station: Station, { id, connectorId = 1 }: EVSEType): boolean =>
  evseOf(station, id) !== undefined && connectorId === 1

export const trigger = {
  /** The message comes after the answer (F06.FR.04), also from a station that is not accepted yet. */
  TriggerMessage(station: Station, { requestedMessage, evse }: TriggerMessageRequest): Reply<TriggerMessageResponse> {
    const message = messages[requestedMessage]
    if (message === undefined) return status('NotImplemented')
    const isWelcome =
      (evse === undefined || isKnown(station, evse)) &&
      // whoever is accepted need not boot (F06.FR.17), and a status is of a connector (F06.FR.12)
      (requestedMessage !== 'BootNotification' || !station.registration.isAccepted) &&
      (requestedMessage !== 'StatusNotification' || evse?.connectorId !== undefined)
    if (!isWelcome) return status('Rejected')
    const evses = station.evses.filter(({ id }) => evse === undefined || id === evse.id)
    if (requestedMessage === 'TransactionEvent' && evses.every(({ transaction }) => transaction === undefined))
      return status('Rejected')
    return status('Accepted', () => station.asked(() => message(station, evses)))
  },
}
