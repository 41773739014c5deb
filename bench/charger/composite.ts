import type { GetCompositeScheduleResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { changesBetween, connectorLimit, type Situation, stationLimit, voltsOf } from './limits.ts'
import type { Installed } from './profiles.ts'

type Schedule = NonNullable<GetCompositeScheduleResponse['chargingSchedule']>

/** What there is to tell of one connector: its profiles and the whole station's. */
export interface Part {
  readonly installed: readonly Installed[]
  readonly situation: Situation
}

interface Question {
  /** Ms, on a whole second. */
  readonly from: number
  readonly durationS: number
  readonly unit: 'A' | 'W'
}

/**
 * What the profiles come to, from now on for so many seconds (OCPP 1.6 §5.7): of one connector, or of all of them
 * together under the limit of the station. Neighbours that say the same are one period.
 */
export const compositeSchedule = (parts: readonly Part[], { from, durationS, unit }: Question): Schedule => {
  const until = from + durationS * 1_000
  const moments = [
    from,
    ...parts.flatMap(({ installed, situation }) => changesBetween(installed, situation, [from, until])),
  ]
  const phases = parts[0]?.situation.outlet.phases ?? 0
  const periods = [...new Set(moments)]
    .toSorted((a, b) => a - b)
    .map((at) => ({ startPeriod: Math.round((at - from) / 1_000), limit: inUnit(unit, limitAt(parts, at), parts[0]) }))
  return {
    duration: durationS,
    chargingRateUnit: unit,
    startSchedule: new Date(from).toISOString(),
    chargingSchedulePeriod: periods
      .filter(({ startPeriod }, i) => startPeriod !== periods[i + 1]?.startPeriod)
      .filter(({ limit }, i, all) => i === 0 || limit !== all[i - 1]?.limit)
      .map((period) => (phases === 0 ? period : { ...period, numberPhases: phases })),
  }
}

const limitAt = (parts: readonly Part[], at: number): number => {
  const sum = parts.reduce((watts, { installed, situation }) => watts + connectorLimit(installed, situation, at), 0)
  const [first] = parts
  return first === undefined ? 0 : Math.min(sum, stationLimit(first.installed, first.situation, at))
}

/** To the tenth that 1.6 allows, never above the limit. */
const inUnit = (unit: 'A' | 'W', watts: number, part: Part | undefined): number => {
  if (unit === 'W' || part === undefined) return Math.floor(watts * 10 + 1e-6) / 10
  const { outlet } = part.situation
  return Math.floor((watts / voltsOf(outlet) / Math.max(1, outlet.phases)) * 10 + 1e-6) / 10
}
