import type { Delivery } from '../../../core/domain/delivery.ts'
import type { DeliveryStore } from '../../../core/ports/deliveries.ts'
import { BadCursor } from '../../../core/ports/store.ts'
import type { Sql, Transaction } from '../connect.ts'
import {
  deliveryColumns,
  deliveryOf,
  type DeliveryRow,
  findDelivery,
  lockTarget,
  saveDelivery,
  wakeLane,
  withHistory,
} from '../erp-rows.ts'
import { asTenant } from '../tenant.ts'
import { writeAudit } from '../write-audit.ts'
import { isUuid, keyOfCursor, pageOf } from './paging.ts'

export const erpDeliveryStore = (app: Sql): DeliveryStore => ({
  list: (tenant, { target = null, state = null }, page) =>
    asTenant(app, tenant, async (tx) => {
      const [number = null, after = ''] = keyOfCursor(page.cursor, 2) ?? []
      if (number !== null && !/^\d{1,15}$/.test(number)) throw new BadCursor('not a cursor of this list')
      const rows = await tx<DeliveryRow[]>`select ${tx.unsafe(deliveryColumns)} from erp_deliveries d
        where d.tenant = ${tenant} and (${target}::text is null or d.target = ${target}::text)
          and (${state}::text is null or d.state = ${state}::text)
          and (${number}::bigint is null or d.number < ${number}::bigint
            or (d.number = ${number}::bigint and d.target > ${after}::text))
        order by d.number desc, d.target limit ${page.limit + 1}`
      const { items, next } = pageOf(rows, page, (row) => [row.number, row.target], deliveryOf)
      return { items: await withHistory(tx, items), next }
    }),

  change: (ref, decide, { action, by, at, note }) =>
    asTenant(app, ref.tenant, async (tx) => {
      if (!isUuid(ref.document) || (await lockTarget(tx, ref)) === undefined) return 'missing'
      const before = await findDelivery(tx, ref)
      if (before === undefined) return 'missing'
      const change = decide(before)
      if (change === undefined) return 'senseless'
      await saveDelivery(tx, change.delivery)
      if (change.delivery.state === 'queued') await wakeLane(tx, ref)
      const [view] = await withHistory(tx, [change.delivery])
      await writeAudit(tx, {
        tenant: ref.tenant,
        at,
        actor: by,
        action,
        subject: `${ref.target}/${ref.document}`,
        before: shown(before),
        after: shown(change.delivery),
        ...(note !== undefined && { note }),
      })
      return view ?? 'missing'
    }),

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
        await saveDelivery(tx, change.delivery)
      }
      const queued = again + (await fileMissing(tx, ref, { from, to, at }))
      await wakeLane(tx, ref)
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

const shown = ({ state, attempts, reference, reason }: Delivery) => ({
  state,
  attempts,
  reference: reference ?? null,
  reason: reason ?? null,
})
