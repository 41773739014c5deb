import type { Clock } from '../core/ports/clock.ts'
import type { Log } from '../core/ports/log.ts'
import type { SettlementRuns } from '../core/ports/settlement.ts'
import type { Timers } from '../core/ports/timers.ts'
import { Rounds } from './rounds.ts'
import { decide } from './settlement/decide.ts'

interface Parts {
  readonly runs: SettlementRuns
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Log
}

const everyMs = 1_000
const afterFailureMs = 5_000
const putOffMs = 30_000

/**
 * Takes settlement runs further, one step after the other, each in one commit: whoever dies is followed by the next, of
 * whatever process, and what the books say in the end is the same. A step that fails is told in its run, and tried again.
 */
export class SettlementRunner extends Rounds {
  constructor({ runs, clock, timers, log }: Parts) {
    const round = async (): Promise<number> => {
      const ref = await runs.due(clock.now())
      if (ref === undefined) return everyMs
      try {
        const at = clock.now()
        const after = await runs.step(ref, at, (run, event) => decide(run, event, at))
        if (after?.state === 'closed') log.info('month closed', { ...ref, digest: after.digest })
        return after === undefined ? everyMs : 0
      } catch (error) {
        log.warn('a settlement run cannot go on just now', { ...ref, reason: String(error) })
        await runs.putOff(ref, String(error), clock.now() + putOffMs)
        return 0
      }
    }
    super({ timers, log, round, failed: 'settlement runs cannot be looked at', afterFailureMs })
  }
}
