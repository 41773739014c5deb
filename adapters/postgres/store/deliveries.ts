import type { JobKind } from '../../../core/domain/changes.ts'
import type { Delivery } from '../../../core/domain/delivery.ts'
import type { DeliveryList, DeliveryTarget, TargetRef } from '../../../core/ports/deliveries.ts'
import { BadCursor } from '../../../core/ports/store.ts'
import type { Sql, Transaction } from '../connect.ts'
import type { LaneRows } from '../delivery-lanes.ts'
import {
  deliveryColumns,
  deliveryOf,
  type DeliveryRow,
  findDelivery,
  saveDelivery,
  withHistory,
} from '../delivery-rows.ts'
import { asTenant } from '../tenant.ts'
import { writeAudit } from '../write-audit.ts'
import { isUuid, keyOfCursor, pageOf } from './paging.ts'

/** Has the lane looked after by whoever does jobs; under its lock. */
export const wakeLane = async (
  tx: Transaction,
  { job }: { readonly job: JobKind },
  { tenant, target }: TargetRef,
): Promise<void> => {
  await tx`insert into outbox (tenant, kind, key) values (${tenant}, ${job}, ${target}) on conflict do nothing`
}

/** Deliveries of one kind, and what people say of them. */
export const deliveryList = <Target extends DeliveryTarget>(app: Sql, kind: LaneRows<Target>): DeliveryList => ({
  list: (tenant, { target = null, state = null }, page) =>
    asTenant(app, tenant, async (tx) => {
      const [number = null, after = ''] = keyOfCursor(page.cursor, 2) ?? []
      if (number !== null && !/^\d{1,15}$/.test(number)) throw new BadCursor('not a cursor of this list')
      const rows = await tx<DeliveryRow[]>`select ${tx.unsafe(deliveryColumns)} from ${tx(kind.deliveries)} d
        where d.tenant = ${tenant} and (${target}::text is null or d.target = ${target}::text)
          and (${state}::text is null or d.state = ${state}::text)
          and (${number}::bigint is null or d.number < ${number}::bigint
            or (d.number = ${number}::bigint and d.target > ${after}::text))
        order by d.number desc, d.target limit ${page.limit + 1}`
      const { items, next } = pageOf(rows, page, (row) => [row.number, row.target], deliveryOf)
      return { items: await withHistory(tx, kind, items), next }
    }),

  change: (ref, decide, { action, by, at, note }) =>
    asTenant(app, ref.tenant, async (tx) => {
      if (!isUuid(ref.document) || (await kind.lock(tx, ref)) === undefined) return 'missing'
      const before = await findDelivery(tx, kind, ref)
      if (before === undefined) return 'missing'
      const change = decide(before)
      if (change === undefined) return 'senseless'
      await saveDelivery(tx, kind, change.delivery)
      await wakeLane(tx, kind, ref)
      const [view] = await withHistory(tx, kind, [change.delivery])
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
})

const shown = ({ state, attempts, reference, reason }: Delivery) => ({
  state,
  attempts,
  reference: reference ?? null,
  reason: reason ?? null,
})
