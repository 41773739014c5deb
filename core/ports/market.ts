import type { AuditActor } from '../domain/audit.ts'
import type { ChargingStation, ChargingStationView } from '../domain/charging-station.ts'
import type { Evse, EvseState } from '../domain/evse.ts'
import type { Party, PartyRole } from '../domain/party.ts'
import type { Site, SiteView } from '../domain/site.ts'
import type { MarketRole, Tenure, TenureKind } from '../domain/tenure.ts'
import type { Page, PageRequest } from './store.ts'

/** Who changes something, and when: for the audit log, in the commit of the change. */
export interface Act {
  readonly by: AuditActor
  readonly at: number
}

/** Why something cannot be so: the field of the request that is wrong, and what is wrong with it. */
export interface Refusal {
  readonly pointer: string
  readonly refused: string
}

/** What was put, as it is now; what is already so is not changed, nobody hears of it, and its time stays. */
export type Put<Item> = { readonly item: Item; readonly isNew: boolean } | Refusal

/** Removed, not there, or kept because of what needs it. */
export type Removal = 'removed' | 'missing' | { readonly neededBy: string }

/** A thing of the market before it is kept. */
export type Given<Item> = Omit<Item, 'changedAt'>

export interface PartyStore {
  put(party: Given<Party>, act: Act): Promise<Put<Party>>
  find(tenant: string, id: string): Promise<Party | undefined>
  /** By their names. */
  list(
    tenant: string,
    filter: { readonly role?: PartyRole; readonly reseller?: string },
    page: PageRequest,
  ): Promise<Page<Party>>
  remove(tenant: string, id: string, act: Act): Promise<Removal>
}

export interface SiteStore {
  put(site: Given<Site>, act: Act): Promise<Put<SiteView>>
  /** All of them in one commit; or none, where one is refused, or where they are only looked at. */
  putAll(tenant: string, sites: readonly Given<Site>[], act: Act, keeps: boolean): Promise<readonly Put<SiteView>[]>
  find(tenant: string, id: string): Promise<SiteView | undefined>
  list(tenant: string, filter: { readonly country?: string }, page: PageRequest): Promise<Page<SiteView>>
  remove(tenant: string, id: string, act: Act): Promise<Removal>
}

export interface ChargingStationStore {
  put(station: Given<ChargingStation>, act: Act): Promise<Put<ChargingStationView>>
  putAll(
    tenant: string,
    stations: readonly Given<ChargingStation>[],
    act: Act,
    keeps: boolean,
  ): Promise<readonly Put<ChargingStationView>[]>
  find(tenant: string, id: string): Promise<ChargingStationView | undefined>
  list(tenant: string, filter: { readonly site?: string }, page: PageRequest): Promise<Page<ChargingStationView>>
  remove(tenant: string, id: string, act: Act): Promise<Removal>
}

export interface EvseFilter {
  readonly site?: string
  readonly station?: string
  readonly chargePoint?: string
  readonly state?: EvseState
}

export interface EvseStore {
  /** What was removed is refused: a uid is never used again. */
  put(evse: Given<Evse>, act: Act): Promise<Put<Evse>>
  putAll(tenant: string, evses: readonly Given<Evse>[], act: Act, keeps: boolean): Promise<readonly Put<Evse>[]>
  find(tenant: string, uid: string): Promise<Evse | undefined>
  list(tenant: string, filter: EvseFilter, page: PageRequest): Promise<Page<Evse>>
  /** It stays as removed; its plug and its EVSEID are free. */
  remove(tenant: string, uid: string, act: Act): Promise<Removal>
}

/** What a tenure is of. */
export interface TenureSubject {
  readonly tenant: string
  readonly kind: TenureKind
  readonly id: string
}

export interface TenureStore {
  /** Role by role, the earliest first; undefined where there is no such site or station. */
  of(subject: TenureSubject): Promise<readonly Tenure[] | undefined>
  /** Puts the tenure that begins on its first day. Refused where it would overlap another of the same role. */
  put(subject: TenureSubject, tenure: Tenure, act: Act): Promise<Put<Tenure> | 'missing'>
  /** The one that begins on this day; absent = the one that has been ever since. */
  remove(subject: TenureSubject, role: MarketRole, from: string | undefined, act: Act): Promise<boolean>
}
