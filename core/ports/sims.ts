import type { AuditActor } from '../domain/audit.ts'
import type { ChargePointRef } from '../domain/charge-point.ts'
import type { SimMonth } from '../domain/connectivity-cost.ts'
import type { ConnectivityFacts } from '../domain/diagnosis.ts'
import type { Sim, SimState } from '../domain/sim.ts'
import type { SimCommand } from '../domain/sim-command.ts'
import type { UsageDay } from '../domain/usage-day.ts'
import type { OutboxJob } from './outbox.ts'
import type { Connectivity, SimEvent, SimPage, SimProvider, SimRecord } from './sim.ts'
import type { SimKinds, SimPolicy, Turn } from './sim-kinds.ts'
import type { Page, PageRequest } from './store.ts'

/** A provider of a tenant's SIMs, with its settings. */
export interface SimProviderRecord {
  readonly tenant: string
  /** The operator's own name for it. */
  readonly id: string
  readonly kind: string
  readonly settings: Readonly<Record<string, unknown>>
  /** Sealed: a JSON object of texts. */
  readonly secrets?: string
  readonly enabled: boolean
  readonly changedAt: number
}

export interface SimProviderView extends SimProviderRecord {
  /** How many SIMs are known to be its. */
  readonly sims: number
  /** Attempts in a row that it could not be reached, or said nothing that could be read. */
  readonly faults: number
  readonly pausedUntil?: number
  /** What it said the last time that it did not answer. */
  readonly said?: string
  readonly import?: { readonly state: 'wanted' | 'done'; readonly sims: number; readonly at: number }
}

export interface ProviderRef {
  readonly tenant: string
  readonly provider: string
}

export interface SimProviderStore {
  /** With it an audit entry; its SIMs are looked after from now on. Answers whether it is new. */
  put(provider: SimProviderRecord, by: AuditActor): Promise<boolean>
  find(ref: ProviderRef): Promise<SimProviderView | undefined>
  /** By their names. */
  list(tenant: string, page: PageRequest): Promise<Page<SimProviderView>>
  /** Its SIMs stay, as nobody's; its secrets are forgotten. */
  remove(ref: ProviderRef, by: AuditActor, at: number): Promise<boolean>
  /** All of its SIMs are to be read in. False where there is no such provider. */
  wantImport(ref: ProviderRef, at: number): Promise<boolean>
}

export interface SimRef {
  readonly tenant: string
  readonly iccid: string
}

export interface SimView extends Sim {
  readonly connectivity?: Connectivity & { readonly at: number }
  readonly events: readonly SimEvent[]
}

/** Where a SIM was: `until` is absent where it is still. */
export interface SimStay {
  readonly station: string
  readonly from: number
  readonly until?: number
}

export interface SimCost extends SimMonth {
  readonly dataMillionths: number
  readonly sms: number
  /** When it came into the general ledger; absent: it has not yet. */
  readonly postedAt?: number
}

export interface SimFilter {
  readonly provider?: string
  readonly station?: string
  readonly state?: SimState
  /** In a charge point, or in none. */
  readonly isPlaced?: boolean
}

export interface SimStore {
  /** By their ICCIDs. */
  list(tenant: string, filter: SimFilter, page: PageRequest): Promise<Page<SimView>>
  find(ref: SimRef): Promise<SimView | undefined>
  /** The latest first. */
  stays(ref: SimRef): Promise<readonly SimStay[]>
  /** Of a month, in order. */
  usage(ref: SimRef, month: string): Promise<readonly UsageDay[]>
  /** The latest first, a year of them. */
  costs(ref: SimRef): Promise<readonly SimCost[]>
  /** What is known of how a charge point is connected; undefined where there is none. */
  facts(ref: ChargePointRef): Promise<(ConnectivityFacts & { readonly iccid?: string }) | undefined>
  /** Files a command, with its audit entry, and has it looked after. */
  command(command: SimCommand, by: AuditActor): Promise<void>
  commands(ref: SimRef, page: PageRequest): Promise<Page<SimCommand>>
  findCommand(ref: SimRef & { readonly id: string }): Promise<SimCommand | undefined>
}

