import type { PartyRole } from './party.ts'

/** That a party owns, operates or provides a site or a charging station, from one day until another. */
export interface Tenure {
  readonly role: MarketRole
  readonly party: string
  /** `2026-12-01` by the calendar of the site; absent = ever since. */
  readonly from?: string
  /** The first day on which it does not hold any more; absent = for good. */
  readonly until?: string
}

/** Owner: whose it is. Operator: who runs it (OCPI operator). Provider: under whose brand drivers are served. */
export const marketRoles = ['owner', 'operator', 'provider'] as const
export type MarketRole = (typeof marketRoles)[number]

export const tenureKinds = ['site', 'station'] as const
export type TenureKind = (typeof tenureKinds)[number]

type Period = Pick<Tenure, 'from' | 'until'>

const able: Readonly<Record<MarketRole, readonly PartyRole[]>> = {
  owner: ['siteOwner', 'cpo', 'csr'],
  operator: ['cpo'],
  provider: ['cpo', 'csr', 'emp'],
}

/** Why a party of this kind cannot have a role, or nothing. */
export const holderFault = (role: MarketRole, party: PartyRole): string | undefined =>
  able[role].includes(party) ? undefined : `has the role ${party}: only a ${able[role].join(' or ')} can be ${role}`

/** Whether days follow each other as they must. */
export const periodFault = ({ from, until }: Period): string | undefined =>
  from !== undefined && until !== undefined && from >= until ? 'is not after its first day' : undefined

const isBefore = (until: string | undefined, from: string | undefined): boolean =>
  until !== undefined && from !== undefined && until <= from

/** Whether there is a day on which both hold. */
export const isOverlap = (one: Period, other: Period): boolean =>
  !isBefore(one.until, other.from) && !isBefore(other.until, one.from)

/** Who has a role on a day, `2026-11-30`: at most one, for they never overlap. */
export const holderOn = (tenures: readonly Tenure[], role: MarketRole, day: string): Tenure | undefined =>
  tenures.find(
    (tenure) =>
      tenure.role === role &&
      (tenure.from === undefined || tenure.from <= day) &&
      (tenure.until === undefined || day < tenure.until),
  )

/** A period in words. */
export const periodOf = ({ from, until }: Period): string => {
  if (from === undefined) return until === undefined ? 'always' : `until ${until}`
  return until === undefined ? `from ${from} on` : `from ${from} until ${until}`
}
