import type { DateTime, DecimalText, Owner, Price } from './basics.ts'
import type { AuthMethod, CdrToken, ChargingPeriod } from './cdr.ts'

/** A session while it lasts, and what its driver wants of it (OCPI 2.3.0 mod_sessions). */
export interface Session extends Owner {
  readonly id: string
  readonly start_date_time: DateTime
  readonly end_date_time?: DateTime
  readonly kwh: DecimalText
  readonly cdr_token: CdrToken
  readonly auth_method: AuthMethod
  readonly authorization_reference?: string
  readonly location_id: string
  /** `#NA` while a reservation has none yet, as has the connector. */
  readonly evse_uid: string
  readonly connector_id: string
  readonly meter_id?: string
  readonly currency: string
  readonly charging_periods?: readonly ChargingPeriod[]
  readonly total_cost?: Price
  readonly status: SessionStatus
  readonly last_updated: DateTime
}

export type SessionStatus = 'ACTIVE' | 'COMPLETED' | 'INVALID' | 'PENDING' | 'RESERVATION'
export type ProfileType = 'CHEAP' | 'FAST' | 'GREEN' | 'REGULAR'

export interface ChargingPreferences {
  readonly profile_type: ProfileType
  readonly departure_time?: DateTime
  /** kWh. */
  readonly energy_need?: DecimalText
  readonly discharge_allowed?: boolean
}
