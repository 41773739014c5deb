import type { MeterRow } from '../domain/meter.ts'
import type { Register } from '../domain/session.ts'
import type { MilliWattHours } from '../domain/units.ts'
import { type Account, measuredIn } from './measured.ts'
import { totalsOf } from './price.ts'
import type { ComponentRef, Priced, PricedPeriod, PriceLine, Rounding, Taxed, Totals } from './priced.ts'
import { productOf } from './product.ts'
import { totalDigitsOf } from './rounding.ts'
import type { Decimal } from '../domain/decimal.ts'
import type { Dimension, Restrictions, Tariff } from './tariff.ts'

/** What is known beside a price, for whoever wants to know where it comes from. */
export interface Grounds {
  readonly account: Account
  readonly readings: readonly MeterRow[]
  /** What a reader must know of the account: `estimated`. */
  readonly notes: readonly string[]
  /** Why this tariff and no other, in a sentence; absent where nobody has kept it. */
  readonly because?: string
}

/**
 * A price laid open, from the meter to the tax: each step with the numbers that make it, so that everybody can work it
 * out again by hand. Readings make periods, periods ask for prices, what a price was asked for is rounded up to steps,
 * the product is rounded once and taxed, the lines are added up, limits and rounding add what they say.
 */
export interface Explanation {
  readonly tariff: Pick<Tariff, 'id' | 'version' | 'currency' | 'taxIncluded' | 'minPrice' | 'maxPrice'>
  readonly because?: string
  readonly zone: string
  readonly rounding: Rounding & { readonly totalDigits: number }
  readonly startedAt: number
  readonly endedAt: number
  readonly energyMwh: MilliWattHours
  readonly periods: readonly ExplainedPeriod[]
  readonly lines: readonly ExplainedLine[]
  readonly total: Taxed
  readonly totals: Totals
  readonly notes: readonly string[]
}

export interface ExplainedPeriod extends Omit<PricedPeriod, 'prices'> {
  readonly meter: MeterOf
  /** The lines that are asked for what of it, by their places. */
  readonly asks: readonly { readonly line: number; readonly volume: number }[]
  /** Of what was used what no price is named for. */
  readonly free: readonly Dimension[]
}

/**
 * `metered`: the difference of both registers; `between`: its share of that, as evenly as time went; `shared`: its share of
 * what is billed, which the registers do not make; `unread`: there are no registers.
 */
export const meterings = ['metered', 'between', 'shared', 'unread'] as const
export type Metering = (typeof meterings)[number]

/** What the meter said about a period: the last register before it or at its start, the first at its end or after it. */
export interface MeterOf {
  readonly how: Metering
  readonly readings: number
  readonly first?: Register
  readonly last?: Register
}

export interface ExplainedLine extends PriceLine {
  /** When its price counts; absent = always. */
  readonly restrictions?: Restrictions
  /** What it was asked for, period by period; together its volume. */
  readonly parts: readonly { readonly period: number; readonly volume: number }[]
  /** Price times what is billed, before any rounding; at most 12 decimals are written of it. */
  readonly exact?: Decimal
}

export const explain = (priced: Priced, { account, readings, notes, because }: Grounds): Explanation => {
  const { tariff, zone, rounding, periods, lines, total } = priced
  const { id, version, currency, taxIncluded, minPrice, maxPrice } = tariff
  const placeOf = new Map(
    lines.flatMap(({ component }, i) => (component === undefined ? [] : [[nameOf(component), i]])),
  )
  const meter = meterIn(account, readings)
  const explained = periods.map(({ kind, from, until, energyMwh, prices }): ExplainedPeriod => {
    const asks = prices.flatMap((component) => {
      const line = placeOf.get(nameOf(component))
      const volume = volumeOf({ from, until, energyMwh }, component)
      return line === undefined || volume === 0 ? [] : [{ line, volume }]
    })
    const used: readonly Dimension[] = [
      ...(energyMwh === 0 ? [] : ['ENERGY' as const]),
      ...(until === from ? [] : [kind === 'parking' ? ('PARKING_TIME' as const) : ('TIME' as const)]),
    ]
    const free = used.filter((dimension) => !prices.some((one) => one.dimension === dimension))
    return { kind, from, until, energyMwh, meter: meter({ from, until, energyMwh }), asks, free }
  })
  return {
    tariff: { id, version, currency, taxIncluded, ...(minPrice && { minPrice }), ...(maxPrice && { maxPrice }) },
    ...(because !== undefined && { because }),
    zone,
    rounding: { ...rounding, totalDigits: totalDigitsOf(rounding, currency) },
    startedAt: account.startedAt,
    endedAt: account.endedAt,
    energyMwh: account.energyMwh,
    periods: explained,
    lines: lines.map((line, i) => explainedLine(line, tariff, partsOf(explained, i))),
    total,
    totals: totalsOf(priced),
    notes,
  }
}

const nameOf = ({ element, component }: ComponentRef): string => `${element}/${component}`

type Span = Pick<PricedPeriod, 'from' | 'until' | 'energyMwh'>

const volumeOf = ({ from, until, energyMwh }: Span, { dimension }: ComponentRef): number =>
  dimension === 'FLAT' ? 1 : dimension === 'ENERGY' ? energyMwh : until - from

const partsOf = (periods: readonly ExplainedPeriod[], line: number): ExplainedLine['parts'] =>
  periods.flatMap(({ asks }, period) =>
    asks.filter((ask) => ask.line === line).map(({ volume }) => ({ period, volume })),
  )

const explainedLine = (line: PriceLine, { elements }: Tariff, parts: ExplainedLine['parts']): ExplainedLine => {
  const { component, price, billed } = line
  if (component === undefined || price === undefined || billed === undefined) return { ...line, parts }
  const restrictions = elements[component.element]?.restrictions
  const exact = productOf(price, billed, component.dimension)
  return { ...line, ...(restrictions !== undefined && { restrictions }), parts, exact }
}

const meterIn = (account: Account, readings: readonly MeterRow[]): ((of: Span) => MeterOf) => {
  const { times, registers } = measuredIn(account, readings)
  const { startedAt, endedAt, firstMwh, lastMwh } = account
  const known = new Map(registers)
  if (firstMwh !== undefined) known.set(startedAt, firstMwh)
  if (lastMwh !== undefined) known.set(endedAt, lastMwh)
  const all = [...known].map(([at, mwh]) => ({ at, mwh })).sort((a, b) => a.at - b.at)
  return ({ from, until, energyMwh }) => {
    const first = all.findLast(({ at }) => at <= from) ?? all[0]
    const last = all.find(({ at }) => at >= until) ?? all.at(-1)
    const count = times.filter((at) => at >= from && at <= until).length
    if (first === undefined || last === undefined || all.length < 2) return { how: 'unread', readings: count }
    const isExact = first.at === from && last.at === until && last.mwh - first.mwh === energyMwh
    const within = all.filter(({ at }) => at >= from && at <= until)
    const least = within.length < 2 ? 0 : (within.at(-1)?.mwh ?? 0) - (within[0]?.mwh ?? 0)
    const isBetween = least <= energyMwh && energyMwh <= last.mwh - first.mwh && (first.at < from || last.at > until)
    return { how: isExact ? 'metered' : isBetween ? 'between' : 'shared', readings: count, first, last }
  }
}
