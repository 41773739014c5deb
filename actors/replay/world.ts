import type { Session } from '../../core/domain/session.ts'
import type { Bus } from '../../core/ports/bus.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { CurrentState } from '../../core/ports/current-state.ts'
import type { Deadlines } from '../../core/ports/deadlines.ts'
import type { Digest } from '../../core/ports/digest.ts'
import type { Directory } from '../../core/ports/directory.ts'
import type { Ids } from '../../core/ports/ids.ts'
import type { Ledger } from '../../core/ports/ledger.ts'
import type { CommandStore } from '../../core/ports/store.ts'

/** What a replay stands on in place of database and Redis: the same decisions, in memory. Made by adapters/memory. */
export interface World {
  readonly ledger: Ledger
  readonly currentState: CurrentState
  readonly deadlines: Deadlines
  readonly directory: Directory
  readonly bus: Bus
  readonly commands: CommandStore
  sessions(): Iterable<Session>
  session(id: string): Session | undefined
  /** When the first business deadline comes, ms since 1970 UTC. */
  nextDeadline(): number | undefined
}

export interface WorldParts {
  readonly clock: Clock
  readonly ids: Ids
  readonly digest: Digest
  /** The transaction id that a start is given: the one it was given when it was recorded. */
  readonly transactionFor: (wire: string) => number | undefined
}

/** What a replay needs from outside. */
export interface ReplayParts {
  readonly digest: Digest
  readonly world: (parts: WorldParts) => World
  /** Resolves when every promise that needs no timer has gone on. */
  readonly breathe: () => Promise<void>
}
