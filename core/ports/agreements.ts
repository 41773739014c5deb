import type { Gap } from '../settlement/gaps.ts'
import type { Retail } from '../settlement/retail.ts'
import type { Period, ResaleContract, RoamingPrice, SiteContract } from '../settlement/terms.ts'
import type { PartyCode } from '../domain/party-code.ts'
import type { Act, Put, Removal } from './market.ts'
import type { Page, PageRequest } from './store.ts'

/** Contracts of one kind, by names that the operator gives; on each day there is one of each subject. */
export interface AgreementStore<Agreement> {
  /** Refused where it would overlap another one, or where a month that is closed was settled otherwise. */
  put(tenant: string, agreement: Agreement, act: Act): Promise<Put<Agreement>>
  find(tenant: string, id: string): Promise<Agreement | undefined>
  /** By their names. */
  list(tenant: string, filter: AgreementFilter, page: PageRequest): Promise<Page<Agreement>>
  remove(tenant: string, id: string, act: Act): Promise<Removal>
}

export interface AgreementFilter {
  /** With it; of resale contracts both sides. */
  readonly party?: string
  /** Of the site, or of a station on it. */
  readonly site?: string
  /** That counts on this day. */
  readonly on?: string
}

export interface SiteContractStore extends AgreementStore<SiteContract> {
  /** Days without the contract that there should be, a number of sites on a page, by their ids. */
  gaps(tenant: string, window: Required<Period>, page: PageRequest): Promise<Page<Gap>>
}

export const retailStates = ['due', 'waiting', 'priced'] as const
export type RetailState = (typeof retailStates)[number]

/** What a driver of ours pays for a CDR that a partner has sent. */
export interface RetailView {
  readonly owner: PartyCode
  readonly id: string
  readonly partner: string
  readonly state: RetailState
  /** Of one that waits: what is missing. */
  readonly reason?: string
  /** Of a credit: the CDR that it takes back. */
  readonly creditOf?: string
  readonly emp?: string
  readonly day?: string
  readonly retail?: Retail
  readonly cameAt: number
  readonly pricedAt?: number
}

export interface RetailStore {
  find(tenant: string, owner: PartyCode, id: string): Promise<RetailView | undefined>
  /** In the order in which the CDRs came. */
  list(
    tenant: string,
    filter: { readonly state?: RetailState; readonly partner?: string },
    page: PageRequest,
  ): Promise<Page<RetailView>>
}

/** What was agreed, and what came of it. Implementation: adapters/postgres/store/agreements.ts. */
export interface Agreements {
  readonly site: SiteContractStore
  readonly resale: AgreementStore<ResaleContract>
  readonly roaming: AgreementStore<RoamingPrice>
  readonly retail: RetailStore
}
