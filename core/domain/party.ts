import type { PartyCode } from './party-code.ts'

/**
 * Who takes part in the market: whoever operates charging stations (CPO), offers their service under a brand of its own
 * (CSR, a reseller, above CPOs), owns sites, or has contracts with drivers (EMP). One company may be several parties.
 */
export const partyRoles = ['csr', 'cpo', 'siteOwner', 'emp'] as const
export type PartyRole = (typeof partyRoles)[number]

export interface Party {
  readonly tenant: string
  readonly id: string
  readonly role: PartyRole
  readonly name: string
  /** Of a CPO: the CSR that it is offered by. */
  readonly reseller?: string
  /** How roaming partners name it: one for each role. */
  readonly code?: PartyCode
  /** Of an EMP: it is one of our own, and roams from here; all others are partners, or known by name alone. */
  readonly isOurs?: true
  readonly legalName?: string
  readonly vatNumber?: string
  readonly website?: string
  /** ISO 639-1, what is written to it in. */
  readonly language?: string
  readonly address?: PostalAddress
  readonly contact?: Contact
  readonly changedAt: number
}

export interface PostalAddress {
  readonly street: string
  readonly postalCode?: string
  readonly city: string
  /** ISO 3166-1 alpha-2. */
  readonly country: string
}

export interface Contact {
  readonly name?: string
  readonly email?: string
  readonly phone?: string
}

/** Whether a party may have this reseller above it: resellers are above CPOs, and nobody is above a reseller. */
export const resellerFault = (party: Pick<Party, 'role'>, reseller: Pick<Party, 'role'>): string | undefined => {
  if (party.role !== 'cpo') return 'only a CPO has a reseller above it'
  return reseller.role === 'csr' ? undefined : 'is no reseller (csr)'
}

/** Names that operators give to what partners call by them too: OCPI has 36 characters, and does not tell their case apart. */
export const marketId = /^[A-Za-z0-9](?:[A-Za-z0-9._*-]{0,34}[A-Za-z0-9])?$/
