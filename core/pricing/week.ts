import { type Restrictions, type Weekday, weekdays } from './tariff.ts'

/** Minutes of a week by the site's clock, Monday 00:00 = 0; the second is excluded. In order, none touches the next. */
export type WeekTimes = readonly (readonly [number, number])[]

export const dayMinutes = 1_440
export const weekMinutes = 7 * dayMinutes
export const wholeWeek: WeekTimes = [[0, weekMinutes]]

export const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))

/** Whether it goes on after midnight: `22:00` to `06:00`. */
export const isOvernight = ({ startTime = '00:00', endTime = '00:00' }: Restrictions): boolean =>
  endTime !== '00:00' && endTime < startTime

/** When days and times of an element hold. They hold of the same moment: a Friday from 22:00 to 06:00 is two parts of the Friday. */
export const weekTimesOf = ({ daysOfWeek = weekdays, ...times }: Restrictions): WeekTimes =>
  joined(
    weekdays.flatMap((day, i) =>
      daysOfWeek.includes(day)
        ? dayTimesOf(times).map(([from, until]) => [i * dayMinutes + from, i * dayMinutes + until] as const)
        : [],
    ),
  )

const dayTimesOf = (restrictions: Restrictions): WeekTimes => {
  const from = minuteOf(restrictions.startTime ?? '00:00')
  const until = minuteOf(restrictions.endTime ?? '00:00') || dayMinutes
  if (from === until || (from === 0 && until === dayMinutes)) return [[0, dayMinutes]]
  return isOvernight(restrictions)
    ? [
        [0, until],
        [from, dayMinutes],
      ]
    : [[from, until]]
}

export const joined = (times: WeekTimes): WeekTimes => {
  const result: [number, number][] = []
  for (const [from, until] of [...times].sort(([a], [b]) => a - b)) {
    const last = result.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], until)
    else result.push([from, until])
  }
  return result
}

/** In words: `every day 22:00–24:00`, `on Saturdays and Sundays`. Days that are alike are named together. */
export const weekText = (times: WeekTimes): string => {
  const alike = new Map<string, Weekday[]>()
  weekdays.forEach((day, i) => {
    const [start, end] = [i * dayMinutes, (i + 1) * dayMinutes]
    const parts = times
      .filter(([from, until]) => from < end && until > start)
      .map(([from, until]) => `${clock(Math.max(from, start) - start)}–${clock(Math.min(until, end) - start)}`)
    const text = parts.join(' and ')
    if (parts.length > 0) alike.set(text, [...(alike.get(text) ?? []), day])
  })
  const texts = [...alike].map(([parts, days]) => (parts === '00:00–24:00' ? named(days) : `${named(days)} ${parts}`))
  return texts.length === 1 && texts[0] === 'every day' ? 'always' : texts.join(', ')
}

const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

const named = (days: readonly Weekday[]): string => {
  if (days.length === weekdays.length) return 'every day'
  const names = days.map((day) => `${day[0]}${day.slice(1).toLowerCase()}s`)
  return `on ${names.length === 1 ? '' : `${names.slice(0, -1).join(', ')} and `}${names.at(-1)}`
}
