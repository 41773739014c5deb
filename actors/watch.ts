import type { Clock } from '../core/ports/clock.ts'

interface Seen {
  count: number
  readonly since: number
}

const most = 100_000

/** Tells once when something has happened too often to one name: so many times within so long. */
export class Watch {
  readonly #clock: Clock
  readonly #times: number
  readonly #withinMs: number
  readonly #seen = new Map<string, Seen>()

  constructor(clock: Clock, times: number, withinMs: number) {
    this.#clock = clock
    this.#times = times
    this.#withinMs = withinMs
  }

  /** True for the one time that is too much; the next period begins with the first time after this one is over. */
  note(name: string): boolean {
    const now = this.#clock.monotonic()
    const known = this.#seen.get(name)
    const seen = known !== undefined && now - known.since < this.#withinMs ? known : { count: 0, since: now }
    // in the order of their beginnings, so that the oldest is forgotten first
    if (seen !== known) this.#seen.delete(name)
    this.#seen.set(name, seen)
    if (this.#seen.size > most) this.#seen.delete(this.#seen.keys().next().value ?? '')
    return ++seen.count === this.#times
  }
}
