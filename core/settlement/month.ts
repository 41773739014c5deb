import type { Period } from './terms.ts'

/** The days of a month, `2026-11`: the first of it, and the first of the next. */
export const daysOf = (month: string): Required<Period> => {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const next = number === 12 ? { year: year + 1, number: 1 } : { year, number: number + 1 }
  return { from: dayText(year, number), until: dayText(next.year, next.number) }
}

const dayText = (year: number, month: number): string =>
  `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-01`

/** How many days a month has. */
export const lengthOf = (month: string): number => {
  const [year = 0, number = 1] = month.split('-').map(Number)
  if (number === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return [4, 6, 9, 11].includes(number) ? 30 : 31
}

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
