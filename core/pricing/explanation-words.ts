import { withDigits } from '../domain/decimal.ts'
import type { MilliWattHours } from '../domain/units.ts'
import { localTime } from './local-time.ts'
import type { Restrictions } from './tariff.ts'

/** `20.000 kWh`; all of its digits where it has more. */
export const energyText = (mwh: MilliWattHours): string => {
  const text = withDigits(BigInt(Math.abs(mwh)), 6).replace(/0{1,3}$/, '')
  return `${mwh < 0 ? '-' : ''}${text} kWh`
}

/** `1 h 40 min`, `12.5 s` */
export const durationText = (ms: number): string => {
  const [h, min, rest] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, ms % 60_000]
  const s = `${withDigits(BigInt(rest), 3).replace(/\.?0+$/, '')} s`
  return [...(h > 0 ? [`${h} h`] : []), ...(min > 0 ? [`${min} min`] : []), ...(rest > 0 || ms === 0 ? [s] : [])].join(
    ' ',
  )
}

const dayMs = 86_400_000

/** Times as the clock of a place shows them: seconds only where they are not zero. */
export const placeTimes = (zone: string) => {
  const clock = (at: number): string => {
    const time = new Date(localTime(zone, at).ms).toISOString()
    return time.slice(11, time.endsWith(':00.000Z') ? 16 : time.endsWith('.000Z') ? 19 : 23)
  }
  const day = (at: number): string => new Date(localTime(zone, at).day * dayMs).toISOString().slice(0, 10)
  /** The day of its end only where that is another one. */
  const span = (from: number, until: number): string =>
    `${day(from)} ${clock(from)}–${day(until) === day(from) ? '' : `${day(until)} `}${clock(until)}`
  /** The same of a moment that is most often on the day of another one. */
  const moment = (at: number, beside: number): string =>
    day(at) === day(beside) ? clock(at) : `${day(at)} ${clock(at)}`
  return { moment, span }
}

/** When a price counts, in the order of the specification: `MONDAY-FRIDAY`, `08:00-18:00`, `from 5 kWh`. */
export const restrictionsText = (of: Restrictions): readonly string[] => {
  const range = (from: string | number | undefined, until: string | number | undefined, unit: string): string[] => {
    if (from === undefined && until === undefined) return []
    if (until === undefined) return [`from ${from} ${unit}`]
    return [from === undefined ? `below ${until} ${unit}` : `from ${from} to ${until} ${unit}`]
  }
  const between = (from: string | undefined, until: string | undefined): string[] => {
    if (from === undefined) return until === undefined ? [] : [`until ${until}`]
    return [until === undefined ? `from ${from}` : `${from}-${until}`]
  }
  return [
    ...between(of.startTime, of.endTime),
    ...between(of.startDate, of.endDate),
    ...range(of.minKwh, of.maxKwh, 'kWh'),
    ...range(of.minCurrent, of.maxCurrent, 'A'),
    ...range(of.minPower, of.maxPower, 'kW'),
    ...range(of.minDuration, of.maxDuration, 's'),
    ...(of.daysOfWeek === undefined ? [] : [of.daysOfWeek.join(' ')]),
    ...(of.reservation === undefined ? [] : [of.reservation]),
  ]
}
