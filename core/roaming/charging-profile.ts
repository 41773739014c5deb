import type { CompositeSchedule } from '../charging/composite.ts'
import { decimalPattern, millionths } from '../domain/decimal.ts'
import { parseInstant } from '../domain/instant.ts'
import type { ProfileWish } from '../domain/order.ts'
import type { Json } from './field.ts'
import { dateTime } from './date-time.ts'
import type { ActiveChargingProfile, ChargingProfile } from './model.ts'

/** Of the profiles of one session, those of partners have this level; what the operator sets above it leads. */
export const partnersLevel = 0

/**
 * How much a partner wants a session to draw, as a profile of that session (OCPI 2.3.0 mod_charging_profiles). Without a
 * time it begins with the session. Tenths are cut off: never more than the partner allows.
 */
export const profileWishOf = (profile: ChargingProfile, evse: number): ProfileWish | { readonly fault: string } => {
  const { start_date_time, duration, charging_rate_unit: unit, min_charging_rate, charging_profile_period } = profile
  const startsAt = start_date_time === undefined ? undefined : parseInstant(start_date_time)?.ms
  const periods = (charging_profile_period ?? []).map(({ start_period, limit }) => ({
    startMs: start_period * 1_000,
    limit: tenths(limit),
  }))
  if (periods.length === 0) return { fault: 'charging_profile_period: there is none' }
  if (start_date_time !== undefined && startsAt === undefined) return { fault: 'start_date_time: it is no time' }
  const minRate = min_charging_rate === undefined ? undefined : tenths(min_charging_rate)
  if (minRate === null || periods.some(({ limit }) => limit === null))
    return { fault: 'a limit is no amount of 0 or more' }
  return {
    evse,
    purpose: 'tx',
    stackLevel: partnersLevel,
    kind: startsAt === undefined ? 'relative' : 'absolute',
    schedules: [
      {
        unit,
        ...(startsAt !== undefined && { startsAt }),
        ...(duration !== undefined && { durationMs: duration * 1_000 }),
        ...(minRate !== undefined && { minRate }),
        periods: periods.map(({ startMs, limit }) => ({ startMs, limit: limit ?? 0 })),
      },
    ],
  }
}

const tenths = (text: string): number | null => (decimalPattern.test(text) ? Number(millionths(text) / 100_000n) : null)

/** What a station makes of all profiles together, for a partner; undefined where nothing limits it. */
export const activeProfileOf = ({
  startsAt,
  durationMs,
  unit,
  periods,
}: CompositeSchedule): ActiveChargingProfile | undefined => {
  const limited = periods.flatMap(({ startMs, limit }) =>
    limit === undefined ? [] : [{ start_period: startMs / 1_000, limit: `${Math.floor(limit / 10)}.${limit % 10}` }],
  )
  if (limited.length === 0) return undefined
  return {
    start_date_time: dateTime(startsAt),
    charging_profile: {
      start_date_time: dateTime(startsAt),
      duration: Math.floor(durationMs / 1_000),
      charging_rate_unit: unit,
      charging_profile_period: limited,
    },
  }
}

/** The body of a result (ChargingProfileResult, ActiveChargingProfileResult, ClearProfileResult). */
export const profileResult = (result: 'ACCEPTED' | 'REJECTED' | 'UNKNOWN', profile?: ActiveChargingProfile): Json => ({
  result,
  ...(profile !== undefined && { profile }),
})
