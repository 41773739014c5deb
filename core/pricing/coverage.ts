import { millionths } from '../domain/decimal.ts'
import type { Restrictions } from './tariff.ts'
import { joined, weekMinutes, weekText, type WeekTimes, weekTimesOf } from './week.ts'

/**
 * Where in the space of all moments the conditions of elements hold: by time of week, date, energy, duration, power and
 * current. The bounds that they name cut it into cells within which nothing changes, so looking at each cell once is exact.
 */
export interface Coverage {
  /** Whether it ever holds, and whether it is ever the first to: that one counts. */
  readonly holds: readonly boolean[]
  readonly counts: readonly boolean[]
  /** Two that hold in the same cells, by their places, where neither is a part of the other; and when. */
  readonly overlaps: readonly { readonly earlier: number; readonly later: number; readonly times: WeekTimes }[]
  /** Where none holds. */
  readonly gaps: readonly Gap[]
}

export interface Gap {
  readonly times: WeekTimes
  /** What else must be so: `from 30 kWh`; empty = nothing. */
  readonly where: readonly string[]
}

/** Cells. More nobody can oversee, and nobody waits for. */
const most = 20_000

interface Cell {
  /** Which elements hold in it, a bit for each. */
  readonly bits: bigint
  readonly from: number
  readonly until: number
}

type Span = Pick<Cell, 'from' | 'until'>

/** One dimension of the space, and how it is cut. */
interface Cut {
  readonly spans: readonly Span[]
  readonly holds: (span: Span) => bigint
  /** Of the spans from one to another, in words. */
  readonly text: (from: Span, until: Span) => string
}

interface Axis extends Pick<Cut, 'text'> {
  readonly cells: readonly Cell[]
}

const axisOf = ({ spans, holds, text }: Cut): Axis => ({
  cells: spans.map((span) => ({ ...span, bits: holds(span) })),
  text,
})

/** What a session does meanwhile: nothing is drawn while it parks, nor while its place is only reserved. */
export type Course = 'charging' | 'parking' | 'reserved'

/** Undefined where there are too many cells to look at. */
export const coverageOf = (all: readonly Restrictions[], course: Course): Coverage | undefined => {
  const [week, ...cuts] = [
    weekCut(all),
    dateCut(all),
    energyCut(all, course),
    durationCut(all),
    ...loadCuts(all, course),
  ]
  const cells = cuts.reduce((product, { spans }) => product * spans.length, week.spans.length)
  if (cells > most) return undefined
  const axes = cuts
    .map(axisOf)
    .filter(({ cells: own }) => own.length > 1 || own.some(({ bits }) => bits !== everyone(all)))
  return coveredBy(all, axisOf(week), axes)
}

const everyone = (all: readonly unknown[]): bigint => (1n << BigInt(all.length)) - 1n

const coveredBy = (all: readonly Restrictions[], week: Axis, rest: readonly Axis[]): Coverage => {
  let firsts = 0n
  const bare = new Map<string, { readonly times: WeekTimes; readonly boxes: (readonly number[])[] }>()
  for (const { bits, at } of combinations(everyone(all), rest)) {
    const empty: [number, number][] = []
    for (const cell of week.cells) {
      const here = bits & cell.bits
      if (here === 0n) empty.push([cell.from, cell.until])
      firsts |= here & -here
    }
    const times = joined(empty)
    const key = JSON.stringify(times)
    if (times.length > 0) bare.set(key, { times, boxes: [...(bare.get(key)?.boxes ?? []), at] })
  }
  const regions = all.map((_, i) => [week, ...rest].map(({ cells }) => cellsOf(cells, i)))
  const counts = all.map((_, i) => isSet(firsts, i))
  return {
    holds: regions.map((region) => region.every((cells) => cells !== 0n)),
    counts,
    overlaps: regions.flatMap((region, later) =>
      counts[later] === true
        ? regions.slice(0, later).flatMap((other, earlier) => {
            const both = region.map((cells, axis) => cells & (other[axis] ?? 0n))
            if (both.includes(0n) || isSame(both, region) || isSame(both, other)) return []
            return [{ earlier, later, times: joined(week.cells.filter((_, i) => isSet(both[0] ?? 0n, i)).map(spanOf)) }]
          })
        : [],
    ),
    gaps: [...bare.values()].flatMap(({ times, boxes }) =>
      merged(boxes, rest).map((box) => ({ times, where: whereOf(box, rest) })),
    ),
  }
}

/** In which cells of an axis one element holds: where something holds is the product of these. */
const cellsOf = (cells: readonly Cell[], element: number): bigint =>
  cells.reduce((set, { bits }, i) => (isSet(bits, element) ? set | (1n << BigInt(i)) : set), 0n)

const isSet = (bits: bigint, place: number): boolean => ((bits >> BigInt(place)) & 1n) === 1n
const isSame = (a: readonly bigint[], b: readonly bigint[]): boolean => a.every((bits, i) => bits === b[i])
const spanOf = ({ from, until }: Span): readonly [number, number] => [from, until]

function* combinations(
  bits: bigint,
  [axis, ...others]: readonly Axis[],
  at: readonly number[] = [],
): Generator<{ readonly bits: bigint; readonly at: readonly number[] }> {
  if (axis === undefined) yield { bits, at }
  else for (const [i, cell] of axis.cells.entries()) yield* combinations(bits & cell.bits, others, [...at, i])
}

/** From and until which cell of each axis, both included. */
type Box = readonly (readonly [number, number])[]

