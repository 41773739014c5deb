import { type AttemptOutcome, type Delivery, deliveryKey } from '../core/domain/delivery.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { DeliveryLanes, ErpTarget, Taken, TargetRef } from '../core/ports/deliveries.ts'
import type { Erp } from '../core/ports/erp.ts'
import type { Log } from '../core/ports/log.ts'
import type { OutboxJob } from '../core/ports/outbox.ts'
import type { Random } from '../core/ports/random.ts'
import type { Telemetry } from '../core/ports/telemetry.ts'
import { attempt } from './delivery/attempt.ts'
import { decide } from './delivery/decide.ts'

interface Parts {
  readonly lanes: DeliveryLanes
  /** Throws where the settings of a target cannot be read any more. */
  readonly open: (target: ErpTarget) => Erp
  readonly clock: Clock
  readonly random: Random
  readonly telemetry: Telemetry
  readonly log: Log
}

/** What looks after a target in this process. */
interface Lane {
  /** How many send at the moment. */
  lines: number
  /** Grows with every word that something is due. */
  calls: number
}

/** For how long one job looks after a lane before it lets others have its place. */
const turnMs = 30_000

/**
 * Looks after the lanes of targets: what is due there is committed as `sending`, then sent, then what came of it is
 * committed. Whoever dies in between has left an unclear attempt, which the machine knows what to do about; so nothing is
 * lost and nothing posted twice, in whatever order processes die. A job is only the word that something is due: there
 * may be any number of them.
 */
export class Deliveries {
  readonly #parts: Parts
  readonly #lanes = new Map<string, Lane>()
  #isStopped = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** What is on its way is waited for by whoever does the jobs; nothing more is begun. */
  stop(): void {
    this.#isStopped = true
  }

  /** A job of the outbox: looks after the lane of its target until nothing is due there, or its turn is over. */
  async work(job: Pick<OutboxJob, 'id' | 'tenant' | 'key'>): Promise<void> {
    const { lanes, clock } = this.#parts
    const target = await lanes.enter(job, clock.now())
    if (target === undefined) return
    const ref = { tenant: target.tenant, target: target.id }
    const erp = this.#opened(target)
    if (erp === undefined) return
    const until = clock.monotonic() + turnMs
    const lane = this.#laneOf(ref)
    lane.calls++
    // others of this process that send to it already are asked to look again: more of them would only wait for each other
    const free = Math.max(0, target.mostInFlight - lane.lines)
    if (free === 0) return
    await Promise.all(Array.from({ length: free }, () => this.#line(ref, erp, lane, until)))
    await lanes.rest(ref, clock.now())
  }

  #laneOf({ tenant, target }: TargetRef): Lane {
    const key = `${tenant}/${target}`
    const lane = this.#lanes.get(key) ?? { lines: 0, calls: 0 }
    this.#lanes.set(key, lane)
    return lane
  }

  /** Nothing is begun with settings that cannot be read: it is looked at again and again until somebody has set them anew. */
  #opened(target: ErpTarget): Erp | undefined {
    try {
      return this.#parts.open(target)
    } catch (error) {
      this.#parts.log.error('a target of the books cannot be opened', { target: target.id, reason: String(error) })
      return undefined
    }
  }

  /** One document after the other, until nothing is due that anybody has told of. */
  async #line(ref: TargetRef, erp: Erp, lane: Lane, until: number): Promise<void> {
    const { lanes, clock } = this.#parts
    lane.lines++
    try {
      while (!this.#isStopped && clock.monotonic() < until) {
        const { calls } = lane
        const taken = await lanes.take(ref, clock.now(), (delivery) =>
          decide(delivery, erp.guard, turnOf(delivery), this.#now()),
        )
        if (taken !== undefined) await this.#send(erp, taken)
        else if (lane.calls === calls) return
      }
    } finally {
      lane.lines--
    }
  }

  async #send(erp: Erp, taken: Taken): Promise<void> {
    const { lanes, clock, log, telemetry } = this.#parts
    const { delivery, document, asks } = taken
    const began = clock.monotonic()
    const outcome = await attempt(erp, document, { key: deliveryKey(delivery), asks })
    telemetry.took('erp.attempt.duration', clock.monotonic() - began, outcome.type)
    telemetry.count('erp.attempts', outcome.type)
    const settled = await lanes.settle(
      taken,
      outcome,
      (now) => decide(now, erp.guard, outcome, this.#now()),
      clock.now(),
    )
    const about = {
      target: delivery.target,
      document: document.id,
      number: document.number,
      attempt: delivery.attempts,
    }
    if (settled === undefined) return log.warn('an attempt was answered too late', { ...about, outcome: outcome.type })
    tell(log, settled, about, outcome)
  }

  #now(): { readonly at: number; readonly spread: number } {
    return { at: this.#parts.clock.now(), spread: this.#parts.random.integer(0, 1_000) / 1_000 }
  }
}

/** Whoever was sending it has not been heard of for longer than any attempt takes. */
const turnOf = ({ state }: Delivery) =>
  state === 'sending'
    ? ({ type: 'unclear', reason: 'whoever was sending it has not been heard of since' } as const)
    : ({ type: 'due' } as const)

const tell = (log: Log, { state, reference, reason }: Delivery, about: object, outcome: AttemptOutcome): void => {
  if (state === 'accepted')
    return log.info('a document is in the books', { ...about, ...(reference !== undefined && { reference }) })
  if (state === 'queued')
    return log.warn('a document goes to the books later', { ...about, outcome: outcome.type, reason })
  log.error('a document is not in the books: somebody must look', { ...about, state, reason })
}
