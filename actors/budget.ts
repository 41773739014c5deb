import type { Clock } from '../core/ports/clock.ts'

const fewNames = 10_000

/** So many per minute and name, refilled evenly. Names that have recovered are forgotten, so memory stays bounded. */
export class Budget {
  readonly #clock: Clock
  readonly #perMinute: number
  #mostNames = fewNames
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
    if (this.#spent.size <= this.#mostNames) return
    for (const key of this.#spent.keys()) if (this.#left(key) >= this.#perMinute) this.#spent.delete(key)
    // a whole fleet that comes at once has not recovered yet: it is looked through again when it has doubled
    this.#mostNames = Math.max(fewNames, this.#spent.size * 2)
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
