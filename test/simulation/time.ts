import type { Clock } from '../../core/ports/clock.ts'
import type { Timers } from '../../core/ports/timers.ts'

interface Entry {
  readonly at: number
  readonly serial: number
  readonly then: () => void
}

/**
 * The only time there is in a simulation: it jumps from one thing that happens to the next. What is due at the same
 * moment happens in the order in which it was asked for, so that a run is the same whenever it is repeated.
 */
export class VirtualTime implements Clock, Timers {
  readonly #heap: Entry[] = []
  #now: number
  #serial = 0
  #hash = 0x811c9dc5
  #happened = 0

  constructor(start: number) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  monotonic(): number {
    return this.#now
  }

  /** What has happened so far, in one number: equal for equal runs. */
  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0')
  }

  get happened(): number {
    return this.#happened
  }

  /** Notes that something happened, for the hash. */
  note(text: string): void {
    this.#happened++
    let hash = this.#hash ^ this.#now
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
    this.#hash = hash
  }

  after(ms: number, then: () => void): () => void {
    let cancelled = false
    this.#push({ at: this.#now + Math.max(0, ms), serial: this.#serial++, then: () => cancelled || then() })
    return () => void (cancelled = true)
  }

  soon(then: () => void): void {
    this.after(0, then)
  }

  /** Lets happen what is due until then; promises settle between two things. */
  async until(end: number): Promise<void> {
    await settled()
    for (let next = this.#heap[0]; next !== undefined && next.at <= end; next = this.#heap[0]) {
      this.#pop()
      this.#now = Math.max(this.#now, next.at)
      next.then()
      await settled()
    }
    this.#now = Math.max(this.#now, end)
  }

  #push(entry: Entry): void {
    const heap = this.#heap
    let at = heap.push(entry) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (isBefore(heap[parent] as Entry, entry)) break
      heap[at] = heap[parent] as Entry
      at = parent
    }
    heap[at] = entry
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop() as Entry
    if (heap.length === 0) return
    let at = 0
    for (;;) {
      let child = at * 2 + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Entry, heap[child] as Entry)) child++
      if (isBefore(last, heap[child] as Entry)) break
      heap[at] = heap[child] as Entry
      at = child
    }
    heap[at] = last
  }
}

const isBefore = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.serial < b.serial)

/** Every promise that can go on has gone on: all of them come before the next turn of the event loop. */
const settled = (): Promise<void> => new Promise((go) => setImmediate(go))
