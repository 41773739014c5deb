import type { Clock } from '../core/ports/clock.ts'
import type { Timers } from '../core/ports/timers.ts'

interface Parts {
  readonly clock: Clock
  readonly timers: Timers
  /** How hard we are pressed: 1 is as much as should be, 0 is nothing. */
  readonly pressure: () => number
}

interface Waiting {
  readonly tenant: string
  readonly isCharging: boolean
  readonly since: number
  readonly tell: (isIn: boolean) => void
}

const most = { inside: 1_000, waiting: 20_000, waitMs: 10_000, comeAgainMs: 30_000 }
/** How many a second: to begin with, and within what bounds. */
const rates = { first: 2_000, least: 500, most: 10_000 }
/** The slowest that is believed: a second in which nobody came through says little. */
const leastSeen = 200
/** So many at once are no crowd. */
const burstMs = 250
const adjustEveryMs = 100
/** So hard pressed that even what little still comes in is told to speak less often by as much. */
const tooHard = 4

/**
 * How many are let in a second (D-19): as many as the machine bears, found out by trying. Who does not fit in waits a
 * little, those with a session first and then tenants by turns; who would wait for too long gets an appointment before
 * anything has been done for them (INV-61): a time at which, as fast as it goes now, it is their turn, so that
 * whoever comes again is not a crowd once more. The gate never stops altogether: what makes the machine late is mostly
 * those who are already in, and a door that closes for a second has everybody knock again.
 */
export class Gate {
  readonly #parts: Parts
  readonly #charging = new Line()
  /** By tenant, in the order in which their turns come. */
  readonly #others = new Map<string, Line>()
  #perS = rates.first
  /** How many may go in right now. */
  #places = (rates.first * burstMs) / 1_000
  #filledAt: number
  #inside = 0
  #waiting = 0
  #adjustedAt: number
  /** How many went in since the last look, and a second, as seen while somebody waited. */
  #wentIn = 0
  #seenPerS = rates.first
  /** Until when appointments are given, monotonic ms. */
  #bookedUntil = 0
  #ticking = false

  constructor(parts: Parts) {
    this.#parts = parts
    this.#filledAt = this.#adjustedAt = parts.clock.monotonic()
  }

  /** Whether it may go on now; it says so with `leave` when it is done. */
  enter(tenant: string, isCharging: boolean): Promise<boolean> {
    this.#adjust()
    if (this.#waiting === 0 && this.#hasRoom()) {
      this.#goesIn()
      return Promise.resolve(true)
    }
    if (this.#waiting >= this.#mostWaiting && !this.#giveWay(tenant, isCharging)) return Promise.resolve(false)
    return new Promise((tell) => {
      this.#queue({ tenant, isCharging, since: this.#parts.clock.monotonic(), tell })
      this.#tick()
    })
  }

  leave(): void {
    this.#inside--
    this.#adjust()
    this.#letIn()
  }

  /** In how many seconds whoever is sent away should come again: after those who wait now and those who were told so before. */
  appointment(): number {
    const now = this.#parts.clock.monotonic()
    const at = Math.max(this.#bookedUntil, now + (this.#waiting * 1_000) / this.#seenPerS)
    const isTooFar = at - now > most.comeAgainMs
    // how fast it goes is known too badly for more: they are spread over the second half of what may be promised
    this.#bookedUntil = isTooFar ? now + most.comeAgainMs / 2 : at + 1_000 / this.#seenPerS
    return Math.max(1, Math.ceil(Math.min(most.comeAgainMs, at - now) / 1_000))
  }

  /** By how much stations should speak less often than at other times, from 1 to 4: a moment without a crowd asks nothing of them. */
  get stretch(): number {
    return this.#waiting === 0 ? 1 : Math.min(tooHard, Math.max(1, this.#parts.pressure()))
  }

  get waiting(): number {
    return this.#waiting
  }

  /** As many as will be through before they have waited for too long. */
  get #mostWaiting(): number {
    return Math.min(most.waiting, (this.#seenPerS * most.waitMs) / 1_000)
  }

  #hasRoom(): boolean {
    return this.#inside < most.inside && this.#places >= 1
  }

  #goesIn(): void {
    this.#inside++
    this.#places--
    this.#wentIn++
  }

  /** Faster by a tenth while the machine is at ease, slower by a fifth as soon as it is not. */
  #adjust(): void {
    const now = this.#parts.clock.monotonic()
    this.#places = Math.min(
      (this.#perS * burstMs) / 1_000,
      this.#places + ((now - this.#filledAt) * this.#perS) / 1_000,
    )
    this.#filledAt = now
    const sinceMs = now - this.#adjustedAt
    if (sinceMs < adjustEveryMs) return
    this.#adjustedAt = now
    // only while somebody waits it tells how fast it goes, and not how few have come
    if (this.#waiting > 0) {
      const share = Math.min(1, sinceMs / 1_000)
      this.#seenPerS = Math.max(leastSeen, this.#seenPerS + share * ((this.#wentIn * 1_000) / sinceMs - this.#seenPerS))
    }
    this.#wentIn = 0
    const pressure = this.#parts.pressure()
    if (pressure > 1) this.#perS = Math.max(rates.least, this.#perS * 0.8)
    else if (pressure < 0.5) this.#perS = Math.min(rates.most, this.#perS * 1.1)
  }

