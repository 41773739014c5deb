import { expect } from 'vitest'

const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'aa', issuerKeyHash: 'bb', serialNumber: '1' }
const idToken = { idToken: 'CARD1', type: 'ISO14443' }
const profile = {
  id: 1,
  stackLevel: 0,
  chargingProfilePurpose: 'TxDefaultProfile',
  chargingProfileKind: 'Relative',
  chargingSchedule: [{ id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 10 }] }],
}
const interval = { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' } }
const power = { component: { name: 'EVSE', evse: { id: 1 } }, variable: { name: 'Power' } }
const message = { id: 1, priority: 'NormalCycle', message: { format: 'UTF8', content: 'Hello' } }
const tariff = { tariffId: 'T1', currency: 'EUR', energy: { prices: [{ priceKwh: 0.5 }] } }
const connectionData = {
  ocppVersion: 'OCPP20',
  ocppTransport: 'JSON',
  ocppCsmsUrl: 'ws://elsewhere/ocpp',
  messageTimeout: 30,
  securityProfile: 1,
  ocppInterface: 'Wired0',
}

type Order = readonly [payload: object, expected: object]

/** Every order of 2.0.1, and what an idle simulated station answers to it. */
export const ordersOf201: Readonly<Record<string, Order>> = {
  CancelReservation: [{ reservationId: 1 }, { status: 'Rejected' }],
  CertificateSigned: [{ certificateChain: 'none' }, { status: 'Rejected' }],
  ChangeAvailability: [{ operationalStatus: 'Inoperative', evse: { id: 1 } }, { status: 'Accepted' }],
  ClearCache: [{}, { status: 'Accepted' }],
  ClearChargingProfile: [{ chargingProfileId: 9 }, { status: 'Unknown' }],
  ClearDisplayMessage: [{ id: 1 }, { status: 'Unknown' }],
  ClearVariableMonitoring: [{ id: [99] }, { clearMonitoringResult: [{ id: 99, status: 'NotFound' }] }],
  CostUpdated: [{ totalCost: 1.5, transactionId: 'none' }, {}],
  CustomerInformation: [{ requestId: 1, report: true, clear: false, idToken }, { status: 'Accepted' }],
  DataTransfer: [
    { vendorId: 'org.stationmaster.simulator', messageId: 'echo', data: { a: [1] } },
    { status: 'Accepted', data: { a: [1] } },
  ],
  DeleteCertificate: [{ certificateHashData: hash }, { status: 'NotFound' }],
  GetBaseReport: [{ requestId: 1, reportBase: 'FullInventory' }, { status: 'Accepted' }],
  GetChargingProfiles: [{ requestId: 1, chargingProfile: {} }, { status: 'NoProfiles' }],
  GetCompositeSchedule: [
    { duration: 60, evseId: 1 },
    { status: 'Accepted', schedule: { evseId: 1, duration: 60 } },
  ],
  GetDisplayMessages: [{ requestId: 1 }, { status: 'Unknown' }],
  GetInstalledCertificateIds: [{}, { status: 'NotFound' }],
  GetLocalListVersion: [{}, { versionNumber: 0 }],
  GetLog: [
    { logType: 'SecurityLog', requestId: 1, log: { remoteLocation: 'ftp://nowhere/' } },
    { status: 'Accepted', filename: expect.stringMatching(/^CS-1-SecurityLog-.+\.log$/) },
  ],
  GetMonitoringReport: [{ requestId: 1 }, { status: 'Accepted' }],
  GetReport: [{ requestId: 1, componentVariable: [interval] }, { status: 'Accepted' }],
  GetTransactionStatus: [{ transactionId: 'none' }, { ongoingIndicator: false, messagesInQueue: false }],
  GetVariables: [
    { getVariableData: [interval] },
    { getVariableResult: [{ attributeStatus: 'Accepted', attributeValue: '300' }] },
  ],
  InstallCertificate: [{ certificateType: 'CSMSRootCertificate', certificate: 'none' }, { status: 'Rejected' }],
  PublishFirmware: [{ location: 'ftp://nowhere/', checksum: 'aa', requestId: 1 }, { status: 'Accepted' }],
  RequestStartTransaction: [{ idToken, remoteStartId: 7 }, { status: 'Accepted' }],
  RequestStopTransaction: [{ transactionId: 'none' }, { status: 'Rejected' }],
  ReserveNow: [{ id: 1, expiryDateTime: '2026-11-24T13:00:00Z', idToken, evseId: 1 }, { status: 'Accepted' }],
  Reset: [{ type: 'Immediate' }, { status: 'Accepted' }],
  SendLocalList: [{ versionNumber: 1, updateType: 'Full' }, { status: 'Accepted' }],
  SetChargingProfile: [{ evseId: 1, chargingProfile: profile }, { status: 'Accepted' }],
  SetDisplayMessage: [{ message }, { status: 'Accepted' }],
  SetMonitoringBase: [{ monitoringBase: 'FactoryDefault' }, { status: 'Accepted' }],
  SetMonitoringLevel: [{ severity: 5 }, { status: 'Accepted' }],
  SetNetworkProfile: [{ configurationSlot: 1, connectionData }, { status: 'Accepted' }],
  SetVariableMonitoring: [
    { setMonitoringData: [{ ...power, type: 'UpperThreshold', value: 5_000, severity: 3 }] },
    { setMonitoringResult: [{ status: 'Accepted', id: 2 }] },
  ],
  SetVariables: [
    { setVariableData: [{ ...interval, attributeValue: '60' }] },
    { setVariableResult: [{ attributeStatus: 'Accepted' }] },
  ],
  TriggerMessage: [{ requestedMessage: 'Heartbeat' }, { status: 'Accepted' }],
  UnlockConnector: [{ evseId: 1, connectorId: 1 }, { status: 'Unlocked' }],
  UnpublishFirmware: [{ checksum: 'aa' }, { status: 'NoFirmware' }],
  UpdateFirmware: [
    { requestId: 1, firmware: { location: 'ftp://nowhere/', retrieveDateTime: '2026-11-24T12:00:00Z' } },
    { status: 'Accepted' },
  ],
}

/** Those that 2.1 has brought. */
export const ordersOf21: Readonly<Record<string, Order>> = {
  AFRRSignal: [{ timestamp: '2026-11-24T12:00:00Z', signal: 3 }, { status: 'Rejected' }],
  AdjustPeriodicEventStream: [{ id: 1, params: { interval: 5 } }, { status: 'Rejected' }],
  ChangeTransactionTariff: [{ transactionId: 'none', tariff }, { status: 'TxNotFound' }],
  ClearDERControl: [{ isDefault: true }, { status: 'NotFound' }],
  ClearTariffs: [{ tariffIds: ['T9'] }, { clearTariffsResult: [{ tariffId: 'T9', status: 'NoTariff' }] }],
  GetDERControl: [{ requestId: 1 }, { status: 'NotFound' }],
  GetPeriodicEventStream: [{}, {}],
  GetTariffs: [{ evseId: 0 }, { status: 'NoTariff' }],
  NotifyAllowedEnergyTransfer: [{ transactionId: 'none', allowedEnergyTransfer: ['DC'] }, { status: 'Rejected' }],
  NotifyWebPaymentStarted: [{ evseId: 1, timeout: 60 }, {}],
  RequestBatterySwap: [{ requestId: 1, idToken }, { status: 'Accepted' }],
  SetDERControl: [
    {
      isDefault: true,
      controlId: 'd1',
      controlType: 'Gradients',
      gradient: { priority: 1, gradient: 10, softGradient: 5 },
    },
    { status: 'Accepted' },
  ],
  SetDefaultTariff: [{ evseId: 0, tariff }, { status: 'Accepted' }],
  UpdateDynamicSchedule: [{ chargingProfileId: 1, scheduleUpdate: { limit: 5 } }, { status: 'Rejected' }],
  UsePriorityCharging: [{ transactionId: 'none', activate: true }, { status: 'Rejected' }],
}
