import type {
  ChargingProfileType,
  ChargingSchedulePeriodType,
  ChargingScheduleType,
  ChargingScheduleUpdateType,
  GetCompositeScheduleResponse,
} from 'typed-ocpp/dist/ocpp21/types.js'
import type { CompositeSchedule } from '../charging/composite.ts'
import type {
  ChargingProfile,
  ProfileKind,
  Purpose,
  RateName,
  Rates,
  Schedule,
  SchedulePeriod,
  Tenths,
} from '../charging/profile.ts'
import { faultOf, isPlain, operationModes, rateNames } from '../charging/profile.ts'
import { formatInstant } from '../domain/instant.ts'
import { clean } from '../domain/text.ts'
import { type Asked, instant, isPhases, isRead, periodsOf, tenths, unreadable } from './charging-profile.ts'
import type { Protocol2 } from './version.ts'

/**
 * Charging profiles and composite schedules in the words of OCPP 2.0.1 and 2.1 (part 2 block K; discharging: 2.1 block Q),
 * and back. Tariffs, signatures and what depends on the state of charge are not among what we set; of what a station
 * reports they are left out.
 */

type Purpose2 = ChargingProfileType['chargingProfilePurpose']

export const purposeTo2: Readonly<Record<Purpose, Purpose2>> = {
  stationMax: 'ChargingStationMaxProfile',
  txDefault: 'TxDefaultProfile',
  tx: 'TxProfile',
  external: 'ChargingStationExternalConstraints',
  priority: 'PriorityCharging',
  localGeneration: 'LocalGeneration',
}
const purposeFrom2: Readonly<Record<Purpose2, Purpose>> = {
  ChargingStationMaxProfile: 'stationMax',
  TxDefaultProfile: 'txDefault',
  TxProfile: 'tx',
  ChargingStationExternalConstraints: 'external',
  PriorityCharging: 'priority',
  LocalGeneration: 'localGeneration',
}

type Kind2 = Pick<ChargingProfileType, 'chargingProfileKind' | 'recurrencyKind'>

const kindTo2: Readonly<Record<ProfileKind, Kind2>> = {
  absolute: { chargingProfileKind: 'Absolute' },
  daily: { chargingProfileKind: 'Recurring', recurrencyKind: 'Daily' },
  weekly: { chargingProfileKind: 'Recurring', recurrencyKind: 'Weekly' },
  relative: { chargingProfileKind: 'Relative' },
  dynamic: { chargingProfileKind: 'Dynamic' },
}
const kindFrom2 = ({ chargingProfileKind, recurrencyKind }: Kind2): ProfileKind | undefined => {
  if (chargingProfileKind === 'Recurring')
    return recurrencyKind === undefined ? undefined : recurrencyKind === 'Daily' ? 'daily' : 'weekly'
  return ({ Absolute: 'absolute', Relative: 'relative', Dynamic: 'dynamic' } as const)[chargingProfileKind]
}

/** `limitL2` is `limit_L2` there. */
const wireName = (name: RateName): keyof ChargingScheduleUpdateType =>
  name.replace(/(L[23])$/, '_$1') as keyof ChargingScheduleUpdateType
const wireNames = rateNames.map((name) => [name, wireName(name)] as const)

/** Why this version has no word for a purpose, or nothing. */
export const purposeFault = (purpose: Purpose | undefined, protocol: Protocol2): string | undefined =>
  protocol === 'ocpp2.0.1' && (purpose === 'priority' || purpose === 'localGeneration')
    ? `OCPP 2.0.1 has no profiles for ${purpose}`
    : undefined

/** A profile as 2.x writes it, or why it cannot be written. One for RequestStart must not name a transaction (F01.FR.11). */
export const profileTo2 = (
  profile: ChargingProfile,
  protocol: Protocol2,
): { readonly payload: ChargingProfileType } | { readonly unsupported: string } => {
  const fault =
    faultOf(profile) ??
    purposeFault(profile.purpose, protocol) ??
    (protocol === 'ocpp2.0.1' ? faultIn201(profile) : undefined)
  if (fault !== undefined) return { unsupported: fault }
  const { transaction, validFrom, validTo, updateEveryS, kind, schedules } = profile
  const updatedAt = kind === 'dynamic' ? schedules[0]?.startsAt : undefined
  return {
    payload: {
      id: profile.id,
      stackLevel: profile.stackLevel,
      chargingProfilePurpose: purposeTo2[profile.purpose],
      ...kindTo2[kind],
      ...(validFrom !== undefined && { validFrom: formatInstant(validFrom) }),
      ...(validTo !== undefined && { validTo: formatInstant(validTo) }),
      ...(transaction !== undefined && { transactionId: transaction }),
      ...(updateEveryS !== undefined && { dynUpdateInterval: updateEveryS }),
      ...(updatedAt !== undefined && { dynUpdateTime: formatInstant(updatedAt) }),
      chargingSchedule: schedules.map((schedule, i) => scheduleTo2(schedule, i + 1, kind)) as [ChargingScheduleType],
    },
  }
}

const faultIn201 = ({ kind, schedules }: ChargingProfile): string | undefined => {
  if (kind === 'dynamic') return 'OCPP 2.0.1 has no dynamic profiles'
  return schedules.every(({ periods }) => periods.every(isPlain)) ? undefined : 'OCPP 2.0.1 has limits of charging only'
}

