import type { CourseEntry } from '../domain/charging-course.ts'
import type { MeterRow } from '../domain/meter.ts'
import { chargingStates } from '../domain/session-event.ts'
import type { MilliWattHours } from '../domain/units.ts'
import { flowOf, lastOf, type Point, shares } from './flow.ts'
import { type Account, measuredIn, movedBy } from './measured.ts'
import type { Stretch, StretchKind } from './usage.ts'

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
  const { times, registers, powers } = measuredIn(account, readings)
  const course = kindsOf(states.map((one) => ({ ...one, at: one.at + moved })))
  const flow = flowOf(account, span, { registers, powers })
  const within = course.map(({ at }) => at).filter((at) => at > span.from && at < span.until)
  const cuts = [...new Set([span.from, ...flow.map(({ at }) => at), ...powers.keys(), ...within, span.until])].toSorted(
    (a, b) => a - b,
  )
  return drawn({ cuts, flow, course, times, powers }, account.energyMwh)
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

interface Known {
  readonly cuts: readonly number[]
  readonly flow: readonly Point[]
  readonly course: readonly Kind[]
  readonly times: readonly number[]
  readonly powers: ReadonlyMap<number, number>
}

const drawn = ({ cuts, flow, course, times, powers }: Known, energyMwh: MilliWattHours): readonly Stretch[] => {
  const [begin = 0] = cuts
  const ends = cuts.length === 1 ? [begin] : cuts.slice(1)
  const reading = lastOf(times, (at) => at)
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
