import { type Decimal, millionths, withDigits } from '../domain/decimal.ts'
import { energyOf, type Session } from '../domain/session.ts'
import { currencyDigits } from './currency.ts'

/**
 * What a station is to show as the cost of a session: by the few prices that its operator has set on it. Taxes are in
 * them. What is billed is another matter.
 */
export interface DisplayPrice {
  /** ISO 4217. */
  readonly currency: string
  readonly energyPerKwh?: Decimal
  /** From the start of the session to its end. */
  readonly timePerHour?: Decimal
  readonly sessionFee?: Decimal
}

/** In 18 millionth parts of a millionth a price of a kWh is 18 for each mWh, and one of an hour 5 for each ms. */
const parts = { whole: 18_000_000n, ofMwh: 18n, ofMs: 5n }
const million = 1_000_000n

/** The exact cost, rounded once, half up, to the smallest unit of the currency: a decimal text with all of its digits. */
export const costBy = (
  { currency, energyPerKwh = '0', timePerHour = '0', sessionFee = '0' }: DisplayPrice,
  { mwh, ms }: { readonly mwh: number; readonly ms: number },
): Decimal => {
  const exact =
    millionths(sessionFee) * parts.whole +
    millionths(energyPerKwh) * BigInt(mwh) * parts.ofMwh +
    millionths(timePerHour) * BigInt(ms) * parts.ofMs
  const digits = currencyDigits(currency)
  const unit = parts.whole * million
  return withDigits((2n * exact * 10n ** BigInt(digits) + unit) / (2n * unit), digits)
}

/** What a session has used until then; what nobody knows yet costs nothing yet. */
export const usageOf = (session: Session, at: number): { readonly mwh: number; readonly ms: number } => ({
  mwh: energyOf(session)?.mwh ?? 0,
  ms: Math.max(0, (session.endedAt ?? at) - (session.startedAt ?? at)),
})
