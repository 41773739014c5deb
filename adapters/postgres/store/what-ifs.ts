import { nothingYet, type Tally } from '../../../core/pricing/tally.ts'
import type { WhatIf, WhatIfState, WhatIfStore } from '../../../core/ports/what-ifs.ts'
import type { Sql, Transaction } from '../connect.ts'
import { present } from '../rows.ts'
import { tariffOf, type VersionRow, versionColumns } from '../tariff-rows.ts'
import { asTenant } from '../tenant.ts'
import { accountsWithin, priceNext } from '../what-if-page.ts'
import { isUuid } from './paging.ts'

interface Row {
  readonly id: string
  readonly tenant: string
  readonly tariff: string
  readonly version: number
  readonly from_ms: number
  readonly to_ms: number
  readonly identity: string | null
  readonly site: string | null
  readonly state: WhatIfState
  readonly reason: string | null
  readonly accounts: number | null
  readonly cursor_ms: number | null
  readonly cursor_id: string | null
  readonly tally: Tally
  readonly created_ms: number
  readonly changed_ms: number
}

const columns = `w.id, w.tenant, w.tariff, w.version, ms(w.from_at) as from_ms, ms(w.to_at) as to_ms, w.identity, w.site, w.state, w.reason, w.accounts,
  ms(w.cursor_at) as cursor_ms, w.cursor_id, w.tally, ms(w.created_at) as created_ms, ms(w.changed_at) as changed_ms`

const whatIfOf = (row: Row): WhatIf => ({
  id: row.id,
  tenant: row.tenant,
  tariff: row.tariff,
  version: row.version,
  from: row.from_ms,
  to: row.to_ms,
  state: row.state,
  tally: row.tally,
  createdAt: row.created_ms,
  changedAt: row.changed_ms,
  ...present({ chargePoint: row.identity, site: row.site, reason: row.reason, of: row.accounts }),
})

export const whatIfStore = (app: Sql, ingest: Sql): WhatIfStore => ({
  create: (draft) =>
    asTenant(app, draft.tenant, async (tx) => {
      const whatIf: WhatIf = { ...draft, state: 'queued', tally: nothingYet, changedAt: draft.createdAt }
      await tx`insert into what_ifs (id, tenant, tariff, version, from_at, to_at, identity, site, tally, created_at, changed_at)
        values (${draft.id}, ${draft.tenant}, ${draft.tariff}, ${draft.version}, at_ms(${draft.from}), at_ms(${draft.to}), ${draft.chargePoint ?? null}, ${draft.site ?? null},
          ${JSON.stringify(nothingYet)}::text::jsonb, at_ms(${draft.createdAt}), at_ms(${draft.createdAt}))`
      return whatIf
    }),

  find: (tenant, id) =>
    asTenant(app, tenant, async (tx) => {
      if (!isUuid(id)) return undefined
      const [row] = await tx<Row[]>`select ${tx.unsafe(columns)} from what_ifs w where w.id = ${id}`
      return row && whatIfOf(row)
    }),

  cancel: (tenant, id, at) =>
    asTenant(app, tenant, async (tx) => {
      const rows =
        await tx`update what_ifs set state = 'cancelled', changed_at = at_ms(${at}) where id = ${id} and state in ('queued', 'running') returning 1`
      return rows.length > 0
    }),

  async due() {
    const [row] = await ingest<{ tenant: string; id: string }[]>`
      select tenant, id from what_ifs where state in ('queued', 'running') order by changed_at limit 1`
    return row
  },

  step: ({ tenant, id }, at) => asTenant(app, tenant, (tx) => step(tx, id, at)),

  fail: ({ tenant, id }, reason, at) =>
    asTenant(app, tenant, async (tx) => {
      await tx`update what_ifs set state = 'failed', reason = ${reason.slice(0, 500)}, changed_at = at_ms(${at}) where id = ${id} and state in ('queued', 'running')`
    }),
})

/** Whoever prices a page has its row; what was cancelled meanwhile is seen with the next one. */
const step = async (tx: Transaction, id: string, at: number): Promise<WhatIf | undefined> => {
  const [row] = await tx<Row[]>`select ${tx.unsafe(columns)} from what_ifs w
    where w.id = ${id} and w.state in ('queued', 'running') for update skip locked`
  if (row === undefined) return undefined
  const before = whatIfOf(row)
  const of = before.of ?? (await accountsWithin(tx, before))
  const [version] = await tx<VersionRow[]>`select ${tx.unsafe(versionColumns)} from tariff_versions v
    where v.tenant = ${before.tenant} and v.id = ${before.tariff} and v.version = ${before.version}`
  if (version === undefined) throw new Error('the version of the tariff is not there')
  const cursor = row.cursor_ms === null || row.cursor_id === null ? undefined : { at: row.cursor_ms, id: row.cursor_id }
  const { tally, after } = await priceNext(tx, before, {
    tariff: tariffOf(version),
    after: cursor,
    tally: before.tally,
  })
  const state = after === undefined ? 'done' : 'running'
  await tx`update what_ifs set state = ${state}, accounts = ${of}, tally = ${JSON.stringify(tally)}::text::jsonb,
      cursor_at = at_ms(${after?.at ?? cursor?.at ?? null}::bigint), cursor_id = ${after?.id ?? cursor?.id ?? null}::uuid, changed_at = at_ms(${at})
    where id = ${id}`
  return { ...before, state, of, tally, changedAt: at }
}
