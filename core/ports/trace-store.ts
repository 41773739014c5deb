import type { ChargePointRef } from '../domain/charge-point.ts'
import type { TraceEntry } from '../domain/trace.ts'

/** A trace entry as it is stored: masked, and of whom. */
export type StoredTrace = ChargePointRef & TraceEntry

/** Where traces are kept longer than in memory. For looking at, never for deciding: what is lost here costs nobody money. */
export interface TraceStore {
  /** Commits entries; an entry that is there already stays. Throws `LedgerUnavailable` when the store cannot commit now. */
  write(entries: readonly StoredTrace[]): Promise<void>
}
