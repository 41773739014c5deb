import type { MilliWattHours } from './units.ts'

/**
 * How a meter's import register went between the start of a session and its end (INV-51). Meters fall back to zero when
 * they reboot, run over their last digit, and tremble by a few Wh; none of that is negative energy.
 */
export const courses = ['regular', 'jitter', 'reset', 'rollover', 'implausible'] as const
export type Course = (typeof courses)[number]

export interface Delivered {
  readonly mwh: MilliWattHours
  readonly course: Course
}

const kwh = 1_000_000
/** The strongest outlets there are (megawatt charging, 3.75 MW), rounded up: mWh in a millisecond. */
const mostPerMs = 4_000_000_000 / 3_600_000
/** What any meter may be off by, and any clock. */
const slack = 100 * kwh
/** Where the station's clock went backwards meanwhile, time says nothing: then so much is believed. */
const mostOfOne = 1_000 * kwh
const tremble = kwh / 10

/** Where registers run over: so many digits of kWh, of Wh, and the integers they are kept in. */
const ends: readonly MilliWattHours[] = [
  ...[100_000, 1_000_000, 10_000_000].map((limit) => limit * kwh),
  ...[1e6, 1e7, 1e8, 1e9, 2 ** 31, 2 ** 32].map((limit) => limit * 1_000),
]

/** Whether so much can have been delivered in so many milliseconds of the station's clock. */
export const isPlausible = (mwh: MilliWattHours, ms: number): boolean =>
  mwh <= (ms < 0 ? mostOfOne : slack + ms * mostPerMs)

/**
 * Energy between the register at the start and the one at the end, when `peak` was the highest seen between. A register
 * that fell is explained by the smallest step that explains it: trembling, running over, being set to zero. Where the
 * end is above the start all the same, only that difference counts: it is what a driver can read off the meter.
 */
export const deliveredBetween = (from: MilliWattHours, peak: MilliWattHours, to: MilliWattHours): Delivered => {
  if (to >= peak) return { mwh: to - from, course: 'regular' }
  if (peak - to <= tremble) return { mwh: Math.max(0, to - from), course: 'jitter' }
  const end = ends.find((limit) => peak < limit && peak >= limit * 0.98 && to <= limit * 0.02)
  if (end !== undefined) return { mwh: end - from + to, course: 'rollover' }
  return { mwh: to >= from ? to - from : peak - from + to, course: 'reset' }
}
