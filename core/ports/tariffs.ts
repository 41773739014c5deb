import type { Place } from '../domain/place.ts'
import type { Assignment } from '../pricing/assignment.ts'
import type { Preference } from '../pricing/choice.ts'
import type { Tariff } from '../pricing/tariff.ts'
import type { Act } from './market.ts'
import type { Page, PageRequest } from './store.ts'

/** A version of a tariff, and since when it counts. */
export interface TariffView {
  readonly tariff: Tariff
  readonly createdAt: number
  readonly since: number
  /** When the tariff was removed, if this version was there then. */
  readonly removedAt?: number
}

export type TariffContent = Omit<Tariff, 'id' | 'version'>

export interface AssignmentView extends Assignment {
  readonly changedAt: number
  readonly since: number
}

/** A session as it was when it began. */
export interface SessionStart {
  readonly tenant: string
  readonly identity: string
  readonly evse: number
  readonly connector: number
  /** Its start, ms since 1970 UTC. */
  readonly at: number
  readonly token?: string
  /** As it named it when it began (`Authorization.contract`); absent: that of its token at that time. */
  readonly contract?: string
  /** The token's group; absent: the one it is registered with now. */
  readonly group?: string
  /** Absent: where its plug was. */
  readonly place?: Pick<Place, 'site' | 'station'>
  readonly preference?: Preference
}

/**
 * Tariffs and which sessions they are for. What was in force once stays, so that a session is priced by what was in force
 * when it began. Each change is one commit with its event and its audit entry.
 */
export interface TariffStore {
  /** The newest versions, by id, of those that are not removed. */
  list(tenant: string, page: PageRequest): Promise<Page<TariffView>>
  find(tenant: string, id: string): Promise<TariffView | undefined>
  /** Newest first, also of one that is removed. */
  versions(tenant: string, id: string, page: PageRequest): Promise<Page<TariffView>>
  version(tenant: string, id: string, version: number): Promise<TariffView | undefined>
  /** The same content as before is no new version. */
  put(
    ref: { readonly tenant: string; readonly id: string },
    content: TariffContent,
    act: Act,
  ): Promise<TariffView & { readonly isNew: boolean }>
  /** With its assignments. False where there is none. */
  remove(tenant: string, id: string, act: Act): Promise<boolean>
  /** What prices a session, and by which assignment; undefined where nothing does. */
  chosen(session: SessionStart): Promise<(TariffView & { readonly assignment: string }) | undefined>
  readonly assignments: AssignmentStore
}

export interface AssignmentStore {
  /** By id; `tariff`: only those of this one. */
  list(tenant: string, filter: { readonly tariff?: string }, page: PageRequest): Promise<Page<AssignmentView>>
  find(tenant: string, id: string): Promise<AssignmentView | undefined>
  /** Undefined where there is no such tariff. The same as before changes nothing. */
  put(
    tenant: string,
    assignment: Assignment,
    act: Act,
  ): Promise<(AssignmentView & { readonly isNew: boolean }) | undefined>
  remove(tenant: string, id: string, act: Act): Promise<boolean>
}
