import { isPaused, keyOfLane, paceAfter } from '../core/domain/push-lane.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Digest } from '../core/ports/digest.ts'
import type { Ids } from '../core/ports/ids.ts'
import type { Log } from '../core/ports/log.ts'
import type { OutboxJob } from '../core/ports/outbox.ts'
import type { HeldLane, PushLanes, Settled } from '../core/ports/push-lanes.ts'
import type { CallModule, PublishedObject, PublishedStore } from '../core/ports/roaming.ts'
import type { Telemetry } from '../core/ports/telemetry.ts'
import { type Item, itemsOf, type Wording } from './push/items.ts'
import { lineUp } from './push/lines.ts'
import { settledOf } from './push/settled.ts'
import { tell } from './push/tell.ts'
import { Turns } from './turns.ts'

interface Parts {
  readonly lanes: PushLanes
  readonly published: Pick<PublishedStore, 'since'>
  readonly call: CallModule
  /** An object of our model as a partner is to have it. */
  readonly wording: Wording
  readonly digest: Pick<Digest, 'key'>
  readonly clock: Clock
  readonly ids: Ids
  readonly telemetry: Telemetry
  readonly log: Log
}

/** So many requests may be on their way to a partner from each of its lanes. */
export const mostAtOnce = 8
/** What is read at once: little for a partner that is slow, so that it is told the latest. */
const mostInRound = 256
const quickMs = 500
const slowMs = 2_000

/**
 * Tells partners what has changed. A job is only the word that a lane is behind; whoever takes it holds the lane alone, and
 * nobody waits for him: what lies above the lane's cursor is read as it is then, told, and written down, again and again
 * until nothing is left. So many changes of one object are one request, a process that dies is followed by another, and a
 * partner that is slow keeps nobody waiting but itself.
 */
export class Pusher {
  readonly #parts: Parts
  readonly #turns = new Turns()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** A job of the outbox: the lane is taken over, and looked after from then on. */
  async work(job: Pick<OutboxJob, 'id' | 'tenant' | 'key'>): Promise<void> {
    if (this.#turns.isStopped) throw new Error('no more lanes are looked after here')
    const { lanes, ids, clock, log } = this.#parts
    const lane = await lanes.enter(job, ids.uuid(), clock.now())
    if (lane === undefined) return
    const turn = this.#turn(lane).catch((error: unknown) =>
      log.warn('a lane to a partner was lost, and will be followed', { lane: job.key, reason: String(error) }),
    )
    this.#turns.add(turn)
  }

  /** What is under way here has come to its end. */
  rest(): Promise<void> {
    return this.#turns.rest()
  }

  /** Nothing more is begun, and what is on its way is waited for; others go on from there. */
  stop(): Promise<void> {
    return this.#turns.stop()
  }

  async #turn(entered: HeldLane): Promise<void> {
    const { lanes, clock } = this.#parts
    let lane: HeldLane | undefined = entered
    let size = mostAtOnce
    while (lane !== undefined) {
      const stops = this.#turns.isStopped
      const items: readonly Item[] = stops || isPaused(lane.pace, clock.now()) ? [] : await this.#items(lane, size)
      if (items.length === 0) {
        if (await lanes.leave(lane, clock.now(), stops)) return
        continue
      }
      const began = clock.monotonic()
      lane = await this.#round(lane, items)
      const took = clock.monotonic() - began
      if (took < quickMs) size = Math.min(size * 2, mostInRound)
      else if (took > slowMs) size = mostAtOnce
    }
  }

  /** What is to be told: what is told again and is due, and what has changed; each object once. */
  async #items(lane: HeldLane, limit: number): Promise<readonly Item[]> {
    const { lanes, published, wording, digest, clock } = this.#parts
    const { tenant, module, partner, revision } = lane
    const [again, fresh] = await Promise.all([
      lanes.due(lane, clock.now(), limit),
      published.since(tenant, module, { partner, revision, limit }),
    ])
    const objects = [...fresh, ...again.filter((one) => !fresh.some((other) => isOne(one, other)))]
    if (objects.length === 0) return []
    const known = await lanes.known(lane, objects)
    return itemsOf({ lane, objects, known, fresh: fresh.length, now: clock.now() }, { wording, digest })
  }

  async #round(lane: HeldLane, items: readonly Item[]): Promise<HeldLane | undefined> {
    const { lanes, call, clock, telemetry, log } = this.#parts
    let { pace } = lane
    const settled = new Map<Item, Settled>()
    await lineUp(
      items,
      { most: mostAtOnce, pace: () => pace, mayBegin: () => !this.#turns.isStopped, clock },
      async (item) => {
        if (item.plan === undefined || item.plan.steps.length === 0 || item.waitsUntil !== undefined)
          return void settled.set(item, settledOf(item, undefined, clock.now()))
        const { object, plan, attempts, losses } = item
        const began = clock.monotonic()
        const outcome = await tell({ call, to: lane.to, object, plan, attempt: attempts + 1, losses })
        telemetry.took('roaming.push.duration', clock.monotonic() - began, outcome.told.type)
        telemetry.count('roaming.pushes', outcome.told.type)
        pace = paceAfter(pace, outcome.told, clock.now())
        if (outcome.told.type === 'refused')
          log.warn('a partner does not take an object', {
            lane: keyOfLane(lane),
            object: object.id,
            reason: outcome.told.reason,
          })
        // nobody would have been told: it stays where it is, above the cursor or among what is told again
        if (outcome.told.type === 'failed' && !outcome.told.isItsOwn && outcome.tells === undefined) return
        settled.set(item, settledOf(item, outcome, clock.now()))
      },
    )
    const revision = cursorAfter(lane.revision, items, (item) => settled.has(item))
    return lanes.settle(lane, { revision, settled: [...settled.values()], pace }, clock.now())
  }
}

const isOne = (a: PublishedObject, b: PublishedObject): boolean =>
  a.id.toLowerCase() === b.id.toLowerCase() && a.owner.country === b.owner.country && a.owner.party === b.owner.party

/** Everything up to there is settled; what is above it is read again, and where it was told already that shows. */
const cursorAfter = (revision: number, items: readonly Item[], isSettled: (item: Item) => boolean): number => {
  const fresh = items.filter(({ isFresh }) => isFresh)
  const open = fresh.findIndex((item) => !isSettled(item))
  const last = fresh.at(open < 0 ? -1 : open - 1)
  return open === 0 || last === undefined ? revision : last.object.revision
}
