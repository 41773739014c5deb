import type { Clock } from '../../core/ports/clock.ts'
import type { Timers } from '../../core/ports/timers.ts'

/**
 * Time that passes when it is told to, as far as it is told to: what would wait for hours is over at once. `breathe`
 * resolves when every promise that needs no timer has gone on.
 */
export class VirtualClock implements Clock, Timers {
  readonly #breathe: () => Promise<void>
  #now: number
  #serial = 0
  readonly #due = new Map<number, { readonly at: number; readonly then: () => void }>()
  #soon: (() => void)[] = []

  constructor(start: number, breathe: () => Promise<void>) {
    this.#now = start
    this.#breathe = breathe
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#now
  }

  after(ms: number, then: () => void): () => void {
    const id = this.#serial++
    this.#due.set(id, { at: this.#now + ms, then })
    return () => void this.#due.delete(id)
  }

  soon(then: () => void): void {
    this.#soon.push(then)
  }

  /** Lets everything happen that needs no time. */
  async settle(): Promise<void> {
    await this.#breathe()
    while (this.#soon.length > 0) {
      const soon = this.#soon
      this.#soon = []
      for (const then of soon) then()
      await this.#breathe()
    }
  }

  /** Goes on until `at`; timers fire at their time, and what follows from one has happened before the next. */
  async passTo(at: number): Promise<void> {
    for (;;) {
      let next: number | undefined
      let nextAt = at
      for (const [id, timer] of this.#due)
        if (timer.at <= at && (next === undefined || timer.at < nextAt)) [next, nextAt] = [id, timer.at]
      if (next === undefined) break
      const timer = this.#due.get(next)
      this.#due.delete(next)
      this.#now = Math.max(this.#now, nextAt)
      timer?.then()
      await this.settle()
    }
    this.#now = Math.max(this.#now, at)
  }
}
