import type { AuditActor } from '../domain/audit.ts'
import type { AttemptOutcome, Delivery, DeliveryChange, DeliveryOf, DeliveryState, Lane } from '../domain/delivery.ts'
import type { SealedDocument } from '../domain/document.ts'
import type { StatementName } from '../settlement/closed-statement.ts'
import type { OutboxJob } from './outbox.ts'
import type { Page, PageRequest } from './store.ts'

/** Where documents are sent. */
export interface DeliveryTarget {
  readonly tenant: string
  /** The operator's own name for it. */
  readonly id: string
  /** How many documents may be on their way to it at the same time. */
  readonly mostInFlight: number
}

/** One receiver of the operator's, with its settings. */
export interface ErpTarget extends DeliveryTarget {
  /** `webhook`, `file`, …: who can talk to it. */
  readonly kind: string
  readonly settings: Readonly<Record<string, unknown>>
  /** Sealed: a JSON object of texts. */
  readonly secrets?: string
  readonly enabled: boolean
  readonly changedAt: number
}

export interface ErpTargetView extends ErpTarget, Lane {
  /** How many deliveries of it are in which state; what it has none of is not named. */
  readonly deliveries: Readonly<Partial<Record<DeliveryState, number>>>
}

export interface TargetRef {
  readonly tenant: string
  readonly target: string
}

export interface ErpTargetStore {
  /** With it an audit entry; what waits for it goes on. Answers whether it is new. */
  put(target: ErpTarget, by: AuditActor): Promise<boolean>
  find(ref: TargetRef): Promise<ErpTargetView | undefined>
  /** By their names. */
  list(tenant: string, page: PageRequest): Promise<Page<ErpTargetView>>
  /** What waits for it is cancelled, its secrets are forgotten; `busy`: something is on its way to it. */
  remove(ref: TargetRef, by: AuditActor, at: number): Promise<'removed' | 'missing' | 'busy'>
}

export interface DeliveryRef extends TargetRef {
  /** Its id. */
  readonly document: string
}

export interface AttemptView {
  readonly attempt: number
  readonly beganAt: number
  readonly endedAt?: number
  readonly asked: boolean
  /** Absent while nobody has said. */
  readonly outcome?: AttemptOutcome['type'] | 'found'
  readonly detail?: string
}

export interface DeliveryView extends Delivery {
  /** The oldest first. */
  readonly history: readonly AttemptView[]
}

/** Pure: what one event makes of a delivery; undefined where it makes no sense as it stands. */
export type Decide = (delivery: Delivery) => DeliveryChange | undefined

/** A person's word on a delivery, as the audit log has it. */
export interface Word {
  readonly by: AuditActor
  readonly at: number
  readonly note?: string
}

export interface StatementDeliveryView extends DeliveryView {
  readonly statement: StatementName
}

/** Deliveries of one kind of targets. */
export interface DeliveryList<View extends DeliveryView = DeliveryView> {
  /** The highest number first. */
  list(
    tenant: string,
    filter: { readonly target?: string; readonly state?: DeliveryState },
    page: PageRequest,
  ): Promise<Page<View>>
  /** In one commit: what is decided, its audit entry, and that its target is looked after. */
  change(
    ref: DeliveryRef,
    decide: Decide,
    word: Word & { readonly action: DeliveryAct },
  ): Promise<View | 'missing' | 'senseless'>
}

/** Those of closed statements to the operator's books. */
export type StatementDeliveries = DeliveryList<StatementDeliveryView>

/** Those to the operator's books. */
export interface DeliveryStore extends DeliveryList {
  /**
   * Files deliveries for the documents of these numbers that have none there yet, and asks `decide` about all others.
   * Answers how many will be sent, and how many stay as they are.
   */
  replay(
    ref: TargetRef,
    range: { readonly from: number; readonly to: number },
    decide: Decide,
    word: Word,
  ): Promise<{ readonly queued: number; readonly kept: number }>
}

export type DeliveryAct = `${DeliveryOf}-delivery.${'retried' | 'resolved'}`

/** A delivery that is `sending` from this commit on, or what else has become of it: then there is nothing to send. */
export interface Taken<Document = SealedDocument> {
  readonly delivery: Delivery
  readonly document: Document
  readonly asks: boolean
}

/**
 * What is on its way to one target is its lane. As long as something waits or is under way, there is a row that has it
 * looked after: a job in the outbox, or a deadline (`erp.lane`, `statement.lane`, `roaming.cdrs`).
 */
export interface DeliveryLanes<Target extends DeliveryTarget = ErpTarget, Document = SealedDocument> {
  /** The job is taken over: its row leaves, and a deadline takes its place, in one commit. Undefined: nothing is sent there. */
  enter(job: Pick<OutboxJob, 'id' | 'tenant' | 'key'>, at: number): Promise<Target | undefined>
  /** Commits what `decide` makes of the delivery that has been due for the longest; undefined: none is, or there is no room. */
  take(ref: TargetRef, at: number, decide: Decide): Promise<Taken<Document> | undefined>
  /**
   * Commits what an attempt came to, with its event. Undefined where another attempt has begun since, or `decide` says
   * that it changes nothing: then it is only noted.
   */
  settle(taken: Taken<Document>, outcome: AttemptOutcome, decide: Decide, at: number): Promise<Delivery | undefined>
  /** Nobody here looks after it any more: it is looked at again when the next one is due. */
  rest(ref: TargetRef, at: number): Promise<void>
}
