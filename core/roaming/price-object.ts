import type { Amount, LineKind, Priced, PriceLine, Taxed } from '../pricing/priced.ts'
import { amountOf, digitsOf, divided, unitsOf } from '../pricing/rounding.ts'
import type { Price, TaxAmount } from './model.ts'

/** What the lines of one kind sum up to; undefined where there are none. */
export const priceOfKind = ({ lines }: Pick<Priced, 'lines'>, kind: LineKind, sum: Taxed): Price | undefined => {
  const of = lines.filter((line) => line.kind === kind)
  return of.length === 0 ? undefined : priceObject(sum, of)
}

/**
 * An amount before taxes, with a line for each rate of tax in it (OCPI 2.3.0 types, Price). The lines are the whole tax:
 * what limits and rounding have made of it is spread over the rates (handbook/roaming.md §4.1 rules 6, 7). A price that
 * says nothing of tax has no line; 0 per cent is one.
 */
export const priceObject = ({ net, tax }: Taxed, lines: readonly PriceLine[]): Price => {
  const taxes = taxesOf(tax, ratesOf(lines))
  return { before_taxes: net, ...(taxes.length > 0 && { taxes }) }
}

const name = 'VAT'

/** The tax of one rate, in units of a common number of digits. */
interface Rate {
  readonly percentage: string
  readonly units: bigint
}

interface Rates {
  readonly digits: number
  readonly rates: readonly Rate[]
}

const ratesOf = (lines: readonly PriceLine[]): Rates => {
  const digits = Math.max(0, ...lines.map(({ tax }) => digitsOf(tax)))
  const units = new Map<string, bigint>()
  for (const { vat, tax } of lines) if (vat !== undefined) units.set(vat, (units.get(vat) ?? 0n) + unitsOf(tax, digits))
  return { digits, rates: [...units].map(([percentage, sum]) => ({ percentage, units: sum })) }
}

const taxesOf = (tax: Amount, { digits, rates }: Rates): readonly TaxAmount[] => {
  const finest = Math.max(digits, digitsOf(tax))
  const sum = rates.reduce((all, { units }) => all + units, 0n)
  const isWhole = unitsOf(amountOf(sum, digits), finest) === unitsOf(tax, finest)
  if (isWhole) return rates.map(({ percentage, units }) => ({ name, percentage, amount: amountOf(units, digits) }))
  // a limit was met by what was not taxed at all: nobody says at which rate
  return sum === 0n ? [{ name, amount: tax }] : spread(tax, rates, sum)
}

/** In proportion; the greatest has what remains. */
const spread = (tax: Amount, rates: readonly Rate[], sum: bigint): readonly TaxAmount[] => {
  const digits = digitsOf(tax)
  const whole = unitsOf(tax, digits)
  const shares = rates.map(({ units }) => divided(whole * units * sign(sum), sum * sign(sum), 'halfUp'))
  const greatest = rates.reduce((best, { units }, i) => (size(units) > size(rates[best]?.units ?? 0n) ? i : best), 0)
  const remains = whole - shares.reduce((all, share) => all + share, 0n)
  return rates.map(({ percentage }, i) => {
    const share = (shares[i] ?? 0n) + (i === greatest ? remains : 0n)
    return { name, percentage, amount: amountOf(share, digits) }
  })
}

const sign = (units: bigint): bigint => (units < 0n ? -1n : 1n)
const size = (units: bigint): bigint => units * sign(units)
