import type { Wording } from '../dialect.ts'

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
