import type { TransactionEventRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import type { ChargingState } from '../../domain/session-event.ts'
import { clean } from '../../domain/text.ts'
import { jsonNumber } from '../../domain/decimal.ts'
import { type Action, dialect, two } from '../dialect.ts'
import { billingTime, flagsOf } from './billing.ts'
import { idTokenInfo, presentedOf } from './id-token.ts'
import { limitsOf, limitTo21 } from './session-limits.ts'
import { flagsOfReadings, type MeterValueElement, readingsOf } from './meter-value.ts'

const phases = { Started: 'started', Updated: 'updated', Ended: 'ended' } as const

const states: Readonly<Record<string, ChargingState>> = {
  Idle: 'idle',
  EVConnected: 'connected',
  EVDetected: 'connected',
  Charging: 'charging',
  SuspendedEV: 'suspendedByVehicle',
  SuspendedEVSE: 'suspendedByStation',
}

/**
 * TransactionEvent — a session begins, goes on or ends. 2.0.1 part 2 E. It cannot be refused; in 1.6 the same is told by
 * StartTransaction, MeterValues and StopTransaction. A missing reason of an end means Local (E06).
 */
export const TransactionEvent: Action = two((protocol) =>
  dialect('session.event', {
    request: 'TransactionEventRequest',
    leniency: 'billing',
    ask: (request: TransactionEventRequest, heard) => {
      const { evse, idToken, transactionInfo: info, meterValue, costDetails } = request
      const { ms, flags, clockless } = billingTime(request.timestamp, heard)
      const readings = readingsOf(meterValue as readonly MeterValueElement[] | undefined, heard.now)
      const phase = phases[request.eventType] ?? 'updated'
      const state = info.chargingState === undefined ? undefined : states[info.chargingState]
      return {
        type: 'session.event',
        phase,
        transaction: clean(info.transactionId),
        seq: request.seqNo,
        trigger: clean(request.triggerReason, 50),
        at: ms,
        isOffline: request.offline === true,
        ...(evse !== undefined && { evse: evse.id }),
        ...(evse?.connectorId !== undefined && { connector: evse.connectorId }),
        ...(idToken !== undefined && { token: presentedOf(idToken) }),
        ...(request.reservationId !== undefined && { reservation: request.reservationId }),
        ...(info.remoteStartId !== undefined && { remoteStart: info.remoteStartId }),
        ...(state !== undefined && { charging: state }),
        ...(phase === 'ended' && { reason: clean(info.stoppedReason ?? 'Local', 50) }),
        readings,
        ...(costDetails !== undefined && { cost: kept(costDetails) }),
        ...(info.tariffId !== undefined && { tariff: clean(info.tariffId, 60) }),
        ...(info.transactionLimit !== undefined && { limits: limitsOf(info.transactionLimit) }),
        flags: [
          ...flagsOf(heard),
          ...flags,
          ...flagsOfReadings(readings),
          ...(clockless ? ['the station has no clock'] : []),
          ...(protocol === 'ocpp2.1' || info.tariffId === undefined ? [] : ['a tariff in a version without them']),
        ],
      }
    },
    answer: ({ authorization, totalCost, limits }) => ({
      ...(totalCost !== undefined && { totalCost: jsonNumber(totalCost) }),
      ...(limits !== undefined && protocol === 'ocpp2.1' && { transactionLimit: limitTo21(limits) }),
      ...(authorization !== undefined && { idTokenInfo: idTokenInfo(authorization, protocol) }),
    }),
  }),
)

/** So many periods of a session are kept; its total and its sums are, in any case (2.1 errata 2.14: only an end has any). */
const mostPeriods = 500

const kept = (cost: NonNullable<TransactionEventRequest['costDetails']>): Readonly<Record<string, unknown>> => {
  const { customData: _, chargingPeriods, ...sums } = cost
  return { ...sums, ...(chargingPeriods !== undefined && { chargingPeriods: chargingPeriods.slice(0, mostPeriods) }) }
}
