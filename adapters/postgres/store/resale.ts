import type { Figures, ResaleStore } from '../../../core/ports/tenants.ts'
import type { Sql } from '../connect.ts'
import { portBillsOf } from '../port-fees.ts'
import { billablePorts, portsOfReseller } from '../ports.ts'
import { asTenant } from '../tenant.ts'
import { keyOfCursor, pageOf } from './paging.ts'

export const resaleStore = (app: Sql): ResaleStore => ({
  counts: (reseller, month) => asTenant(app, reseller, (tx) => billablePorts(tx, reseller, month)),

  bills: (tenant, month) => asTenant(app, tenant, (tx) => portBillsOf(tx, tenant, month)),

  ports: (reseller, month, page) =>
    asTenant(app, reseller, async (tx) => {
      const [cpo = '', chargePoint = '', evse = '0'] = keyOfCursor(page.cursor, 3) ?? []
      const after = [cpo, chargePoint, Number.isSafeInteger(Number(evse)) ? Number(evse) : 0] as const
      const rows = await portsOfReseller(tx, { reseller, month }, { after, limit: page.limit + 1 })
      return pageOf(
        rows,
        page,
        (port) => [port.cpo, port.chargePoint, port.evse],
        (port) => port,
      )
    }),

  figures: (tenant, since) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<Figures[]>`select
        (select count(*)::int from charge_points) as "chargePoints",
        (select count(*)::int from connections c join workers w on w.worker = c.worker and w.seen_at > now() - interval '30 seconds' where c.closed_at is null and c.connected_at is not null) as online,
        (select count(*)::int from sessions where state = 'open') as "openSessions",
        (select coalesce(sum(energy_mwh), 0)::bigint from cdrs where id >= ${firstIdAt(since)} and state <> 'credited') as "energyMwh"`
      if (row === undefined) throw new Error('figures are always there')
      return row
    }),
})

/** Ids begin with the ms in which they were made (RFC 9562 §5.7): those of a day are one part of their index. */
const firstIdAt = (ms: number): string => {
  const hex = ms.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}
