import type { GetCompositeScheduleResponse, SetChargingProfileRequest } from 'typed-ocpp/dist/ocpp16/types.js'
import { type CompositePeriod, type CompositeSchedule, tidied } from '../charging/composite.ts'
import type { ChargingProfile, Phases, ProfileKind, Purpose, Schedule, SchedulePeriod } from '../charging/profile.ts'
import { faultOf, isPlain } from '../charging/profile.ts'
import { formatInstant, parseInstant } from '../domain/instant.ts'
import { scaled } from '../domain/units.ts'

/** Charging profiles and composite schedules in the words of OCPP 1.6 (§7.8, §7.13, §6.22), and back. */

/** What SetChargingProfile and RemoteStartTransaction carry; the connector stands beside it. */
export type ChargingProfile16 = SetChargingProfileRequest['csChargingProfiles']
type Schedule16 = ChargingProfile16['chargingSchedule']
type Purpose16 = ChargingProfile16['chargingProfilePurpose']
type Kind16 = Pick<ChargingProfile16, 'chargingProfileKind' | 'recurrencyKind'>

const purposeTo16: Readonly<Partial<Record<Purpose, Purpose16>>> = {
  stationMax: 'ChargePointMaxProfile',
  txDefault: 'TxDefaultProfile',
  tx: 'TxProfile',
}
const purposeFrom16: Readonly<Record<Purpose16, Purpose>> = {
  ChargePointMaxProfile: 'stationMax',
  TxDefaultProfile: 'txDefault',
  TxProfile: 'tx',
}
const kindTo16: Readonly<Partial<Record<ProfileKind, Kind16>>> = {
  absolute: { chargingProfileKind: 'Absolute' },
  daily: { chargingProfileKind: 'Recurring', recurrencyKind: 'Daily' },
  weekly: { chargingProfileKind: 'Recurring', recurrencyKind: 'Weekly' },
  relative: { chargingProfileKind: 'Relative' },
}
const kindFrom16 = ({ chargingProfileKind, recurrencyKind }: Kind16): ProfileKind | undefined => {
  if (chargingProfileKind !== 'Recurring') return chargingProfileKind === 'Absolute' ? 'absolute' : 'relative'
  return recurrencyKind === undefined ? undefined : recurrencyKind === 'Daily' ? 'daily' : 'weekly'
}

/** A profile as 1.6 writes it, or why it cannot be written. One for RemoteStart must not name a transaction (errata 3.41). */
export const profileTo16 = (
  profile: ChargingProfile,
): { readonly payload: ChargingProfile16 } | { readonly unsupported: string } => {
  const fault = faultOf(profile)
  if (fault !== undefined) return { unsupported: fault }
  const purpose = purposeTo16[profile.purpose]
  const kind = kindTo16[profile.kind]
  const [schedule, ...others] = profile.schedules
  const { transaction } = profile
  if (purpose === undefined) return { unsupported: `OCPP 1.6 has no profiles for ${profile.purpose}` }
  if (kind === undefined) return { unsupported: `OCPP 1.6 has no ${profile.kind} profiles` }
  if (schedule === undefined || others.length > 0) return { unsupported: 'OCPP 1.6 has one schedule in a profile' }
  if (!schedule.periods.every(isPlain)) return { unsupported: 'OCPP 1.6 has limits only' }
  if (schedule.periods.some((period) => period.phaseToUse !== undefined))
    return { unsupported: 'OCPP 1.6 cannot choose a phase' }
  if (transaction !== undefined && !/^-?\d{1,10}$/.test(transaction))
    return { unsupported: 'OCPP 1.6 has numbers for transactions' }
  return {
    payload: {
      chargingProfileId: profile.id,
      ...(transaction !== undefined && { transactionId: Number(transaction) }),
      stackLevel: profile.stackLevel,
      chargingProfilePurpose: purpose,
      ...kind,
      ...(profile.validFrom !== undefined && { validFrom: formatInstant(profile.validFrom) }),
      ...(profile.validTo !== undefined && { validTo: formatInstant(profile.validTo) }),
      chargingSchedule: scheduleTo16(schedule),
    },
  }
}

