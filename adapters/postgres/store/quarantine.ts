import type { QuarantineStore } from '../../../core/ports/store.ts'
import type { Sql } from '../connect.ts'
import { asTenant } from '../tenant.ts'
import { keyOfCursor, pageOf } from './paging.ts'

interface Row {
  readonly id: number
  readonly identity: string
  readonly received_ms: number
  readonly action: string
  readonly reason: string
  readonly wire: Buffer
}

export const quarantineStore = (app: Sql): QuarantineStore => ({
  list: (tenant, { chargePoint = null }, page) =>
    asTenant(app, tenant, async (tx) => {
      const below = Number(keyOfCursor(page.cursor, 1)?.[0] ?? Number.MAX_SAFE_INTEGER)
      const rows = await tx<
        Row[]
      >`select id, identity, ms(received_at) as received_ms, action, reason, wire from quarantine
        where id < ${Number.isSafeInteger(below) ? below : 0} and (${chargePoint}::text is null or identity = ${chargePoint}::text)
        order by id desc limit ${page.limit + 1}`
      return pageOf(
        rows,
        page,
        (row) => [String(row.id)],
        ({ identity, received_ms: receivedAt, wire, ...row }) => ({
          ...row,
          chargePoint: identity,
          receivedAt,
          wire: wire.toString(),
        }),
      )
    }),
})
