import { type Charging, compositeSchedule, type CompositeSchedule } from './composite.ts'
import { differences } from './compare.ts'
import type { ChargingProfile, Phases, RateUnit, Schedule, SchedulePeriod, Tenths } from './profile.ts'

/** How a vehicle may exchange energy (ISO 15118; 2.0.1 §3.36, 2.1 §3.40). Those of 2.0.1 come first. */
export const energyTransferModes = [
  'DC',
  'AC_single_phase',
  'AC_two_phase',
  'AC_three_phase',
  'AC_BPT',
  'AC_BPT_DER',
  'AC_DER',
  'DC_BPT',
  'DC_ACDP',
  'DC_ACDP_BPT',
  'WPT',
] as const
export type EnergyTransferMode = (typeof energyTransferModes)[number]

/** What a vehicle has said that it needs, as far as it bears on how much it may draw (2.x K15, 2.1 K18–K20). */
export interface VehicleNeeds {
  readonly evse: number
  readonly mode: EnergyTransferMode
  /** ms since 1970 UTC. */
  readonly departsAt?: number
  /** What it would like to have, in Wh. */
  readonly energyWh?: number
  /** The most that it can draw, and the least at which it charges well. */
  readonly most?: { readonly [Unit in RateUnit]?: Tenths }
  readonly least?: { readonly [Unit in RateUnit]?: Tenths }
  /** It takes the values of the moment and no plan (ISO 15118-20 dynamic mode, 2.1). */
  readonly isDynamic?: true
  /** So many periods a schedule may have. */
  readonly mostPeriods?: number
}

const longest = 7 * 86_400_000
/** Where it does not say when it leaves. */
const usual = 86_400_000
/** Of 2.1; 2.0.1 and the vehicles allow as many. */
const mostPeriods = 1_024

export type NeededProfile = Omit<ChargingProfile, 'id'>

/**
 * A profile for what a vehicle needs: all that it can draw, within the limits that hold, from now until it leaves. It is
 * made anew when it asks anew, or when its own plan does not fit. Undefined where neither it nor any limit says how much.
 */
export const profileForNeeds = (needs: VehicleNeeds, charging: Charging, now: number): NeededProfile | undefined => {
  const { evse, departsAt = 0, isDynamic, mode } = needs
  const unit: RateUnit = mode.startsWith('AC') ? 'A' : 'W'
  const from = Math.floor(now / 1_000) * 1_000
  const until = departsAt > from ? Math.min(departsAt, from + longest) : from + usual
  const durationMs = Math.max(1_000, Math.floor((until - from) / 1_000) * 1_000)
  // its own profile is what is being replaced
  const profiles = charging.profiles.filter((one) => !(one.purpose === 'tx' && one.evse === evse))
  const limits = compositeSchedule({ ...charging, profiles, evse, from, durationMs, unit })
  const periods = periodsWithin(limits, needs)
  if (periods === undefined) return undefined
  const [first] = periods
  const leastRate = needs.least?.[unit]
  const schedule: Schedule = {
    unit,
    startsAt: from,
    ...(isDynamic !== true && { durationMs }),
    ...(leastRate !== undefined && { minRate: leastRate }),
    periods: isDynamic === true && first !== undefined ? [first] : periods,
  }
  const { transaction } = charging.session ?? {}
  return {
    evse,
    purpose: 'tx',
    stackLevel: 0,
    kind: isDynamic === true ? 'dynamic' : 'absolute',
    ...(transaction !== undefined && { transaction }),
    schedules: [schedule],
  }
}

const periodsWithin = (
  { unit, periods }: CompositeSchedule,
  needs: VehicleNeeds,
): readonly SchedulePeriod[] | undefined => {
  const most = needs.most?.[unit]
  const own = ({ AC_single_phase: 1, AC_two_phase: 2 } as const)[needs.mode as string]
  const rated: SchedulePeriod[] = []
  for (const { startMs, limit = Infinity, phases } of periods) {
    const rate = Math.min(limit, most ?? Infinity)
    if (rate === Infinity) return undefined
    const used = unit === 'A' ? fewest(phases, own) : undefined
    rated.push({ startMs, limit: rate, ...(used !== undefined && used !== 3 && { phases: used }) })
  }
  return fewer(inWholeSeconds(rated), Math.max(1, Math.min(needs.mostPeriods ?? mostPeriods, mostPeriods)))
}

const fewest = (a: Phases | undefined, b: Phases | undefined): Phases | undefined =>
  a === undefined || b === undefined ? (a ?? b) : a < b ? a : b

/** Stations count in whole seconds: what falls falls with the second in which it does, what rises rises after it. */
const inWholeSeconds = (periods: readonly SchedulePeriod[]): readonly SchedulePeriod[] => {
  const whole: SchedulePeriod[] = []
  for (const period of periods) {
    const begins = (): number => {
      const last = whole.at(-1)
      const seconds = period.startMs / 1_000
      return (last === undefined || isBelow(period, last) ? Math.floor(seconds) : Math.ceil(seconds)) * 1_000
    }
    // what would be over before it begins never comes
    while ((whole.at(-1)?.startMs ?? -1) >= begins()) whole.pop()
    whole.push({ ...period, startMs: begins() })
  }
  return whole
}

const isBelow = (a: SchedulePeriod, b: SchedulePeriod): boolean =>
  (a.limit ?? Infinity) < (b.limit ?? Infinity) || (a.phases ?? 3) < (b.phases ?? 3)

/** No more than so many: the last one holds to the end, with the lowest of what it stands for. */
const fewer = (periods: readonly SchedulePeriod[], most: number): readonly SchedulePeriod[] => {
  const merged: SchedulePeriod[] = []
  for (const period of periods) {
    const last = merged.at(-1)
    if (last === undefined || (merged.length < most && !isSame(last, period))) merged.push(period)
    else if (!isSame(last, period)) merged[merged.length - 1] = lower(last, period)
  }
  return merged
}

const isSame = (a: SchedulePeriod, b: SchedulePeriod): boolean => a.limit === b.limit && a.phases === b.phases

const lower = (a: SchedulePeriod, b: SchedulePeriod): SchedulePeriod => {
  const phases = fewest(a.phases, b.phases)
  return {
    startMs: a.startMs,
    limit: Math.min(a.limit ?? Infinity, b.limit ?? Infinity),
    ...(phases !== undefined && { phases }),
  }
}

/** Whether a vehicle's plan stays within the limits that hold; a plan that says nothing of how much stays within any. */
export const isWithinLimits = (
  { unit, durationMs = usual, periods }: Schedule,
  { evse, startsAt }: { readonly evse: number; readonly startsAt: number },
  charging: Charging,
): boolean => {
  const asked = { startsAt, durationMs: Math.min(durationMs, longest), unit }
  const ours = compositeSchedule({ ...charging, evse, from: startsAt, durationMs: asked.durationMs, unit })
  const theirs = {
    ...asked,
    periods: periods
      .toSorted((a, b) => a.startMs - b.startMs)
      .map(({ startMs, limit }) => ({ startMs, ...(limit !== undefined && { limit }) })),
  }
  return differences(ours, theirs).every(({ ours: most = Infinity, theirs: wanted }) => (wanted ?? 0) <= most)
}
