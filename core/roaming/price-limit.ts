import { type Decimal, millionths, withDigits } from '../domain/decimal.ts'
import { ceiled, floored } from '../pricing/rounding.ts'
import type { Tariff } from '../pricing/tariff.ts'
import { hundred } from '../pricing/tax.ts'
import type { Loss } from './mapped.ts'
import type { PriceLimit } from './model.ts'

type Which = 'minPrice' | 'maxPrice'

/**
 * The least or the most that a session costs (OCPI 2.3.0 mod_tariffs, PriceLimit). OCPI must have it before taxes: where
 * only that after them is given, it is such that it never decides by itself, whatever of the tariff's taxes a session has.
 */
export const limitOf = (tariff: Tariff, which: Which): PriceLimit | undefined => {
  const { beforeTaxes, afterTaxes } = tariff[which] ?? {}
  const before = beforeTaxes ?? (afterTaxes && beforeOf(afterTaxes, which, taxesOf(tariff)))
  if (before === undefined) return undefined
  return { before_taxes: before, ...(afterTaxes !== undefined && { after_taxes: afterTaxes }) }
}

const beforeOf = (after: Decimal, which: Which, taxes: readonly bigint[]): Decimal => {
  const ascending = taxes.toSorted((a, b) => (a < b ? -1 : 1))
  const [round, tax = 0n] = which === 'minPrice' ? [floored, ascending.at(-1)] : [ceiled, ascending[0]]
  if (tax === 0n) return after
  return withDigits(round(millionths(after) * hundred, hundred + tax), 6)
}

/** Millionths of a per cent, of all prices. */
const taxesOf = ({ taxIncluded, elements }: Tariff): readonly bigint[] =>
  taxIncluded === 'N/A'
    ? []
    : elements.flatMap(({ components }) => components.map(({ vat }) => (vat === undefined ? 0n : millionths(vat))))

export const lossesOfLimits = (tariff: Tariff): readonly Loss[] =>
  (['minPrice', 'maxPrice'] as const).flatMap((which) => {
    const { beforeTaxes, afterTaxes } = tariff[which] ?? {}
    if (afterTaxes === undefined || beforeTaxes !== undefined) return []
    const pointer = which === 'minPrice' ? '/min_price/before_taxes' : '/max_price/before_taxes'
    return [{ pointer, detail: 'only the price after taxes is limited; the one before them is worked out from it' }]
  })
