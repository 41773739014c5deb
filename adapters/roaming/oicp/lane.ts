import type { HubLane, LaneName } from '../../../core/ports/oicp.ts'
import type { Hub, OicpParts } from './parts.ts'

/** Longer than any request of a lane takes: after it, whoever held the lane is gone. */
const holdMs = 90_000
const second = 1_000
const longestPauseMs = 60 * second

/** What has come of some work on a lane. `failed`: it is tried again after a pause, which grows. */
export type Worked =
  | { readonly type: 'done'; readonly isFull?: boolean }
  | { readonly type: 'failed'; readonly reason: string; readonly isFull?: boolean }

interface Held extends HubLane {
  /** Still ours: asked before each request, for a hold does not last. */
  readonly keep: () => Promise<boolean>
}

/** Works on one lane of a hub while nobody else does, in this process or in another. */
export const inLane = async (
  { store, clock, log }: Pick<OicpParts, 'store' | 'clock' | 'log'>,
  { hub, lane, by }: { readonly hub: Hub; readonly lane: LaneName; readonly by: string },
  work: (held: Held) => Promise<Worked>,
): Promise<void> => {
  const ref = { tenant: hub.partner.tenant, partner: hub.partner.id }
  const hold = (): Promise<HubLane | undefined> => {
    const now = clock.now()
    return store.hold(ref, lane, { by, now, until: now + holdMs })
  }
  const held = await hold()
  if (held === undefined) return
  let worked: Worked
  try {
    worked = await work({ ...held, keep: async () => (await hold()) !== undefined })
  } catch (error) {
    worked = { type: 'failed', reason: String(error) }
  }
  const faults = worked.type === 'done' ? 0 : held.faults + 1
  const full = worked.isFull === undefined ? {} : { isFull: worked.isFull }
  if (worked.type === 'done') return store.release(ref, lane, { by, faults, ...full })
  const { reason } = worked
  log.warn('a hub could not be told something', { partner: ref.partner, lane, faults, reason })
  const pausedUntil = clock.now() + Math.min(second * 2 ** Math.min(faults - 1, 10), longestPauseMs)
  await store.release(ref, lane, { by, faults, reason, pausedUntil, ...full })
}
