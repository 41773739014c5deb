import type { Cdr } from '../domain/cdr.ts'
import type { ChargePointRef, Inventory, Registration, SecurityProfile } from '../domain/charge-point.ts'
import type { Command, Expectation } from '../domain/command.ts'
import type { ConnectorStatus } from '../domain/connector.ts'
import type { DomainEvent } from '../domain/event.ts'
import type { Reading, SampledValue } from '../domain/meter.ts'
import type { Session, SessionState } from '../domain/session.ts'
import type { Token } from '../domain/token.ts'
import type { TraceEntry, TraceQuery } from '../domain/trace.ts'

/** What operators read and write, one tenant at a time. Implementation: adapters/postgres/store (sm_app, row-level security). */
export interface Store {
  readonly chargePoints: ChargePointStore
  readonly tokens: TokenStore
  readonly sessions: SessionStore
  readonly cdrs: CdrStore
  readonly commands: CommandStore
  readonly events: EventStore
  readonly apiKeys: ApiKeyStore
  readonly idempotency: IdempotencyStore
  readonly quarantine: QuarantineStore
  readonly traces: TraceReader
}

/** `next` is an opaque cursor, or null at the end. */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly next: string | null
}

export interface PageRequest {
  readonly limit: number
  readonly cursor?: string
}

/** The cursor is not one of ours. */
export class BadCursor extends Error {
  override readonly name = 'BadCursor'
}

export interface Verifier {
  readonly salt: Uint8Array
  readonly hash: Uint8Array
}

export interface ConnectorView {
  readonly evse: number
  readonly connector: number
  readonly status: ConnectorStatus
  readonly errorCode: string
  readonly info?: string
  /** The open session on it. */
  readonly session?: string
}

export interface ChargePointView extends ChargePointRef {
  readonly online: boolean
  readonly protocol?: string
  readonly registration: Registration
  readonly blocked: boolean
  /** Absent = nobody has said so: its trace is kept while there are few charge points. */
  readonly traced?: boolean
  readonly clockless: boolean
  readonly securityProfile?: SecurityProfile
  readonly lastSeen?: number
  readonly inventory?: Partial<Inventory>
  readonly connectors: readonly ConnectorView[]
}

export interface ChargePointStore {
  list(tenant: string, page: PageRequest & { readonly online?: boolean }): Promise<Page<ChargePointView>>
  find(ref: ChargePointRef): Promise<ChargePointView | undefined>
  /** Those of these identities that are registered, in lower case. */
  registered(tenant: string, identities: readonly string[]): Promise<ReadonlySet<string>>
  /**
   * Registers or changes charge points, all in one commit, each with its event. `verifier` undefined = keep what is
   * there. `firstTransaction` seeds the counter of a new one. Answers for each whether it is new.
   */
  put(
    tenant: string,
    records: readonly ChargePointPut[],
    at: number,
  ): Promise<readonly { readonly identity: string; readonly created: boolean }[]>
  /** Keeps its trace from now on, or no longer; undefined = as is usual. False where there is no such charge point. */
  trace(ref: ChargePointRef, on: boolean | undefined, at: number): Promise<boolean>
  remove(ref: ChargePointRef, at: number): Promise<boolean>
}

export interface ChargePointPut {
  readonly identity: string
  readonly verifier?: Verifier
  readonly registration?: Registration
  readonly blocked?: boolean
  readonly securityProfile?: SecurityProfile
  readonly clockless?: boolean
  readonly firstTransaction: number
}

export interface TokenStore {
  list(tenant: string, page: PageRequest & { readonly issuer?: string }): Promise<Page<Token>>
  find(tenant: string, uid: string, issuer: string): Promise<Token | undefined>
  put(
    tenant: string,
    tokens: readonly Token[],
    at: number,
  ): Promise<readonly { readonly uid: string; readonly created: boolean }[]>
  remove(tenant: string, uid: string, issuer: string, at: number): Promise<boolean>
}

export interface SessionFilter {
  readonly chargePoint?: string
  readonly state?: SessionState
  readonly token?: string
  readonly from?: number
  readonly to?: number
}

/** A session and the CDR it ended in, when there is one. */
export interface SessionView extends Session {
  readonly cdr?: string
}

