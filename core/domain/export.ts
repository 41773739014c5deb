import { type Delivered, deliveredBetween, isPlausible } from './register.ts'
import type { MilliWattHours } from './units.ts'

/**
 * Energy that a vehicle gives back (V2X), by the meter's export register: beside the energy that it draws, and never
 * taken off it. Who pays what for it is the tariff's word.
 */
export interface Exported {
  readonly first: Reached
  readonly last: Reached
  /** The highest register seen; above the last one where the meter fell meanwhile. */
  readonly peakMwh: MilliWattHours
}

interface Reached {
  readonly at: number
  readonly mwh: MilliWattHours
}

/** With what one reading tells: the outermost registers count, so order and repetition do not. */
export const withExports = (
  known: Exported | undefined,
  at: number,
  registers: readonly MilliWattHours[],
): Exported | undefined => {
  let told = known
  for (const mwh of registers) {
    const one = { at, mwh }
    const { first = one, last = one, peakMwh = mwh } = told ?? {}
    const next = {
      first: isBefore(one, first) ? one : first,
      last: isBefore(last, one) ? one : last,
      peakMwh: Math.max(peakMwh, mwh),
    }
    const isNews = told === undefined || next.first !== first || next.last !== last || next.peakMwh !== told.peakMwh
    if (isNews) told = next
  }
  return told
}

const isBefore = (a: Reached, b: Reached): boolean => a.at < b.at || (a.at === b.at && a.mwh < b.mwh)

/** What was given back so far; absent where no meter says anything. What cannot be counts for nothing, and says so. */
export const givenBack = (exported: Exported | undefined): Delivered | undefined => {
  if (exported === undefined) return undefined
  const { first, last, peakMwh } = exported
  const delivered = deliveredBetween(first.mwh, Math.max(first.mwh, peakMwh), last.mwh)
  return isPlausible(delivered.mwh, last.at - first.at) ? delivered : { mwh: 0, course: 'implausible' }
}
