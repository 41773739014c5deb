import type { Clock } from '../../core/ports/clock.ts'
import type { Timers } from '../../core/ports/timers.ts'

/** A clock that stands until it is told to go on, and the timers that go with it. */
export class TestClock implements Clock, Timers {
  #steady: number
  #jumped = 0
  #serial = 0
  readonly #due = new Map<number, { readonly at: number; readonly then: () => void }>()

  constructor(start = Date.UTC(2026, 10, 24, 12)) {
    this.#steady = start
  }

  now(): number {
    return this.#steady + this.#jumped
  }

  monotonic(): number {
    return this.#steady
  }

  /** The wall clock is set to another time; nothing else is. */
  jump(ms: number): void {
    this.#jumped += ms
  }

  after(ms: number, then: () => void): () => void {
    const id = this.#serial++
    this.#due.set(id, { at: this.#steady + ms, then })
    return () => void this.#due.delete(id)
  }

  soon(then: () => void): void {
    setImmediate(then)
  }

  /** Lets `ms` go by; timers fire at their time, promises settle between them. */
  async pass(ms: number): Promise<void> {
    const until = this.#steady + ms
    await settled()
    for (;;) {
      const [next] = [...this.#due].filter(([, t]) => t.at <= until).sort(([a, x], [b, y]) => x.at - y.at || a - b)
      if (next === undefined) break
      this.#due.delete(next[0])
      this.#steady = Math.max(this.#steady, next[1].at)
      next[1].then()
      await settled()
    }
    this.#steady = until
  }
}

/** Every promise that can go on without a timer has gone on. */
export const settled = (): Promise<void> => new Promise((go) => setImmediate(go))
