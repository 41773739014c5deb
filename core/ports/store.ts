import type { Grant } from '../domain/access.ts'
import type { ChargingProfile } from '../charging/profile.ts'
import type { Supply } from '../charging/limits.ts'
import type { AuditAction, AuditActor, AuditDraft, AuditEntry } from '../domain/audit.ts'
import type { Campaign, Progress, TargetState } from '../domain/campaign.ts'
import type { Cdr, CdrState, Release } from '../domain/cdr.ts'
import type { ChargePointRef, Inventory, Registration, RemoteStart, SecurityProfile } from '../domain/charge-point.ts'
import type { Command, CommandOutcome, CommandState, Expectation, Step } from '../domain/command.ts'
import type { LocalList } from '../domain/local-list.ts'
import type { Item, ItemKind } from '../domain/item.ts'
import type { MirrorChange } from '../domain/mirror.ts'
import type { DisplayPrice } from '../pricing/display-price.ts'
import type { Grounds } from '../pricing/explain.ts'
import type { CertificateHash } from '../domain/certificate.ts'
import type { InstalledUse, OrderType } from '../domain/order.ts'
import type { Reservation, ReservationState } from '../domain/reservation.ts'
import type { ConnectorStatus } from '../domain/connector.ts'
import type { DomainEvent } from '../domain/event.ts'
import type { Reading, SampledValue } from '../domain/meter.ts'
import type { Session, SessionState } from '../domain/session.ts'
import type { Token } from '../domain/token.ts'
import type { TraceEntry, TraceQuery } from '../domain/trace.ts'
import type { Agreements } from './agreements.ts'
import type { AuthorityStore } from './authority.ts'
import type { CertificateStore } from './certificates.ts'
import type { DeliveryList, DeliveryStore, ErpTargetStore, StatementDeliveries } from './deliveries.ts'
import type { ContractStore } from './contracts.ts'
import type { DocumentStore } from './documents.ts'
import type { FileStore } from './files.ts'
import type { ChargingStationStore, EvseStore, PartyStore, SiteStore, TenureStore } from './market.ts'
import type { AskedCommandStore } from './roaming-commands.ts'
import type { OicpStore } from './oicp.ts'
import type { SimProviderStore, SimStore } from './sims.ts'
import type { RoamingPartnerStore } from './roaming-partners.ts'
import type { SettlementStore } from './settlement.ts'
import type { StatementStore } from './statements.ts'
import type { TariffStore } from './tariffs.ts'
import type { BrandStore, ResaleStore, TenantRegister } from './tenants.ts'
import type { TrustAnchorStore } from './trust-anchors.ts'
import type { WhatIfStore } from './what-ifs.ts'

/** What operators read and write, one tenant at a time. Implementation: adapters/postgres/store (sm_app, row-level security). */
export interface Store {
  readonly chargePoints: ChargePointStore
  readonly tokens: TokenStore
  readonly contracts: ContractStore
  readonly statements: StatementStore
  readonly sessions: SessionStore
  readonly cdrs: CdrStore
  readonly documents: DocumentStore
  readonly commands: CommandStore
  readonly campaigns: CampaignStore
  readonly events: EventStore
  readonly apiKeys: ApiKeyStore
  readonly idempotency: IdempotencyStore
  readonly quarantine: QuarantineStore
  readonly reservations: ReservationStore
  readonly mirrors: MirrorStore
  readonly securityEvents: SecurityEventStore
  readonly tenants: TenantStore
  readonly tenantRegister: TenantRegister
  readonly brands: BrandStore
  readonly resale: ResaleStore
  readonly authorities: AuthorityStore
  readonly certificates: CertificateStore
  readonly trustAnchors: TrustAnchorStore
  readonly files: FileStore
  readonly whatIfs: WhatIfStore
  readonly audit: AuditStore
  readonly erpTargets: ErpTargetStore
  readonly erpDeliveries: DeliveryStore
  readonly statementDeliveries: StatementDeliveries
  readonly traces: TraceReader
  readonly parties: PartyStore
  readonly sites: SiteStore
  readonly chargingStations: ChargingStationStore
  readonly evses: EvseStore
  readonly tenures: TenureStore
  readonly tariffs: TariffStore
  readonly roamingPartners: RoamingPartnerStore
  readonly roamingDeliveries: DeliveryList
  readonly askedCommands: AskedCommandStore
  readonly oicp: OicpStore
  readonly settlement: SettlementStore
  readonly agreements: Agreements
  readonly sims: SimStore
  readonly simProviders: SimProviderStore
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

/** Whoever asks may not see what they want to write, or what stands in its way. */
export class OutOfSight extends Error {
  override readonly name = 'OutOfSight'

