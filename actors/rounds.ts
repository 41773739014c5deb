import type { Log } from '../core/ports/log.ts'
import type { Timers } from '../core/ports/timers.ts'

interface Parts {
  readonly timers: Timers
  readonly log: Log
  /** Answers in how many ms the next one begins. */
  readonly round: () => Promise<number>
  /** Said when a round has failed; the next one begins after `afterFailureMs`. */
  readonly failed: string
  readonly afterFailureMs: number
}

/** Work that is looked for again and again, one round after the other, until it is stopped. */
export class Rounds {
  readonly #parts: Parts
  #cancel: (() => void) | undefined
  #stopped = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get isStopped(): boolean {
    return this.#stopped
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
    const { round, failed, afterFailureMs, log } = this.#parts
    try {
      this.#next(await round())
    } catch (error) {
      log.warn(failed, { reason: String(error) })
      this.#next(afterFailureMs)
    }
  }
}
