import type { CompositePeriod, CompositeSchedule } from './composite.ts'
import type { Tenths } from './profile.ts'
import { combined, put, type Step, type Steps } from './steps.ts'

/** A stretch of time in which a station allows something else than we expect. Times are ms from the start of ours. */
export interface Difference {
  readonly fromMs: number
  readonly toMs: number
  /** Absent: no limit. */
  readonly ours?: Tenths
  readonly theirs?: Tenths
}

/** Stations count in whole seconds, from the moment at which they hear us. */
const slackMs = 1_000
const slack: Tenths = 1

/**
 * Where a station's composite schedule allows more or less than ours, over the time that both tell of: limits that differ
 * by more than a tenth, for more than a second. Steps that are a second off are taken for ours. Ours is computed from
 * their start and in their unit: units that differ are a mistake of the caller. Phases are not compared; most stations
 * name none. No limit differs from any limit, also from the hardware's: a forgotten profile looks just the same.
 */
export const differences = (ours: CompositeSchedule, theirs: CompositeSchedule): readonly Difference[] => {
  if (ours.unit !== theirs.unit) throw new Error('composite schedules of different units cannot be compared')
  const shift = theirs.startsAt - ours.startsAt
  const from = Math.max(0, shift)
  const to = Math.min(ours.durationMs, shift + theirs.durationMs)
  if (from >= to) return []
  const expected = stepsOf(ours.periods, 0, { from, to })
  const told = aligned(stepsOf(theirs.periods, shift, { from, to }), expected)
  const both = combined(expected, told, (a, b) => ({
    ...(a !== undefined && { ours: a }),
    ...(b !== undefined && { theirs: b }),
  }))
  const stretches = both.map(({ at, value }, i) => ({ fromMs: at, toMs: both[i + 1]?.at ?? to, ...value }))
  return runsOf(stretches.filter(isDifferent)).flatMap((run) => (lengthOf(run) > slackMs ? run : []))
}

/** The limits between two instants; the first step is at the first of them. */
const stepsOf = (
  periods: readonly CompositePeriod[],
  shift: number,
  { from, to }: { readonly from: number; readonly to: number },
): Steps<Tenths | undefined> => {
  const steps: Step<Tenths | undefined>[] = []
  for (const { startMs, limit } of periods) if (startMs + shift < to) put(steps, Math.max(from, startMs + shift), limit)
  return steps
}

/** Each step where the nearest one of ours is, if that is near enough. Where the time begins is no step of anybody. */
const aligned = (theirs: Steps<Tenths | undefined>, ours: Steps<Tenths | undefined>): Steps<Tenths | undefined> => {
  const result: Step<Tenths | undefined>[] = []
  const distance = (i: number, at: number): number => Math.abs((ours[i]?.at ?? Infinity) - at)
  let nearest = 1
  for (const { at, value } of theirs) {
    while (distance(nearest + 1, at) < distance(nearest, at)) nearest++
    const isNear = at !== theirs[0]?.at && distance(nearest, at) <= slackMs
    put(result, isNear ? (ours[nearest]?.at ?? at) : at, value)
  }
  return result
}

const isDifferent = ({ ours = Infinity, theirs = Infinity }: Difference): boolean => Math.abs(ours - theirs) > slack

/** Differences that follow each other without a gap. */
const runsOf = (stretches: readonly Difference[]): readonly (readonly Difference[])[] => {
  const runs: Difference[][] = []
  for (const stretch of stretches) {
    const run = runs.at(-1)
    if (run?.at(-1)?.toMs === stretch.fromMs) run.push(stretch)
    else runs.push([stretch])
  }
  return runs
}

const lengthOf = (run: readonly Difference[]): number => (run.at(-1)?.toMs ?? 0) - (run[0]?.fromMs ?? 0)
