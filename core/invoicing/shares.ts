import type { Priced, PriceLine } from '../pricing/priced.ts'
import { partsOf } from '../domain/amount.ts'
import type { Share } from './amounts.ts'
import { type TaxKind, taxKey, taxKindOf, type TaxTerms } from './tax.ts'

/** A line of the account, or of a limit the part that falls to one kind of tax. */
export interface InvoicedShare extends Share {
  readonly line: PriceLine
}

/**
 * The lines of an account, each with the kind of tax it is under. A limit that names no rate but has tax in it is shared
 * out to the rates of the prices it limits, by their net amounts. What rounds the account's total is not among them: an
 * invoice rounds by itself. Undefined where the buyer was to owe the tax, and there is some in the account.
 */
export const sharesOf = (
  { lines, tariff }: Priced,
  terms: TaxTerms,
  isReverse: boolean,
): readonly InvoicedShare[] | undefined => {
  const counted = lines.filter(({ kind }) => kind !== 'rounding')
  const rates = [...counted.map(({ vat }) => vat), ...tariff.elements.flatMap((e) => e.components.map((c) => c.vat))]
  const isMixed = (line: PriceLine): boolean => line.vat === undefined && partsOf(line.tax) !== 0n
  const shares: InvoicedShare[] = []
  for (const line of counted.filter((one) => !isMixed(one))) {
    const kind = taxKindOf(line.vat, terms, isReverse)
    if (kind === undefined) return undefined
    shares.push({ line, kind, net: partsOf(line.net), tax: partsOf(line.tax) })
  }
  const limits = counted.filter(isMixed)
  if (limits.length > 0 && isReverse) return undefined
  const kinds = rates.flatMap((rate) => taxKindOf(rate, terms, false) ?? []).filter(({ category }) => category === 'S')
  return [...shares, ...limits.flatMap((line) => sharedOut(line, shares, distinct(kinds)))]
}

const distinct = (kinds: readonly TaxKind[]): readonly TaxKind[] => [
  ...new Map(kinds.map((kind) => [taxKey(kind), kind])).values(),
]

const sharedOut = (
  line: PriceLine,
  shares: readonly InvoicedShare[],
  kinds: readonly TaxKind[],
): readonly InvoicedShare[] => {
  const weights = kinds.map((kind) =>
    shares.filter((share) => taxKey(share.kind) === taxKey(kind)).reduce((sum, { net }) => sum + net, 0n),
  )
  const weight = weights.reduce((sum, each) => sum + each, 0n)
  let [net, tax] = [partsOf(line.net), partsOf(line.tax)]
  const [all, allTax] = [net, tax]
  return kinds.flatMap((kind, i) => {
    const isLast = i === kinds.length - 1
    // where nothing was used there is nothing to share by: the first rate of the tariff has it
    const part = (of: bigint): bigint => (weight === 0n ? (i === 0 ? of : 0n) : (of * (weights[i] ?? 0n)) / weight)
    const share = { line, kind, net: isLast ? net : part(all), tax: isLast ? tax : part(allTax) }
    net -= share.net
    tax -= share.tax
    return share.net === 0n && share.tax === 0n ? [] : [share]
  })
}
