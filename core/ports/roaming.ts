import type { PartyCode } from '../domain/party-code.ts'
import type { InterfaceRole, RoamingPartner } from '../domain/roaming-partner.ts'
import type { Json } from '../roaming/field.ts'
import type { Page, PageRequest } from './store.ts'

/** Modules with objects that are listed, pushed and pulled. */
export const roamingModules = ['locations', 'tariffs', 'tokens', 'sessions', 'cdrs'] as const
export type RoamingModule = (typeof roamingModules)[number]

/** An object of ours or theirs, by whose it is; ids and codes are equal regardless of case (OCPI CiString). */
export interface ObjectRef {
  readonly tenant: string
  readonly module: RoamingModule
  readonly owner: PartyCode
  /** Of a token: `uid`, or `uid type` where that is not RFID (mod_tokens: both together name it). */
  readonly id: string
}

/** An object of ours, as partners find it. */
export interface PublishedObject extends ObjectRef {
  /** The only one who may see it; absent: all whom the module is for. */
  readonly partner?: string
  /** Grows with each object that is new: the order of lists (OCPI 2.3.0 transport, "Paginated response"). */
  readonly serial: number
  /** Grows with each change of any object of its tenant: what a lane has not pushed yet lies above what it has. */
  readonly revision: number
  /** As it says itself. Only what partners can see of a change changes it. */
  readonly lastUpdated: number
  /** It is gone: lanes say so, lists and addresses have it no more. A removed EVSE stays in its location and is none. */
  readonly isRemoved: boolean
  /** Of our model (core/roaming/model.ts). */
  readonly body: Json
}

export interface ListFilter {
  /** Who asks. */
  readonly partner: string
  /** Of `last_updated`: the first is included, the second is not. */
  readonly from?: number
  readonly to?: number
  /** Only of this party. */
  readonly owner?: PartyCode
}

/** From where a list goes on: behind an object, or at a place that was counted by the reader. */
export type ListStart = { readonly after: number } | { readonly offset: number }

/**
 * Objects of ours that partners may have. They are written by one publisher at a time (D-17), so nobody who reads in their
 * order misses one. Implementation: adapters/postgres/published-objects.ts.
 */
export interface PublishedStore {
  list(
    tenant: string,
    module: RoamingModule,
    filter: ListFilter,
    page: { readonly start: ListStart; readonly limit: number },
  ): Promise<{ readonly items: readonly PublishedObject[]; readonly isMore: boolean }>
  count(tenant: string, module: RoamingModule, filter: ListFilter): Promise<number>
  /** Without an owner: the oldest one of this id, whosever it is. */
  find(
    ref: Omit<ObjectRef, 'owner'> & Partial<Pick<ObjectRef, 'owner'>>,
    partner: string,
  ): Promise<PublishedObject | undefined>
  /** What has changed above a revision, the oldest change first; also what is removed. */
  since(
    tenant: string,
    module: RoamingModule,
    at: { readonly partner: string; readonly revision: number; readonly limit: number },
  ): Promise<readonly PublishedObject[]>
}

/** An object of a partner's, as we have been told of it. */
export interface ReceivedObject extends ObjectRef {
  /** Who told us. */
  readonly partner: string
  readonly lastUpdated: number
  /** Our clock. */
  readonly receivedAt: number
  /** It has said that it is no more. */
  readonly isRemoved: boolean
  readonly body: Json
  /** What we found when we worked it out again; of CDRs alone (core/roaming/cdr-check.ts). */
  readonly verdict?: Json
}

/** What becomes of what we have: the object anew, that it is gone, or nothing for a reason. Pure. */
export type DecideReceived = (had: ReceivedObject | undefined) => Json | 'removed' | 'stale' | 'unknown'

/** Who tells us, and when by our clock. */
export interface ToldBy {
  readonly partner: string
  readonly at: number
  readonly verdict?: Json
  /** The crawl of a list in which it was found: what a whole crawl did not find is no more. */
  readonly crawl?: number
}

/** Objects of partners. Implementation: adapters/postgres/received-objects.ts. */
export interface ReceivedStore {
  /** In one commit under the lock of the object. */
  change(ref: ObjectRef, told: ToldBy, decide: DecideReceived): Promise<ReceivedObject | 'stale' | 'unknown'>
  find(ref: ObjectRef, partner?: string): Promise<ReceivedObject | undefined>
  list(
    tenant: string,
    module: RoamingModule,
    filter: { readonly partner?: string },
    page: PageRequest,
  ): Promise<Page<ReceivedObject>>
  /** The newest change of any of a partner's, by its own clock; undefined where we have none. */
  newest(of: PartnerModule): Promise<number | undefined>
  /** It was in the list, although nothing could be made of it: so it is not gone. */
  seen(ref: ObjectRef, crawl: number): Promise<void>
  /** What a whole crawl that began then did not find is no more, unless we were told of it since. Answers how many. */
  sweep(of: PartnerModule, crawl: { readonly number: number; readonly began: number }): Promise<number>
}

