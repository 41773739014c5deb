/**
 * An account of a tenant's general ledger. `party`: what a party owes the tenant (debit) or is owed by it (credit); the
 * name is that of the party in the market, or of a SIM provider, a reseller, the platform. `tax`: what is owed to the
 * state. `operator`: what remains with the tenant itself. There is one for each currency: amounts of different ones are
 * never added.
 */
export interface Account {
  readonly kind: AccountKind
  /** Of `party` only: as `partyAccount` makes it. */
  readonly party?: string
  /** ISO 4217 */
  readonly currency: string
}

export const accountKinds = ['party', 'tax', 'operator'] as const
export type AccountKind = (typeof accountKinds)[number]

export const holderKinds = ['emp', 'siteOwner', 'reseller', 'cpo', 'platform', 'simProvider', 'driver'] as const
export type HolderKind = (typeof holderKinds)[number]

/** Whose account it is: `emp:DE*8AA`, `siteOwner:mall`, `reseller:r1`, `simProvider:emnify`. */
export const partyAccount = (kind: HolderKind, party: string, currency: string): Account => ({
  kind: 'party',
  party: `${kind}:${party}`,
  currency,
})

/** One text for each account: by what they are equal, and in what order they are locked. */
export const accountKey = ({ kind, party, currency }: Account): string => `${currency}/${kind}/${party ?? ''}`