const scheduleTo16 = ({ unit, startsAt, durationMs, minRate, periods }: Schedule): Schedule16 => ({
  ...(durationMs !== undefined && { duration: durationMs / 1_000 }),
  ...(startsAt !== undefined && { startSchedule: formatInstant(startsAt) }),
  chargingRateUnit: unit,
  chargingSchedulePeriod: periods.map(({ startMs, limit, phases }) => ({
    startPeriod: startMs / 1_000,
    limit: (limit ?? 0) / 10,
    ...(phases !== undefined && { numberPhases: phases }),
  })),
  ...(minRate !== undefined && { minChargingRate: minRate / 10 }),
})

/** A profile as 1.6 writes it for a connector, whether it makes sense or not: what a station holds is what it follows. */
export const profileFrom16 = (
  profile: ChargingProfile16,
  connector: number,
): ChargingProfile | { readonly invalid: string } => {
  const kind = kindFrom16(profile)
  if (kind === undefined) return { invalid: 'it recurs, but not how often' }
  const { validFrom, validTo, transactionId } = profile
  const result: ChargingProfile = {
    id: profile.chargingProfileId,
    evse: connector,
    purpose: purposeFrom16[profile.chargingProfilePurpose],
    stackLevel: profile.stackLevel,
    kind,
    ...(validFrom !== undefined && { validFrom: instant(validFrom) }),
    ...(validTo !== undefined && { validTo: instant(validTo) }),
    ...(transactionId !== undefined && { transaction: String(transactionId) }),
    schedules: [scheduleFrom16(profile.chargingSchedule)],
  }
  return isRead(result.validFrom, result.validTo) && result.schedules.every(isScheduleRead) ? result : unreadable
}

const scheduleFrom16 = (schedule: Schedule16): Schedule => {
  const { duration, startSchedule, minChargingRate } = schedule
  return {
    unit: schedule.chargingRateUnit,
    ...(startSchedule !== undefined && { startsAt: instant(startSchedule) }),
    ...(duration !== undefined && { durationMs: duration * 1_000 }),
    ...(minChargingRate !== undefined && { minRate: tenths(minChargingRate) }),
    periods: schedule.chargingSchedulePeriod.map(({ startPeriod, limit, numberPhases }) => ({
      startMs: startPeriod * 1_000,
      limit: tenths(limit),
      ...(isPhases(numberPhases) && { phases: numberPhases }),
    })),
  }
}

/** NaN, which is found at the end, where it cannot be read. */
export const instant = (text: string): number => parseInstant(text)?.ms ?? Number.NaN
export const tenths = (limit: number): number => scaled(String(limit), 1) ?? Number.NaN
export const isPhases = (phases: number | undefined): phases is Phases => phases === 1 || phases === 2 || phases === 3

export const unreadable = { invalid: 'a time or a limit in it cannot be read' } as const
export const isRead = (...values: readonly (number | undefined)[]): boolean => !values.some(Number.isNaN)
export const isScheduleRead = ({ startsAt, minRate, periods }: Schedule): boolean =>
  isRead(startsAt, minRate, ...periods.map((period) => period.limit))

/** What a station was asked for, and when. */
export interface Asked {
  readonly at: number
  readonly durationMs: number
}

/**
 * A station's answer to GetCompositeSchedule. It should say when it starts in `scheduleStart` (errata 3.57); some say it in
 * `startSchedule`, and some not at all: then it starts when we asked, and lasts as long as we asked for. Before its first
 * period it has no limit.
 */
export const compositeFrom16 = (
  { status, scheduleStart, chargingSchedule }: GetCompositeScheduleResponse,
  asked: Asked,
): CompositeSchedule | { readonly invalid: string } => {
  if (status !== 'Accepted') return { invalid: 'the station has no composite schedule for this' }
  if (chargingSchedule === undefined) return { invalid: 'the station accepted, but sent no schedule' }
  const schedule = scheduleFrom16(chargingSchedule)
  const startsAt = scheduleStart === undefined ? (schedule.startsAt ?? asked.at) : instant(scheduleStart)
  if (!isRead(startsAt) || !isScheduleRead(schedule)) return unreadable
  const durationMs = schedule.durationMs ?? asked.durationMs
  return { startsAt, durationMs, unit: schedule.unit, periods: periodsOf(schedule.periods, durationMs) }
}

export const periodsOf = (told: readonly SchedulePeriod[], durationMs: number): readonly CompositePeriod[] =>
  tidied([
    { startMs: 0 },
    ...told
      .map((period) => ({ ...period, startMs: Math.max(0, period.startMs) }))
      .filter(({ startMs }) => startMs < durationMs)
      .toSorted((a, b) => a.startMs - b.startMs),
  ])
