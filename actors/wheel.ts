import type { Clock } from '../core/ports/clock.ts'
import type { Timers } from '../core/ports/timers.ts'

/**
 * One timer wheel a worker, for the deadlines of sockets (D-6): CALL timeouts, boots that do not come, pauses.
 * A hundred thousand of them cost one real timer. They fire within one tick after they are due, never before.
 */
export class Wheel implements Timers {
  readonly #clock: Clock
  readonly #timers: Timers
  readonly #tickMs: number
  readonly #slots = new Map<number, Set<() => void>>()
  #turned: number
  #cancel: (() => void) | undefined

  constructor(clock: Clock, timers: Timers, tickMs = 100) {
    this.#clock = clock
    this.#timers = timers
    this.#tickMs = tickMs
    this.#turned = this.#tick()
  }

  soon(then: () => void): void {
    this.#timers.soon(then)
  }

  after(ms: number, then: () => void): () => void {
    const tick = Math.ceil((this.#clock.monotonic() + ms) / this.#tickMs)
    let slot = this.#slots.get(tick)
    if (slot === undefined) this.#slots.set(tick, (slot = new Set()))
    const entry = (): void => then()
    slot.add(entry)
    this.#cancel ??= this.#timers.after(this.#tickMs, () => this.#turn())
    return () => void slot.delete(entry)
  }

  #tick(): number {
    return Math.floor(this.#clock.monotonic() / this.#tickMs)
  }

  #turn(): void {
    this.#cancel = undefined
    const now = this.#tick()
    const due: (() => void)[] = []
    if (now - this.#turned > this.#slots.size) {
      for (const [tick, slot] of [...this.#slots].sort(([a], [b]) => a - b))
        if (tick <= now) this.#take(tick, slot, due)
    } else {
      for (let tick = this.#turned; tick <= now; tick++) this.#take(tick, this.#slots.get(tick), due)
    }
    this.#turned = now
    if (this.#slots.size > 0) this.#cancel = this.#timers.after(this.#tickMs, () => this.#turn())
    for (const then of due) then()
  }

  #take(tick: number, slot: Set<() => void> | undefined, due: (() => void)[]): void {
    if (slot === undefined) return
    this.#slots.delete(tick)
    due.push(...slot)
    slot.clear()
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
    this.#slots.clear()
  }
}
