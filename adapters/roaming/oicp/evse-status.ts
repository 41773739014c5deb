import type { EvseStatusRecord } from '../../../core/roaming/oicp/records.ts'
import type { PushAction } from '../../../core/roaming/oicp/requests.ts'
import { askHub } from './client.ts'
import { inLane, type Worked } from './lane.ts'
import type { Hub, OicpParts } from './parts.ts'

const ofDelta = 1_000

type Parts = Pick<OicpParts, 'store' | 'reach' | 'sealer' | 'clock' | 'ledger' | 'log'>

/**
 * Tells the hub the status of the EVSEs that it has: of all at first, then of those that have changed, as they are by then.
 * What is told of an EVSE twice does no harm, so nothing has to be found out after an answer that did not come.
 */
export const pushEvseStatus = (parts: Parts, hub: Hub, by: string): Promise<void> =>
  inLane(parts, { hub, lane: 'evseStatus', by }, async ({ isFull, keep }): Promise<Worked> => {
    const ref = { tenant: hub.partner.tenant, partner: hub.partner.id }
    const push = async (action: PushAction, records: readonly EvseStatusRecord[]): Promise<string | undefined> => {
      if (!(await keep())) return 'somebody else looks after it by now'
      const reply = await askHub(parts, hub, { operation: 'evseStatus', action, records })
      if (reply.type !== 'done') return reply.reason
      await parts.store.statusesTold(ref, records)
      return undefined
    }
    if (isFull) {
      const all = (await parts.store.allStatuses(ref)).slice(0, ofDelta)
      if (all.length === 0) return { type: 'done' }
      const fault = await push('fullLoad', all)
      if (fault !== undefined) return { type: 'failed', reason: fault }
    }
    for (;;) {
      const statuses = await parts.store.statusesToTell(ref, ofDelta)
      if (statuses.length === 0) return { type: 'done', isFull: false }
      const plain = (isNew: boolean): readonly EvseStatusRecord[] =>
        statuses.filter((one) => one.isNew === isNew).map(({ EvseID, EvseStatus }) => ({ EvseID, EvseStatus }))
      for (const [action, records] of [
        ['insert', plain(true)],
        ['update', plain(false)],
      ] as const) {
        const fault = records.length === 0 ? undefined : await push(action, records)
        if (fault !== undefined) return { type: 'failed', reason: fault }
      }
    }
  })
