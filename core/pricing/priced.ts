import type { Decimal } from '../domain/decimal.ts'
import type { MilliWattHours } from '../domain/units.ts'
import type { Dimension, Tariff } from './tariff.ts'
import type { StretchKind } from './usage.ts'

/** A decimal text with its sign: `-1.25`. No zeros at its end beyond what the rounding asks for. */
export type Amount = string

/** Before tax, the tax, and after it: `tax` is always the difference of the other two. */
export interface Taxed {
  readonly net: Amount
  readonly tax: Amount
  readonly gross: Amount
}

/** How amounts are rounded: OCPI defines nothing, so it is said with every price (handbook/roaming.md §4.1 rule 8). */
export interface Rounding {
  /** Decimals of each line. */
  readonly lineDigits: number
  /** Decimals of the total; `currency` = as many as the currency has (JPY 0, EUR 2, KWD 3). */
  readonly totalDigits: number | 'currency'
  readonly mode: 'halfUp' | 'halfEven'
}

export const usualRounding: Rounding = { lineDigits: 4, totalDigits: 'currency', mode: 'halfUp' }

/** A session as the tariff engine prices it: everything that is needed to work it out again by hand. */
export interface Priced {
  /** The version that priced it, whole: it may be gone later. */
  readonly tariff: Tariff
  readonly zone: string
  readonly rounding: Rounding
  /** A new one wherever a price changes, and nowhere else. */
  readonly periods: readonly PricedPeriod[]
  /** One for each price that was asked; the total is their sum, to the last digit. */
  readonly lines: readonly PriceLine[]
  readonly total: Taxed
}

export interface PricedPeriod {
  readonly kind: StretchKind
  readonly from: number
  readonly until: number
  readonly energyMwh: MilliWattHours
  /** Which component of which element prices what of it; what is not named is free. */
  readonly prices: readonly ComponentRef[]
  /** Drawn at once, mW and mA, as far as it is known; only where a price of the tariff depends on it. */
  readonly power?: Span
  readonly current?: Span
}

export interface Span {
  readonly least: number
  readonly most: number
}

/** Places in the tariff, from 0. */
export interface ComponentRef {
  readonly dimension: Dimension
  readonly element: number
  readonly component: number
}

export const lineKinds = [
  'fixed',
  'energy',
  'time',
  'parking',
  'reservation',
  'minPrice',
  'maxPrice',
  'rounding',
] as const
export type LineKind = (typeof lineKinds)[number]

/** One price times what it was asked of; or what a limit or the rounding of the total adds. */
export interface PriceLine extends Taxed {
  readonly kind: LineKind
  /** Absent on what limits and rounding add. */
  readonly component?: ComponentRef
  readonly price?: Decimal
  /** mWh or ms that were used; 1 of what is fixed. */
  readonly volume?: number
  /** The same as it is billed: rounded up to whole steps. */
  readonly billed?: number
  /** Wh or s; absent where nothing was rounded up. */
  readonly stepSize?: number
  /** Per cent; absent = the tariff says nothing of tax. */
  readonly vat?: Decimal
}

/** The same sums by what they are for; together they are the total. */
export interface Totals {
  readonly fixed: Taxed
  readonly energy: Taxed
  readonly time: Taxed
  readonly parking: Taxed
  readonly reservation: Taxed
  /** What limits and rounding add. */
  readonly adjustments: Taxed
}
