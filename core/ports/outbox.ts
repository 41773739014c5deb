import type { JobKind } from '../domain/changes.ts'

/** Jobs that exist because a row exists (D-10). A row leaves only in the commit of its effect. */
export interface Outbox {
  /** Takes rows that were never relayed, or were so longer ago than `againAfterMs` without their effect (INV-44). */
  claim(limit: number, againAfterMs: number): Promise<readonly OutboxJob[]>
}

/** Ids only: whoever does the job reads what it is about from the store. */
export interface OutboxJob {
  readonly id: number
  readonly tenant: string
  readonly kind: JobKind
  readonly key: string
  readonly traceparent?: string
}

/** A job, and the other rows of its tenant and kind whose effects are had with its own, by their ids. */
export interface SharedJob extends OutboxJob {
  readonly beside?: readonly number[]
}

/** The scheduler between outbox and effect: at least once, in no order, never the record. */
export interface JobQueue {
  add(jobs: readonly SharedJob[]): Promise<void>
  close(): Promise<void>
}
