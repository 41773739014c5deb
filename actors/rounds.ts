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
  #isAtWork = false
  #isHurried = false
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

  /** There is something to be found: the next round begins at once, or as soon as this one is over. */
  hurry(): void {
    if (this.#isAtWork) this.#isHurried = true
    else if (this.#cancel !== undefined) this.#next(0)
  }

  #next(ms: number): void {
    this.#cancel?.()
    if (!this.#stopped) this.#cancel = this.#parts.timers.after(ms, () => void this.#turn())
  }

  async #turn(): Promise<void> {
    const { round, failed, afterFailureMs, log } = this.#parts
    this.#isAtWork = true
    this.#isHurried = false
    let next = afterFailureMs
    try {
      const wanted = await round()
      next = this.#isHurried ? 0 : wanted
    } catch (error) {
      log.warn(failed, { reason: String(error) })
    }
    this.#isAtWork = false
    this.#next(next)
  }
}
