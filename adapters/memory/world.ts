import type { Clock } from '../../core/ports/clock.ts'
import type { Digest } from '../../core/ports/digest.ts'
import type { Ids } from '../../core/ports/ids.ts'
import { memoryBus } from './bus.ts'
import { memoryCommands } from './commands.ts'
import { MemoryCurrentState } from './current-state.ts'
import { memoryDeadlines } from './deadlines.ts'
import { memoryDirectory } from './directory.ts'
import { MemoryLedger } from './ledger.ts'

interface Parts {
  readonly clock: Clock
  readonly ids: Ids
  readonly digest: Digest
  readonly transactionFor: (wire: string) => number | undefined
}

/** Everything that a worker stands on, in memory: for replays. */
export const memoryWorld = ({ clock, ids, digest, transactionFor }: Parts) => {
  const ledger = new MemoryLedger({ clock, ids, digest, firstTransaction: () => 1, transactionFor })
  const currentState = new MemoryCurrentState(ledger)
  return {
    ledger,
    currentState,
    deadlines: memoryDeadlines({ ledger, state: currentState, clock }),
    directory: memoryDirectory(),
    bus: memoryBus(),
    commands: memoryCommands(ledger),
    sessions: () => ledger.sessions.values(),
    session: (id: string) => ledger.sessions.get(id),
    nextDeadline: () =>
      [...ledger.deadlines.values()].reduce<number | undefined>(
        (first, { due }) => (first === undefined || due < first ? due : first),
        undefined,
      ),
  }
}
