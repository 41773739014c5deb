import type { Cdr } from '../domain/cdr.ts'
import type { Priced, Taxed } from './priced.ts'
import { amountOf, digitsOf, unitsOf } from './rounding.ts'

/** What a tariff would have made of accounts that are there, beside what they say: the sums, and where it differs most. */
export interface Tally {
  readonly done: number
  readonly before: readonly Sum[]
  readonly after: readonly Sum[]
  /** Accounts whose total is another one, or is one at last. */
  readonly changed: number
  /** Those that have no price now. */
  readonly unpriced: number
  /** Those that the tariff cannot price. */
  readonly failed: number
  /** The largest first. */
  readonly biggest: readonly Difference[]
}

/** Of the accounts in one currency. */
export interface Sum extends Taxed {
  readonly currency: string
  readonly accounts: number
}

/** After tax, in the currency of the tariff; absent before = it had no price. */
export interface Difference {
  readonly cdr: string
  readonly before?: string
  readonly after: string
  readonly difference: string
}

export const nothingYet: Tally = { done: 0, before: [], after: [], changed: 0, unpriced: 0, failed: 0, biggest: [] }

const mostDifferences = 20

/** The tally with one account more; `after` undefined: the tariff cannot price it. */
export const counted = (tally: Tally, { id, priced: before }: Pick<Cdr, 'id' | 'priced'>, after?: Priced): Tally => {
  const difference = before === undefined && after === undefined ? undefined : differenceOf(id, before, after)
  return {
    done: tally.done + 1,
    before: summed(tally.before, before),
    after: summed(tally.after, after),
    changed: tally.changed + (isChanged(before, after) ? 1 : 0),
    unpriced: tally.unpriced + (before === undefined ? 1 : 0),
    failed: tally.failed + (after === undefined ? 1 : 0),
    biggest: difference === undefined ? tally.biggest : ranked(tally.biggest, difference),
  }
}

const isChanged = (before: Priced | undefined, after: Priced | undefined): boolean => {
  if (after === undefined || before === undefined) return after !== before
  const [a, b] = [before.total, after.total]
  return (
    before.tariff.currency !== after.tariff.currency ||
    compared(a.net, b.net) !== 0n ||
    compared(a.gross, b.gross) !== 0n
  )
}

const summed = (sums: readonly Sum[], priced: Priced | undefined): readonly Sum[] => {
  if (priced === undefined) return sums
  const { currency } = priced.tariff
  const known = sums.find((sum) => sum.currency === currency)
  const sum = {
    currency,
    accounts: (known?.accounts ?? 0) + 1,
    net: plus(known?.net ?? '0', priced.total.net),
    tax: plus(known?.tax ?? '0', priced.total.tax),
    gross: plus(known?.gross ?? '0', priced.total.gross),
  }
  return [...sums.filter((one) => one !== known), sum].toSorted((a, b) => (a.currency < b.currency ? -1 : 1))
}

/** Undefined where the two cannot be compared, or are the same. */
const differenceOf = (cdr: string, before: Priced | undefined, after: Priced | undefined): Difference | undefined => {
  if (after === undefined) return undefined
  if (before !== undefined && before.tariff.currency !== after.tariff.currency) return undefined
  const [was, is] = [before?.total.gross, after.total.gross]
  if (compared(is, was ?? '0') === 0n) return undefined
  return { cdr, ...(was !== undefined && { before: was }), after: is, difference: minus(is, was ?? '0') }
}

const ranked = (biggest: readonly Difference[], one: Difference): readonly Difference[] => {
  const last = biggest.at(-1)
  if (biggest.length >= mostDifferences && last !== undefined && compared(size(one), size(last)) <= 0n) return biggest
  const place = biggest.findIndex((other) => compared(size(one), size(other)) > 0n)
  return biggest.toSpliced(place < 0 ? biggest.length : place, 0, one).slice(0, mostDifferences)
}

const size = ({ difference }: Difference): string => difference.replace('-', '')

const scaled = <Result>(a: string, b: string, of: (a: bigint, b: bigint, digits: number) => Result): Result => {
  const digits = Math.max(digitsOf(a), digitsOf(b))
  return of(unitsOf(a, digits), unitsOf(b, digits), digits)
}
const plus = (a: string, b: string): string => scaled(a, b, (x, y, digits) => amountOf(x + y, digits))
const minus = (a: string, b: string): string => scaled(a, b, (x, y, digits) => amountOf(x - y, digits))
const compared = (a: string, b: string): bigint => scaled(a, b, (x, y) => x - y)
