import type { Clock } from '../core/ports/clock.ts'
import type { Log } from '../core/ports/log.ts'
import type { SimLanes } from '../core/ports/sims.ts'
import type { Timers } from '../core/ports/timers.ts'
import { Rounds } from './rounds.ts'

interface Parts {
  readonly lanes: Pick<SimLanes, 'sweep'>
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Log
}

const everyMs = 1_000
const afterFailureMs = 5_000
const batch = 200

/** Looks for commands to SIMs that are over: their charge points have connected, or their time is. Any process may. */
export class SimCommands extends Rounds {
  constructor({ lanes, clock, timers, log }: Parts) {
    const round = async (): Promise<number> => ((await lanes.sweep(clock.now(), batch)) === batch ? 0 : everyMs)
    super({ timers, log, round, failed: 'commands to SIMs could not be swept', afterFailureMs })
  }
}
