import type { Deadlines } from '../core/ports/deadlines.ts'
import type { Log } from '../core/ports/log.ts'
import type { Timers } from '../core/ports/timers.ts'
import { Rounds } from './rounds.ts'

interface Parts {
  readonly deadlines: Deadlines
  readonly timers: Timers
  readonly log: Log
  readonly commandsChanged: (commands: readonly string[]) => void
}

const everyMs = 500
const afterFailureMs = 5_000
const batch = 200

/** Looks for business deadlines that have come; any worker may, and a row is handled once in effect (D-6). */
export class Sweeper extends Rounds {
  constructor({ deadlines, timers, log, commandsChanged }: Parts) {
    const round = async (): Promise<number> => {
      const { handled, commands } = await deadlines.sweep(batch)
      if (commands.length > 0) commandsChanged(commands)
      return handled === batch ? 0 : everyMs
    }
    super({ timers, log, round, failed: 'deadlines could not be swept', afterFailureMs })
  }
}
