import type { CourseEntry } from '../domain/charging-course.ts'
import type { MeterRow } from '../domain/meter.ts'
import { chargingStates } from '../domain/session-event.ts'
import type { MilliWattHours } from '../domain/units.ts'
import type { Stretch, StretchKind } from './usage.ts'

/** What is billed of a session, and what its registers were at both ends. A `Cdr` is one, but for the registers. */
export interface Account {
  readonly startedAt: number
  readonly endedAt: number
  readonly energyMwh: MilliWattHours
  /** The register that it is counted from (`firstMwhOf`); absent = the first reading's. */
  readonly firstMwh?: MilliWattHours
  /** The one that it is counted to (`lastMwhOf`); absent = what its energy makes it. */
  readonly lastMwh?: MilliWattHours
  /** When it was by the station's clock, where that was moved: its readings are moved alike. */
  readonly measured?: { readonly startedAt: number; readonly endedAt: number }
}

/** Registers tremble by a few Wh; whatever falls further began anew. */
const tremble = 100_000

/**
 * A session cut where something is known of it: at each reading, and where the vehicle stops asking for power or asks
 * again (`parking` is that, roaming.md §2.7; not that no power flows). The energies add up to that of the account, to
 * the last mWh: where the registers do not, each has its share of it. Facts may come in any order, and repeatedly.
 */
export const stretchesOf = (
  account: Account,
  readings: readonly MeterRow[],
  states: readonly CourseEntry[],
): readonly Stretch[] => {
  const span = { from: account.startedAt, until: Math.max(account.startedAt, account.endedAt) }
  const moved = movedBy(account)
  const known = readings.flatMap(({ at, isTimeless, registerMwh, powerMw }) => {
    const then = at + moved
    return isTimeless === true || then < span.from || then > span.until ? [] : [{ at: then, registerMwh, powerMw }]
  })
  const powers = highest(known.flatMap(({ at, powerMw }) => (powerMw === undefined ? [] : [[at, powerMw]])))
  const registers = highest(
    known.flatMap(({ at, registerMwh }) => (registerMwh === undefined ? [] : [[at, registerMwh]])),
  )
  const course = kindsOf(states.map((one) => ({ ...one, at: one.at + moved })))
  const flow = flowOf(account, span, { registers, powers })
  const read = [...new Set(known.map(({ at }) => at))].toSorted((a, b) => a - b)
  const within = course.map(({ at }) => at).filter((at) => at > span.from && at < span.until)
  const cuts = [...new Set([span.from, ...flow.map(({ at }) => at), ...powers.keys(), ...within, span.until])].toSorted(
    (a, b) => a - b,
  )
  return drawn({ cuts, flow, course, read, powers }, account.energyMwh)
}

/** A correction of the clock moves both ends by the same. */
const movedBy = ({ startedAt, endedAt, measured }: Account): number =>
  measured !== undefined && startedAt - measured.startedAt === endedAt - measured.endedAt
    ? startedAt - measured.startedAt
    : 0

/** The highest value of each time: which of two readings of one moment came first is not known. */
const highest = (values: readonly (readonly number[])[]): ReadonlyMap<number, number> => {
  const most = new Map<number, number>()
  for (const [at = 0, value = 0] of values) most.set(at, Math.max(most.get(at) ?? value, value))
  return new Map([...most].sort(([a], [b]) => a - b))
}

interface Kind {
  readonly at: number
  readonly kind: StretchKind
}

/** Where the kind changes, in order. */
const kindsOf = (states: readonly CourseEntry[]): readonly Kind[] => {
  const rank = ({ state }: CourseEntry): number => chargingStates.indexOf(state)
  const ordered = states.toSorted((a, b) => a.at - b.at || (a.seq ?? 0) - (b.seq ?? 0) || rank(a) - rank(b))
  const kinds: Kind[] = []
  for (const { at, state } of ordered) {
    const kind = state === 'suspendedByVehicle' ? 'parking' : 'charging'
    if (kinds.at(-1)?.at === at) kinds.pop()
    if ((kinds.at(-1)?.kind ?? 'charging') !== kind) kinds.push({ at, kind })
  }
  return kinds
}

/** How much had flowed by then, in a unit of its own. */
interface Point {
  readonly at: number
  readonly raw: bigint
}

interface Span {
  readonly from: number
  readonly until: number
}

interface Measured {
  readonly registers: ReadonlyMap<number, number>
  readonly powers: ReadonlyMap<number, number>
}

