import { daysIn } from './instant.ts'

/** Months of a calendar, `2026-11`, and their days, `2026-11-27`: their texts are in the order of time. */

/** The month that a day lies in. */
export const monthOf = (day: string): string => day.slice(0, 7)

export const firstOf = (month: string): string => `${month}-01`

const textOf = (year: number, number: number): string =>
  `${String(year).padStart(4, '0')}-${String(number).padStart(2, '0')}`

const partsOf = (text: string): readonly [year: number, number: number] => {
  const [year = 0, number = 1] = text.split('-').map(Number)
  return [year, number]
}

export const monthAfter = (month: string): string => {
  const [year, number] = partsOf(month)
  return number === 12 ? textOf(year + 1, 1) : textOf(year, number + 1)
}

/** The month before the one that a day lies in. */
export const monthBefore = (day: string): string => {
  const [year, number] = partsOf(day)
  return number === 1 ? textOf(year - 1, 12) : textOf(year, number - 1)
}

/** The first day after a month. */
export const afterMonth = (month: string): string => firstOf(monthAfter(month))

/** The first day of a month, and the first after it. */
export const daysOf = (month: string): { readonly from: string; readonly until: string } => ({
  from: firstOf(month),
  until: afterMonth(month),
})

/** How many days a month has. */
export const lengthOf = (month: string): number => daysIn(...partsOf(month))
