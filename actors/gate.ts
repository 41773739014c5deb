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

const most = { inside: 256, waiting: 1_000, waitMs: 5_000, comeAgainS: 15 }
const fewestInside = 2
const adjustEveryMs = 100
/** So hard pressed that nobody at all is let in. */
const tooHard = 4

/**
 * How many may be at the door at once (D-19): as many as the machine bears, found out by trying. Who does not fit in
 * waits a little, those with a session first and then tenants by turns; who does not fit in there either is told to
 * come later, before anything has been done for them (INV-61).
 */
export class Gate {
  readonly #parts: Parts
  readonly #charging: Waiting[] = []
  /** By tenant, in the order in which their turns come. */
  readonly #others = new Map<string, Waiting[]>()
  #mostInside = 64
  #inside = 0
  #waiting = 0
  #adjustedAt = 0
  /** How many went through: since the last look, and a second. */
  #left = 0
  #perS = 500
  #ticking = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Whether it may go on now; it says so with `leave` when it is done. */
  enter(tenant: string, isCharging: boolean): Promise<boolean> {
    this.#adjust()
    if (this.#waiting === 0 && this.#hasRoom()) {
      this.#inside++
      return Promise.resolve(true)
    }
    if (this.#waiting >= most.waiting && !this.#giveWay(tenant, isCharging)) return Promise.resolve(false)
    return new Promise((tell) => {
      this.#queue({ tenant, isCharging, since: this.#parts.clock.monotonic(), tell })
      this.#tick()
    })
  }

  leave(): void {
    this.#inside--
    this.#left++
    this.#adjust()
    this.#letIn()
  }

  /** In how many seconds whoever is sent away should come again: when those who wait now will be through, at this rate. */
  get comeAgainS(): number {
    const waitS = (this.#waiting + 1) / Math.max(1, this.#perS)
    return Math.min(most.comeAgainS, Math.max(1, Math.ceil(waitS)))
  }

  /** By how much stations should speak less often than at other times, from 1 to 4: a moment without a crowd asks nothing of them. */
  get stretch(): number {
    return this.#waiting === 0 ? 1 : Math.min(tooHard, Math.max(1, this.#parts.pressure()))
  }

  get waiting(): number {
    return this.#waiting
  }

  #hasRoom(): boolean {
    return this.#inside < this.#mostInside && this.#parts.pressure() < tooHard
  }

  /** More by a tenth while the machine is at ease, fewer by a third as soon as it is not. */
  #adjust(): void {
    const now = this.#parts.clock.monotonic()
    const sinceMs = now - this.#adjustedAt
    if (sinceMs < adjustEveryMs) return
    // only while somebody waits it tells how fast it goes, and not how few have come
    if (this.#waiting > 0) this.#perS += ((this.#left * 1_000) / sinceMs - this.#perS) / 4
    this.#left = 0
    this.#adjustedAt = now
    const pressure = this.#parts.pressure()
    if (pressure > 1) this.#mostInside = Math.max(fewestInside, Math.floor(this.#mostInside * 0.67))
    else if (pressure < 0.5) this.#mostInside = Math.min(most.inside, Math.ceil(this.#mostInside * 1.1))
  }

  #queue(waiting: Waiting): void {
    this.#waiting++
    if (waiting.isCharging) return void this.#charging.push(waiting)
    const queue = this.#others.get(waiting.tenant) ?? []
    queue.push(waiting)
    this.#others.set(waiting.tenant, queue)
  }

  #letIn(): void {
    while (this.#waiting > 0 && this.#hasRoom()) {
      const next = this.#charging.shift() ?? this.#nextOfOthers()
      if (next === undefined) return
      this.#waiting--
      this.#inside++
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
    const [longest] = [...this.#others.values()].toSorted((a, b) => b.length - a.length)
    const own = this.#others.get(tenant)?.length ?? 0
    if (longest === undefined || (!isCharging && longest.length <= own + 1)) return false
    const last = longest.pop()
    if (last === undefined) return false
    if (longest.length === 0) this.#others.delete(last.tenant)
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
        while ((queue[0]?.since ?? Number.POSITIVE_INFINITY) <= since) {
          this.#waiting--
          queue.shift()?.tell(false)
        }
      for (const [tenant, queue] of this.#others) if (queue.length === 0) this.#others.delete(tenant)
      if (this.#waiting > 0) this.#tick()
    })
  }
}
