import { expect } from 'vitest'

const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'aa', issuerKeyHash: 'bb', serialNumber: '1' }
const profile = {
  chargingProfileId: 1,
  stackLevel: 0,
  chargingProfilePurpose: 'TxDefaultProfile',
  chargingProfileKind: 'Relative',
  chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 10 }] },
}

/** Every order of OCPP 1.6 and its security extension, and what an idle simulated station named CP-1 answers to it. */
export const orders: Readonly<Record<string, readonly [object, object]>> = {
  CancelReservation: [{ reservationId: 1 }, { status: 'Rejected' }],
  CertificateSigned: [{ certificateChain: 'none' }, { status: 'Rejected' }],
  ChangeAvailability: [{ connectorId: 1, type: 'Inoperative' }, { status: 'Accepted' }],
  ChangeConfiguration: [{ key: 'HeartbeatInterval', value: '60' }, { status: 'Accepted' }],
  ClearCache: [{}, { status: 'Accepted' }],
  ClearChargingProfile: [{}, { status: 'Unknown' }],
  DataTransfer: [
    { vendorId: 'org.stationmaster.simulator', messageId: 'echo', data: 'x' },
    { status: 'Accepted', data: 'x' },
  ],
  DeleteCertificate: [{ certificateHashData: hash }, { status: 'NotFound' }],
  ExtendedTriggerMessage: [{ requestedMessage: 'Heartbeat' }, { status: 'Accepted' }],
  GetCompositeSchedule: [
    { connectorId: 1, duration: 60 },
    { status: 'Accepted', connectorId: 1 },
  ],
  GetConfiguration: [
    { key: ['NumberOfConnectors'] },
    { configurationKey: [{ key: 'NumberOfConnectors', readonly: true, value: '2' }] },
  ],
  GetDiagnostics: [{ location: 'ftp://nowhere/' }, { fileName: expect.stringMatching(/^CP-1-diagnostics-.+\.log$/) }],
  GetInstalledCertificateIds: [{ certificateType: 'CentralSystemRootCertificate' }, { status: 'NotFound' }],
  GetLocalListVersion: [{}, { listVersion: 0 }],
  GetLog: [
    { logType: 'SecurityLog', requestId: 1, log: { remoteLocation: 'ftp://nowhere/' } },
    { status: 'Accepted', filename: expect.stringMatching(/^CP-1-SecurityLog-.+\.log$/) },
  ],
  InstallCertificate: [
    { certificateType: 'CentralSystemRootCertificate', certificate: 'none' },
    { status: 'Rejected' },
  ],
  RemoteStartTransaction: [{ idTag: 'CARD1' }, { status: 'Accepted' }],
  RemoteStopTransaction: [{ transactionId: 1 }, { status: 'Rejected' }],
  ReserveNow: [
    { connectorId: 1, expiryDate: '2026-11-24T13:00:00Z', idTag: 'CARD1', reservationId: 1 },
    { status: 'Accepted' },
  ],
  Reset: [{ type: 'Soft' }, { status: 'Accepted' }],
  SendLocalList: [{ listVersion: 1, updateType: 'Full' }, { status: 'Accepted' }],
  SetChargingProfile: [{ connectorId: 1, csChargingProfiles: profile }, { status: 'Accepted' }],
  SignedUpdateFirmware: [
    {
      requestId: 1,
      firmware: {
        location: 'ftp://nowhere/',
        retrieveDateTime: '2026-11-24T12:00:00Z',
        signingCertificate: 'none',
        signature: 'none',
      },
    },
    { status: 'InvalidCertificate' },
  ],
  TriggerMessage: [{ requestedMessage: 'Heartbeat' }, { status: 'Accepted' }],
  UnlockConnector: [{ connectorId: 1 }, { status: 'Unlocked' }],
  UpdateFirmware: [{ location: 'ftp://nowhere/', retrieveDate: '2026-11-24T12:00:00Z' }, {}],
}
