import type { Fact } from '../domain/fact.ts'
import type { Receipt } from '../domain/changes.ts'

/** Where facts are committed. Implementations: adapters/postgres, adapters/memory; one contract suite. */
export interface Ledger {
  /**
   * Commits a batch and answers one verdict a fact, in order, when everything is durable.
   * Throws `LedgerUnavailable` when the whole batch could not be committed for reasons of the store's own; nothing of it
   * is stored then, or all of it is (a commit whose answer was lost): committing it again is harmless.
   */
  commit(facts: readonly Fact[]): Promise<readonly Verdict[]>
}

export type Verdict =
  | { readonly stored: true; readonly receipt: Receipt }
  /** The store refused this fact alone; its bytes are in quarantine, its neighbours are stored. */
  | { readonly stored: false; readonly reason: string }

/** The store cannot commit now: connection, shutdown, resources, serialization. Hold and try again. */
export class LedgerUnavailable extends Error {
  override readonly name = 'LedgerUnavailable'
}
