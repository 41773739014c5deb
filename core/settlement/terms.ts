import type { Decimal } from '../domain/decimal.ts'

/** Days by the calendar of the site, or of the installation where there is none, `2026-12-01`; the last one is excluded; absent = for good. */
export interface Period {
  readonly from: string
  readonly until?: string
}

/**
 * What an operator and the owner of a site agreed: for all of a site, or for one charging station, which then goes before
 * that of its site. Contracts of one subject never overlap.
 */
export interface SiteContract extends Period {
  readonly id: string
  /** A party with the role siteOwner, cpo or csr. */
  readonly owner: string
  readonly subject: { readonly kind: 'site' | 'station'; readonly id: string }
  readonly currency: string
  /** Of each session's net amount, per cent from 0 to 100. */
  readonly sharePercent?: Decimal
  /** For each kWh that was sold, before tax. */
  readonly perKwh?: Decimal
  /** For each station, and each EVSE, that there was in a month, before tax. */
  readonly perStation?: Decimal
  readonly perPort?: Decimal
  /** What the owner gets in a month at least, all of the above together. */
  readonly floor?: Decimal
  /** The owner buys the electricity, and is given back so much for each kWh. */
  readonly electricityPerKwh?: Decimal
  /** Per cent that comes on top of what the owner is given; absent: none. */
  readonly vat?: Decimal
}

/** What stands in a month for a number of connected ports. */
export interface PortTerms {
  readonly currency: string
  /** From the lowest; the price is that of the tier which the number of ports falls in, for all of them. */
  readonly tiers: readonly { readonly from: number; readonly perPort: Decimal }[]
  /** What is charged in a month at least. */
  readonly minimum?: Decimal
  readonly vat?: Decimal
}

/**
 * Between the platform and a reseller (`reseller` is who pays), or between a reseller and a CPO below it.
 * `sharePercent`: of the CPO's net turnover, beside what ports cost.
 */
export interface ResaleContract extends Period, PortTerms {
  readonly id: string
  readonly seller: string
  readonly buyer: string
  readonly sharePercent?: Decimal
}

/** What a driver of ours pays for charging at another CPO: its price and what is put on top of it. */
export interface RoamingPrice extends Period {
  readonly id: string
  /** The roaming partner that the CDR comes from; absent: of any. */
  readonly partner?: string
  /** The EV contract, by its name; absent: of any. One that names more goes before one that names less. */
  readonly contract?: string
  readonly currency: string
  readonly markupPercent?: Decimal
  readonly markupPerSession?: Decimal
  readonly markupPerKwh?: Decimal
  /** The mark-up of a session at most, before tax. */
  readonly markupCap?: Decimal
  /** What a driver pays for a session at most, before tax; the operator bears the rest. */
  readonly priceCap?: Decimal
  /** Per cent, of the whole. */
  readonly vat?: Decimal
}
