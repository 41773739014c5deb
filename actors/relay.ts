import type { Log } from '../core/ports/log.ts'
import type { JobQueue, Outbox, OutboxJob, SharedJob } from '../core/ports/outbox.ts'
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
      const jobs = together(claimed)
      if (jobs.length > 0) {
        await queue.add(jobs)
        for (const { kind, beside = [] } of jobs)
          for (let row = 0; row <= beside.length; row++) telemetry.count('outbox.relayed', kind)
      }
      return claimed.length === batch ? 0 : everyMs
    }
    super({ timers, log, round, failed: 'jobs could not be relayed', afterFailureMs })
  }
}

/** So many CDRs of a tenant are one job: few commits, and none of them long. */
const mostCdrs = 50

/**
 * What is done together is one job: CDRs of a tenant some at a time, and all its seals, for one of them is the effect of
 * all that wait then. Whatever should be missed is claimed again.
 */
const together = (claimed: readonly OutboxJob[]): readonly SharedJob[] => {
  const byId = claimed.toSorted((a, b) => a.id - b.id)
  const groups = Map.groupBy(byId, ({ id, tenant, kind }) =>
    kind === 'cdr' || kind === 'seal' ? `${kind} of ${tenant}` : id,
  )
  return [...groups.values()].flatMap((jobs) => (jobs[0]?.kind === 'cdr' ? bundled(jobs) : jobs.slice(0, 1)))
}

const bundled = ([first, ...rest]: readonly OutboxJob[]): readonly SharedJob[] => {
  if (first === undefined) return []
  const beside = rest.slice(0, mostCdrs - 1).map(({ id }) => id)
  return [beside.length === 0 ? first : { ...first, beside }, ...bundled(rest.slice(beside.length))]
}
