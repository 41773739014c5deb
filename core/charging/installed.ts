import type { ChargingProfile, Purpose } from './profile.ts'

/** The profiles a station holds, as they change with what it accepts. */

/**
 * With a profile that the station has accepted: it takes the place of the one with its id, and of the one with its
 * purpose, level and EVSE (1.6 §3.13.2, §5.16.3).
 */
export const install = (profiles: readonly ChargingProfile[], profile: ChargingProfile): readonly ChargingProfile[] => [
  ...profiles.filter((one) => one.id !== profile.id && !isInPlaceOf(one, profile)),
  profile,
]

/** The same in 2.x, where only the one with its id makes room (K01.FR.05). */
export const installById = (
  profiles: readonly ChargingProfile[],
  profile: ChargingProfile,
): readonly ChargingProfile[] => [...profiles.filter((one) => one.id !== profile.id), profile]

const isInPlaceOf = (a: ChargingProfile, b: ChargingProfile): boolean =>
  a.purpose === b.purpose && a.stackLevel === b.stackLevel && a.evse === b.evse

/**
 * Those that must not be there beside a profile: of its purpose, level and EVSE, valid at one time, and of one session
 * where both name one. 1.6 replaces them silently; in 2.x we may not send it before they are gone (K01.FR.06, K01.FR.39).
 */
export const inTheWay = (
  profiles: readonly ChargingProfile[],
  profile: Omit<ChargingProfile, 'id'>,
): readonly ChargingProfile[] =>
  profiles.filter(
    (one) =>
      isInPlaceOf(one, { ...profile, id: 0 }) &&
      (one.validFrom ?? 0) < (profile.validTo ?? Infinity) &&
      (profile.validFrom ?? 0) < (one.validTo ?? Infinity) &&
      (one.transaction === undefined || profile.transaction === undefined || one.transaction === profile.transaction),
  )

/** Which profiles to clear. With an id the rest is not looked at; else all that is named must match; nothing named is all. */
export interface ClearCriteria {
  readonly id?: number
  /** 0: those of the station, not those of every EVSE. */
  readonly evse?: number
  readonly purpose?: Purpose
  readonly stackLevel?: number
}

/**
 * Without those that the station has cleared (1.6 errata 3.25, 3.26). What others have set stays: limits from outside and
 * local generation are not ours to clear (2.1 K10.FR.04, K10.FR.09).
 */
export const clear = (profiles: readonly ChargingProfile[], criteria: ClearCriteria): readonly ChargingProfile[] =>
  profiles.filter((one) => isForeign(one) || !isMeant(one, criteria))

const isForeign = ({ purpose }: ChargingProfile): boolean => purpose === 'external' || purpose === 'localGeneration'

const isMeant = (profile: ChargingProfile, { id, evse, purpose, stackLevel }: ClearCriteria): boolean =>
  id !== undefined
    ? profile.id === id
    : (evse ?? profile.evse) === profile.evse &&
      (purpose ?? profile.purpose) === profile.purpose &&
      (stackLevel ?? profile.stackLevel) === profile.stackLevel
