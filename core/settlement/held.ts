import { daysOf, lengthOf } from '../domain/month.ts'
import type { Period } from './terms.ts'

/** The days of a month on which something held, counted from 0: from the first, to the one before the last. None: both are equal. */
export interface Held {
  readonly from: number
  readonly until: number
  /** How many the month has. */
  readonly of: number
}

/** What of a month belongs to a period. */
export const heldIn = (period: Period, month: string): Held => {
  const { from, until } = daysOf(month)
  const of = lengthOf(month)
  const place = (day: string): number => (day <= from ? 0 : day >= until ? of : Number(day.slice(8)) - 1)
  const first = place(period.from)
  const last = period.until === undefined ? of : place(period.until)
  return { from: first, until: Math.max(first, last), of }
}
