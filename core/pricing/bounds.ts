import { type Decimal, millionths } from '../domain/decimal.ts'
import type { Rounding } from './priced.ts'
import { ceiled, divided, floored, power } from './rounding.ts'
import type { PriceLimit, Tariff } from './tariff.ts'
import { hundred, type Sides } from './tax.ts'

/** What a sum becomes under the limits of its tariff, each step for itself. */
export interface Bounded {
  /** After the lowest price, after the highest one, and rounded to what is paid. */
  readonly raised: Sides
  readonly lowered: Sides
  readonly total: Sides
}

interface Question {
  readonly tariff: Tariff
  readonly rounding: Rounding
  /** Of what is paid; both sums are in units of the finer of the two. */
  readonly totalDigits: number
  /** Whether there was a session: a reservation that nobody came for does not cost the lowest price of one. */
  readonly isSession: boolean
  readonly highestVat: bigint
}

/**
 * A sum within its limits (handbook/roaming.md §4.1 rule 7): before and after tax each for itself. Where a limit is given
 * for one of the two alone, the other one follows in proportion; where nothing was billed, with the highest tax of the
 * tariff. A highest price below the lowest one wins. What is paid is within the limits also after it is rounded.
 */
export const bounded = (sum: Sides, question: Question): Bounded => {
  const { tariff, rounding, totalDigits, isSession } = question
  const digits = Math.max(rounding.lineDigits, totalDigits)
  const raised = isSession ? limited(sum, tariff.minPrice, 'min', question) : sum
  const lowered = limited(raised, tariff.maxPrice, 'max', question)
  const unit = power(digits - totalDigits)
  const paid = (side: keyof Sides): bigint => {
    const nearest = divided(lowered[side], unit, rounding.mode) * unit
    const least = isSession ? limitOf(tariff.minPrice, side) : undefined
    const most = limitOf(tariff.maxPrice, side)
    const raise = least === undefined ? nearest : larger(nearest, asUnits(least, digits, unit, ceiled))
    return most === undefined ? raise : smaller(raise, asUnits(most, digits, unit, floored))
  }
  return { raised, lowered, total: { net: paid('net'), gross: paid('gross') } }
}

const limited = (
  sum: Sides,
  limit: PriceLimit | undefined,
  which: 'min' | 'max',
  { rounding, totalDigits, tariff, highestVat }: Question,
): Sides => {
  if (limit === undefined) return sum
  const digits = Math.max(rounding.lineDigits, totalDigits)
  const unit = power(digits - rounding.lineDigits)
  const apply = (side: keyof Sides): bigint => {
    const decimal = limitOf(limit, side)
    if (decimal === undefined) return sum[side]
    const bound = asUnits(decimal, digits, unit, which === 'min' ? ceiled : floored)
    return which === 'min' ? larger(sum[side], bound) : smaller(sum[side], bound)
  }
  const [net, gross] = [apply('net'), apply('gross')]
  const isAlike = sum.net > 0n === sum.gross > 0n && sum.net !== 0n && sum.gross !== 0n
  const tax = tariff.taxIncluded === 'N/A' ? 0n : highestVat
  const ratio = isAlike ? sum : { net: hundred, gross: hundred + tax }
  const following = (from: bigint, dividend: bigint, divisor: bigint): bigint =>
    divided(from * dividend, divisor * unit, rounding.mode) * unit
  if (limit.afterTaxes === undefined && net !== sum.net) return { net, gross: following(net, ratio.gross, ratio.net) }
  if (limit.beforeTaxes === undefined && gross !== sum.gross)
    return { net: following(gross, ratio.net, ratio.gross), gross }
  return { net, gross }
}

const limitOf = (limit: PriceLimit | undefined, side: keyof Sides): Decimal | undefined =>
  side === 'net' ? limit?.beforeTaxes : limit?.afterTaxes

/** A limit in units of 10^-`digits`, and a whole number of `unit` of them. */
const asUnits = (
  limit: Decimal,
  digits: number,
  unit: bigint,
  whole: (dividend: bigint, divisor: bigint) => bigint,
): bigint => whole(millionths(limit) * power(digits), 1_000_000n * unit) * unit

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b)
const smaller = (a: bigint, b: bigint): bigint => (a < b ? a : b)
