import type { Decimal } from '../domain/decimal.ts'

/**
 * What charging costs, in the shape of OCPI 2.3.0 (mod_tariffs): elements in order, each with prices and with conditions
 * under which they count. A version of a tariff never changes; the one that is in force when a session starts prices all
 * of it.
 */
export interface Tariff {
  /** The operator's own name for it, at most 36 characters: `day-and-night`. */
  readonly id: string
  /** From 1; another content is another version. */
  readonly version: number
  /** ISO 4217. */
  readonly currency: string
  readonly type?: TariffType
  /** Whether the prices have their tax in them; `N/A`: there is none. */
  readonly taxIncluded: TaxIncluded
  readonly elements: readonly TariffElement[]
  /** No session costs less, or more, whatever it was (§4.1 rule 7 of OCPI: before and after tax each for itself). */
  readonly minPrice?: PriceLimit
  readonly maxPrice?: PriceLimit
  /** When it is in force, ms since 1970 UTC; the end is excluded. */
  readonly startsAt?: number
  readonly endsAt?: number
  readonly texts?: readonly { readonly language: string; readonly text: string }[]
}

export const tariffTypes = ['AD_HOC_PAYMENT', 'PROFILE_CHEAP', 'PROFILE_FAST', 'PROFILE_GREEN', 'REGULAR'] as const
export type TariffType = (typeof tariffTypes)[number]

export const taxesIncluded = ['YES', 'NO', 'N/A'] as const
export type TaxIncluded = (typeof taxesIncluded)[number]

export interface TariffElement {
  readonly components: readonly PriceComponent[]
  /** All of them must hold at the start of a period; absent = always, but for reservations never. */
  readonly restrictions?: Restrictions
}

export const dimensions = ['FLAT', 'ENERGY', 'TIME', 'PARKING_TIME'] as const
export type Dimension = (typeof dimensions)[number]

export interface PriceComponent {
  readonly dimension: Dimension
  /** Of the whole (FLAT), a kWh (ENERGY), an hour (TIME, PARKING_TIME). */
  readonly price: Decimal
  /** Per cent, `19`; absent is not the same as `0`. */
  readonly vat?: Decimal
  /** Wh or s that are billed as a whole; 1 = to the next Wh or s; 0 = nothing is rounded up. */
  readonly stepSize: number
}

export interface PriceLimit {
  readonly beforeTaxes?: Decimal
  readonly afterTaxes?: Decimal
}

export const weekdays = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const
export type Weekday = (typeof weekdays)[number]

/** Lower bounds are included, upper ones are not. Times, dates and days are those of the site. */
export interface Restrictions {
  /** `08:00`; an end before the start is one on the next day, `00:00` the end of the day. */
  readonly startTime?: string
  readonly endTime?: string
  /** `2026-11-27` */
  readonly startDate?: string
  readonly endDate?: string
  /** Of the session so far, kWh. */
  readonly minKwh?: Decimal
  readonly maxKwh?: Decimal
  /** A, the sum of all phases, at the moment. */
  readonly minCurrent?: Decimal
  readonly maxCurrent?: Decimal
  /** kW, at the moment. */
  readonly minPower?: Decimal
  readonly maxPower?: Decimal
  /** Of the session so far, s. */
  readonly minDuration?: number
  readonly maxDuration?: number
  readonly daysOfWeek?: readonly Weekday[]
  readonly reservation?: 'RESERVATION' | 'RESERVATION_EXPIRES'
}
