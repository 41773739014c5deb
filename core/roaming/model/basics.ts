/** Classes and types that several modules use (OCPI 2.3.0 types.asciidoc). */

/** One of the values that the specification names, or any other one (OpenEnum): partners add their own. */
export type Open<Known extends string> = Known | (string & Record<never, never>)

/** A number of OCPI, exact: `-1.25`, no exponent. */
export type DecimalText = string

/** UTC, `2026-11-27T12:00:00Z`. */
export type DateTime = string

export interface DisplayText {
  /** ISO 639-1. */
  readonly language: string
  readonly text: string
}

/** Who an object is of: a party as it registered with its country. */
export interface Owner {
  /** ISO 3166-1 alpha-2. */
  readonly country_code: string
  readonly party_id: string
}

export interface Price {
  readonly before_taxes: DecimalText
  readonly taxes?: readonly TaxAmount[]
}

export interface TaxAmount {
  readonly name: string
  readonly account_number?: string
  readonly percentage?: DecimalText
  readonly amount: DecimalText
}

/** HUB is a role of 2.2.1; 2.3.0 has `hub_party_id` in its place. */
export type Role = Open<'CPO' | 'EMSP' | 'HUB' | 'NAP' | 'NSP' | 'OTHER' | 'SCSP'>

export interface BusinessDetails {
  readonly name: string
  readonly website?: string
  readonly logo?: Image
}

export interface Image {
  readonly url: string
  readonly thumbnail?: string
  readonly category: Open<'CHARGER' | 'ENTRANCE' | 'LOCATION' | 'NETWORK' | 'OPERATOR' | 'OTHER' | 'OWNER'>
  readonly type: string
  readonly width?: number
  readonly height?: number
}

export interface EnergyMix {
  readonly is_green_energy: boolean
  readonly energy_sources?: readonly EnergySource[]
  readonly environ_impact?: readonly EnvironmentalImpact[]
  readonly supplier_name?: string
  readonly energy_product_name?: string
}

export interface EnergySource {
  readonly source: 'NUCLEAR' | 'GENERAL_FOSSIL' | 'COAL' | 'GAS' | 'GENERAL_GREEN' | 'SOLAR' | 'WIND' | 'WATER'
  readonly percentage: DecimalText
}

export interface EnvironmentalImpact {
  readonly category: Open<'NUCLEAR_WASTE' | 'CARBON_DIOXIDE'>
  /** g/kWh. */
  readonly amount: DecimalText
}
