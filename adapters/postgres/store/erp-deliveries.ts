import type { DeliveryStore } from '../../../core/ports/deliveries.ts'
import type { Sql, Transaction } from '../connect.ts'
import { deliveryColumns, deliveryOf, type DeliveryRow, saveDelivery } from '../delivery-rows.ts'
import { erpLanes } from '../erp-lanes.ts'
import { lockTarget } from '../erp-rows.ts'
import { asTenant } from '../tenant.ts'
import { writeAudit } from '../write-audit.ts'
import { deliveryList, wakeLane } from './deliveries.ts'

export const erpDeliveryStore = (app: Sql): DeliveryStore => ({
  ...deliveryList(app, erpLanes),

  replay: (ref, { from, to }, decide, { by, at, note }) =>
    asTenant(app, ref.tenant, async (tx) => {
      if ((await lockTarget(tx, ref)) === undefined) return { queued: 0, kept: 0 }
      const rows = await tx<DeliveryRow[]>`select ${tx.unsafe(deliveryColumns)} from erp_deliveries d
        where d.tenant = ${ref.tenant} and d.target = ${ref.target} and d.number between ${from}::bigint and ${to}::bigint for update`
      let again = 0
      for (const before of rows.map(deliveryOf)) {
        const change = decide(before)
        if (change === undefined) continue
        again++
        await saveDelivery(tx, erpLanes, change.delivery)
      }
      const queued = again + (await fileMissing(tx, ref, { from, to, at }))
      await wakeLane(tx, erpLanes, ref)
      await writeAudit(tx, {
        tenant: ref.tenant,
        at,
        actor: by,
        action: 'erp-target.replayed',
        subject: ref.target,
        after: { fromNumber: from, toNumber: to, queued },
        ...(note !== undefined && { note }),
      })
      return { queued, kept: rows.length - again }
    }),
})

/** Deliveries for documents of before the target was there. */
const fileMissing = async (
  tx: Transaction,
  { tenant, target }: { readonly tenant: string; readonly target: string },
  { from, to, at }: { readonly from: number; readonly to: number; readonly at: number },
): Promise<number> => {
  const { count } = await tx`insert into erp_deliveries (tenant, target, document, number, changed_at)
    select tenant, ${target}, id, number, at_ms(${at}::bigint) from documents
    where tenant = ${tenant} and number between ${from}::bigint and ${to}::bigint on conflict do nothing`
  return count
}
