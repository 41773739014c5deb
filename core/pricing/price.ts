import { bounded } from './bounds.ts'
import { isReservation, piecesOf } from './cut.ts'
import { periodsOf } from './periods.ts'
import { picked } from './pick.ts'
import { preparedTariff } from './prepared.ts'
import {
  type LineKind,
  type Priced,
  type PriceLine,
  type Rounding,
  type Taxed,
  type Totals,
  usualRounding,
} from './priced.ts'
import { amountOf, digitsOf, power, totalDigitsOf, unitsOf } from './rounding.ts'
import { type Volume, volumesOf } from './steps.ts'
import type { Tariff } from './tariff.ts'
import { costOf, type Sides } from './tax.ts'
import type { Usage } from './usage.ts'

/**
 * What a session costs by a tariff, and why (OCPI 2.3.0 mod_tariffs and mod_cdrs; handbook/roaming.md §4.1). Pure and exact:
 * every line is rounded once from an exact product, and the total is the sum of the lines to the last digit, with lines
 * of their own for what limits and rounding add. The same input gives the same output, wherever its stretches are cut.
 */
export const price = (tariff: Tariff, usage: Usage, rounding: Rounding = usualRounding): Priced => {
  const prepared = preparedTariff(tariff)
  const pieces = picked(piecesOf(usage, prepared.thresholds), prepared, usage.zone)
  const totalDigits = totalDigitsOf(rounding, tariff.currency)
  const digits = Math.max(rounding.lineDigits, totalDigits)
  const finer = power(digits - rounding.lineDigits)
  const lines: PriceLine[] = []
  let sum: Sides = { net: 0n, gross: 0n }
  for (const volume of volumesOf(pieces)) {
    const cost = costOf(volume.component, volume.billed, { ...rounding, taxIncluded: tariff.taxIncluded })
    lines.push(lineOf(volume, cost, rounding.lineDigits))
    sum = { net: sum.net + cost.net * finer, gross: sum.gross + cost.gross * finer }
  }
  const { raised, lowered, total } = bounded(sum, {
    tariff,
    rounding,
    totalDigits,
    isSession: usage.stretches.some((stretch) => !isReservation(stretch)),
    highestVat: prepared.highestVat,
  })
  lines.push(
    ...added('minPrice', sum, raised, digits),
    ...added('maxPrice', raised, lowered, digits),
    ...added('rounding', lowered, total, digits),
  )
  const unit = power(digits - totalDigits)
  return {
    tariff,
    zone: usage.zone,
    rounding,
    periods: periodsOf(pieces, prepared.dependsOn),
    lines,
    total: taxedOf({ net: total.net / unit, gross: total.gross / unit }, totalDigits),
  }
}

const lineOf = ({ component, used, billed }: Volume, cost: Sides, digits: number): PriceLine => {
  const { kind, ref, source } = component
  const { net, tax, gross } = taxedOf(cost, digits)
  const said = { kind, component: ref, price: source.price, volume: used, billed, net, tax, gross }
  const stepped = billed === used ? said : { ...said, stepSize: source.stepSize }
  return component.vat === undefined || source.vat === undefined ? stepped : { ...stepped, vat: source.vat }
}

/** What a limit or the rounding adds, where it adds anything. */
const added = (kind: LineKind, before: Sides, after: Sides, digits: number): readonly PriceLine[] => {
  const difference = { net: after.net - before.net, gross: after.gross - before.gross }
  return difference.net === 0n && difference.gross === 0n ? [] : [{ kind, ...taxedOf(difference, digits) }]
}

const taxedOf = ({ net, gross }: Sides, digits: number): Taxed => ({
  net: amountOf(net, digits),
  tax: amountOf(gross - net, digits),
  gross: amountOf(gross, digits),
})

/** The sums of a price by what they are for (OCPI: `total_fixed_cost` and so on); together they are its total. */
export const totalsOf = ({ lines }: Pick<Priced, 'lines'>): Totals => {
  const digits = lines.reduce((most, { net }) => Math.max(most, digitsOf(net)), 0)
  const sum = (...kinds: readonly LineKind[]): Taxed => {
    const of = lines.filter(({ kind }) => kinds.includes(kind))
    const side = (name: keyof Sides): bigint => of.reduce((all, line) => all + unitsOf(line[name], digits), 0n)
    return taxedOf({ net: side('net'), gross: side('gross') }, digits)
  }
  return {
    fixed: sum('fixed'),
    energy: sum('energy'),
    time: sum('time'),
    parking: sum('parking'),
    reservation: sum('reservation'),
    adjustments: sum('minPrice', 'maxPrice', 'rounding'),
  }
}

/** What takes an amount back. */
export const negated = ({ net, tax, gross }: Taxed): Taxed => ({
  net: minus(net),
  tax: minus(tax),
  gross: minus(gross),
})

const minus = (amount: string): string => {
  const digits = digitsOf(amount)
  return amountOf(-unitsOf(amount, digits), digits)
}
