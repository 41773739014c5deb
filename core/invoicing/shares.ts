import type { Priced, PriceLine } from '../pricing/priced.ts'
import { partsOf, product, quotient } from '../domain/amount.ts'
import type { Share } from './amounts.ts'
import { type TaxKind, taxKey, taxKindOf, type TaxTerms } from './tax.ts'

/** A line of the account, or of a limit the part that falls to one kind of tax. */
export interface InvoicedShare extends Share {
  readonly line: PriceLine
}

export const isLimit = ({ kind }: PriceLine): boolean => kind === 'minPrice' || kind === 'maxPrice'

/**
 * The lines of an account, each with the kind of tax it is under. A limit that names no rate is shared out to those of
 * the prices it limits, by their net amounts. What rounds the account's total is not among them: an invoice rounds by
 * itself. Undefined where the buyer was to owe the tax, and there is some in the account.
 */
export const sharesOf = (priced: Priced, terms: TaxTerms, isReverse: boolean): readonly InvoicedShare[] | undefined => {
  const counted = priced.lines.filter(({ kind }) => kind !== 'rounding')
  if (isReverse && counted.some(({ tax }) => partsOf(tax) !== 0n)) return undefined
  const shares: InvoicedShare[] = []
  for (const line of counted.filter((one) => !isOpen(one))) {
    const kind = taxKindOf(line.vat, terms, isReverse)
    if (kind === undefined) return undefined
    shares.push({ line, kind, net: partsOf(line.net), tax: partsOf(line.tax) })
  }
  const kinds = new Map(shares.map(({ kind }) => [taxKey(kind), kind]))
  const byNet = [...kinds.values()].map((kind) => ({ kind, weight: netOf(shares, kind) }))
  const highest = taxKindOf(highestRate(priced), terms, isReverse)
  if (highest === undefined) return undefined
  const ways = [byNet, [{ kind: highest, weight: 1n }]].filter((way) => weightOf(way) !== 0n)
  return [...shares, ...counted.filter(isOpen).flatMap((line) => nearest(line, ways))]
}

/** A limit whose rate is that of what it limits. */
const isOpen = (line: PriceLine): boolean => isLimit(line) && line.vat === undefined

const netOf = (shares: readonly InvoicedShare[], of: TaxKind): bigint =>
  shares.filter(({ kind }) => taxKey(kind) === taxKey(of)).reduce((sum, { net }) => sum + net, 0n)

const highestRate = ({ tariff }: Priced): string | undefined =>
  tariff.elements
    .flatMap(({ components }) => components.flatMap(({ vat }) => vat ?? []))
    .toSorted((a, b) => (partsOf(a) < partsOf(b) ? 1 : -1))[0]

interface Weight {
  readonly kind: TaxKind
  readonly weight: bigint
}

const weightOf = (way: readonly Weight[]): bigint => way.reduce((sum, { weight }) => sum + weight, 0n)

/**
 * The engine takes the proportion of what was billed; where there is none, the highest tax of the tariff. Whichever it
 * was, the tax of the limit says.
 */
const nearest = (line: PriceLine, ways: readonly (readonly Weight[])[]): readonly InvoicedShare[] => {
  const [first = [], second = first] = ways.map((way) => sharedOut(line, way))
  return strayed(line, second) < strayed(line, first) ? second : first
}

/** By how much the rates of the shares make another tax than the line has. */
const strayed = (line: PriceLine, shares: readonly InvoicedShare[]): bigint => {
  const made = shares.reduce((sum, { net, kind }) => sum + quotient(product(net, partsOf(kind.rate ?? '0')), 100n), 0n)
  const difference = made - partsOf(line.tax)
  return difference < 0n ? -difference : difference
}

/** The last one has what the others leave, so that all of it is shared out. */
const sharedOut = (line: PriceLine, way: readonly Weight[]): readonly InvoicedShare[] => {
  const all = weightOf(way)
  const whole = { net: partsOf(line.net), tax: partsOf(line.tax) }
  let left = whole
  return way.flatMap(({ kind, weight }, i) => {
    const part = (of: 'net' | 'tax'): bigint => (i === way.length - 1 ? left[of] : (whole[of] * weight) / all)
    const [net, tax] = [part('net'), part('tax')]
    left = { net: left.net - net, tax: left.tax - tax }
    return net === 0n && tax === 0n ? [] : [{ line, kind, net, tax }]
  })
}
