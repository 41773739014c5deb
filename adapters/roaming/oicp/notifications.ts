import type { Notice } from '../../../core/ports/oicp.ts'
import type { PartnerRef } from '../../../core/ports/roaming-partners.ts'
import { evseIdOf } from '../../../core/roaming/oicp/identifiers.ts'
import { notificationOf, progressMs } from '../../../core/roaming/oicp/notification.ts'
import { askHub } from './client.ts'
import { inLane, type Worked } from './lane.ts'
import type { Hub, OicpParts } from './parts.ts'

type Parts = Pick<OicpParts, 'store' | 'reach' | 'sealer' | 'clock' | 'ledger' | 'log'>

/** Tells the hub how sessions go, as they are by then; what it does not take is not said again, for it is but news. */
export const notify = (parts: Parts, hub: Hub, by: string): Promise<void> =>
  inLane(parts, { hub, lane: 'notification', by }, async ({ keep }): Promise<Worked> => {
    const ref = { tenant: hub.partner.tenant, partner: hub.partner.id }
    for (;;) {
      const now = parts.clock.now()
      const notice = await parts.store.nextNotice(ref, now)
      if (notice === undefined) return { type: 'done' }
      const wanted = await wantedOf(parts, ref, notice, now)
      if (wanted === undefined) {
        await parts.store.noticed(ref, notice, undefined, againAt(notice))
        continue
      }
      if (!(await keep())) return { type: 'failed', reason: 'somebody else looks after it by now' }
      const reply = await askHub(parts, hub, { operation: 'notification', notification: wanted })
      if (reply.type === 'failed') return { type: 'failed', reason: reply.reason }
      const told = { type: wanted.Type, at: now }
      const isOver = wanted.Type === 'End' || wanted.Type === 'Error'
      await parts.store.noticed(ref, notice, told, isOver ? undefined : now + progressMs)
    }
  })

/** Progress comes again in time; whatever else there is comes with a change. */
const againAt = ({ session, told }: Notice): number | undefined =>
  session.status === 'ACTIVE' && told !== undefined && told.type !== 'End' && told.type !== 'Error'
    ? told.at + progressMs
    : undefined

const wantedOf = async ({ store }: Parts, { tenant }: PartnerRef, notice: Notice, now: number) => {
  const { session, hub, told } = notice
  const known = hub.evseId ?? (await store.evseIdOf(tenant, session.evse_uid))
  const evseId = known && evseIdOf(known)
  if (evseId === undefined) return undefined
  const { session: hubSession, empSession, identification } = hub
  return notificationOf(
    session,
    {
      hubSession,
      evseId,
      now,
      ...(empSession !== undefined && { empSession }),
      ...(identification !== undefined && { identification }),
      ...(told !== undefined && { told }),
    },
    () => {},
  )
}
