import type { Order } from '../member.ts'
import type { Chance } from '../random.ts'
import type { Station } from './station.ts'
import { cardOf } from './tokens.ts'

const reservedMs = 20_000
const variable = (component: string, name: string): object => ({ component: { name: component }, variable: { name } })

/** What only 2.1 has words for. */
const newer = (chance: Chance, evseId: number): readonly Order[] => [
  [
    'SetDefaultTariff',
    {
      evseId,
      tariff: {
        tariffId: `T${evseId}`,
        currency: 'EUR',
        energy: { prices: [{ priceKwh: 0.1 * chance.integer(3, 8) }] },
      },
    },
  ],
  ['GetTariffs', { evseId: 0 }],
  ['ClearTariffs', {}],
  ['GetDERControl', { requestId: chance.integer(1, 1e6) }],
  ['GetPeriodicEventStream', {}],
]

/** An order that may be given to a station at any time without anybody losing by it. */
export const anyOrder = ({ evses, options, time, protocol }: Station, chance: Chance): Order => {
  const { id: evseId, transaction } = chance.pick(evses)
  const idToken = cardOf(chance.pick(options.tokens))
  const requestId = chance.integer(1, 1e6)
  const expiryDateTime = new Date(time.now() + reservedMs).toISOString()
  const chargingProfile = {
    id: evseId,
    stackLevel: 0,
    chargingProfilePurpose: 'TxDefaultProfile',
    chargingProfileKind: 'Relative',
    chargingSchedule: [{ id: 1, chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit: 6_000 }] }],
  }
  const requestedMessage = chance.pick(['Heartbeat', 'MeterValues', 'TransactionEvent'])
  return chance.pick<Order>([
    ['GetVariables', { getVariableData: [variable('TxCtrlr', 'TxStartPoint')] }],
    [
      'SetVariables',
      {
        setVariableData: [
          { ...variable('SampledDataCtrlr', 'TxUpdatedInterval'), attributeValue: String(chance.integer(2, 6)) },
        ],
      },
    ],
    ['GetBaseReport', { requestId, reportBase: 'FullInventory' }],
    ['GetMonitoringReport', { requestId }],
    ['TriggerMessage', { requestedMessage }],
    ['TriggerMessage', { requestedMessage: 'StatusNotification', evse: { id: evseId, connectorId: 1 } }],
    ['GetLocalListVersion', {}],
    ['ClearCache', {}],
    ['DataTransfer', { vendorId: 'org.stationmaster.simulator', messageId: 'echo', data: { back: [1, 2] } }],
    ['ReserveNow', { id: evseId, evseId, idToken, expiryDateTime }],
    ['CancelReservation', { reservationId: evseId }],
    ['SetChargingProfile', { evseId, chargingProfile }],
    ['ClearChargingProfile', { chargingProfileId: evseId }],
    ['GetChargingProfiles', { requestId, chargingProfile: {} }],
    ['GetCompositeSchedule', { evseId, duration: 600 }],
    ['RequestStartTransaction', { evseId, idToken, remoteStartId: requestId }],
    ['RequestStopTransaction', { transactionId: transaction?.transactionId ?? 'none' }],
    ['GetTransactionStatus', { transactionId: transaction?.transactionId ?? 'none' }],
    ['UnlockConnector', { evseId, connectorId: 1 }],
    [
      'ChangeAvailability',
      { evse: { id: evseId }, operationalStatus: chance.isLucky(0.3) ? 'Inoperative' : 'Operative' },
    ],
    ['Reset', { type: chance.pick(['Immediate', 'OnIdle']) }],
    ...(protocol === 'ocpp2.1' ? newer(chance, evseId) : []),
  ])
}
