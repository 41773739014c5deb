import type { Order } from '../member.ts'
import type { Chance } from '../random.ts'
import type { Charger } from './charger.ts'

const reservedMs = 20_000

/** An order that may be given to a station at any time without anybody losing by it. */
export const anyOrder = ({ plugs, options, time }: Charger, chance: Chance): Order => {
  const plug = chance.pick(plugs)
  const connectorId = plug.number
  const idTag = chance.pick(options.tokens)
  const expiryDate = new Date(time.now() + reservedMs).toISOString()
  const profile = {
    chargingProfileId: 1,
    stackLevel: 0,
    chargingProfilePurpose: 'TxDefaultProfile',
    chargingProfileKind: 'Relative',
    chargingSchedule: { chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit: 6_000 }] },
  }
  return chance.pick<Order>([
    ['GetConfiguration', {}],
    ['ChangeConfiguration', { key: 'MeterValueSampleInterval', value: String(chance.integer(2, 6)) }],
    ['TriggerMessage', { requestedMessage: chance.pick(['Heartbeat', 'MeterValues', 'StatusNotification']) }],
    ['GetLocalListVersion', {}],
    ['ClearCache', {}],
    ['DataTransfer', { vendorId: 'org.stationmaster.simulator', messageId: 'echo', data: 'back' }],
    ['ReserveNow', { connectorId, reservationId: connectorId, idTag, expiryDate }],
    ['CancelReservation', { reservationId: connectorId }],
    ['SetChargingProfile', { connectorId, csChargingProfiles: profile }],
    ['ClearChargingProfile', {}],
    ['GetCompositeSchedule', { connectorId, duration: 600 }],
    ['RemoteStartTransaction', { connectorId, idTag }],
    ['RemoteStopTransaction', { transactionId: plug.session?.transactionId ?? 1 }],
    ['UnlockConnector', { connectorId }],
    ['ChangeAvailability', { connectorId, type: chance.isLucky(0.3) ? 'Inoperative' : 'Operative' }],
    ['Reset', { type: chance.pick(['Soft', 'Hard']) }],
  ])
}
