import type { ChargePointRef } from './charge-point.ts'
import type { CourseEntry } from './charging-course.ts'
import type { Expectation } from './command.ts'
import type { Deadline } from './deadline.ts'
import type { DomainEvent } from './event.ts'
import type { Fact, Quarantined, SecurityReported, SessionEvent, SessionSampled, SessionStopped } from './fact.ts'
import type { Page, Pages } from './item.ts'
import type { MirrorChange } from './mirror.ts'
import type { ReservedStart } from './reservation.ts'
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
  /** Charge points that open sessions: their counter, locked, and their open sessions on the EVSE. */
  readonly starts: readonly (ChargePointRef & { readonly evse: number })[]
  /** Charge points that tell how far they are with what some order may wait for. */
  readonly reports: readonly ChargePointRef[]
  /** Reports of which a page has come. */
  readonly pages: readonly (ChargePointRef & Pick<Page, 'report' | 'request'>)[]
  /** Tokens that may not have any number of sessions: from here on nobody else begins one with them. */
  readonly limited: readonly { readonly tenant: string; readonly token: string }[]
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
  /** Open sessions of each token in `Needs.limited`, by `chargingKey`. */
  readonly charging: ReadonlyMap<string, number>
  /** What has come of the reports in `Needs.pages`, by `pagesKey`. */
  readonly pages: ReadonlyMap<string, Pages>
  /** Charge points of `Needs.starts` that keep a connector for somebody, by `refKey`. */
  readonly reserved: ReadonlySet<string>
}

export const chargingKey = (tenant: string, token: string): string => `${tenant}/${token.toLowerCase()}`

export interface FiledFact {
  readonly fact: Exclude<Fact, SessionSampled | Quarantined> | SessionSampled
  readonly day: string
  readonly session?: string
}

export interface FiledSample {
  readonly session: Session
  readonly fact: SessionSampled | SessionStopped | SessionEvent
}

/** A new state of charging that a session has told of itself. */
export interface FiledState extends Required<CourseEntry> {
  readonly session: Session
}

/** What is done after the commit, at least once: a CDR written, a certificate signed and delivered. */
export const jobKinds = [
  'cdr',
  'certificate',
  'seal',
  'erp',
  'statements',
  'roaming',
  'roaming-cdrs',
  'retail',
  'sim',
  'post',
] as const
export type JobKind = (typeof jobKinds)[number]

export interface OutboxItem {
  readonly tenant: string
  readonly kind: JobKind
  /** What it is about; (tenant, kind, key) is unique. */
  readonly key: string
  readonly traceparent?: string
}

/** What a fact does to an order that waited for it: ends it, or is noted in its history. */
export interface Fulfilled {
  readonly command: string
  readonly at: number
  readonly session?: string
  readonly note?: string
  /** It has come to nothing, for this reason. */
  readonly failed?: string
  /** It is not over yet. */
  readonly goesOn?: true
}

/** A security event to be listed. */
export interface SecurityEvent {
  readonly fact: SecurityReported
  readonly critical: boolean
}

/** A session that has begun with what a reservation was for. */
export interface ReservationUse extends ChargePointRef {
  readonly session: string
  readonly start: ReservedStart
}

/** Something that a station told has changed what is known of it. */
export interface Learnt extends ChargePointRef {
  readonly at: number
  readonly change: MirrorChange
}

/** An event under a number that is taken: kept aside, with an alarm, where it says something else (INV-14). */
export interface Repeat {
  readonly session: Session
  readonly fact: SessionEvent
}

/** A stop for a transaction its charge point does not have: it may be another's (BI-41). */
export interface Stray extends ChargePointRef {
  readonly transaction: string
  readonly at: number
}

export interface Changes {
  /** Our clock when it was decided. */
  readonly at: number
  readonly sessions: readonly Session[]
  /** Sessions of which nothing but the last register has changed. */
  readonly registers: readonly Session[]
  readonly counters: ReadonlyMap<string, ChargePointRef & { readonly next: number }>
  readonly facts: readonly FiledFact[]
  readonly samples: readonly FiledSample[]
  readonly course: readonly FiledState[]
  readonly quarantine: readonly Quarantined[]
  readonly outbox: readonly OutboxItem[]
  readonly deadlines: readonly Deadline[]
  readonly events: readonly DomainEvent[]
  readonly fulfilled: readonly Fulfilled[]
  readonly strays: readonly Stray[]
  readonly securityEvents: readonly SecurityEvent[]
  readonly reservations: readonly ReservationUse[]
  readonly learnt: readonly Learnt[]
  readonly pages: readonly Pages[]
  readonly repeats: readonly Repeat[]
}

/** What a fact's sender is told; a repeated fact gets the first one's receipt again (INV-10). */
export interface Receipt {
  readonly session?: Session
  readonly repeated: boolean
  /** Orders that this fact fulfilled. */
  readonly fulfilled?: readonly string[]
}
