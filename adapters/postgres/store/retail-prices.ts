import type { RetailState, RetailStore, RetailView } from '../../../core/ports/agreements.ts'
import type { Retail } from '../../../core/settlement/retail.ts'
import type { Sql } from '../connect.ts'
import { present } from '../rows.ts'
import { asTenant } from '../tenant.ts'
import { keyOfCursor, pageOf } from './paging.ts'

interface Row {
  readonly country_code: string
  readonly party_id: string
  readonly id: string
  readonly partner: string
  readonly serial: number
  readonly state: RetailState
  readonly reason: string | null
  readonly credit_of: string | null
  readonly emp: string | null
  readonly day: string | null
  readonly retail: Retail | null
  readonly came_ms: number
  readonly priced_ms: number | null
}

const columns = `country_code, party_id, id, partner, serial, state, reason, credit_of, emp, day::text, retail, ms(came_at) as came_ms, ms(priced_at) as priced_ms`

export const retailStore = (app: Sql): RetailStore => ({
  find: (tenant, owner, id) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<Row[]>`select ${tx.unsafe(columns)} from retail_prices
        where tenant = ${tenant} and country_code = ${owner.country.toUpperCase()} and party_id = ${owner.party.toUpperCase()} and key = lower(${id})`
      return row && viewOf(row)
    }),

  list: (tenant, { state = null, partner = null }, page) =>
    asTenant(app, tenant, async (tx) => {
      const [after = '0'] = keyOfCursor(page.cursor, 1) ?? []
      const rows = await tx<Row[]>`select ${tx.unsafe(columns)} from retail_prices
        where tenant = ${tenant} and serial > ${after}::text::bigint and (${state}::text is null or state = ${state}::text)
          and (${partner}::text is null or partner = ${partner}::text)
        order by serial limit ${page.limit + 1}`
      return pageOf(rows, page, ({ serial }) => [serial], viewOf)
    }),
})

const viewOf = (row: Row): RetailView => ({
  owner: { country: row.country_code, party: row.party_id },
  id: row.id,
  partner: row.partner,
  state: row.state,
  cameAt: row.came_ms,
  ...present({
    reason: row.reason,
    creditOf: row.credit_of,
    emp: row.emp,
    day: row.day,
    retail: row.retail,
    pricedAt: row.priced_ms,
  }),
})
