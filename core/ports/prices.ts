import type { Decimal } from '../domain/decimal.ts'
import type { Session } from '../domain/session.ts'

/** What a session costs so far, for the driver to see. What is billed is not part of it. */
export interface Prices {
  /** At a time by the station's clock; undefined where nobody has set a price: which is not the same as free. */
  costOf(session: Session, at: number): Promise<Cost | undefined>
}

export interface Cost {
  /** Taxes included. */
  readonly total: Decimal
  /** ISO 4217. */
  readonly currency: string
}
