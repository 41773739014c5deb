import { amountOf, digitsOf, divided, power, unitsOf } from '../pricing/rounding.ts'
import { at, isJson, type Json, type Loss } from './field.ts'
import type { Kind } from './objects/index.ts'

/** What has totals that were computed; prices of tariffs are what was agreed, and stay. */
const withTotals: readonly Kind[] = ['cdr', 'session']

export interface RoundedTotals {
  readonly object: Json
  readonly losses: readonly Loss[]
}

/**
 * A CDR or session of our model with every price in it at so many decimals, halves away from zero: for partners that refuse
 * more, or would round by rules of their own. With its taxes a price is what it was, rounded once; the last line of tax has
 * what remains (handbook/roaming.md §4.1 rule 6).
 */
export const roundedTotals = (object: Json, kind: Kind, decimals: number): RoundedTotals => {
  if (!withTotals.includes(kind)) return { object, losses: [] }
  const losses: Loss[] = []
  const entries = Object.entries(object).map(([name, value]): readonly [string, unknown] => {
    if (!isPrice(value) || amountsIn(value).every((amount) => digitsOf(amount) <= decimals)) return [name, value]
    losses.push({ pointer: at('', name), rule: 'rounded', detail: `it has at most ${decimals} decimals` })
    return [name, roundedPrice(value, decimals)]
  })
  return losses.length === 0 ? { object, losses } : { object: Object.fromEntries(entries), losses }
}

interface Priced extends Json {
  readonly before_taxes: string
  readonly taxes?: readonly (Json & { readonly amount: string })[]
}

const isAmount = (value: unknown): value is string => typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value)

const isPrice = (value: unknown): value is Priced =>
  isJson(value) &&
  isAmount(value['before_taxes']) &&
  (value['taxes'] === undefined ||
    (Array.isArray(value['taxes']) && value['taxes'].every((tax) => isJson(tax) && isAmount(tax['amount']))))

const amountsIn = ({ before_taxes: net, taxes = [] }: Priced): readonly string[] => [
  net,
  ...taxes.map(({ amount }) => amount),
]

const roundedPrice = (price: Priced, decimals: number): Priced => {
  const { before_taxes: net, taxes } = price
  const digits = Math.max(decimals, ...amountsIn(price).map(digitsOf))
  const rounded = (units: bigint): bigint => divided(units, power(digits - decimals), 'halfUp')
  const whole = rounded(unitsOf(net, digits))
  const before_taxes = amountOf(whole, decimals)
  if (taxes === undefined) return { ...price, before_taxes }
  const gross = rounded(amountsIn(price).reduce((sum, amount) => sum + unitsOf(amount, digits), 0n))
  let left = gross - whole
  const lines = taxes.map((tax, place) => {
    const units = place === taxes.length - 1 ? left : rounded(unitsOf(tax.amount, digits))
    left -= units
    return { ...tax, amount: amountOf(units, decimals) }
  })
  return { ...price, before_taxes, taxes: lines }
}