  constructor(cause: Error) {
    super('not within the sight of whoever asks', { cause })
  }
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
  /** That of its EVSE, as it is shown. */
  readonly evseId?: string
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
  readonly remoteStart: RemoteStart
  /** What it charges with; absent = three phases of 230 V. */
  readonly supply?: Supply
  readonly securityProfile?: SecurityProfile
  readonly assumeProtocol?: string
  /** The most that one of its connectors can deliver, in W. */
  readonly maxPowerW?: number
  /** What its display is to say that a session costs; absent = nothing is told. */
  readonly displayPrice?: DisplayPrice
  readonly lastSeen?: number
  readonly inventory?: Partial<Inventory>
  readonly connectors: readonly ConnectorView[]
}

export interface ChargePointStore {
  list(tenant: string, page: PageRequest & { readonly online?: boolean }): Promise<Page<ChargePointView>>
  find(ref: ChargePointRef): Promise<ChargePointView | undefined>
  /** Those of these identities that are registered, in lower case. */
  registered(tenant: string, identities: readonly string[]): Promise<ReadonlySet<string>>
  /** Whether another one has this name, as its identity or as the serial number that it reports; in any case. */
  isAnothers(ref: ChargePointRef, name: string): Promise<boolean>
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
  readonly remoteStart?: RemoteStart
  readonly supply?: Supply
  /** A sub-protocol, or `none` again. */
  readonly assumeProtocol?: string
  readonly maxPowerW?: number
  /** null = none any more. */
  readonly displayPrice?: DisplayPrice | null
  readonly firstTransaction: number
}

export interface TokenStore {
  list(tenant: string, page: PageRequest & { readonly issuer?: string }): Promise<Page<Token>>
  /** Those that may charge as far as they are concerned, all of them or these; what their contracts say is in their terms. */
  accepted(tenant: string, uids?: readonly string[]): Promise<readonly Token[]>
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

export interface CdrFilter {
  readonly chargePoint?: string
  readonly session?: string
  readonly state?: CdrState
  readonly from?: number
  readonly to?: number
}

/** A CDR and the number it has in the books, once it is sealed. */
export interface CdrView extends Cdr {
  readonly number?: number
}

export interface CdrStore {
  list(tenant: string, filter: CdrFilter, page: PageRequest): Promise<Page<CdrView>>
  find(tenant: string, id: string): Promise<CdrView | undefined>
  /** What a CDR was made of, for whoever wants it explained: its registers, and the readings of its session. */
  grounds(cdr: Cdr): Promise<Pick<Grounds, 'account' | 'readings'>>
  /** Issues a CDR that is held, with its event and its audit entry, in one commit; or says why not. */
  release(
    tenant: string,
    id: string,
    release: ReleaseOrder,
  ): Promise<Cdr | 'missing' | 'notHeld' | 'nothingProposed' | 'priceDoesNotAddUp'>
}

export type ReleaseOrder = Release & { readonly by: AuditActor; readonly note: string; readonly at: number }

/**
 * What operators did. Whoever changes something in a transaction of its own writes the entry in it (adapters/postgres:
 * `writeAudit`); `append` is for what is done elsewhere.
 */
export interface AuditStore {
  append(draft: AuditDraft): Promise<void>
  /** The newest first. */
  list(
    tenant: string,
    filter: { readonly action?: AuditAction; readonly subject?: string },
    page: PageRequest,
  ): Promise<Page<AuditEntry>>
}

export interface CommandStore {
  /** Stores a new command and its deadline; answers it with its number. */
  create(command: Omit<Command, 'number'>): Promise<Command>
  find(tenant: string, id: string): Promise<Command | undefined>
  list(ref: ChargePointRef, page: PageRequest): Promise<Page<Command>>
  /** Those that wait for the charge point to be connected, the oldest first. */
  waiting(ref: ChargePointRef): Promise<readonly Command[]>
  /** Those of this type that are not over, in the order in which they were stored. */
  open(ref: ChargePointRef, type: OrderType): Promise<readonly Command[]>
  /**
   * Takes the next step unless something else has happened to the command meanwhile, with what it now waits for, what was
   * learnt with it, and its event, in one commit. Answers the command as it then is. Throws `LedgerUnavailable` where the
   * store cannot commit now.
   */
  step(
    command: Pick<Command, 'tenant' | 'id'>,
    step: Step,
    more?: {
      readonly expects?: Expectation
      readonly learnt?: readonly MirrorChange[]
      /** It is decided on the word that the command stands so. */
      readonly from?: CommandState
    },
  ): Promise<{ readonly command: Command; readonly taken: boolean }>
}

export interface ReservationStore {
  /** Newest first. */
  list(
    tenant: string,
    filter: { readonly chargePoint?: string; readonly state?: ReservationState },
    page: PageRequest,
  ): Promise<Page<Reservation>>
  find(tenant: string, id: number): Promise<Reservation | undefined>
}

/** One configuration key of a station: what it said, and what it should be. */
export interface ConfigurationView {
  readonly key: string
  readonly value?: string
  readonly readonly: boolean
  /** False = the station says that it has no such key. */
  readonly known: boolean
  readonly reportedAt?: number
  readonly desired?: string
  /** What is desired has been taken, and is in force after a boot. */
  readonly afterBoot: boolean
}

/** What stations have told of themselves in answers (core/domain/mirror.ts). */
export interface MirrorStore {
  configuration(ref: ChargePointRef): Promise<readonly ConfigurationView[]>
  /** Says what a key should be; null = no matter. */
  desire(ref: ChargePointRef, key: string, value: string | null, at: number): Promise<void>
  localList(ref: ChargePointRef): Promise<LocalListView | undefined>
  chargingProfiles(ref: ChargePointRef): Promise<readonly TakenProfile[]>
  certificates(
    ref: ChargePointRef,
  ): Promise<readonly (CertificateHash & { readonly use: InstalledUse; readonly reportedAt: number })[]>
  /** What it has of one kind, by key; `prefix`: only keys that begin with it; `at`: what is over by then is left out. */
  items(
    ref: ChargePointRef,
    query: { readonly kind: ItemKind; readonly prefix?: string; readonly at?: number },
    page: PageRequest,
  ): Promise<Page<ItemView>>
}

export interface TakenProfile extends ChargingProfile {
  readonly takenAt: number
}

export interface ItemView extends Item {
  readonly reportedAt: number
}

export interface LocalListView {
  readonly list?: LocalList
  readonly takenAt?: number
  /** Sent, and its answer is still out. */
  readonly uncertain?: LocalList
}

export interface SecurityEventView {
  readonly id: number
  readonly chargePoint: string
  readonly event: string
  readonly critical: boolean
  readonly at: number
  readonly receivedAt: number
  readonly info?: string
}

export interface SecurityEventStore {
  /** Newest first. */
  list(
    tenant: string,
    filter: { readonly chargePoint?: string; readonly critical?: boolean; readonly event?: string },
    page: PageRequest,
  ): Promise<Page<SecurityEventView>>
}

/** What holds for all charge points of a tenant. */
export interface TenantView {
  readonly tenant: string
  readonly name: string
  /** Of charge points that are registered without a word about it. */
  readonly registration: Registration
  /** As in its stations' certificates (O). */
  readonly organisation?: string
}

export interface TenantStore {
  find(tenant: string): Promise<TenantView | undefined>
  change(tenant: string, to: Partial<Omit<TenantView, 'tenant'>>): Promise<TenantView | undefined>
}

/** Which charge points a campaign is for, as they are when it is made. */
export type TargetChoice =
  /** In this order, so that the canary are the first of them. */
  | { readonly identities: readonly string[] }
  /** All of these, in an order that has nothing to do with their names: neighbours are no canary. */
  | {
      readonly vendor?: string
      readonly model?: string
      readonly firmware?: string
      readonly online?: boolean
    }

export interface CampaignView extends Campaign {
  readonly progress: Progress
  /** Orders a second that went out in the last ten seconds. */
  readonly measuredPerS: number
}

export interface CampaignTarget {
  readonly chargePoint: string
  readonly state: TargetState
  /** The order it was given, the last one where there were several. */
  readonly command?: string
  readonly outcome?: CommandOutcome
  readonly orders: number
  /** When it is or was due to go out. */
  readonly orderedAt?: number
}

/** What one look at a campaign changes, stored in one commit. */
export interface CampaignChange {
  readonly at: number
  readonly campaign: Campaign
  /** Takes back every order that was not sent: its command is cancelled, its charge point waits again. The text says why. */
  readonly withdraw?: string
  readonly issue?: {
    /** When each of the next orders goes out. Fewer are taken where there are fewer charge points. */
    readonly moments: readonly number[]
    /** Only among the first so many. */
    readonly among: number
    /** Those that were not reached and are connected now may be ordered again. */
    readonly again: boolean
    readonly command: (identity: string, moment: number) => Omit<Command, 'number'>
  }
  /** When it must be looked at again. */
  readonly next: number | undefined
}

/** An order whose row is committed, and when it is to be sent on its way. */
export interface PlannedOrder {
  /** The target it is for, as its store knows it. */
  readonly target: number
  readonly at: number
  readonly command: Command
}

export interface CampaignStore {
  /** Plans it for the charge points chosen; undefined where there is none. */
  create(campaign: Omit<Campaign, 'targets'>, choice: TargetChoice): Promise<CampaignView | undefined>
  find(tenant: string, id: string, at: number): Promise<CampaignView | undefined>
  list(tenant: string, page: PageRequest, at: number): Promise<Page<CampaignView>>
  targets(
    campaign: Campaign,
    filter: { readonly state?: TargetState },
    page: PageRequest,
  ): Promise<Page<CampaignTarget>>
  /** Campaigns of all tenants that must be looked at now. */
  due(at: number, limit: number): Promise<readonly { readonly tenant: string; readonly id: string }[]>
  /**
   * Counts its targets under the lock of the campaign, lets `decide` say what changes, and stores that: state, commands
   * of the charge points ordered, the next deadline and the event in one commit. Answers the orders to be sent.
   * `dueAt` = only where it is still due then and nobody else looks at it. Undefined where nothing was done.
   */
  change(
    ref: { readonly tenant: string; readonly id: string },
    decide: (campaign: Campaign, progress: Progress) => CampaignChange | undefined,
    dueAt?: number,
  ): Promise<{ readonly campaign: Campaign; readonly orders: readonly PlannedOrder[] } | undefined>
  /** These orders have left us: whoever looks next need not see to them. */
  handedOver(ref: { readonly tenant: string; readonly id: string }, orders: readonly PlannedOrder[]): Promise<void>
  /** One that cannot be looked at must not keep the others from it. */
  putOff(ref: { readonly tenant: string; readonly id: string }, until: number): Promise<void>
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

export interface ApiKey extends Grant {
  readonly id: string
  /** Absent = platform key. */
  readonly tenant?: string
  /** The reseller by whose key it was made: it counts for as long as its tenant is below that one. */
  readonly through?: string
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
