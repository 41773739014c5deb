import type { SecurityEventStore, SecurityEventView } from '../../../core/ports/store.ts'
import type { Sql } from '../connect.ts'
import { present } from '../rows.ts'
import { asTenant } from '../tenant.ts'
import { keyOfCursor, pageOf } from './paging.ts'

interface Row {
  readonly id: number
  readonly identity: string
  readonly event: string
  readonly critical: boolean
  readonly at: number
  readonly received: number
  readonly info: string | null
}

const viewOf = ({ id, identity, event, critical, at, received, info }: Row): SecurityEventView => ({
  id,
  chargePoint: identity,
  event,
  critical,
  at,
  receivedAt: received,
  ...present({ info }),
})

export const securityEventStore = (app: Sql): SecurityEventStore => ({
  list: (tenant, { chargePoint = null, critical = null, event = null }, page) =>
    asTenant(app, tenant, async (tx) => {
      const after = keyOfCursor(page.cursor, 1)?.[0] ?? null
      const rows = await tx<
        Row[]
      >`select id, identity, event, critical, ms(at) as at, ms(received_at) as received, info from security_events
        where (${after}::bigint is null or id < ${after}::bigint) and (${chargePoint}::text is null or identity = ${chargePoint}::text)
          and (${critical}::boolean is null or critical = ${critical}::boolean) and (${event}::text is null or event = ${event}::text)
        order by id desc limit ${page.limit + 1}`
      return pageOf(rows, page, (row) => [row.id], viewOf)
    }),
})
