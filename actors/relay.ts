import type { Log } from '../core/ports/log.ts'
import type { JobQueue, Outbox } from '../core/ports/outbox.ts'
import type { Telemetry } from '../core/ports/telemetry.ts'
import type { Timers } from '../core/ports/timers.ts'

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
export class Relay {
  readonly #parts: Parts
  #cancel: (() => void) | undefined
  #stopped = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  start(): void {
    this.#next(0)
  }

  stop(): void {
    this.#stopped = true
    this.#cancel?.()
  }

  #next(ms: number): void {
    if (!this.#stopped) this.#cancel = this.#parts.timers.after(ms, () => void this.#turn())
  }

  async #turn(): Promise<void> {
    const { outbox, queue, telemetry, log } = this.#parts
    try {
      const jobs = await outbox.claim(batch, againAfterMs)
      if (jobs.length > 0) {
        await queue.add(jobs)
        for (const job of jobs) telemetry.count('outbox.relayed', job.kind)
      }
      this.#next(jobs.length === batch ? 0 : everyMs)
    } catch (error) {
      log.warn('jobs could not be relayed', { reason: String(error) })
      this.#next(afterFailureMs)
    }
  }
}
