import type { ChargingProfile, Purpose } from './profile.ts'

/** The profiles a station holds, as they change with what it accepts. OCPP 1.6; in 2.x only the same id replaces. */

/**
 * With a profile that the station has accepted: it takes the place of the one with its id, and of the one with its
 * purpose, level and EVSE (1.6 §3.13.2, §5.16.3).
 */
export const install = (profiles: readonly ChargingProfile[], profile: ChargingProfile): readonly ChargingProfile[] => [
  ...profiles.filter((one) => one.id !== profile.id && !isInPlaceOf(one, profile)),
  profile,
]

const isInPlaceOf = (a: ChargingProfile, b: ChargingProfile): boolean =>
  a.purpose === b.purpose && a.stackLevel === b.stackLevel && a.evse === b.evse

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
