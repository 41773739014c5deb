import type { Dimension, TariffType, TaxIncluded, Weekday } from '../../pricing/tariff.ts'
import type { DateTime, DecimalText, DisplayText, EnergyMix, Owner } from './basics.ts'

/** What charging costs (OCPI 2.3.0 mod_tariffs). */
export interface Tariff extends Owner {
  readonly id: string
  /** ISO 4217. */
  readonly currency: string
  readonly type?: TariffType
  readonly tariff_alt_text?: readonly DisplayText[]
  readonly tariff_alt_url?: string
  readonly min_price?: PriceLimit
  readonly max_price?: PriceLimit
  readonly elements: readonly TariffElement[]
  readonly tax_included: TaxIncluded
  readonly start_date_time?: DateTime
  readonly end_date_time?: DateTime
  readonly energy_mix?: EnergyMix
  readonly last_updated: DateTime
}

export interface PriceLimit {
  readonly before_taxes: DecimalText
  readonly after_taxes?: DecimalText
}

export interface TariffElement {
  readonly price_components: readonly PriceComponent[]
  readonly restrictions?: TariffRestrictions
}

export interface PriceComponent {
  readonly type: Dimension
  /** Of the whole, a kWh, an hour. */
  readonly price: DecimalText
  readonly vat?: DecimalText
  /** Wh or s. */
  readonly step_size: number
}

export interface TariffRestrictions {
  readonly start_time?: string
  readonly end_time?: string
  readonly start_date?: string
  readonly end_date?: string
  readonly min_kwh?: DecimalText
  readonly max_kwh?: DecimalText
  /** A, all phases. */
  readonly min_current?: DecimalText
  readonly max_current?: DecimalText
  /** kW. */
  readonly min_power?: DecimalText
  readonly max_power?: DecimalText
  /** s. */
  readonly min_duration?: number
  readonly max_duration?: number
  readonly day_of_week?: readonly Weekday[]
  readonly reservation?: 'RESERVATION' | 'RESERVATION_EXPIRES'
}