/** Neighbours along one axis become one box, axis by axis. */
const merged = (places: readonly (readonly number[])[], axes: readonly Axis[]): readonly Box[] =>
  axes.reduce<readonly Box[]>(
    (boxes, _, axis) => {
      const done: Box[] = []
      for (const box of boxes) {
        const [from = 0, until = 0] = box[axis] ?? []
        const others = (b: Box): string => JSON.stringify(b.with(axis, [0, 0]))
        const i = done.findIndex((other) => other[axis]?.[1] === from - 1 && others(other) === others(box))
        if (i === -1) done.push(box)
        else done[i] = box.with(axis, [done[i]?.[axis]?.[0] ?? from, until])
      }
      return done
    },
    places.map((at) => at.map((i) => [i, i] as const)),
  )

const whereOf = (box: Box, axes: readonly Axis[]): readonly string[] =>
  axes.flatMap(({ cells, text }, axis) => {
    const [first, last] = box[axis] ?? [0, 0]
    const [from, until] = [cells[first], cells[last]]
    return (first === 0 && last === cells.length - 1) || from === undefined || until === undefined
      ? []
      : [text(from, until)]
  })

const bitsWhere = <Item>(all: readonly Item[], holds: (item: Item) => boolean): bigint =>
  all.reduce((bits, item, i) => (holds(item) ? bits | (1n << BigInt(i)) : bits), 0n)

const spansBetween = (bounds: readonly number[]): readonly Span[] => {
  const sorted = [...new Set(bounds)].sort((a, b) => a - b)
  return sorted.slice(0, -1).map((from, i) => ({ from, until: sorted[i + 1] ?? from }))
}

const weekCut = (all: readonly Restrictions[]): Cut => {
  const times = all.map(weekTimesOf)
  return {
    spans: spansBetween([0, weekMinutes, ...times.flat(2)]),
    holds: ({ from, until }) => bitsWhere(times, (own) => own.some(([a, b]) => a <= from && until <= b)),
    text: ({ from }, { until }) => weekText([[from, until]]),
  }
}

type Bounds = readonly [min: number | undefined, max: number | undefined]

const rangeCut = (
  all: readonly Restrictions[],
  boundsOf: (restrictions: Restrictions) => Bounds,
  name: (bound: number) => string,
): Cut => {
  const bounds = all.map(boundsOf)
  return {
    spans: spansBetween([0, Infinity, ...bounds.flat().filter((bound) => bound !== undefined)]),
    holds: ({ from, until }) => bitsWhere(bounds, ([min = 0, max = Infinity]) => min <= from && until <= max),
    text: ({ from }, { until }) =>
      until === Infinity
        ? `from ${name(from)}`
        : from === 0
          ? `below ${name(until)}`
          : `from ${name(from)} to ${name(until)}`,
  }
}

/** Whole millionths: at most 15 digits, so exact. */
const whole = (decimal: string | undefined): number | undefined =>
  decimal === undefined ? undefined : Number(millionths(decimal))
const shown = (bound: number): string => String(bound / 1_000_000)

const energyCut = (all: readonly Restrictions[], course: Course): Cut => {
  const cut = rangeCut(
    all,
    ({ minKwh, maxKwh }) => [whole(minKwh), whole(maxKwh)],
    (bound) => `${shown(bound)} kWh`,
  )
  return course === 'reserved' ? atNothing(cut) : cut
}

const atNothing = (cut: Cut): Cut => ({ ...cut, spans: cut.spans.filter(({ from }) => from <= 0) })

const durationCut = (all: readonly Restrictions[]): Cut =>
  rangeCut(
    all,
    ({ minDuration, maxDuration }) => [minDuration, maxDuration],
    (bound) => (bound % 60 === 0 ? `${bound / 60} min` : `${bound} s`),
  )

const dateCut = (all: readonly Restrictions[]): Cut => {
  const dayOf = (date: string | undefined): number | undefined => (date === undefined ? undefined : Date.parse(date))
  const nameOf = (day: number): string => new Date(day).toISOString().slice(0, 10)
  return {
    ...rangeCut(all, ({ startDate, endDate }) => [dayOf(startDate), dayOf(endDate)], nameOf),
    text: ({ from }, { until }) =>
      [from === 0 ? '' : `from ${nameOf(from)}`, until === Infinity ? '' : `until ${nameOf(until)}`].join(' ').trim(),
  }
}

/** Power and current; not every station tells its current. */
const loadCuts = (all: readonly Restrictions[], course: Course): readonly Cut[] => {
  const power = rangeCut(
    all,
    ({ minPower, maxPower }) => [whole(minPower), whole(maxPower)],
    (bound) => `${shown(bound)} kW`,
  )
  const current = rangeCut(
    all,
    ({ minCurrent, maxCurrent }) => [whole(minCurrent), whole(maxCurrent)],
    (bound) => `${shown(bound)} A`,
  )
  const cuts = [power, orUnknown(current, all)]
  return course === 'charging' ? cuts : cuts.map(atNothing)
}

const unknown: Span = { from: -1, until: -1 }

const orUnknown = (current: Cut, all: readonly Restrictions[]): Cut => {
  if (current.spans.length === 1) return current
  return {
    spans: [unknown, ...current.spans],
    holds: (span) =>
      span.from === unknown.from
        ? bitsWhere(all, ({ minCurrent, maxCurrent }) => (minCurrent ?? maxCurrent) === undefined)
        : current.holds(span),
    text: (from, until) => {
      const none = 'where the station tells no current'
      if (until.until === unknown.until) return none
      return from.from === unknown.from
        ? `${current.text({ ...from, from: 0 }, until)} or ${none}`
        : current.text(from, until)
    },
  }
}