export interface PartnerModule {
  readonly tenant: string
  readonly partner: string
  readonly module: RoamingModule
}

/** Something about a partner that an operator should look at. */
export interface RoamingAlarm {
  readonly tenant: string
  readonly partner: string
  readonly module: RoamingModule
  readonly object: string
  readonly at: number
  /** `cdrConflict`: another CDR under an id that we have. `cdrDiffers`: one does not cost what it says. */
  readonly alarm: 'cdrConflict' | 'cdrDiffers'
  readonly detail: string
}

export type RaiseAlarm = (alarm: RoamingAlarm) => Promise<void>

/** One request between a partner and us, and what came of it: a line of the roaming ledger. */
export interface Exchange {
  readonly tenant: string
  readonly partner: string
  /** `push`: we tell. `pull`: we ask for objects. `ask`: we want something done. `told`, `pulled`, `asked`: the other way round. */
  readonly kind: 'push' | 'pull' | 'ask' | 'told' | 'pulled' | 'asked'
  readonly module: string
  readonly method: string
  /** What it was about, as far as it was about one object. */
  readonly object?: string
  /** When it began, and how long it took. */
  readonly at: number
  readonly tookMs: number
  /** Which attempt to say the same this was, from 1. */
  readonly attempt: number
  readonly bytesOut: number
  readonly bytesIn: number
  /** Of HTTP; absent: no answer came. */
  readonly status?: number
  /** Of OCPI. */
  readonly code?: number
  readonly result: 'done' | 'refused' | 'failed' | 'unclear'
  /** Why, where it was not done; and what could not be said in the partner's version. */
  readonly detail?: string
}

/** What was exchanged with partners. Noting never waits and never throws. */
export interface RoamingLedger {
  note(exchange: Exchange): void
}

/** A request to one of a partner's functional modules. */
export interface ModuleCall {
  readonly module: string
  /** The side of it that is called: whoever has objects is the SENDER. */
  readonly role: InterfaceRole
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Behind the address of the module, each part by itself: `['DE', 'ABC', 'LOC1']`. */
  readonly path?: readonly string[]
  readonly query?: Readonly<Record<string, string>>
  /** A whole address instead of module and path: the next page of a list, the `response_url` of a command. */
  readonly url?: string
  readonly body?: unknown
  /** JSON that is written already, in place of `body`: it goes out to the byte as it is. */
  readonly text?: string
  /** The party of ours that speaks, and the party that is spoken to; without `to` it is for whoever it concerns (OCPI 2.3.0 transport, "Message routing"). */
  readonly from?: PartyCode
  readonly to?: PartyCode
  readonly timeoutMs?: number
  /** For the ledger. */
  readonly kind: 'push' | 'pull' | 'ask'
  readonly object?: string
  readonly attempt?: number
  /** What of the object could not be said in the body, as `toWire` has told. */
  readonly losses?: readonly { readonly pointer: string; readonly detail: string }[]
}

/** What a partner said. `data` as it came: whoever asked reads it by the partner's version. */
export type ModuleReply =
  | {
      readonly type: 'done'
      readonly data: unknown
      readonly code: number
      readonly status: number
      readonly headers: Readonly<Record<string, string>>
    }
  /** It has understood, and will not: 2xxx, or 4xx of HTTP. The same again would be refused again. */
  | { readonly type: 'refused'; readonly status: number; readonly code?: number; readonly reason: string }
  /** It cannot now: 3xxx, 5xx, 429, or nothing has left us. */
  | { readonly type: 'failed'; readonly reason: string; readonly status?: number; readonly retryAfterMs?: number }
  /** It has left us, and no answer that can be read came. */
  | { readonly type: 'unclear'; readonly reason: string; readonly headers?: Readonly<Record<string, string>> }
  /** It has no such module, or is not registered (any more): nothing was sent. */
  | { readonly type: 'absent'; readonly reason: string }

/** Calls a partner's modules by its version, its quirks and its token. Never throws; every call is in the ledger. */
export type CallModule = (partner: RoamingPartner, call: ModuleCall) => Promise<ModuleReply>
