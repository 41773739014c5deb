import type { Deadlines } from '../core/ports/deadlines.ts'
import type { Log } from '../core/ports/log.ts'
import type { Timers } from '../core/ports/timers.ts'

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
export class Sweeper {
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
    try {
      const { handled, commands } = await this.#parts.deadlines.sweep(batch)
      if (commands.length > 0) this.#parts.commandsChanged(commands)
      this.#next(handled === batch ? 0 : everyMs)
    } catch (error) {
      this.#parts.log.warn('deadlines could not be swept', { reason: String(error) })
      this.#next(afterFailureMs)
    }
  }
}
