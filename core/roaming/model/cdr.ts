import type { OutletFormat, PowerType, ConnectorStandard } from '../../domain/outlet.ts'
import type { DateTime, DecimalText, Open, Owner, Price } from './basics.ts'
import type { GeoLocation } from './location.ts'
import type { Tariff } from './tariff.ts'
import type { TokenType } from './token.ts'

/** The account of a session, as things were when it started (OCPI 2.3.0 mod_cdrs). Energy is in kWh, time in hours. */
export interface Cdr extends Owner {
  readonly id: string
  readonly start_date_time: DateTime
  readonly end_date_time: DateTime
  readonly session_id?: string
  readonly cdr_token: CdrToken
  readonly auth_method: AuthMethod
  readonly authorization_reference?: string
  readonly cdr_location: CdrLocation
  readonly meter_id?: string
  readonly currency: string
  readonly tariffs?: readonly Tariff[]
  readonly charging_periods: readonly ChargingPeriod[]
  readonly signed_data?: SignedData
  readonly total_cost: Price
  readonly total_fixed_cost?: Price
  readonly total_energy: DecimalText
  readonly total_energy_cost?: Price
  readonly total_time: DecimalText
  readonly total_time_cost?: Price
  readonly total_parking_time?: DecimalText
  readonly total_parking_cost?: Price
  readonly total_reservation_cost?: Price
  readonly remark?: string
  readonly invoice_reference_id?: string
  readonly credit?: boolean
  readonly credit_reference_id?: string
  readonly home_charging_compensation?: boolean
  readonly last_updated: DateTime
}

export type AuthMethod = 'AUTH_REQUEST' | 'COMMAND' | 'WHITELIST'

export interface CdrToken extends Owner {
  readonly uid: string
  readonly type: TokenType
  readonly contract_id: string
}

export interface CdrLocation {
  readonly id: string
  readonly name?: string
  readonly address: string
  readonly city: string
  readonly postal_code?: string
  readonly state?: string
  readonly country: string
  readonly coordinates: GeoLocation
  /** `#NA` where a reservation never had any, as of the EVSEID and the connector. */
  readonly evse_uid: string
  readonly evse_id: string
  readonly connector_id: string
  readonly connector_standard: Open<ConnectorStandard>
  readonly connector_format: OutletFormat
  readonly connector_power_type: PowerType
}

/** Until the next one starts, or the session ends. */
export interface ChargingPeriod {
  readonly start_date_time: DateTime
  readonly dimensions: readonly CdrDimension[]
  readonly tariff_id?: string
}

export interface CdrDimension {
  readonly type: CdrDimensionType
  /** kWh, hours, A, kW, per cent. */
  readonly volume: DecimalText
}

/** CURRENT, ENERGY_EXPORT, ENERGY_IMPORT, POWER and STATE_OF_CHARGE are of sessions only. */
export type CdrDimensionType =
  | 'CURRENT'
  | 'ENERGY'
  | 'ENERGY_EXPORT'
  | 'ENERGY_IMPORT'
  | 'MAX_CURRENT'
  | 'MIN_CURRENT'
  | 'MAX_POWER'
  | 'MIN_POWER'
  | 'PARKING_TIME'
  | 'POWER'
  | 'RESERVATION_TIME'
  | 'STATE_OF_CHARGE'
  | 'TIME'

/** Meter values with which a driver can check it (German calibration law). */
export interface SignedData {
  readonly encoding_method: string
  readonly encoding_method_version?: number
  readonly public_key?: string
  readonly signed_values: readonly SignedValue[]
  readonly url?: string
}

export interface SignedValue {
  readonly nature: Open<'Start' | 'End' | 'Intermediate'>
  readonly plain_data: string
  /** Base64. */
  readonly signed_data: string
}
