import { type AttemptOutcome, type Delivery, deliveryKey } from '../core/domain/delivery.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { SealedDocument } from '../core/domain/document.ts'
import type { DeliveryLanes, DeliveryTarget, ErpTarget, Taken, TargetRef } from '../core/ports/deliveries.ts'
import type { Receiver } from '../core/ports/erp.ts'
import type { Log } from '../core/ports/log.ts'
import type { OutboxJob } from '../core/ports/outbox.ts'
import type { Random } from '../core/ports/random.ts'
import type { Telemetry } from '../core/ports/telemetry.ts'
import { attempt } from './delivery/attempt.ts'
import { decide } from './delivery/decide.ts'
import { type DeliveryWords, toBooks } from './delivery/words.ts'

interface Parts<Target extends DeliveryTarget, Document> {
  readonly lanes: DeliveryLanes<Target, Document>
  /** Throws where the settings of a target cannot be read any more. */
  readonly open: (target: Target) => Receiver<Document>
  /** How what is done is told; absent = as of the books. */
  readonly words?: DeliveryWords
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
export class Deliveries<Target extends DeliveryTarget = ErpTarget, Document = SealedDocument> {
  readonly #parts: Parts<Target, Document>
  readonly #words: DeliveryWords
  readonly #lanes = new Map<string, Lane>()
  #isStopped = false

  constructor(parts: Parts<Target, Document>) {
    this.#parts = parts
    this.#words = parts.words ?? toBooks
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
    const receiver = this.#opened(target)
    if (receiver === undefined) return
    const until = clock.monotonic() + turnMs
    const lane = this.#laneOf(ref)
    lane.calls++
    // others of this process that send to it already are asked to look again: more of them would only wait for each other
    const free = Math.max(0, target.mostInFlight - lane.lines)
    if (free === 0) return
    await Promise.all(Array.from({ length: free }, () => this.#line(ref, receiver, lane, until)))
    await lanes.rest(ref, clock.now())
  }

  #laneOf({ tenant, target }: TargetRef): Lane {
    const key = `${tenant}/${target}`
    const lane = this.#lanes.get(key) ?? { lines: 0, calls: 0 }
    this.#lanes.set(key, lane)
    return lane
  }

  /** Nothing is begun with settings that cannot be read: it is looked at again and again until somebody has set them anew. */
  #opened(target: Target): Receiver<Document> | undefined {
    try {
      return this.#parts.open(target)
    } catch (error) {
      this.#parts.log.error(this.#words.unopened, { target: target.id, reason: String(error) })
      return undefined
    }
  }

  /** One document after the other, until nothing is due that anybody has told of. */
  async #line(ref: TargetRef, receiver: Receiver<Document>, lane: Lane, until: number): Promise<void> {
    const { lanes, clock } = this.#parts
    lane.lines++
    try {
      while (!this.#isStopped && clock.monotonic() < until) {
        const { calls } = lane
        const taken = await lanes.take(ref, clock.now(), (delivery) =>
          decide(delivery, receiver.guard, turnOf(delivery), this.#now()),
        )
        if (taken !== undefined) await this.#send(receiver, taken)
        else if (lane.calls === calls) return
      }
    } finally {
      lane.lines--
    }
  }

  async #send(receiver: Receiver<Document>, taken: Taken<Document>): Promise<void> {
    const { lanes, clock, log, telemetry } = this.#parts
    const { delivery, document, asks } = taken
    const began = clock.monotonic()
    const outcome = await attempt(receiver, document, { key: deliveryKey(delivery), asks })
    telemetry.took(this.#words.duration, clock.monotonic() - began, outcome.type)
    telemetry.count(this.#words.attempts, outcome.type)
    const settled = await lanes.settle(
      taken,
      outcome,
      (now) => decide(now, receiver.guard, outcome, this.#now()),
      clock.now(),
    )
    const about = {
      target: delivery.target,
      document: delivery.document,
      number: delivery.number,
      attempt: delivery.attempts,
    }
    if (settled === undefined) return log.warn('an attempt was answered too late', { ...about, outcome: outcome.type })
    this.#tell(settled, about, outcome)
  }

  #tell({ state, reference, reason }: Delivery, about: object, outcome: AttemptOutcome): void {
    const { log } = this.#parts
    if (state === 'accepted') log.info(this.#words.arrived, { ...about, ...(reference !== undefined && { reference }) })
    else if (state === 'queued') log.warn(this.#words.later, { ...about, outcome: outcome.type, reason })
    else log.error(this.#words.stuck, { ...about, state, reason })
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
