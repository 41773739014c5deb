import type { Decimal } from '../domain/decimal.ts'
import type { Session } from '../domain/session.ts'

/** What a session costs so far, for the driver to see: where a tariff is for it, that which would be billed if it ended then. */
export interface Prices {
  /** Whether a tariff may be for any of its sessions; answered at once, because it is asked with every event of one. */
  mayHaveTariff(tenant: string): boolean
  /** At a time by the station's clock; undefined where nobody has set a price: which is not the same as free. */
  costOf(session: Session, at: number): Promise<Cost | undefined>
}

export interface Cost {
  /** Taxes included. */
  readonly total: Decimal
  /** ISO 4217. */
  readonly currency: string
}
