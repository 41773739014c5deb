import type { Params } from './setting.ts'

/**
 * Every action that we send in OCPP 2.0.1 and 2.1, as an order: what is ordered, what a station answers where that is more
 * than the least that its schema asks for, and what it then does where the order waits for an effect.
 */
export interface OrderRow {
  readonly action: string
  /** The open session of the station is known to whoever orders. */
  readonly order: (session: string) => object
  /** Is laid over the least answer that there is. */
  readonly answer?: object | ((params: Params) => object)
  /** It says something more, which the order waits for. */
  readonly then?: (say: Say, params: Params) => Promise<unknown>
}

export type Say = (action: string, payload: object) => Promise<unknown>

const now = (): string => new Date().toISOString()
const later = '2099-01-01T00:00:00.000Z'
const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'aa', issuerKeyHash: 'bb', serialNumber: '1' }
const schedule = { unit: 'A', periods: [{ startS: 0, limit: 16 }] }
const defaultProfile = { evse: 1, purpose: 'txDefault', kind: 'absolute', schedule: { ...schedule, startsAt: now() } }
const tariff = { id: 'DAY-1', currency: 'EUR', energy: { prices: [{ price: '0.25' }] } }
const checksum = '0123456789abcdef0123456789abcdef'
const location = 'https://example.com/f.bin'
const place = { component: { name: 'EVSE', evse: { id: 1 } }, variable: { name: 'Power' } }

/** The last page of a report, which is all of it. */
const reports =
  (action: string, more: object = {}) =>
  (say: Say, { requestId }: Params): Promise<unknown> =>
    say(action, { requestId, ...more })
const page = () => ({ seqNo: 0, tbc: false, generatedAt: now() })
const results =
  (field: string, list: string, status: object) =>
  (params: Params): object => ({
    [field]: (params[list] as readonly object[]).map((wanted) => ({ ...wanted, ...status })),
  })

const inTransaction = (eventType: string, triggerReason: string, seqNo: number, more: object) => ({
  eventType,
  triggerReason,
  timestamp: now(),
  seqNo,
  ...more,
})

