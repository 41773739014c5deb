import type { CdrState } from '../../../core/domain/cdr.ts'
import type { CdrStore, CdrView } from '../../../core/ports/store.ts'
import { meteredAccount } from '../../../core/pricing/account-usage.ts'
import { cdrColumns, cdrOf, type CdrRow } from '../cdr-rows.ts'
import type { Sql, Transaction } from '../connect.ts'
import { releaseCdr } from '../release-cdr.ts'
import { asTenant, nearby } from '../tenant.ts'
import { readingsOf } from '../circumstances.ts'
import { present, sessionColumns, sessionOf, type SessionRow } from '../rows.ts'
import { isUuid, pageOf, uuidOfCursor } from './paging.ts'

type Row = CdrRow & { readonly number: number | null }
const columns = `${cdrColumns}, (select d.number from documents d where d.id = c.id) as number`

const viewOf = (row: Row): CdrView => ({ ...cdrOf(row), ...present({ number: row.number }) })

export const cdrStore = (app: Sql): CdrStore => ({
  list: (tenant, { chargePoint = null, session = null, state, from = null, to = null }, page) =>
    asTenant(app, tenant, async (tx, isLimited) => {
      if (session !== null && !isUuid(session)) return { items: [], next: null }
      const after = uuidOfCursor(page.cursor)
      const near = isLimited ? await nearby(tx) : undefined
      const rows = await tx<Row[]>`select ${tx.unsafe(columns)} from cdrs c
        where (${after}::uuid is null or id < ${after}::uuid) and (${chargePoint}::text is null or identity = ${chargePoint}::text) and (${session}::uuid is null or session = ${session}::uuid)
          and (${from}::bigint is null or ended_at >= at_ms(${from}::bigint)) and (${to}::bigint is null or ended_at < at_ms(${to}::bigint))
          ${near === undefined ? tx`` : tx`and c.session in (select s.id from sessions s where s.identity = any(${[...near]}::text[]))`}
          ${inState(tx, state)}
        order by id desc limit ${page.limit + 1}`
      return pageOf(rows, page, (row) => [row.id], viewOf)
    }),

  find: (tenant, id) =>
    asTenant(app, tenant, async (tx) => {
      if (!isUuid(id)) return undefined
      const [row] = await tx<Row[]>`select ${tx.unsafe(columns)} from cdrs c where id = ${id}`
      return row && viewOf(row)
    }),

  grounds: (cdr) =>
    asTenant(app, cdr.tenant, async (tx) => {
      const [row] = await tx<
        SessionRow[]
      >`select ${tx.unsafe(sessionColumns)} from sessions s where s.id = ${cdr.session}`
      if (row === undefined) throw new Error(`CDR ${cdr.id} has no session`)
      const session = sessionOf(row)
      const readings = (await readingsOf(tx, [session])).get(session.id) ?? []
      return { account: meteredAccount(cdr, session), readings }
    }),

  release: (tenant, id, order) =>
    asTenant(app, tenant, async (tx) => (isUuid(id) ? releaseCdr(tx, id, order) : 'missing')),
})

/** Those that are held have an index of their own, which a parameter in their place would not find. */
const inState = (tx: Transaction, state: CdrState | undefined) => {
  if (state === undefined) return tx``
  if (state === 'held') return tx`and c.state = 'held'`
  const credited = tx`exists (select 1 from credits x where x.tenant = c.tenant and x.cdr = c.id)`
  return state === 'credited' ? tx`and ${credited}` : tx`and c.state = 'issued' and not ${credited}`
}
