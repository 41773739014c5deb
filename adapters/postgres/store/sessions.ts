import { storedReading } from '../../../core/ocpp/actions/meter-value.ts'
import type { SessionStore, SessionView } from '../../../core/ports/store.ts'
import type { Sql } from '../connect.ts'
import { present, sessionColumns, sessionOf, type SessionRow } from '../rows.ts'
import { asTenant, nearby } from '../tenant.ts'
import { isUuid, keyOfCursor, pageOf, uuidOfCursor } from './paging.ts'

interface MessageRow {
  readonly received: number
  readonly rank: number
  readonly key: string
  readonly kind: string
  readonly at: number
  readonly protocol: string
  readonly flags: readonly string[]
  readonly wire: Buffer | null
  readonly reading: string | null
}

type Row = SessionRow & { readonly cdr: string | null }
const columns = `${sessionColumns}, (select c.id from cdrs c where c.session = s.id order by c.version desc limit 1) as cdr`

const viewOf = (row: Row): SessionView => ({ ...sessionOf(row), ...(row.cdr !== null && { cdr: row.cdr }) })

export const sessionStore = (app: Sql): SessionStore => ({
  list: (tenant, { chargePoint = null, state = null, token = null, from = null, to = null }, page) =>
    asTenant(app, tenant, async (tx, isLimited) => {
      const after = uuidOfCursor(page.cursor)
      const near = isLimited ? await nearby(tx) : undefined
      const rows = await tx<Row[]>`select ${tx.unsafe(columns)} from sessions s
        where (${after}::uuid is null or s.id < ${after}::uuid) and (${chargePoint}::text is null or s.identity = ${chargePoint}::text)
          ${near === undefined ? tx`` : tx`and s.identity = any(${[...near]}::text[])`}
          and (${state}::text is null or s.state = ${state}::text) and (${token}::text is null or lower(s.token) = lower(${token}::text))
          and (${from}::bigint is null or s.started_at >= at_ms(${from}::bigint)) and (${to}::bigint is null or s.started_at < at_ms(${to}::bigint))
        order by s.id desc limit ${page.limit + 1}`
      return pageOf(rows, page, (row) => [row.id], viewOf)
    }),

  find: (tenant, id) =>
    asTenant(app, tenant, async (tx) => {
      if (!isUuid(id)) return undefined
      const [row] = await tx<Row[]>`select ${tx.unsafe(columns)} from sessions s where s.id = ${id}`
      return row && viewOf(row)
    }),

  samples: (session, page) =>
    asTenant(app, session.tenant, async (tx) => {
      const [at, key] = keyOfCursor(page.cursor, 2) ?? [null, null]
      const rows = await tx<
        { at: number; key: string; received: number; reading: string }[]
      >`select ms(at) as at, key, ms(received_at) as received, reading from samples
        where day = ${session.day}::date and session = ${session.id}
          and (${at ?? null}::bigint is null or (at, key) > (at_ms(${at ?? '0'}::bigint), ${key ?? '00000000-0000-0000-0000-000000000000'}::uuid))
        order by at, key limit ${page.limit + 1}`
      return pageOf(
        rows,
        page,
        (row) => [row.at, row.key],
        (row) => ({ ...storedReading(row.reading, row.at), receivedAt: row.received }),
      )
    }),

  messages: (session, page) =>
    asTenant(app, session.tenant, async (tx) => {
      const [received, rank, key] = keyOfCursor(page.cursor, 3) ?? [null, null, null]
      const rows = await tx<MessageRow[]>`select * from (
          select ms(received_at) as received, 0 as rank, key, kind, ms(at) as at, protocol, flags, wire, null as reading
          from facts where day = ${session.day}::date and session = ${session.id}
          union all
          select ms(received_at), 1, key, 'reading', ms(at), protocol, '{}', null, reading
          from samples where day = ${session.day}::date and session = ${session.id}
        ) m where ${received ?? null}::bigint is null
          or (received, rank, key) > (${received ?? '0'}::bigint, ${rank ?? '0'}::int, ${key ?? '00000000-0000-0000-0000-000000000000'}::uuid)
        order by received, rank, key limit ${page.limit + 1}`
      return pageOf(
        rows,
        page,
        (row) => [row.received, row.rank, row.key],
        ({ received: receivedAt, kind, at, protocol, flags, wire, reading }) => ({
          kind,
          at,
          receivedAt,
          protocol,
          flags,
          ...present({ wire: wire?.toString() ?? null, reading }),
        }),
      )
    }),
})
