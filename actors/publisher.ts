import type { Clock } from '../core/ports/clock.ts'
import type { Log } from '../core/ports/log.ts'
import type { RoamingPublisher } from '../core/ports/roaming-publisher.ts'
import type { Telemetry } from '../core/ports/telemetry.ts'
import type { Timers } from '../core/ports/timers.ts'
import { Rounds } from './rounds.ts'

interface Parts {
  readonly publisher: RoamingPublisher
  /** Something is published, and partners are to be told of it. */
  readonly published: () => void
  readonly clock: Clock
  readonly timers: Timers
  readonly telemetry: Telemetry
  readonly log: Log
}

/** Changes of a moment become one look at each thing; partners hear of them this much later at most. */
const everyMs = 50
/** Where nobody has a partner. */
const idleMs = 1_000
const afterFailureMs = 1_000

/** Publishes for roaming partners what has changed, again and again: what is due of each tenant is a commit or a few. */
export class Publisher extends Rounds {
  constructor({ publisher, published, clock, timers, telemetry, log }: Parts) {
    const publish = async (tenant: string): Promise<boolean> => {
      const began = clock.monotonic()
      const { changed, keys, isMore } = await publisher.publish(tenant, clock.now())
      if (keys > 0) telemetry.took('roaming.publish.duration', clock.monotonic() - began)
      for (const [module, count] of changed)
        for (let i = 0; i < count; i++) telemetry.count('roaming.published', module)
      if (changed.size > 0) published()
      return isMore
    }
    const round = async (): Promise<number> => {
      const collected = await publisher.collect(clock.now())
      const isSwept = await publisher.sweep(clock.now())
      let isMore = collected.isMore || isSwept
      for (const tenant of await publisher.due(clock.now())) isMore = (await publish(tenant)) || isMore
      if (isMore) return 0
      return collected.isIdle ? idleMs : everyMs
    }
    super({ timers, log, round, failed: 'what has changed cannot be published for partners just now', afterFailureMs })
  }
}
