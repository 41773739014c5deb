import type { Wording } from '../dialect.ts'
import { type Protocol2, versionOf } from '../version.ts'

/** What each of the two messages of OCPP 1.6 can ask for, and what comes of it. */

/** TriggerMessage asks for these by their own names. */
export const triggerable = [
  'BootNotification',
  'DiagnosticsStatusNotification',
  'FirmwareStatusNotification',
  'Heartbeat',
  'MeterValues',
  'StatusNotification',
]

/** ExtendedTriggerMessage asks for these by these names; a firmware status is the signed one there. */
export const extended: Readonly<Record<string, { readonly name: string; readonly comes: string }>> = {
  BootNotification: { name: 'BootNotification', comes: 'BootNotification' },
  LogStatusNotification: { name: 'LogStatusNotification', comes: 'LogStatusNotification' },
  FirmwareStatusNotification: { name: 'FirmwareStatusNotification', comes: 'SignedFirmwareStatusNotification' },
  SignedFirmwareStatusNotification: { name: 'FirmwareStatusNotification', comes: 'SignedFirmwareStatusNotification' },
  Heartbeat: { name: 'Heartbeat', comes: 'Heartbeat' },
  MeterValues: { name: 'MeterValues', comes: 'MeterValues' },
  SignCertificate: { name: 'SignChargePointCertificate', comes: 'SignCertificate' },
  StatusNotification: { name: 'StatusNotification', comes: 'StatusNotification' },
}

/** A message asked for, and the action that is then waited for. */
export const asking = (message: string, evse: number | undefined, action: string): Wording => ({
  payload: { requestedMessage: message, ...(evse !== undefined && { connectorId: evse }) },
  expects: { type: 'message', action },
})

/** What 2.x can ask for, by our names, which are those of the messages that come. */
const triggerable2: Readonly<Record<string, string>> = {
  BootNotification: 'BootNotification',
  LogStatusNotification: 'LogStatusNotification',
  FirmwareStatusNotification: 'FirmwareStatusNotification',
  PublishFirmwareStatusNotification: 'PublishFirmwareStatusNotification',
  Heartbeat: 'Heartbeat',
  MeterValues: 'MeterValues',
  SignCertificate: 'SignChargingStationCertificate',
  SignV2GCertificate: 'SignV2GCertificate',
  SignCombinedCertificate: 'SignCombinedCertificate',
  SignV2G20Certificate: 'SignV2G20Certificate',
  StatusNotification: 'StatusNotification',
  TransactionEvent: 'TransactionEvent',
}
/** Certificate requests that 2.x asks for. */
export const signing = {
  station: 'SignChargingStationCertificate',
  v2g: 'SignV2GCertificate',
  v2g20: 'SignV2G20Certificate',
} as const

const only21: ReadonlySet<string> = new Set(['SignV2G20Certificate'])

/** The same in 2.x, where a status is always one connector's (F06.FR.13); 2.1 also knows triggers of one's own. */
export const triggering = (
  protocol: Protocol2,
  asked: {
    readonly message: string
    readonly evse: number | undefined
    readonly connector: number | undefined
    readonly custom: string | undefined
  },
): Wording => {
  const { message, evse, connector, custom } = asked
  const place = evse === undefined ? {} : { evse: { id: evse, ...placeOf(message, connector) } }
  if (custom !== undefined)
    return protocol === 'ocpp2.1'
      ? { payload: { requestedMessage: 'CustomTrigger', customTrigger: custom, ...place } }
      : { unsupported: 'triggers of one’s own are known from OCPP 2.1 on' }
  const requestedMessage = triggerable2[message]
  if (requestedMessage === undefined || (only21.has(message) && protocol !== 'ocpp2.1'))
    return { unsupported: `OCPP ${versionOf(protocol)} cannot trigger ${message}` }
  if (message === 'StatusNotification' && evse === undefined)
    return { unsupported: 'a status is one connector’s: name its evse' }
  const action = message.startsWith('Sign') ? 'SignCertificate' : message
  return { payload: { requestedMessage, ...place }, expects: { type: 'message', action } }
}

const placeOf = (message: string, connector: number | undefined): { readonly connectorId?: number } =>
  message === 'StatusNotification'
    ? { connectorId: connector ?? 1 }
    : connector === undefined
      ? {}
      : { connectorId: connector }
