import { jsonNumber } from '../../domain/decimal.ts'
import { formatInstant } from '../../domain/instant.ts'
import { wattHours } from '../../domain/units.ts'
import type { OrderContext, OrderOf, Wording } from '../dialect.ts'
import type { Vendor } from './vendor.ts'

const vendorId = 'org.openchargealliance.costmsg'

/**
 * Prices on a station's display, as the Open Charge Alliance has agreed it for OCPP 1.6 (California pricing requirements;
 * handbook/ocpp.md §2.2). Stations tell that a plug was pulled after the end of a session, so that idle fees end.
 */
export const costMessage: Vendor = {
  vendorId,
  messages: {
    ConnectorUnplugged: {
      schema: {
        type: 'object',
        properties: {
          transactionId: { type: ['integer', 'string'] },
          timestamp: { type: 'string', format: 'date-time' },
        },
        required: ['transactionId'],
      },
      answer: () => ({ status: 'Accepted' }),
    },
  },
}

/** What a session costs so far, or has cost when it is over: RunningCost and FinalCost. */
export const showCostTo16 = (
  { session: id }: OrderOf<'showCost'>,
  { transaction, session, totalCost, now }: OrderContext,
): Wording => {
  const transactionId = Number(transaction)
  if (
    transaction === undefined ||
    session === undefined ||
    totalCost === undefined ||
    !Number.isSafeInteger(transactionId)
  )
    return { unsupported: `session ${id} has no transaction on this charge point` }
  const { state, lastRegister, isCharging } = session
  const cost = jsonNumber(totalCost)
  if (state !== 'open') return told('FinalCost', { transactionId, cost })
  return told('RunningCost', {
    transactionId,
    timestamp: formatInstant(lastRegister?.at ?? now),
    ...(lastRegister !== undefined && { meterValue: Math.round(wattHours(lastRegister.mwh)) }),
    cost,
    state: isCharging === false ? 'Idle' : 'Charging',
  })
}

const told = (messageId: string, data: object): Wording => ({
  payload: { vendorId, messageId, data: JSON.stringify(data) },
})