/** A provider that one process looks after, as it stands. */
export interface HeldProvider extends SimProviderRecord {
  readonly holder: string
  readonly faults: number
  /** Nothing is asked before. */
  readonly nextTurnAt: number
}

/** What is to be asked of a provider next. */
export type SimTask =
  | { readonly type: 'command'; readonly command: SimCommand; readonly usageFrom: string }
  | { readonly type: 'import'; readonly cursor?: string }
  /** Whether it has a SIM that nobody is known to have. */
  | { readonly type: 'find'; readonly iccid: string }
  | { readonly type: 'look'; readonly iccid: string; readonly usageFrom: string }

/** Everything that a look at a SIM has brought. */
export interface SimLook {
  readonly record: SimRecord
  readonly connectivity?: Connectivity
  readonly usage: readonly UsageDay[]
  readonly events: readonly SimEvent[]
}

/** How a provider has been answering. */
export interface SimPace {
  readonly faults: number
  readonly pausedUntil?: number
  readonly nextTurnAt: number
  readonly said?: string
}

/**
 * What is done about the SIMs of one provider is its lane: one process looks after it at a time, and asks one thing after
 * the other. As long as there is something to ask, a row has it looked after: a job in the outbox, or a deadline `sim.lane`.
 */
export interface SimLanes {
  /**
   * The job is taken over. Undefined: somebody else is at it, it is paused, or nobody is asked there. What a holder who has
   * died had sent is unclear from now on.
   */
  enter(job: Pick<OutboxJob, 'id' | 'tenant' | 'key'>, holder: string, at: number): Promise<HeldProvider | undefined>
  /** What is asked next; a command is `sent` from this commit on. */
  take(lane: HeldProvider, at: number): Promise<SimTask | undefined>
  /** What has come of a command; `look`: what was learnt with it. */
  settle(command: SimCommand, event: SimOutcome, at: number): Promise<void>
  /** It has these; `next`: there are more. */
  imported(lane: HeldProvider, page: SimPage, at: number): Promise<void>
  /** It has it, or it has not. */
  found(lane: HeldProvider, iccid: string, record: SimRecord | undefined, at: number): Promise<void>
  /** Undefined: it is its no more. `nextAt`: when it is looked at again. */
  looked(lane: HeldProvider, iccid: string, look: SimLook | undefined, plan: LookPlan): Promise<void>
  /** It could not be looked at now. */
  putOff(lane: HeldProvider, iccid: string, until: number, at: number): Promise<void>
  /** Months of a provider's SIMs that are over and worked out, and not in the general ledger yet. */
  unposted(lane: HeldProvider): Promise<readonly SimMonth[]>
  posted(month: SimMonth, at: number): Promise<void>
  /** Nobody here looks after it any more: it is looked at again when something is due there. */
  leave(lane: HeldProvider, pace: SimPace, at: number): Promise<void>
  /** Charge points that have booted with another SIM than before: one of them, whose job this is. */
  booted(job: Pick<OutboxJob, 'id' | 'tenant' | 'key'>, at: number): Promise<void>
  /** Commands that wait for a charge point which has connected, or whose time is over; answers how many that were. */
  sweep(at: number, limit: number): Promise<number>
}

export type SimOutcome =
  | { readonly type: 'accepted'; readonly detail?: string }
  | { readonly type: 'refused' | 'unavailable' | 'unclear'; readonly reason: string }

export interface LookPlan {
  readonly at: number
  readonly nextAt: number
  readonly policy: Pick<SimPolicy, 'capMb' | 'tariff'>
}

/** Where people look after providers of SIMs. */
export interface SimDesk {
  readonly kinds: SimKinds
  /** Both throw where its settings or secrets cannot be read any more. */
  open(provider: SimProviderRecord, turn: Turn): SimProvider
  policy(provider: SimProviderRecord): SimPolicy
  /** By name; none where they cannot be read any more. */
  secretsOf(provider: Pick<SimProviderRecord, 'secrets'>): Readonly<Record<string, string>>
}
