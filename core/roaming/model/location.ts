import type { ConnectorStandard, OutletFormat, PowerType } from '../../domain/outlet.ts'
import type { BusinessDetails, DateTime, DisplayText, EnergyMix, Image, Open, Owner } from './basics.ts'
import type { EvseParking, Parking } from './parking.ts'
import type { PublishToken } from './token.ts'

/** Places to charge, their EVSEs and connectors (OCPI 2.3.0 mod_locations). */
export interface Location extends Owner {
  readonly id: string
  readonly publish: boolean
  readonly publish_allowed_to?: readonly PublishToken[]
  readonly name?: string
  readonly address: string
  readonly city: string
  readonly postal_code?: string
  readonly state?: string
  /** ISO 3166-1 alpha-3. */
  readonly country: string
  readonly coordinates: GeoLocation
  readonly related_locations?: readonly AdditionalGeoLocation[]
  readonly parking_type?: ParkingType
  readonly evses?: readonly Evse[]
  readonly parking_places?: readonly Parking[]
  readonly directions?: readonly DisplayText[]
  readonly operator?: BusinessDetails
  readonly suboperator?: BusinessDetails
  readonly owner?: BusinessDetails
  readonly facilities?: readonly Facility[]
  /** IANA name. */
  readonly time_zone: string
  readonly opening_times?: Hours
  readonly charging_when_closed?: boolean
  readonly images?: readonly Image[]
  readonly energy_mix?: EnergyMix
  readonly help_phone?: string
  readonly last_updated: DateTime
}

export interface Evse {
  readonly uid: string
  readonly evse_id?: string
  readonly status: Status
  readonly status_schedule?: readonly StatusSchedule[]
  readonly capabilities?: readonly Capability[]
  readonly connectors: readonly Connector[]
  readonly floor_level?: string
  readonly coordinates?: GeoLocation
  readonly physical_reference?: string
  readonly directions?: readonly DisplayText[]
  readonly parking_restrictions?: readonly ParkingRestriction[]
  readonly parking?: readonly EvseParking[]
  readonly images?: readonly Image[]
  readonly accepted_service_providers?: readonly string[]
  readonly last_updated: DateTime
}

export interface Connector {
  readonly id: string
  readonly standard: Open<ConnectorStandard>
  readonly format: OutletFormat
  readonly power_type: PowerType
  /** V, A and W. */
  readonly max_voltage: number
  readonly max_amperage: number
  readonly max_electric_power?: number
  readonly tariff_ids?: readonly string[]
  readonly terms_and_conditions?: string
  readonly capabilities?: readonly Open<'ISO_15118_2_PLUG_AND_CHARGE' | 'ISO_15118_20_PLUG_AND_CHARGE'>[]
  readonly last_updated: DateTime
}

export type Status =
  | 'AVAILABLE'
  | 'BLOCKED'
  | 'CHARGING'
  | 'INOPERATIVE'
  | 'OUTOFORDER'
  | 'PLANNED'
  | 'REMOVED'
  | 'RESERVED'
  | 'UNKNOWN'

export interface StatusSchedule {
  readonly period_begin: DateTime
  readonly period_end?: DateTime
  readonly status: Status
}

export type Capability = Open<
  | 'CHARGING_PROFILE_CAPABLE'
  | 'CHARGING_PREFERENCES_CAPABLE'
  | 'CHIP_CARD_SUPPORT'
  | 'CONTACTLESS_CARD_SUPPORT'
  | 'CREDIT_CARD_PAYABLE'
  | 'DEBIT_CARD_PAYABLE'
  | 'PED_TERMINAL'
  | 'REMOTE_START_STOP_CAPABLE'
  | 'RESERVABLE'
  | 'RFID_READER'
  | 'START_SESSION_CONNECTOR_REQUIRED'
  | 'TOKEN_GROUP_CAPABLE'
  | 'UNLOCK_CAPABLE'
>

export type Facility = Open<
  | 'HOTEL'
  | 'RESTAURANT'
  | 'CAFE'
  | 'MALL'
  | 'SUPERMARKET'
  | 'SPORT'
  | 'RECREATION_AREA'
  | 'NATURE'
  | 'MUSEUM'
  | 'BIKE_SHARING'
  | 'BUS_STOP'
  | 'TAXI_STAND'
  | 'TRAM_STOP'
  | 'METRO_STATION'
  | 'TRAIN_STATION'
  | 'AIRPORT'
  | 'PARKING_LOT'
  | 'CARPOOL_PARKING'
  | 'FUEL_STATION'
  | 'WIFI'
>

export type ParkingType = Open<
  'ALONG_MOTORWAY' | 'PARKING_GARAGE' | 'PARKING_LOT' | 'ON_DRIVEWAY' | 'ON_STREET' | 'UNDERGROUND_GARAGE'
>

export type ParkingRestriction = Open<
  'CUSTOMERS' | 'DISABLED' | 'EMPLOYEES' | 'EV_ONLY' | 'MOTORCYCLES' | 'PLUGGED' | 'TAXIS' | 'TENANTS'
>

/** Decimal degrees (WGS 84), 5 to 7 digits behind the point. */
export interface GeoLocation {
  readonly latitude: string
  readonly longitude: string
}

export interface AdditionalGeoLocation extends GeoLocation {
  readonly name?: DisplayText
}

export interface Hours {
  readonly twentyfourseven: boolean
  readonly regular_hours?: readonly RegularHours[]
  readonly exceptional_openings?: readonly ExceptionalPeriod[]
  readonly exceptional_closings?: readonly ExceptionalPeriod[]
}

export interface RegularHours {
  /** 1 = Monday … 7 = Sunday. */
  readonly weekday: number
  readonly period_begin: string
  readonly period_end: string
}

export interface ExceptionalPeriod {
  readonly period_begin: DateTime
  readonly period_end: DateTime
}