export interface SessionStore {
  list(tenant: string, filter: SessionFilter, page: PageRequest): Promise<Page<SessionView>>
  find(tenant: string, id: string): Promise<SessionView | undefined>
  /** In the order of the station's clock. */
  samples(
    session: Session,
    page: PageRequest,
  ): Promise<Page<Reading & { readonly values: readonly SampledValue[]; readonly receivedAt: number }>>
  /** In the order in which we received them. */
  messages(session: Session, page: PageRequest): Promise<Page<SessionMessage>>
}

/** What a session is made of: a fact as it came, or one reading of it. */
export interface SessionMessage {
  /** A fact's kind, or `reading`. */
  readonly kind: string
  readonly at: number
  readonly receivedAt: number
  readonly protocol: string
  readonly flags: readonly string[]
  /** The frame of a fact. */
  readonly wire?: string
  /** The element of a reading. */
  readonly reading?: string
}

export interface CdrStore {
  list(
    tenant: string,
    filter: { readonly chargePoint?: string; readonly session?: string; readonly from?: number; readonly to?: number },
    page: PageRequest,
  ): Promise<Page<Cdr>>
  find(tenant: string, id: string): Promise<Cdr | undefined>
}

export interface CommandStore {
  create(command: Command): Promise<void>
  find(tenant: string, id: string): Promise<Command | undefined>
  list(ref: ChargePointRef, page: PageRequest): Promise<Page<Command>>
  /**
   * Stores the next step unless the command is over (then it answers the command as it is), with what it now waits for
   * and its event, in one commit.
   */
  save(command: Command, expects?: Expectation): Promise<Command>
}

/** Events in commit order; the cursor is (xid, id), `Last-Event-ID` on the wire. */
export interface EventStore {
  /** Events after the cursor that no later commit can precede any more; undefined = from now on. */
  after(
    tenant: string,
    cursor: string | undefined,
    limit: number,
  ): Promise<{ readonly events: readonly StoredEvent[]; readonly cursor: string }>
}

export interface StoredEvent extends DomainEvent {
  readonly cursor: string
}

export interface ApiKey {
  readonly id: string
  /** Absent = platform key. */
  readonly tenant?: string
  readonly label: string
  readonly createdAt: number
  readonly expiresAt?: number
  readonly revokedAt?: number
}

export interface ApiKeyStore {
  create(key: ApiKey, lookup: Uint8Array, verifier: Verifier): Promise<void>
  list(tenant: string): Promise<readonly ApiKey[]>
  revoke(tenant: string, id: string, at: number): Promise<boolean>
  /** Keys of the platform, which see every tenant. */
  readonly platform: {
    list(): Promise<readonly ApiKey[]>
    revoke(id: string, at: number): Promise<boolean>
    /** Revokes the keys of this label but for the one found by `lookup`. */
    replace(label: string, lookup: Uint8Array, at: number): Promise<void>
  }
  /** By the keyed hash of the key's first characters; the caller compares the verifier. */
  byLookup(lookup: Uint8Array): Promise<(ApiKey & { readonly verifier: Verifier }) | undefined>
}

export interface QuarantinedMessage {
  readonly id: number
  readonly chargePoint: string
  readonly receivedAt: number
  readonly action: string
  readonly reason: string
  /** The frame as it came. */
  readonly wire: string
}

export interface QuarantineStore {
  list(tenant: string, filter: { readonly chargePoint?: string }, page: PageRequest): Promise<Page<QuarantinedMessage>>
}

export interface TraceReader {
  /** The newest stored entries of a charge point, newest first. */
  newest(ref: ChargePointRef, query: TraceQuery): Promise<readonly TraceEntry[]>
}

export type Claimed =
  | { readonly state: 'new' }
  | { readonly state: 'running' }
  | { readonly state: 'answered'; readonly status: number; readonly body: unknown }
  | { readonly state: 'otherRequest' }

export interface IdempotencyStore {
  /** Takes the key for a request with this fingerprint, or says what became of the request that took it before. */
  claim(tenant: string, key: string, fingerprint: string): Promise<Claimed>
  answer(tenant: string, key: string, status: number, body: unknown): Promise<void>
  /** Gives the key back when the request failed before it did anything. */
  release(tenant: string, key: string): Promise<void>
}