  #queue(waiting: Waiting): void {
    this.#waiting++
    if (waiting.isCharging) return this.#charging.push(waiting)
    const queue = this.#others.get(waiting.tenant) ?? new Line()
    queue.push(waiting)
    this.#others.set(waiting.tenant, queue)
  }

  #letIn(): void {
    while (this.#waiting > 0 && this.#hasRoom()) {
      const next = this.#charging.shift() ?? this.#nextOfOthers()
      if (next === undefined) return
      this.#waiting--
      this.#goesIn()
      next.tell(true)
    }
  }

  #nextOfOthers(): Waiting | undefined {
    for (const [tenant, queue] of this.#others) {
      this.#others.delete(tenant)
      const next = queue.shift()
      // its next turn comes after everybody else's
      if (queue.length > 0) this.#others.set(tenant, queue)
      if (next !== undefined) return next
    }
    return undefined
  }

  /** Sends the last of the longest queue away for somebody with a better claim; false where there is none such. */
  #giveWay(tenant: string, isCharging: boolean): boolean {
    const own = this.#others.get(tenant)?.length ?? 0
    if (!isCharging && (this.#longest?.length ?? 0) <= own + 1) return false
    return this.#sendAwayLast()
  }

  get #longest(): Line | undefined {
    let longest: Line | undefined
    for (const queue of this.#others.values()) if (queue.length > (longest?.length ?? 0)) longest = queue
    return longest
  }

  /** The last of the longest queue; false where nobody waits but stations with a session. */
  #sendAwayLast(): boolean {
    const last = this.#longest?.pop()
    if (last === undefined) return false
    if (this.#others.get(last.tenant)?.length === 0) this.#others.delete(last.tenant)
    this.#waiting--
    last.tell(false)
    return true
  }

  /** While somebody waits: who has waited for too long leaves, and whoever fits in by now goes in. */
  #tick(): void {
    if (this.#ticking) return
    this.#ticking = true
    this.#parts.timers.after(adjustEveryMs, () => {
      this.#ticking = false
      this.#adjust()
      this.#letIn()
      const since = this.#parts.clock.monotonic() - most.waitMs
      for (const queue of [this.#charging, ...this.#others.values()])
        while ((queue.first?.since ?? Number.POSITIVE_INFINITY) <= since) {
          this.#waiting--
          queue.shift()?.tell(false)
        }
      while (this.#waiting > this.#mostWaiting && this.#sendAwayLast()) continue
      for (const [tenant, queue] of this.#others) if (queue.length === 0) this.#others.delete(tenant)
      if (this.#waiting > 0) this.#tick()
    })
  }
}

/** First in, first out; the last one may be called back. Thousands may stand in it. */
class Line {
  #all: Waiting[] = []
  #head = 0

  get length(): number {
    return this.#all.length - this.#head
  }

  get first(): Waiting | undefined {
    return this.#all[this.#head]
  }

  push(waiting: Waiting): void {
    this.#all.push(waiting)
  }

  pop(): Waiting | undefined {
    return this.length === 0 ? undefined : this.#all.pop()
  }

  shift(): Waiting | undefined {
    const { first } = this
    if (first !== undefined) this.#head++
    // what has gone is given back now and then, not one by one
    if (this.#head > 1_000 && this.#head > this.length) {
      this.#all = this.#all.slice(this.#head)
      this.#head = 0
    }
    return first
  }
}
