import type { MeterRow } from '../domain/meter.ts'
import type { MilliWattHours } from '../domain/units.ts'

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

/** What was measured within a session, in order: of each time the highest value. */
export interface Measured {
  /** Of all readings, mere power too. */
  readonly times: readonly number[]
  readonly registers: ReadonlyMap<number, MilliWattHours>
  /** mW */
  readonly powers: ReadonlyMap<number, number>
}

/** The readings of a session that count: those from its own time, whose time can be read. */
export const measuredIn = (account: Account, readings: readonly MeterRow[]): Measured => {
  const moved = movedBy(account)
  const known = readings.flatMap(({ at, isTimeless, registerMwh, powerMw }) => {
    const then = at + moved
    const isOutside = then < account.startedAt || then > Math.max(account.startedAt, account.endedAt)
    return isTimeless === true || isOutside ? [] : [{ at: then, registerMwh, powerMw }]
  })
  return {
    times: [...new Set(known.map(({ at }) => at))].toSorted((a, b) => a - b),
    registers: highest(known.map(({ at, registerMwh }) => [at, registerMwh])),
    powers: highest(known.map(({ at, powerMw }) => [at, powerMw])),
  }
}

/** A correction of the clock moves both ends by the same. */
export const movedBy = ({ startedAt, endedAt, measured }: Account): number =>
  measured !== undefined && startedAt - measured.startedAt === endedAt - measured.endedAt
    ? startedAt - measured.startedAt
    : 0

/** The highest value of each time: which of two readings of one moment came first is not known. */
const highest = (
  values: readonly (readonly [at: number, value: number | undefined])[],
): ReadonlyMap<number, number> => {
  const most = new Map<number, number>()
  for (const [at, value] of values) if (value !== undefined) most.set(at, Math.max(most.get(at) ?? value, value))
  return new Map([...most].sort(([a], [b]) => a - b))
}
