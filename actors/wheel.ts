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
  /** Of the slots, the next one first. */
  readonly #ticks: number[] = []
  /** The tick it will turn at, and how to keep it from doing so. */
  #armed: { readonly tick: number; readonly cancel: () => void } | undefined

  constructor(clock: Clock, timers: Timers, tickMs = 100) {
    this.#clock = clock
    this.#timers = timers
    this.#tickMs = tickMs
  }

  soon(then: () => void): void {
    this.#timers.soon(then)
  }

  after(ms: number, then: () => void): () => void {
    const tick = Math.ceil((this.#clock.monotonic() + ms) / this.#tickMs)
    const slot = this.#slots.get(tick) ?? this.#open(tick)
    const entry = (): void => then()
    slot.add(entry)
    this.#arm(tick)
    return () => void slot.delete(entry)
  }

  #open(tick: number): Set<() => void> {
    const slot = new Set<() => void>()
    this.#slots.set(tick, slot)
    // most are asked for behind all others
    let at = this.#ticks.length
    while (at > 0 && (this.#ticks[at - 1] ?? 0) > tick) at--
    this.#ticks.splice(at, 0, tick)
    return slot
  }

  /** Sleeps until the next slot: a worker with nothing to do wakes nobody ten times a second. */
  #arm(tick: number): void {
    if (this.#armed !== undefined && this.#armed.tick <= tick) return
    this.#armed?.cancel()
    // whole milliseconds, so that it is never a fraction too early and asked for again and again
    const wait = Math.max(0, Math.ceil(tick * this.#tickMs - this.#clock.monotonic()))
    this.#armed = { tick, cancel: this.#timers.after(wait, () => this.#turn()) }
  }

  #turn(): void {
    this.#armed = undefined
    const now = this.#clock.monotonic() / this.#tickMs
    const due: Set<() => void>[] = []
    for (let tick = this.#ticks[0]; tick !== undefined && tick <= now; tick = this.#ticks[0]) {
      this.#ticks.shift()
      due.push(this.#slots.get(tick) ?? new Set())
      this.#slots.delete(tick)
    }
    const [next] = this.#ticks
    if (next !== undefined) this.#arm(next)
    for (const slot of due) for (const then of slot) this.#fire(then)
  }

  /** One that throws takes none of the others with it; whoever listens for uncaught errors hears of it. */
  #fire(then: () => void): void {
    try {
      then()
    } catch (error) {
      this.#timers.soon(() => {
        throw error
      })
    }
  }

  stop(): void {
    this.#armed?.cancel()
    this.#armed = undefined
    this.#slots.clear()
    this.#ticks.length = 0
  }
}
