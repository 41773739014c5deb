import type { ChargePointRef } from './charge-point.ts'
import type { Expectation } from './command.ts'
import type { Deadline } from './deadline.ts'
import type { DomainEvent } from './event.ts'
import type { Fact, Quarantined, SessionSampled, SessionStopped } from './fact.ts'
import type { Session } from './session.ts'

/**
 * What one commit changes, decided here and only stored by SQL (D-3). A store loads a `View` under its locks, hands it
 * to `settle`, and writes the `Changes` in the same transaction. Memory and PostgreSQL run the same decisions.
 */
export interface Needs {
  /** Sessions by the content key that opened them, locked. */
  readonly keys: readonly (ChargePointRef & { readonly key: string })[]
  /** Sessions by the transaction id on the wire, locked. */
  readonly transactions: readonly WireRef[]
  /** Sessions that are only metered, by transaction id: what is remembered of them will do, their version guards it. */
  readonly readings: readonly WireRef[]
  /** Charge points that open sessions: their counter, locked, and their open sessions on the connector. */
  readonly starts: readonly (ChargePointRef & { readonly connector: number })[]
}

/** A session as its station names it. */
export interface WireRef extends ChargePointRef {
  readonly transaction: string
  readonly wireKey: string
}

export interface View {
  readonly sessions: readonly Session[]
  /** The next transaction id of each charge point in `Needs.starts`, by `refKey`. */
  readonly counters: ReadonlyMap<string, number>
  readonly expectations: readonly Expectation[]
}

export interface FiledFact {
  readonly fact: Exclude<Fact, SessionSampled | Quarantined> | SessionSampled
  readonly day: string
  readonly session?: string
}

export interface FiledSample {
  readonly session: Session
  readonly fact: SessionSampled | SessionStopped
}

export interface OutboxItem {
  readonly tenant: string
  readonly kind: 'cdr'
  /** What it is about; (tenant, kind, key) is unique. */
  readonly key: string
  readonly traceparent?: string
}

export interface Fulfilled {
  readonly command: string
  readonly at: number
  readonly session?: string
}

/** A stop for a transaction its charge point does not have: it may be another's (BI-41). */
export interface Stray extends ChargePointRef {
  readonly transaction: string
  readonly at: number
}

export interface Changes {
  readonly sessions: readonly Session[]
  /** Sessions of which nothing but the last register has changed. */
  readonly registers: readonly Session[]
  readonly counters: ReadonlyMap<string, ChargePointRef & { readonly next: number }>
  readonly facts: readonly FiledFact[]
  readonly samples: readonly FiledSample[]
  readonly quarantine: readonly Quarantined[]
  readonly outbox: readonly OutboxItem[]
  readonly deadlines: readonly Deadline[]
  readonly events: readonly DomainEvent[]
  readonly fulfilled: readonly Fulfilled[]
  readonly strays: readonly Stray[]
}

/** What a fact's sender is told; a repeated fact gets the first one's receipt again (INV-10). */
export interface Receipt {
  readonly session?: Session
  readonly repeated: boolean
  /** Orders that this fact fulfilled. */
  readonly fulfilled?: readonly string[]
}
