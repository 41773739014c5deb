import type { Log } from '../core/ports/log.ts'
import type { JobQueue, Outbox, OutboxJob } from '../core/ports/outbox.ts'
import type { Telemetry } from '../core/ports/telemetry.ts'
import type { Timers } from '../core/ports/timers.ts'
import { Rounds } from './rounds.ts'

interface Parts {
  readonly outbox: Outbox
  readonly queue: JobQueue
  readonly timers: Timers
  readonly telemetry: Telemetry
  readonly log: Log
}

const everyMs = 250
const afterFailureMs = 2_000
const batch = 500
const againAfterMs = 30_000

/** Moves committed jobs to their queues, and moves them again when no effect has come of them (INV-44). */
export class Relay extends Rounds {
  constructor({ outbox, queue, timers, telemetry, log }: Parts) {
    const round = async (): Promise<number> => {
      const claimed = await outbox.claim(batch, againAfterMs)
      const jobs = claimed.filter(isNeeded())
      if (jobs.length > 0) {
        await queue.add(jobs)
        for (const job of jobs) telemetry.count('outbox.relayed', job.kind)
      }
      return claimed.length === batch ? 0 : everyMs
    }
    super({ timers, log, round, failed: 'jobs could not be relayed', afterFailureMs })
  }
}

/** One `seal` of a tenant is the effect of all that wait then; whatever it should miss is claimed again. */
const isNeeded = (): ((job: Pick<OutboxJob, 'kind' | 'tenant'>) => boolean) => {
  const sealing = new Set<string>()
  return ({ kind, tenant }) => {
    if (kind !== 'seal') return true
    const isFirst = !sealing.has(tenant)
    sealing.add(tenant)
    return isFirst
  }
}
