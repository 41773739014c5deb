import type { Note } from '../field.ts'
import type { Hours } from '../model.ts'
import { days, type EvseDataRecord } from './records.ts'

/** When it is open, in the words of OICP 2.3 (IsOpen24Hours, OpeningTimesType): it has weeks, and no days of their own. */
export const openingOf = (
  hours: Hours | undefined,
  note: Note,
): Pick<EvseDataRecord, 'IsOpen24Hours' | 'OpeningTimes'> => {
  if (hours === undefined) {
    note('filled', 'whether it is always open is not known: it is said to be', '/opening_times')
    return { IsOpen24Hours: true }
  }
  for (const name of ['exceptional_openings', 'exceptional_closings'] as const)
    if ((hours[name] ?? []).length > 0) note('noField', 'OICP has no days of their own', `/opening_times/${name}`)
  if (hours.twentyfourseven) return { IsOpen24Hours: true }
  const week = days.flatMap((on, i) => {
    const its = (hours.regular_hours ?? []).filter(({ weekday }) => weekday === i + 1)
    return its.length === 0
      ? []
      : [{ on, Period: its.map(({ period_begin, period_end }) => ({ begin: period_begin, end: period_end })) }]
  })
  return { IsOpen24Hours: false, ...(week.length > 0 && { OpeningTimes: week }) }
}
