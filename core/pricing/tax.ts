import type { PreparedComponent } from './prepared.ts'
import type { Rounding } from './priced.ts'
import { divided, power } from './rounding.ts'
import type { TaxIncluded } from './tariff.ts'

/** Before and after tax, in whole units of 10^-`digits`; the tax is what lies between. */
export interface Sides {
  readonly net: bigint
  readonly gross: bigint
}

/**
 * All prices and volumes have one denominator: a millionth of a price for a whole is 18,000,000 parts, for each mWh of a
 * kWh 18, for each ms of an hour 5. A sum of parts is exact.
 */
const parts = { FLAT: 18_000_000n, ENERGY: 18n, TIME: 5n, PARKING_TIME: 5n } as const
const whole = 18_000_000n * 1_000_000n

/** 100 per cent in millionths of one. */
export const hundred = 100_000_000n

/**
 * What a volume costs, rounded once: what the tariff says from the exact product, the other side from the same
 * (handbook/roaming.md §4.1 rules 6, 8). Where the prices have their tax in them and do not say how much that is, nobody
 * here knows it: the tax is 0, and the line has no rate.
 */
export const costOf = (
  { ref, price, vat = 0n }: PreparedComponent,
  billed: number,
  { taxIncluded, lineDigits, mode }: { readonly taxIncluded: TaxIncluded } & Pick<Rounding, 'lineDigits' | 'mode'>,
): Sides => {
  const exact = price * BigInt(billed) * parts[ref.dimension] * power(lineDigits)
  const said = divided(exact, whole, mode)
  if (vat === 0n) return { net: said, gross: said }
  return taxIncluded === 'YES'
    ? { net: divided(exact * hundred, whole * (hundred + vat), mode), gross: said }
    : { net: said, gross: divided(exact * (hundred + vat), whole * hundred, mode) }
}
