import { millionths } from '../domain/decimal.ts'
import { dayOf, type LocalTime, timeOfDay } from './local-time.ts'
import { type Restrictions, weekdays } from './tariff.ts'
import type { Stretch } from './usage.ts'

/** What restrictions are held against: how things stand when a period starts. */
export interface Moment {
  /** By the clock of the site. */
  readonly local: LocalTime
  /** Of the session so far; or of the reservation before it. */
  readonly soFarMwh: number
  readonly soFarMs: number
  readonly stretch: Stretch
}

export type Condition = (moment: Moment) => boolean

/**
 * Restrictions made ready, undefined where there are none: all of them must hold. What somebody has not measured does not
 * hold: nobody pays more for a power that is not known. A power is that which the stretch has, or what its energy and its
 * time make it; it is negative while the vehicle gives back.
 */
export const conditionOf = (restrictions: Restrictions): Condition | undefined => {
  const conditions = [
    ofTime(restrictions),
    ofDay(restrictions),
    ofEnergy(restrictions),
    ofDuration(restrictions),
    ofCurrent(restrictions),
    ofPower(restrictions),
  ].filter((condition) => condition !== undefined)
  const [first, second] = conditions
  if (first === undefined || second === undefined) return first
  return (moment) => conditions.every((holds) => holds(moment))
}

/** From the start of the day where no start is named, to its end where no end is; a whole day where both are the same. */
const ofTime = ({ startTime, endTime }: Restrictions): Condition | undefined => {
  if (startTime === endTime) return undefined
  const start = startTime === undefined ? 0 : timeOfDay(startTime)
  const end = endTime === undefined || endTime === '00:00' ? 86_400_000 : timeOfDay(endTime)
  return start < end
    ? ({ local }) => local.ms >= start && local.ms < end
    : ({ local }) => local.ms >= start || local.ms < end
}

const ofDay = ({ startDate, endDate, daysOfWeek }: Restrictions): Condition | undefined => {
  const isAnyDay = daysOfWeek === undefined || daysOfWeek.length === 0
  if (startDate === undefined && endDate === undefined && isAnyDay) return undefined
  const start = startDate === undefined ? -Infinity : dayOf(startDate)
  const end = endDate === undefined ? Infinity : dayOf(endDate)
  const isOn = weekdays.map((weekday) => isAnyDay || daysOfWeek.includes(weekday))
  // 1970-01-01 was a Thursday
  return ({ local }) => local.day >= start && local.day < end && isOn[(((local.day + 3) % 7) + 7) % 7] === true
}

/** A millionth of a kWh is a mWh, one of a kW a mW. */
const ofEnergy = ({ minKwh, maxKwh }: Restrictions): Condition | undefined => {
  if (minKwh === undefined && maxKwh === undefined) return undefined
  const [min, max] = [least(minKwh), most(maxKwh)]
  return ({ soFarMwh }) => soFarMwh >= min && soFarMwh < max
}

const ofDuration = ({ minDuration, maxDuration }: Restrictions): Condition | undefined => {
  if (minDuration === undefined && maxDuration === undefined) return undefined
  const [min, max] = [(minDuration ?? 0) * 1_000, (maxDuration ?? Infinity) * 1_000]
  return ({ soFarMs }) => soFarMs >= min && soFarMs < max
}

const ofCurrent = ({ minCurrent, maxCurrent }: Restrictions): Condition | undefined => {
  if (minCurrent === undefined && maxCurrent === undefined) return undefined
  const [min, max] = [least(minCurrent), most(maxCurrent)]
  return ({ stretch: { currentMa } }) => currentMa !== undefined && currentMa * 1_000 >= min && currentMa * 1_000 < max
}

const ofPower = ({ minPower, maxPower }: Restrictions): Condition | undefined => {
  if (minPower === undefined && maxPower === undefined) return undefined
  const [min, max] = [least(minPower), most(maxPower)]
  return ({ stretch }) => isPowerKnown(stretch) && isAtLeast(stretch, min) && !isAtLeast(stretch, max)
}

const isPowerKnown = ({ powerMw, from, until }: Stretch): boolean => powerMw !== undefined || until > from

const msOfHour = 3_600_000n

/** Compared as energy of the whole stretch, so that no power is ever rounded. */
const isAtLeast = ({ powerMw, energyMwh, from, until }: Stretch, limitMw: number): boolean => {
  if (limitMw === -Infinity) return true
  if (limitMw === Infinity) return false
  if (powerMw !== undefined) return powerMw >= limitMw
  return BigInt(energyMwh) * msOfHour >= BigInt(limitMw) * BigInt(until - from)
}

const least = (decimal: string | undefined): number => (decimal === undefined ? -Infinity : Number(millionths(decimal)))
const most = (decimal: string | undefined): number => (decimal === undefined ? Infinity : Number(millionths(decimal)))