export const orders201: readonly OrderRow[] = [
  { action: 'CancelReservation', order: () => ({ type: 'cancelReservation', reservation: 1 }) },
  {
    action: 'ChangeAvailability',
    order: () => ({ type: 'setAvailability', evse: 2, available: false }),
    then: (say) =>
      say('StatusNotification', { timestamp: now(), connectorStatus: 'Unavailable', evseId: 2, connectorId: 1 }),
  },
  { action: 'ClearCache', order: () => ({ type: 'clearCache' }) },
  { action: 'ClearChargingProfile', order: () => ({ type: 'clearChargingProfile', all: true }) },
  { action: 'ClearDisplayMessage', order: () => ({ type: 'clearDisplayMessage', id: 5 }) },
  {
    action: 'ClearVariableMonitoring',
    order: () => ({ type: 'clearMonitors', ids: [7] }),
    answer: { clearMonitoringResult: [{ status: 'Accepted', id: 7 }] },
  },
  { action: 'CostUpdated', order: (session) => ({ type: 'showCost', session, totalCost: '1.25' }) },
  {
    action: 'CustomerInformation',
    order: () => ({ type: 'customerInformation', customerId: 'C-7' }),
    then: (say, params) => reports('NotifyCustomerInformation', { ...page(), data: 'nothing' })(say, params),
  },
  {
    action: 'DataTransfer',
    order: () => ({ type: 'vendorCall', vendor: 'org.example', data: '{}' }),
  },
  { action: 'DeleteCertificate', order: () => ({ type: 'deleteCertificate', hash }) },
  {
    action: 'GetBaseReport',
    order: () => ({ type: 'refreshInventory' }),
    then: (say, params) => reports('NotifyReport', page())(say, params),
  },
  {
    action: 'GetChargingProfiles',
    order: () => ({ type: 'reportChargingProfiles' }),
    answer: { status: 'NoProfiles' },
  },
  {
    action: 'GetCompositeSchedule',
    order: () => ({ type: 'getCompositeSchedule', evse: 1, durationS: 60 }),
    answer: {
      status: 'Accepted',
      schedule: {
        evseId: 1,
        duration: 60,
        scheduleStart: now(),
        chargingRateUnit: 'A',
        chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }],
      },
    },
  },
  {
    action: 'GetDisplayMessages',
    order: () => ({ type: 'getDisplayMessages' }),
    then: (say, params) => reports('NotifyDisplayMessages')(say, params),
  },
  { action: 'GetInstalledCertificateIds', order: () => ({ type: 'listCertificates' }) },
  { action: 'GetLocalListVersion', order: () => ({ type: 'getLocalListVersion' }) },
  {
    action: 'GetLog',
    order: () => ({ type: 'uploadLog', log: 'security' }),
    then: (say, { requestId }) => say('LogStatusNotification', { status: 'Uploaded', requestId }),
  },
  {
    action: 'GetMonitoringReport',
    order: () => ({ type: 'getMonitors' }),
    then: (say, params) => reports('NotifyMonitoringReport', page())(say, params),
  },
  {
    action: 'GetReport',
    order: () => ({ type: 'getReport', criteria: ['problem'] }),
    then: (say, params) => reports('NotifyReport', page())(say, params),
  },
  { action: 'GetTransactionStatus', order: (session) => ({ type: 'getTransactionStatus', session }) },
  {
    action: 'GetVariables',
    order: () => ({ type: 'getVariables', variables: [{ key: 'EVSE:1.Power' }] }),
    answer: results('getVariableResult', 'getVariableData', { attributeStatus: 'Accepted', attributeValue: '7' }),
  },
  {
    action: 'InstallCertificate',
    order: () => ({ type: 'installCertificate', use: 'manufacturer', certificate: 'PEM' }),
  },
  {
    action: 'PublishFirmware',
    order: () => ({ type: 'publishFirmware', location, checksum }),
    then: (say, { requestId }) =>
      say('PublishFirmwareStatusNotification', { status: 'Published', requestId, location: [location] }),
  },
  {
    action: 'RequestStartTransaction',
    order: () => ({ type: 'startCharging', evse: 2, token: 'CARD1' }),
    then: (say, { remoteStartId }) =>
      say(
        'TransactionEvent',
        inTransaction('Started', 'RemoteStart', 0, {
          transactionInfo: { transactionId: 'by-order', remoteStartId },
          evse: { id: 2, connectorId: 1 },
          idToken: { idToken: 'CARD1', type: 'ISO14443' },
        }),
      ),
  },
  {
    action: 'ReserveNow',
    order: () => ({ type: 'reserve', evse: 1, token: 'CARD1', expiresAt: later }),
  },
  {
    action: 'Reset',
    order: () => ({ type: 'reset', kind: 'soft', evse: 1 }),
  },
  {
    action: 'SendLocalList',
    order: () => ({ type: 'syncLocalList', full: true }),
  },
  { action: 'SetChargingProfile', order: () => ({ type: 'setChargingProfile', profile: defaultProfile }) },
  { action: 'SetDisplayMessage', order: () => ({ type: 'setDisplayMessage', id: 5, text: { content: 'Hello' } }) },
  { action: 'SetMonitoringBase', order: () => ({ type: 'setMonitoringBase', base: 'factoryDefault' }) },
  { action: 'SetMonitoringLevel', order: () => ({ type: 'setMonitoringLevel', severity: 4 }) },
  {
    action: 'SetNetworkProfile',
    order: () => ({ type: 'setNetworkProfile', slot: 2, url: 'wss://example.com/ocpp', securityProfile: 2 }),
  },
  {
    action: 'SetVariableMonitoring',
    order: () => ({ type: 'setMonitors', monitors: [{ key: 'EVSE:1.Power', type: 'delta', value: 1, severity: 8 }] }),
    answer: { setMonitoringResult: [{ ...place, type: 'Delta', severity: 8, status: 'Accepted', id: 7 }] },
  },
  {
    action: 'SetVariables',
    order: () => ({ type: 'setVariables', variables: [{ key: 'EVSE:1.Power', value: '7' }] }),
    answer: { setVariableResult: [{ ...place, attributeStatus: 'Accepted' }] },
  },
  {
    action: 'TriggerMessage',
    order: () => ({ type: 'trigger', message: 'Heartbeat' }),
    then: (say) => say('Heartbeat', {}),
  },
  { action: 'UnlockConnector', order: () => ({ type: 'unlock', evse: 1 }) },
  {
    action: 'UnpublishFirmware',
    order: () => ({ type: 'unpublishFirmware', checksum }),
    answer: { status: 'Unpublished' },
  },
  {
    action: 'UpdateFirmware',
    order: () => ({ type: 'updateFirmware', location }),
    then: (say, { requestId }) => say('FirmwareStatusNotification', { status: 'Installed', requestId }),
  },
  {
    action: 'RequestStopTransaction',
    order: (session) => ({ type: 'stopCharging', session }),
    then: (say, { transactionId }) =>
      say(
        'TransactionEvent',
        inTransaction('Ended', 'RemoteStop', 1, { transactionInfo: { transactionId, stoppedReason: 'Remote' } }),
      ),
  },
]

