import type { Fact } from '../domain/fact.ts'
import type { Verdict } from './ledger.ts'

/** Facts in, receipts out once they are durable (D-2). Never fails: an outage only makes it slower. */
export interface Journal {
  /** `tell` hears the verdict once, in the order in which facts were appended, and must not throw. */
  append(fact: Fact, tell: (verdict: Verdict) => void): void
  /** Facts that wait for their commit. */
  readonly pending: number
  /** How long the store has been refusing commits, in ms; 0 = it commits. */
  readonly outageMs: number
}
