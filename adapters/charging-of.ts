import { type Charging, noCharging } from '../core/charging/composite.ts'
import type { ChargingProfile, Schedule } from '../core/charging/profile.ts'
import type { RunningSession } from '../core/charging/in-force.ts'
import type { ChargePointRef } from '../core/domain/charge-point.ts'
import type { Session } from '../core/domain/session.ts'
import type { ItemView, Store } from '../core/ports/store.ts'

const { supply: usualSupply } = noCharging
/** More sessions than any station has connectors. */
const everySession = { limit: 100 }
const everyItem = { limit: 1_000 }

/** What is known of a station's charging: its profiles, its supply, what runs on its connectors. */
export const chargingOf = async (
  store: Pick<Store, 'chargePoints' | 'mirrors' | 'sessions'>,
  ref: ChargePointRef,
  evse: number,
): Promise<Charging> => {
  const [view, profiles, { items }, limits] = await Promise.all([
    store.chargePoints.find(ref),
    store.mirrors.chargingProfiles(ref),
    store.sessions.list(ref.tenant, { chargePoint: ref.identity, state: 'open' }, everySession),
    store.mirrors.items(ref, { kind: 'chargingLimit' }, everyItem),
  ])
  const running = new Map(
    await Promise.all(items.map(async (session) => [session.evse, await runningOf(store, ref, session)] as const)),
  )
  const numbers = [...new Set((view?.connectors ?? []).map((c) => c.evse))].filter((number) => number > 0)
  const here = running.get(evse)
  return {
    profiles: [...profiles, ...limits.items.flatMap(limitProfiles)],
    supply: view?.supply ?? usualSupply,
    ...(here !== undefined && { session: here }),
    evses: numbers.map((number) => {
      const session = running.get(number)
      return { evse: number, ...(session !== undefined && { session }) }
    }),
  }
}

/** A session as far as limits depend on it: whether it has priority is known of stations that have told (2.1 K21, K22). */
const runningOf = async (
  store: Pick<Store, 'mirrors'>,
  ref: ChargePointRef,
  { startedAt = 0, transaction }: Session,
): Promise<RunningSession> => {
  if (transaction === undefined) return { startedAt }
  const { items } = await store.mirrors.items(ref, { kind: 'priorityCharging', prefix: transaction }, { limit: 10 })
  const hasPriority = items.some(({ key, body }) => key === transaction && body['activated'] === true)
  return { startedAt, transaction, ...(hasPriority && { hasPriority }) }
}

/** What others have said that they allow (2.x NotifyChargingLimit), as the profiles that it amounts to. */
const limitProfiles = ({ body, reportedAt }: ItemView): readonly ChargingProfile[] => {
  const { evse, isLocalGeneration, schedules } = body as {
    readonly evse: number
    readonly isLocalGeneration?: boolean
    readonly schedules: readonly Schedule[]
  }
  return schedules.map((schedule) => ({
    id: 0,
    evse,
    purpose: isLocalGeneration === true ? 'localGeneration' : 'external',
    // above all that we set: none of ours is ever in its way
    stackLevel: Number.MAX_SAFE_INTEGER,
    kind: 'absolute',
    schedules: [{ startsAt: reportedAt, ...schedule }],
  }))
}
