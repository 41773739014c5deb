import type { Session } from '../core/domain/session.ts'
import type { Credentials } from '../core/ports/credentials.ts'
import type { Cost, Prices } from '../core/ports/prices.ts'
import { costBy, usageOf } from '../core/pricing/display-price.ts'

interface Parts {
  readonly credentials: Pick<Credentials, 'find'>
  /** Costs by tariffs: what is billed. */
  readonly costs: Prices
}

/** Costs by the tariff of a session; where none is for it, by what the operator has set on its charge point. */
export const displayPrices = ({ credentials, costs }: Parts): Prices => ({
  mayHaveTariff: (tenant) => costs.mayHaveTariff(tenant),
  async costOf(session, at) {
    const billed = costs.mayHaveTariff(session.tenant) ? await costs.costOf(session, at) : undefined
    return billed ?? shown(credentials, session, at)
  },
})

/** A charge point's record is in memory as long as it is connected. */
const shown = async (
  credentials: Pick<Credentials, 'find'>,
  session: Session,
  at: number,
): Promise<Cost | undefined> => {
  const { displayPrice } = (await credentials.find(session.tenant, session.identity)) ?? {}
  if (displayPrice === undefined) return undefined
  return { total: costBy(displayPrice, usageOf(session, at)), currency: displayPrice.currency }
}
