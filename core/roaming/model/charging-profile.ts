import type { DateTime, DecimalText } from './basics.ts'

/** How much a session may draw, and when (OCPI 2.3.0 mod_charging_profiles). */
export interface ChargingProfile {
  readonly start_date_time?: DateTime
  /** s. */
  readonly duration?: number
  readonly charging_rate_unit: 'W' | 'A'
  readonly min_charging_rate?: DecimalText
  readonly charging_profile_period?: readonly ChargingProfilePeriod[]
}

export interface ChargingProfilePeriod {
  /** s since the start of the profile. */
  readonly start_period: number
  readonly limit: DecimalText
}

export interface SetChargingProfile {
  readonly charging_profile: ChargingProfile
  readonly response_url: string
}

export interface ActiveChargingProfile {
  readonly start_date_time: DateTime
  readonly charging_profile: ChargingProfile
}

/** Whether the CPO passes it on; in `timeout` seconds the result is there, or will not come. */
export interface ChargingProfileResponse {
  readonly result: 'ACCEPTED' | 'NOT_SUPPORTED' | 'REJECTED' | 'TOO_OFTEN' | 'UNKNOWN_SESSION'
  readonly timeout: number
}

export type ChargingProfileResultType = 'ACCEPTED' | 'REJECTED' | 'UNKNOWN'

export interface ActiveChargingProfileResult {
  readonly result: ChargingProfileResultType
  readonly profile?: ActiveChargingProfile
}

export interface ChargingProfileResult {
  readonly result: ChargingProfileResultType
}

export interface ClearProfileResult {
  readonly result: ChargingProfileResultType
}