const scheduleTo2 = (
  { unit, startsAt, durationMs, minRate, periods }: Schedule,
  id: number,
  kind: ProfileKind,
): ChargingScheduleType => ({
  id,
  ...(startsAt !== undefined && kind !== 'dynamic' && { startSchedule: formatInstant(startsAt) }),
  ...(durationMs !== undefined && { duration: durationMs / 1_000 }),
  chargingRateUnit: unit,
  ...(minRate !== undefined && { minChargingRate: minRate / 10 }),
  chargingSchedulePeriod: periods.map(periodTo2) as [ChargingSchedulePeriodType],
})

/** Three phases is what is meant where nothing is said (K01.FR.49 f). */
const periodTo2 = ({
  startMs,
  phases,
  phaseToUse,
  operationMode,
  ...rates
}: SchedulePeriod): ChargingSchedulePeriodType => ({
  startPeriod: startMs / 1_000,
  ...ratesTo2(rates),
  ...(phases !== undefined && phases !== 3 && { numberPhases: phases }),
  ...(phaseToUse !== undefined && { phaseToUse }),
  ...(operationMode !== undefined && { operationMode }),
})

/** How much, as it stands in periods and in updates of dynamic profiles. */
export const ratesTo2 = (rates: Rates): ChargingScheduleUpdateType => {
  const written: Partial<Record<keyof ChargingScheduleUpdateType, number>> = {}
  for (const [name, wire] of wireNames) {
    const rate = rates[name]
    if (rate !== undefined) written[wire] = rate / 10
  }
  return written as unknown as ChargingScheduleUpdateType
}

/** A profile as 2.x writes it for an EVSE, whether it makes sense or not: what a station holds is what it follows. */
export const profileFrom2 = (
  profile: ChargingProfileType,
  evse: number,
): ChargingProfile | { readonly invalid: string } => {
  const kind = kindFrom2(profile)
  if (kind === undefined) return { invalid: 'it recurs, but not how often' }
  const { validFrom, validTo, transactionId, dynUpdateInterval, dynUpdateTime } = profile
  const updatedAt = kind === 'dynamic' && dynUpdateTime !== undefined ? instant(dynUpdateTime) : undefined
  const result: ChargingProfile = {
    id: profile.id,
    evse,
    purpose: purposeFrom2[profile.chargingProfilePurpose],
    stackLevel: profile.stackLevel,
    kind,
    ...(validFrom !== undefined && { validFrom: instant(validFrom) }),
    ...(validTo !== undefined && { validTo: instant(validTo) }),
    ...(transactionId !== undefined && { transaction: clean(transactionId, 36) }),
    ...(dynUpdateInterval !== undefined && kind === 'dynamic' && { updateEveryS: dynUpdateInterval }),
    schedules: profile.chargingSchedule.map((schedule) => ({
      ...scheduleFrom2(schedule),
      ...(updatedAt !== undefined && { startsAt: updatedAt }),
    })),
  }
  return isRead(result.validFrom, result.validTo) && result.schedules.every(isScheduleRead) ? result : unreadable
}

const isScheduleRead = ({ startsAt, minRate, periods }: Schedule): boolean =>
  isRead(startsAt, minRate) && periods.every((period) => isRead(...rateNames.map((name) => period[name])))

/** Schedules as stations send them beside profiles: of a limit from outside, or as a vehicle has chosen. */
export const schedulesFrom2 = (
  schedules: readonly ChargingScheduleType[],
): readonly Schedule[] | { readonly invalid: string } => {
  const read = schedules.map(scheduleFrom2)
  return read.every(isScheduleRead) ? read : unreadable
}

const scheduleFrom2 = (schedule: ChargingScheduleType): Schedule => {
  const { duration, startSchedule, minChargingRate } = schedule
  return {
    unit: schedule.chargingRateUnit,
    ...(startSchedule !== undefined && { startsAt: instant(startSchedule) }),
    ...(duration !== undefined && { durationMs: duration * 1_000 }),
    ...(minChargingRate !== undefined && { minRate: tenths(minChargingRate) }),
    periods: schedule.chargingSchedulePeriod.map(periodFrom2),
  }
}

const periodFrom2 = (period: ChargingSchedulePeriodType): SchedulePeriod => {
  const { startPeriod, numberPhases, phaseToUse } = period
  const operationMode = operationModes.find((mode) => mode === period.operationMode)
  const rates: Partial<Record<RateName, Tenths>> = {}
  for (const [name, wire] of wireNames) {
    const rate = period[wire]
    if (typeof rate === 'number') rates[name] = tenths(rate)
  }
  return {
    startMs: startPeriod * 1_000,
    ...rates,
    ...(isPhases(numberPhases) && numberPhases !== 3 && { phases: numberPhases }),
    ...(isPhases(phaseToUse) && { phaseToUse }),
    ...(operationMode !== undefined && { operationMode }),
  }
}

/** A station's answer to GetCompositeSchedule (K08). Before its first period it has no limit. */
export const compositeFrom2 = (
  { schedule }: GetCompositeScheduleResponse,
  asked: Asked,
): CompositeSchedule | { readonly invalid: string } => {
  if (schedule === undefined) return { invalid: 'the station accepted, but sent no schedule' }
  const startsAt = instant(schedule.scheduleStart)
  const periods = schedule.chargingSchedulePeriod.map(periodFrom2)
  if (!isRead(startsAt) || !periods.every((period) => isRead(period.limit))) return unreadable
  const durationMs = schedule.duration > 0 ? schedule.duration * 1_000 : asked.durationMs
  // what it says of setpoints and of discharging is no limit of what is drawn
  const limits = periods.map(({ startMs, limit, phases }) => ({
    startMs,
    ...(limit !== undefined && { limit }),
    ...(phases !== undefined && { phases }),
  }))
  return { startsAt, durationMs, unit: schedule.chargingRateUnit, periods: periodsOf(limits, durationMs) }
}
