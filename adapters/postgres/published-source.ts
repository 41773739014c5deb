import type { EventType } from '../../core/domain/event.ts'
import type { PartyCode } from '../../core/domain/party-code.ts'
import type { Json } from '../../core/roaming/field.ts'
import type { Impossible } from '../../core/roaming/mapped.ts'
import type { RoamingModule } from '../../core/ports/roaming.ts'
import type { Transaction } from './connect.ts'
import type { EventRow } from './feed.ts'

/** An object as it is to be found by partners. */
export interface Draft {
  readonly owner: PartyCode
  readonly id: string
  /** The only one who may see it; absent: all whom the module is for. */
  readonly partner?: string
  /** Of our model. Its `last_updated` is stamped when it is published, and those of its EVSEs and connectors. */
  readonly body: Json
}

/**
 * What one key is at the moment: objects, mostly one. What is published of it and is none of them any more is gone; where
 * it is impossible to say, what is published stays as it is.
 */
export type Reading =
  | {
      readonly drafts: readonly Draft[]
      /** What could not be said in our model; logged once. */
      readonly remarks?: readonly string[]
      /** When it will look otherwise by itself, ms since 1970 UTC: it is looked at again then. */
      readonly again?: number
    }
  | Impossible

/** Something may have changed: one key, or anything at all. */
export type Dirtied =
  | {
      readonly tenant: string
      readonly key: string
      /** Not before; absent: now. */
      readonly due?: number
    }
  | { readonly tenant: string; readonly everything: true }

/**
 * Where the objects of a module come from. A key is what they are made of in our own terms: a site, a tariff, a token, a
 * session, a document. One implementation a module, in the list of published-sources.ts.
 */
export interface PublishedSource {
  readonly module: RoamingModule
  readonly hears: readonly EventType[]
  /** What may have changed with these events. As `sm_ingest`: of all tenants. */
  dirtied(tx: Transaction, events: readonly EventRow[]): Promise<readonly Dirtied[]>
  /** What has changed without any event; asked once a minute. As `sm_ingest`. */
  readonly unheard?: (tx: Transaction) => Promise<readonly Dirtied[]>
  /** Keys in their order, for a tenant that is looked at as a whole. */
  keysAfter(tx: Transaction, tenant: string, after: string, limit: number): Promise<readonly string[]>
  /** How things stand, in few statements for all keys. A key that is not answered has no objects. */
  read(tx: Transaction, tenant: string, keys: readonly string[], now: number): Promise<ReadonlyMap<string, Reading>>
  /** What partners find from now on of an object that is gone; undefined or no such method: nothing. */
  readonly gone?: (had: Json) => Json | undefined
  /** What must stay of what they have found until now. */
  readonly kept?: (had: Json, has: Json) => Json
}
