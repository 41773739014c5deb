import type { ReservationStore } from '../../../core/ports/store.ts'
import type { Sql } from '../connect.ts'
import { reservationColumns, reservationOf, type ReservationRow } from '../reservations.ts'
import { asTenant } from '../tenant.ts'
import { keyOfCursor, pageOf } from './paging.ts'

export const reservationStore = (app: Sql): ReservationStore => ({
  list: (tenant, { chargePoint = null, state = null }, page) =>
    asTenant(app, tenant, async (tx) => {
      const [created, id] = keyOfCursor(page.cursor, 2) ?? [null, null]
      const rows = await tx<ReservationRow[]>`select ${tx.unsafe(reservationColumns)} from reservations r
        where (${chargePoint}::text is null or r.identity = ${chargePoint}::text) and (${state}::text is null or r.state = ${state}::text)
          and (${created ?? null}::bigint is null or (ms(r.created_at), r.id) < (${created ?? '0'}::bigint, ${id ?? '0'}::int))
        order by ms(r.created_at) desc, r.id desc limit ${page.limit + 1}`
      return pageOf(rows, page, (row) => [row.created_ms, row.id], reservationOf)
    }),

  find: (tenant, id) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<
        ReservationRow[]
      >`select ${tx.unsafe(reservationColumns)} from reservations r where r.id = ${id}`
      return row && reservationOf(row)
    }),
})
