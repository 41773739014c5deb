import type { Clock } from '../core/ports/clock.ts'
import type { Log } from '../core/ports/log.ts'
import type { Timers } from '../core/ports/timers.ts'
import type { WhatIfStore } from '../core/ports/what-ifs.ts'
import { Rounds } from './rounds.ts'

interface Parts {
  readonly whatIfs: WhatIfStore
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Log
}

const everyMs = 1_000
const afterFailureMs = 5_000
const mostFailures = 5

/**
 * Prices accounts again on paper, one page after the other, each of the what-ifs that wait in its turn. A page that fails
 * again and again ends its what-if; an outage only delays it.
 */
export class WhatIfRunner extends Rounds {
  constructor({ whatIfs, clock, timers, log }: Parts) {
    const failures = new Map<string, number>()
    const round = async (): Promise<number> => {
      const ref = await whatIfs.due()
      if (ref === undefined) return everyMs
      try {
        const after = await whatIfs.step(ref, clock.now())
        failures.delete(ref.id)
        if (after?.state === 'done') log.info('what-if is done', { whatIf: ref.id, accounts: after.tally.done })
        return after === undefined ? everyMs : 0
      } catch (error) {
        const times = (failures.get(ref.id) ?? 0) + 1
        failures.set(ref.id, times)
        if (times < mostFailures) throw error
        failures.delete(ref.id)
        await whatIfs.fail(ref, String(error), clock.now())
        log.warn('what-if has failed', { whatIf: ref.id, reason: String(error) })
        return 0
      }
    }
    super({ timers, log, round, failed: 'a what-if cannot go on just now', afterFailureMs })
  }
}
