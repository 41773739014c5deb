import type { PostalAddress } from './party.ts'
import type { Tenure } from './tenure.ts'

/** A place where charging stations stand, with one address and one time zone. OCPI calls it Location. */
export interface Site {
  readonly tenant: string
  readonly id: string
  readonly name: string
  readonly address: PostalAddress
  readonly coordinates: Coordinates
  /** IANA name: prices by the time of day and days of contracts go by it. */
  readonly zone: string
  readonly openingTimes?: OpeningTimes
  /** Whether partners may show it. */
  readonly published: boolean
  readonly changedAt: number
}

/** Decimal texts in degrees (WGS 84), as they were given: digits that were not measured are not made up. */
export interface Coordinates {
  readonly latitude: string
  readonly longitude: string
}

/** A site and who has owned, operated and provided it, role by role, the earliest first. */
export interface SiteView extends Site {
  readonly tenures: readonly Tenure[]
}

/** The forms of OCPI (class GeoLocation): 5 to 7 digits behind the point. */
export const latitude = /^-?\d{1,2}\.\d{5,7}$/
export const longitude = /^-?\d{1,3}\.\d{5,7}$/

/** What is wrong with a coordinate of which the form is right, or nothing. */
export const coordinateFault = (text: string, most: 90 | 180): string | undefined => {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.')
  const isBeyond = Number(whole) > most || (Number(whole) === most && /[1-9]/.test(fraction))
  return isBeyond ? `is beyond ${most} degrees` : undefined
}

/** A time of the day at the site, `08:00`; 24:00 is the end of a day. */
export const timeOfDay = /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/

/** When vehicles can get to the site (OCPI class Hours). Absent = nobody has said. */
export interface OpeningTimes {
  /** Day and night, apart from the exceptions. */
  readonly always: boolean
  readonly regular: readonly WeekHours[]
  /** From and until in ms since 1970 UTC, beside the regular ones. */
  readonly openings: readonly Span[]
  readonly closings: readonly Span[]
}

export interface WeekHours {
  /** 1 = Monday … 7 = Sunday. */
  readonly weekday: number
  readonly from: string
  readonly until: string
}

export interface Span {
  readonly from: number
  readonly until: number
}

/** What is wrong with opening times, by their place in them, or nothing. */
export const openingFault = (times: OpeningTimes): { readonly at: string; readonly detail: string } | undefined => {
  if (times.always && times.regular.length > 0) return { at: '/regular', detail: 'it is always open' }
  for (const [i, hours] of times.regular.entries()) {
    if (hours.from >= hours.until) return { at: `/regular/${i}/until`, detail: 'is not after its beginning' }
    const other = times.regular.findIndex(
      (o, j) => j < i && o.weekday === hours.weekday && o.from < hours.until && hours.from < o.until,
    )
    if (other >= 0) return { at: `/regular/${i}`, detail: `overlaps number ${other} of them` }
  }
  for (const kind of ['openings', 'closings'] as const)
    for (const [i, { from, until }] of times[kind].entries())
      if (from >= until) return { at: `/${kind}/${i}/until`, detail: 'is not after its beginning' }
  return undefined
}
