import type { Outlet } from '../power.ts'
import type { Installed, Profile } from './profiles.ts'

/**
 * What charging profiles allow at a moment (OCPP 1.6 §3.13). Computed here on its own, from the specification: what the
 * server computes is held against it.
 */
export interface Situation {
  readonly outlet: Outlet
  /** When the session began, which relative schedules begin with; where there is none, the moment that is asked about. */
  readonly began: number
}

const day = 86_400_000
const recurs = { Daily: day, Weekly: 7 * day } as const
const msOf = (text: string | undefined, otherwise: number): number =>
  text === undefined ? otherwise : Date.parse(text)

export const voltsOf = ({ phases }: Outlet): number => (phases === 0 ? 400 : 230)

/** The start of the schedule that is in force at `at`; one that recurs does so from its own start on (errata 3.79). */
const startOf = (profile: Profile, at: number, began: number): number => {
  const { chargingProfileKind: kind, recurrencyKind, chargingSchedule } = profile
  if (kind === 'Relative') return began
  const first = msOf(chargingSchedule.startSchedule, at)
  if (kind === 'Absolute' || recurrencyKind === undefined || at < first) return first
  const every = recurs[recurrencyKind]
  return first + Math.floor((at - first) / every) * every
}

const periodAt = (
  profile: Profile,
  at: number,
  began: number,
): Profile['chargingSchedule']['chargingSchedulePeriod'][number] | undefined => {
  const { duration = Infinity, chargingSchedulePeriod: periods } = profile.chargingSchedule
  const isValid = msOf(profile.validFrom, -Infinity) <= at && at < msOf(profile.validTo, Infinity)
  const seconds = (at - startOf(profile, at, began)) / 1_000
  if (!isValid || seconds < 0 || seconds >= duration) return undefined
  return periods.findLast(({ startPeriod }) => startPeriod <= seconds)
}

/** The limit in watts of the highest level of a purpose that has something to say; a connector's own goes before the station's. */
const limitOf = (
  purpose: Profile['chargingProfilePurpose'],
  installed: readonly Installed[],
  { at, began, outlet }: Situation & { readonly at: number },
): number | undefined => {
  const [leading] = installed
    .filter(({ profile }) => profile.chargingProfilePurpose === purpose && periodAt(profile, at, began) !== undefined)
    .toSorted((a, b) => b.profile.stackLevel - a.profile.stackLevel || b.connector - a.connector)
  const period = leading && periodAt(leading.profile, at, began)
  if (leading === undefined || period === undefined) return undefined
  const phases = Math.min(period.numberPhases ?? 3, Math.max(1, outlet.phases))
  const share = outlet.phases === 0 ? 1 : phases / outlet.phases
  const watts =
    leading.profile.chargingSchedule.chargingRateUnit === 'W' ? period.limit : period.limit * voltsOf(outlet) * phases
  return purpose === 'ChargePointMaxProfile' ? watts : Math.min(watts, outlet.watts * share)
}

/** What a connector may draw at a moment, in watts; its hardware's own limit where no profile says less. */
export const connectorLimit = (installed: readonly Installed[], situation: Situation, at: number): number => {
  const ask = { ...situation, at }
  const own = limitOf('TxProfile', installed, ask) ?? limitOf('TxDefaultProfile', installed, ask)
  return Math.min(situation.outlet.watts, own ?? Infinity, stationLimit(installed, situation, at))
}

/** What the whole station may draw at a moment, in watts. */
export const stationLimit = (installed: readonly Installed[], situation: Situation, at: number): number =>
  limitOf('ChargePointMaxProfile', installed, { ...situation, at }) ?? Infinity

/** Every moment between two at which a profile may begin to say something else, in order. */
export const changesBetween = (
  installed: readonly Installed[],
  { began }: Situation,
  [from, to]: readonly [number, number],
): readonly number[] => {
  const moments = installed.flatMap(({ profile }) => {
    const { duration, chargingSchedulePeriod: periods } = profile.chargingSchedule
    const every = profile.recurrencyKind === undefined ? Infinity : recurs[profile.recurrencyKind]
    const found = [msOf(profile.validFrom, from), msOf(profile.validTo, from)]
    for (let start = startOf(profile, from, began); start < to; start += every)
      found.push(
        ...periods.map(({ startPeriod }) => start + startPeriod * 1_000),
        ...(duration === undefined ? [] : [start + duration * 1_000]),
      )
    return found
  })
  return [...new Set(moments)].filter((at) => at > from && at < to).toSorted((a, b) => a - b)
}
