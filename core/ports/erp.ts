import type { SealedDocument } from '../domain/document.ts'
import type { ClosedStatement } from '../settlement/closed-statement.ts'

/**
 * Whoever documents are sent to: the operator's books, or a roaming partner. Takes each document once: `key` is the same
 * whenever the same document is sent to the same target. A refusal is a result; what may work later, or may have worked, is
 * a throw.
 */
export interface Receiver<Document> {
  /** How a document that may have arrived is kept from arriving twice. */
  readonly guard: ErpGuard
  /** Throws `ErpUnavailable` where nothing has arrived for certain, `ErpUnclear` where it may have. */
  send(document: Document, key: string): Promise<ErpVerdict>
  /** What the receiver calls this document, where it has it; only of the guard `lookup`. Throws `ErpUnavailable`. */
  find?(document: Document, key: string): Promise<{ readonly reference: string } | undefined>
}

/** The operator's books. */
export interface Erp extends Receiver<SealedDocument> {
  /** Absent where it takes no statements of closed months. */
  readonly statements?: Receiver<ClosedStatement>
  /** Reaches the receiver and leaves nothing in its books; answers what it said, for people. Throws as `send` does. */
  ping?(): Promise<string>
}

/**
 * `key`: the receiver honours our key, whatever is sent again is the same document. `lookup`: it is asked for our number
 * before anything is sent again. `name`: a file of that name, which replaces itself. `none`: a person must decide.
 */
export const erpGuards = ['key', 'lookup', 'name', 'none'] as const
export type ErpGuard = (typeof erpGuards)[number]

export type ErpVerdict =
  | { readonly accepted: true; /** The receiver's own number for it. */ readonly reference?: string }
  | { readonly accepted: false; readonly reason: string }

/** Nothing has arrived: it is sent again later, after `retryAfterMs` where the receiver says so. */
export class ErpUnavailable extends Error {
  override readonly name = 'ErpUnavailable'
  readonly retryAfterMs: number | undefined

  constructor(message: string, retryAfterMs?: number) {
    super(message)
    this.retryAfterMs = retryAfterMs
  }
}

/** It has left us, and nobody has said what became of it; but perhaps where it can be asked for. */
export class ErpUnclear extends Error {
  override readonly name = 'ErpUnclear'
  readonly reference: string | undefined

  constructor(message: string, reference?: string) {
    super(message)
    this.reference = reference
  }
}
