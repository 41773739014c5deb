import type { DomainEvent } from './event.ts'

/**
 * A document on its way to one target: to the operator's books, or to a roaming partner. Its row is the truth; whoever
 * sends it only looks after it.
 */
export interface Delivery {
  readonly tenant: string
  readonly target: string
  /** Its id. */
  readonly document: string
  readonly number: number
  readonly state: DeliveryState
  /** Begun so far; only ever grows, so that whoever answers for an older one answers too late. */
  readonly attempts: number
  /** Of these, the ones that count no more: a person has asked for it again since. */
  readonly forgiven: number
  /** An attempt has left us, and nobody has said what became of it: it may be there already. */
  readonly isDoubtful: boolean
  /** `queued`: when it may be sent; absent = now. `sending`: by when whoever sends it must have said something. */
  readonly nextAt?: number
  /** What the receiver calls it. */
  readonly reference?: string
  /** Why it is as it is: of the last attempt, or of whoever decided. */
  readonly reason?: string
  readonly changedAt: number
}

export const deliveryStates = ['queued', 'sending', 'accepted', 'refused', 'unclear', 'cancelled'] as const
export type DeliveryState = (typeof deliveryStates)[number]

/** What becomes of a delivery with one event. */
export interface DeliveryChange {
  readonly delivery: Delivery
  /** The receiver is asked first whether it has it. */
  readonly asks: boolean
  /** Somebody must look at it. */
  readonly isAlarming: boolean
}

/** What one attempt came to. */
export type AttemptOutcome =
  | { readonly type: 'accepted'; readonly reference?: string; /** It was there already. */ readonly found?: true }
  | { readonly type: 'refused'; readonly reason: string }
  /** Nothing has arrived. */
  | { readonly type: 'unavailable'; readonly reason: string; readonly retryAfterMs?: number }
  /** It has left us, and nobody has said what became of it; `reference`: where the receiver can be asked for it. */
  | { readonly type: 'unclear'; readonly reason: string; readonly reference?: string }

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** How long one attempt may take, all of it. */
export const attemptMs = 60 * second
/** After this long whoever was sending is gone: his attempt is unclear. More than twice an attempt, and no clock differs by that. */
export const leaseMs = 150 * second
/** Nearly four days with the waits below; then a person must look. */
export const mostAttempts = 18
const longestWaitMs = 12 * hour

/** How long to wait after the attempt of this number (from 1), in ms: twice as long each time, or as the receiver says. */
export const waitAfter = (attempt: number, retryAfterMs: number | undefined): number => {
  if (retryAfterMs !== undefined) return Math.min(Math.max(retryAfterMs, second), day)
  return Math.min(30 * second * 2 ** (attempt - 1), longestWaitMs)
}

/** The same text whenever the same document goes to the same target. */
export const deliveryKey = ({ document }: Pick<Delivery, 'document'>): string => document

/** How a target has been answering, over all that is sent to it. */
export interface Lane {
  /** How many attempts in a row it could not be reached, or said nothing. */
  readonly faults: number
  readonly pausedUntil?: number
}

export const openLane: Lane = { faults: 0 }

const mostFaults = 5
const longestPauseMs = 15 * minute

/** After several faults in a row nobody asks for a while; whoever says when to come again is not asked before. */
export const laneAfter = ({ faults: before }: Lane, outcome: AttemptOutcome, now: number): Lane => {
  if (outcome.type === 'accepted' || outcome.type === 'refused') return openLane
  const faults = before + 1
  const asked = outcome.type === 'unavailable' ? outcome.retryAfterMs : undefined
  if (asked !== undefined) return { faults, pausedUntil: now + waitAfter(1, asked) }
  if (faults < mostFaults) return { faults }
  return { faults, pausedUntil: now + Math.min(30 * second * 2 ** (faults - mostFaults), longestPauseMs) }
}

/** How many may be on their way to a target: after faults only one, to see whether it is back. */
export const roomIn = ({ faults, pausedUntil }: Lane, most: number, now: number): number => {
  if (pausedUntil !== undefined && pausedUntil > now) return 0
  return faults >= mostFaults ? 1 : most
}

/** What is delivered, and to whom: documents or statements to the books, accounts to roaming partners. */
export type DeliveryOf = 'erp' | 'statement' | 'roaming'

/** A person must look at it. */
export const deliveryEvent = (delivery: Delivery, of: DeliveryOf = 'erp'): DomainEvent => ({
  tenant: delivery.tenant,
  type: `${of}.${delivery.state === 'refused' ? 'refused' : 'unclear'}`,
  subject: delivery.document,
  at: delivery.changedAt,
  data: {
    target: delivery.target,
    document: delivery.document,
    number: delivery.number,
    attempts: delivery.attempts,
    reason: delivery.reason ?? null,
  },
})
