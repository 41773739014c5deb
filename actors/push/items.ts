import type { LaneRef } from '../../core/domain/push-lane.ts'
import type { RoamingPartner } from '../../core/domain/roaming-partner.ts'
import type { Digest } from '../../core/ports/digest.ts'
import type { HeldLane, KnownOf, Shadow } from '../../core/ports/push-lanes.ts'
import type { PublishedObject } from '../../core/ports/roaming.ts'
import { dateTime } from '../../core/roaming/date-time.ts'
import type { Json } from '../../core/roaming/field.ts'
import { asRemoved, type PushPlan, pushPlan } from '../../core/roaming/push-plan.ts'
import type { Sent } from '../../core/roaming/wire.ts'

/**
 * Objects of our model as a partner is to have them: in its version, and no longer than it takes. What several of them
 * name is looked up once, as it is then.
 */
export type Wording = (
  to: RoamingPartner,
) => (object: Pick<PublishedObject, 'tenant' | 'module' | 'owner' | 'body'>) => Promise<Sent>

/** One object that is to be told to one partner, and how. */
export interface Item {
  readonly object: PublishedObject
  /** It lies above the cursor. */
  readonly isFresh: boolean
  readonly shadow?: Shadow
  readonly attempts: number
  /** Absent: it cannot be said to this partner; `losses` say why. */
  readonly plan?: PushPlan
  readonly losses: Sent['losses']
  /** It was told of not long ago, and is not told sooner again. */
  readonly waitsUntil?: number
}

interface Given {
  readonly lane: HeldLane
  readonly objects: readonly PublishedObject[]
  readonly known: readonly KnownOf[]
  /** So many of the first of the objects. */
  readonly fresh: number
  readonly now: number
}

interface Words {
  readonly wording: Wording
  readonly digest: Pick<Digest, 'key'>
}

export const itemsOf = async (
  { lane, objects, known, fresh, now }: Given,
  { wording, digest }: Words,
): Promise<readonly Item[]> => {
  const worded = wording(lane.to)
  const itemOf = async (object: PublishedObject, n: number): Promise<Item> => {
    const { shadow, attempts = 0 } = known[n] ?? {}
    const about = { object, isFresh: n < fresh, attempts, ...(shadow !== undefined && { shadow }) }
    if (neverHad(lane, object, { shadow, attempts })) return { ...about, plan: nothing, losses: [] }
    const { body, losses } = await worded({ ...object, body: bodyOf(lane, object) })
    if (body === undefined) return { ...about, losses }
    // whatever was begun and not answered may be there or not: only the whole of it leaves no doubt
    const isSure = shadow !== undefined && !shadow.isDoubtful && attempts === 0
    const plan = pushPlan(
      {
        module: lane.module,
        body,
        isRemoved: object.isRemoved,
        patches: lane.to.quirks.patches,
        ...(isSure && { told: shadow.parts }),
      },
      digest,
    )
    const waitsUntil = waitOf(lane, { body, shadow }, now)
    return { ...about, plan, losses, ...(waitsUntil !== undefined && { waitsUntil }) }
  }
  return Promise.all(objects.map(itemOf))
}

const nothing: PushPlan = { steps: [] }

const bodyOf = ({ module }: LaneRef, { isRemoved, body, lastUpdated }: PublishedObject): Json =>
  isRemoved ? asRemoved(module, body, dateTime(lastUpdated)) : body

/** It was gone before there was anybody who could have had it. */
const neverHad = (
  { to, module }: HeldLane,
  { isRemoved, lastUpdated }: PublishedObject,
  { shadow, attempts }: { readonly shadow: Shadow | undefined; readonly attempts: number },
): boolean => {
  if (!isRemoved) return false
  // a session that is no more has told of its end before
  if (module === 'sessions') return true
  return shadow === undefined && attempts === 0 && lastUpdated < (to.registeredAt ?? 0)
}

const ends = ['COMPLETED', 'INVALID']

/** Sessions change with every reading: partners hear of them so often and not more, but of an end at once. */
const waitOf = (
  { module, to }: HeldLane,
  { body, shadow }: { readonly body: Json; readonly shadow: Shadow | undefined },
  now: number,
): number | undefined => {
  if (module !== 'sessions' || shadow === undefined || ends.includes(String(body['status']))) return undefined
  const until = shadow.toldAt + to.quirks.sessionPushS * 1_000
  return until > now ? until : undefined
}