/** What 2.1 knows more. */
export const orders21: readonly OrderRow[] = [
  { action: 'AFRRSignal', order: () => ({ type: 'afrrSignal', timestamp: now(), signal: -30 }) },
  { action: 'AdjustPeriodicEventStream', order: () => ({ type: 'adjustEventStream', stream: 4, intervalS: 60 }) },
  {
    action: 'ChangeTransactionTariff',
    order: (session) => ({ type: 'changeTransactionTariff', session, tariff }),
  },
  { action: 'ClearDERControl', order: () => ({ type: 'clearDerControl', isDefault: false }) },
  {
    action: 'ClearTariffs',
    order: () => ({ type: 'clearTariffs' }),
    answer: { clearTariffsResult: [{ status: 'Accepted', tariffId: 'DAY-1' }] },
  },
  {
    action: 'GetDERControl',
    order: () => ({ type: 'reportDerControls' }),
    then: (say, params) => reports('ReportDERControl')(say, params),
  },
  { action: 'GetPeriodicEventStream', order: () => ({ type: 'getEventStreams' }) },
  { action: 'GetTariffs', order: () => ({ type: 'getTariffs' }) },
  {
    action: 'NotifyAllowedEnergyTransfer',
    order: (session) => ({ type: 'allowEnergyTransfer', session, modes: ['DC', 'DC_BPT'] }),
  },
  { action: 'NotifyWebPaymentStarted', order: () => ({ type: 'notifyWebPaymentStarted', evse: 1 }) },
  {
    action: 'RequestBatterySwap',
    order: () => ({ type: 'requestBatterySwap', token: 'CARD1' }),
    then: (say, { requestId }) =>
      say('BatterySwap', {
        eventType: 'BatteryOut',
        requestId,
        idToken: { idToken: 'CARD1', type: 'ISO14443' },
        batteryData: [{ evseId: 1, serialNumber: 'B-1', soC: 90, soH: 99 }],
      }),
  },
  {
    action: 'SetDERControl',
    order: () => ({
      type: 'setDerControl',
      id: 'volt',
      controlType: 'VoltWatt',
      isDefault: true,
      control: { priority: 1, yUnit: 'PctMaxW', curveData: [{ x: 1, y: 2 }] },
    }),
  },
  { action: 'SetDefaultTariff', order: () => ({ type: 'setDefaultTariff', tariff }) },
  { action: 'UsePriorityCharging', order: (session) => ({ type: 'usePriorityCharging', session }) },
]
