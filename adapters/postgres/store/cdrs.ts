import type { Cdr } from '../../../core/domain/cdr.ts'
import type { CdrStore } from '../../../core/ports/store.ts'
import type { Sql } from '../connect.ts'
import { present } from '../rows.ts'
import { asTenant } from '../tenant.ts'
import { isUuid, pageOf, uuidOfCursor } from './paging.ts'

interface Row {
  readonly id: string
  readonly tenant: string
  readonly version: number
  readonly session: string
  readonly identity: string
  readonly evse: number
  readonly connector: number
  readonly token: string | null
  readonly contract: string | null
  readonly started_ms: number
  readonly ended_ms: number
  readonly energy_mwh: number
  readonly duration_ms: number
  readonly stop_reason: string
  readonly state: Cdr['state']
  readonly notes: readonly string[]
}

const columns = `id, tenant, version, session, identity, evse, connector, token, contract, ms(started_at) as started_ms, ms(ended_at) as ended_ms, energy_mwh, duration_ms, stop_reason, state, notes`

const cdrOf = (row: Row): Cdr => ({
  id: row.id,
  tenant: row.tenant,
  version: row.version,
  session: row.session,
  chargePoint: row.identity,
  evse: row.evse,
  connector: row.connector,
  startedAt: row.started_ms,
  endedAt: row.ended_ms,
  energyMwh: row.energy_mwh,
  durationMs: row.duration_ms,
  stopReason: row.stop_reason,
  state: row.state,
  notes: row.notes,
  ...present({ token: row.token, contract: row.contract }),
})

export const cdrStore = (app: Sql): CdrStore => ({
  list: (tenant, { chargePoint = null, session = null, from = null, to = null }, page) =>
    asTenant(app, tenant, async (tx) => {
      if (session !== null && !isUuid(session)) return { items: [], next: null }
      const after = uuidOfCursor(page.cursor)
      const rows = await tx<Row[]>`select ${tx.unsafe(columns)} from cdrs
        where (${after}::uuid is null or id < ${after}::uuid) and (${chargePoint}::text is null or identity = ${chargePoint}::text) and (${session}::uuid is null or session = ${session}::uuid)
          and (${from}::bigint is null or ended_at >= at_ms(${from}::bigint)) and (${to}::bigint is null or ended_at < at_ms(${to}::bigint))
        order by id desc limit ${page.limit + 1}`
      return pageOf(rows, page, (row) => [row.id], cdrOf)
    }),

  find: (tenant, id) =>
    asTenant(app, tenant, async (tx) => {
      if (!isUuid(id)) return undefined
      const [row] = await tx<Row[]>`select ${tx.unsafe(columns)} from cdrs where id = ${id}`
      return row && cdrOf(row)
    }),
})
