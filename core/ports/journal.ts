import type { Fact } from '../domain/fact.ts'
import type { Verdict } from './ledger.ts'

/** Facts in, receipts out once they are durable (D-2). Never rejects: an outage only makes it slower. */
export interface Journal {
  append(fact: Fact): Promise<Verdict>
  /** Facts that wait for their commit. */
  readonly pending: number
  /** How long the store has been refusing commits, in ms; 0 = it commits. */
  readonly outageMs: number
}
