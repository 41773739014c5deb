import type { Clock } from '../core/ports/clock.ts'

/** So many per minute and name, refilled evenly. Names that have recovered are forgotten, so memory stays bounded. */
export class Budget {
  readonly #clock: Clock
  readonly #perMinute: number
  readonly #spent = new Map<string, { amount: number; at: number }>()

  constructor(clock: Clock, perMinute: number) {
    this.#clock = clock
    this.#perMinute = perMinute
  }

  isExhausted(name: string): boolean {
    return this.#left(name) < 1
  }

  spend(name: string): void {
    const now = this.#clock.monotonic()
    this.#spent.set(name, { amount: this.#perMinute - this.#left(name) + 1, at: now })
    if (this.#spent.size > 10_000)
      for (const key of this.#spent.keys()) if (this.#left(key) >= this.#perMinute) this.#spent.delete(key)
  }

  /** How many more were spent than there were. */
  overdrawn(name: string): number {
    return Math.max(0, -this.#left(name))
  }

  #left(name: string): number {
    const spent = this.#spent.get(name)
    if (spent === undefined) return this.#perMinute
    const recovered = ((this.#clock.monotonic() - spent.at) / 60_000) * this.#perMinute
    return Math.min(this.#perMinute, this.#perMinute - spent.amount + recovered)
  }
}
