import { firstOf } from '../../../core/domain/month.ts'
import type { DocumentKind } from '../../../core/domain/document.ts'
import {
  type Statement,
  type StatementLine,
  type StatementRole,
  type StatementTotal,
  statementRoles,
} from '../../../core/domain/statement.ts'
import type { StatementStore } from '../../../core/ports/statements.ts'
import type { Sql, Transaction } from '../connect.ts'
import { present } from '../rows.ts'
import { asTenant } from '../tenant.ts'
import { keyOfCursor, pageOf } from './paging.ts'

/** Whose a document is follows from a few of its columns: it is looked up once for all that have the same. */
const keys: Readonly<Record<StatementRole, { readonly columns: string; readonly party: string }>> = {
  emp: { columns: `coalesce(contract, '')`, party: `emp_of(tenant, nullif(key, ''))` },
  'site-owner': {
    columns: `concat_ws('/', coalesce(station, ''), coalesce(site, ''), day::text)`,
    party: `owner_of(tenant, split_part(key, '/', 1), split_part(key, '/', 2), split_part(key, '/', 3)::date)`,
  },
}

/** The documents of a month, each with what it says; a credit takes back what its CDR says. */
const documentsOf = (tx: Transaction, tenant: string, month: string) => tx`
  select i.zone, d.tenant, d.number, d.kind, d.cdr, d.sealed_at, c.started_at, c.identity, c.evse_id, c.contract, c.station, c.site, c.currency,
    (c.started_at at time zone coalesce(s.zone, i.zone))::date as day, v.sign * c.energy_mwh as energy_mwh,
    v.sign * c.net as net, v.sign * (c.total - c.net) as tax, v.sign * c.total as gross
  from installation i
  join documents d on d.tenant = ${tenant} and d.sealed_at >= ${firstOf(month)}::text::date::timestamp at time zone i.zone
    and d.sealed_at < (${firstOf(month)}::text::date + interval '1 month')::timestamp at time zone i.zone
  cross join lateral (select case d.kind when 'credit' then -1 else 1 end as sign) v
  join cdrs c on c.tenant = d.tenant and c.id = d.cdr
  left join sites s on s.tenant = c.tenant and s.id = c.site`

interface TotalRow {
  readonly party: string | null
  readonly name: string | null
  readonly currency: string | null
  readonly documents: number
  readonly credits: number
  readonly energy_mwh: number
  readonly net: string | null
  readonly tax: string | null
  readonly gross: string | null
  readonly last: number
  readonly zone: string
}

const totalOf = ({ documents, credits, energy_mwh, currency, net, tax, gross }: TotalRow): StatementTotal => ({
  documents,
  credits,
  energyMwh: energy_mwh,
  ...present({ currency, net, tax, gross }),
})

const statementsOf = async (
  tx: Transaction,
  tenant: string,
  month: string,
  role: StatementRole,
): Promise<readonly Statement[]> => {
  const { columns, party } = keys[role]
  const rows = await tx<TotalRow[]>`
    with line as materialized (select *, ${tx.unsafe(columns)} as key from (${documentsOf(tx, tenant, month)}) d),
    whose as (select key, ${tx.unsafe(party)} as party from (select distinct tenant, key from line) k)
    select w.party, p.name, l.zone, l.currency, count(*)::int as documents, (count(*) filter (where l.kind = 'credit'))::int as credits,
      sum(l.energy_mwh)::bigint as energy_mwh, sum(l.net)::text as net, sum(l.tax)::text as tax, sum(l.gross)::text as gross, max(l.number) as last
    from line l join whose w using (key) left join parties p on p.tenant = l.tenant and p.id = w.party
    group by w.party, p.name, l.zone, l.currency order by w.party nulls last, l.currency nulls last`
  const byParty = Map.groupBy(rows, (row) => row.party)
  return [...byParty.values()].map((totals) => ({
    month,
    zone: totals[0]?.zone ?? 'UTC',
    role,
    ...present({ party: totals[0]?.party, name: totals[0]?.name }),
    totals: totals.map(totalOf),
    last: Math.max(...totals.map(({ last }) => last)),
  }))
}

interface LineRow {
  readonly number: number
  readonly kind: DocumentKind
  readonly cdr: string
  readonly sealed_ms: number
  readonly started_ms: number
  readonly identity: string
  readonly evse_id: string | null
  readonly contract: string | null
  readonly energy_mwh: number
  readonly currency: string | null
  readonly net: string | null
  readonly tax: string | null
  readonly gross: string | null
}

const lineOf = (row: LineRow): StatementLine => {
  const { number, kind, cdr, sealed_ms: sealedAt, started_ms: startedAt, identity: chargePoint } = row
  const { energy_mwh: energyMwh, evse_id: evseId, contract, currency, net, tax, gross } = row
  const told = present({ evseId, contract, currency, net, tax, gross })
  return { number, kind, cdr, sealedAt, startedAt, chargePoint, energyMwh, ...told }
}

export const statementStore = (app: Sql): StatementStore => ({
  async monthAt(at) {
    const [row] = await app<
      { month: string }[]
    >`select to_char(at_ms(${at}) at time zone zone, 'YYYY-MM') as month from installation`
    return row?.month ?? ''
  },

  list: (tenant, month) =>
    asTenant(app, tenant, async (tx) => {
      const statements: Statement[] = []
      for (const role of statementRoles) statements.push(...(await statementsOf(tx, tenant, month, role)))
      return statements
    }),

  lines: (tenant, { month, role, party = null, last }, page) =>
    asTenant(app, tenant, async (tx) => {
      const after = Number(keyOfCursor(page.cursor, 1)?.[0] ?? 0)
      const { columns, party: owner } = keys[role]
      const rows = await tx<LineRow[]>`
        with line as materialized (select *, ${tx.unsafe(columns)} as key from (${documentsOf(tx, tenant, month)}) d),
        whose as (select key from (select distinct tenant, key from line) k where ${tx.unsafe(owner)} is not distinct from ${party}::text)
        select l.number, l.kind, l.cdr, ms(l.sealed_at) as sealed_ms, ms(l.started_at) as started_ms, l.identity, l.evse_id, l.contract, l.energy_mwh,
          l.currency, l.net::text as net, l.tax::text as tax, l.gross::text as gross
        from line l join whose w using (key)
        where l.number > ${Number.isSafeInteger(after) ? after : 0} and l.number <= ${last} order by l.number limit ${page.limit + 1}`
      return pageOf(rows, page, ({ number }) => [number], lineOf)
    }),
})