/** By its registers, else by its samples of power, else evenly. */
const flowOf = (account: Account, span: Span, { registers, powers }: Measured): readonly Point[] => {
  const evenly = [
    { at: span.from, raw: 0n },
    { at: span.until, raw: 1n },
  ]
  const ways = registers.size > 0 ? [byRegisters(account, span, registers), evenly] : [byPower(span, powers), evenly]
  return ways.find((way) => (way.at(-1)?.raw ?? 0n) > 0n) ?? evenly
}

const byRegisters = (account: Account, span: Span, registers: ReadonlyMap<number, number>): readonly Point[] => {
  const told = [...registers].map(([at, mwh]) => ({ at, mwh }))
  const from = account.firstMwh ?? told[0]?.mwh ?? 0
  const to = account.lastMwh ?? reached(from + account.energyMwh, told.at(-1)?.mwh)
  // what lies outside of both ends is a reading gone wrong; where the meter began anew, there is no outside
  const isWithin = (mwh: number): boolean => to === undefined || to < from || (mwh >= from && mwh <= to)
  const between = told.filter(({ at, mwh }) => at > span.from && at < span.until && isWithin(mwh))
  const last = to ?? registers.get(span.until) ?? between.at(-1)?.mwh ?? from
  let [flowed, top] = [0, from]
  return [{ at: span.from, mwh: from }, ...between, { at: span.until, mwh: last }].map(({ at, mwh }) => {
    if (mwh >= top) flowed += mwh - top
    else if (top - mwh > tremble) flowed += mwh
    if (mwh >= top || top - mwh > tremble) top = mwh
    return { at, raw: BigInt(flowed) }
  })
}

/** The register at the end by the energy that is billed; undefined where a reading is beyond it. */
const reached = (byEnergy: number, last: number | undefined): number | undefined =>
  last === undefined || last <= byEnergy ? byEnergy : undefined

/** Each sample counts until the next, the first one from the start on. */
const byPower = (span: Span, powers: ReadonlyMap<number, number>): readonly Point[] => {
  const samples = [...powers].map(([at, mw]) => ({ at, mw: Math.max(0, mw) }))
  const [first] = samples
  if (first === undefined) return []
  const held = [{ at: span.from, mw: first.mw }, ...samples.filter(({ at }) => at > span.from && at < span.until)]
  let raw = 0n
  return [...held, { at: span.until, mw: 0 }].map(({ at }, i) => {
    const before = held[i - 1]
    if (before !== undefined) raw += BigInt(before.mw) * BigInt(at - before.at)
    return { at, raw }
  })
}

interface Known {
  readonly cuts: readonly number[]
  readonly flow: readonly Point[]
  readonly course: readonly Kind[]
  readonly read: readonly number[]
  readonly powers: ReadonlyMap<number, number>
}

const drawn = ({ cuts, flow, course, read, powers }: Known, energyMwh: MilliWattHours): readonly Stretch[] => {
  const [begin = 0] = cuts
  const ends = cuts.length === 1 ? [begin] : cuts.slice(1)
  const reading = lastOf(read, (at) => at)
  const kind = lastOf(course, ({ at }) => at)
  const share = shares(flow, BigInt(energyMwh))
  let [from, before] = [begin, 0]
  return ends.map((until, i) => {
    const so = i === ends.length - 1 ? energyMwh : share(until)
    const energy = so - before
    const powerMw = powers.get(reading(from) ?? Number.NaN)
    const stretch = {
      kind: kind(from)?.kind ?? 'charging',
      from,
      until,
      energyMwh: energy,
      // a sample of the moment before anything flowed says nothing of what flowed after it
      ...(powerMw !== undefined && (powerMw > 0 || energy === 0) && { powerMw }),
    }
    ;[from, before] = [until, so]
    return stretch
  })
}

/** The last of them that is not later than a time; the times are asked for in order. */
const lastOf = <One>(all: readonly One[], when: (one: One) => number): ((at: number) => One | undefined) => {
  let next = 0
  return (at) => {
    for (let one = all[next]; one !== undefined && when(one) <= at; one = all[next]) next++
    return all[next - 1]
  }
}

/** How much of the energy had flowed by a time, rounded down once; the times are asked for in order. */
const shares = (flow: readonly Point[], energy: bigint): ((at: number) => number) => {
  const point = lastOf(
    flow.map((one, i) => ({ ...one, next: flow[i + 1] ?? one })),
    ({ at }) => at,
  )
  const total = flow.at(-1)?.raw ?? 1n
  return (at) => {
    const { at: since = at, raw = 0n, next } = point(at) ?? {}
    const ms = BigInt(Math.max(1, (next?.at ?? at) - since))
    const so = raw * ms + ((next?.raw ?? raw) - raw) * BigInt(at - since)
    return Number((energy * so) / (total * ms))
  }
}
