import type { Credentials } from '../core/ports/credentials.ts'
import type { Prices } from '../core/ports/prices.ts'
import { costBy, usageOf } from '../core/pricing/display-price.ts'

/** Costs by what the operator has set on each charge point; its record is in memory as long as it is connected. */
export const displayPrices = (credentials: Pick<Credentials, 'find'>): Prices => ({
  async costOf(session, at) {
    const { displayPrice } = (await credentials.find(session.tenant, session.identity)) ?? {}
    if (displayPrice === undefined) return undefined
    return { total: costBy(displayPrice, usageOf(session, at)), currency: displayPrice.currency }
  },
})
