import type { OpeningTimes, Span } from '../domain/site.ts'
import { dateTime } from './date-time.ts'
import type { Loss } from './mapped.ts'
import type { ExceptionalPeriod, Hours } from './model.ts'

/** When vehicles can get to a site (OCPI 2.3.0 mod_locations, Hours). */
export const hoursOf = ({ always, regular, openings, closings }: OpeningTimes): Hours => ({
  twentyfourseven: always,
  ...(!always && {
    regular_hours: regular.map(({ weekday, from, until }) => ({
      weekday,
      period_begin: from,
      period_end: until === endOfDay ? lastMinute : until,
    })),
  }),
  ...(openings.length > 0 && { exceptional_openings: openings.map(periodOf) }),
  ...(closings.length > 0 && { exceptional_closings: closings.map(periodOf) }),
})

/** OCPI has no time for the end of a day, and a period ends after it begins. */
const endOfDay = '24:00'
const lastMinute = '23:59'

const periodOf = ({ from, until }: Span): ExceptionalPeriod => ({
  period_begin: dateTime(from),
  period_end: dateTime(until),
})

export const lossesOfHours = ({ always, regular }: OpeningTimes): readonly Loss[] =>
  always
    ? []
    : regular.flatMap(({ until }, i) =>
        until === endOfDay
          ? [
              {
                pointer: `/opening_times/regular_hours/${i}/period_end`,
                detail: `the end of the day is said as ${lastMinute}`,
              },
            ]
          : [],
      )
