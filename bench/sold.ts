import type postgres from 'postgres'

/** A month of sessions that are in the books already, with what was agreed for their places, as fast as a database takes them. */

export interface Sold {
  readonly sessions: number
  readonly contracts: number
  /** `2026-10` */
  readonly month: string
}

/** What each session is sold for, and what its site's owner gets of it: so much must be in the ledger in the end. */
export const each = { net: '10.00', tax: '1.90', gross: '11.90', share: 3.5 } as const
export const perStation = 20

/**
 * Sealed documents of sessions at as many sites as there are contracts, by turns. Nobody is told of them and nothing is done
 * about them: they are there, as if they had been for weeks.
 */
export const seed = async (sql: postgres.Sql, { sessions, contracts, month }: Sold): Promise<void> => {
  const begins = `${month}-02T12:00:00Z`
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`set local statement_timeout = 0`
    await tx`insert into parties (tenant, id, role, name, created_at, changed_at)
      select 'default', 'owner-' || i, 'siteOwner', 'Owner ' || i, '2020-01-01', now() from generate_series(1, ${contracts}::int) i`
    await tx`insert into sites (tenant, id, name, address, city, country, latitude, longitude, zone, published, created_at, changed_at)
      select 'default', 'site-' || i, 'Site ' || i, 'a', 'b', 'DE', '52.52000', '13.40000', 'Europe/Berlin', false, '2020-01-01', now() from generate_series(1, ${contracts}::int) i`
    await tx`insert into charging_stations (tenant, id, site, created_at, changed_at)
      select 'default', 'station-' || i, 'site-' || i, '2020-01-01', now() from generate_series(1, ${contracts}::int) i`
    await tx`insert into agreements (tenant, kind, id, subject, parties, from_day, content, created_at, changed_at)
      select 'default', 'site', 'contract-' || i, 'site/site-' || i, array['owner-' || i], '2020-01-01', jsonb_build_object('id', 'contract-' || i, 'owner', 'owner-' || i,
        'subject', jsonb_build_object('kind', 'site', 'id', 'site-' || i), 'from', '2020-01-01', 'currency', 'EUR', 'sharePercent', '30', 'perKwh', '0.05', 'perStation', ${String(perStation)}::text, 'vat', '19'), now(), now()
      from generate_series(1, ${contracts}::int) i`
    await tx`insert into cdrs (id, tenant, version, session, identity, evse, connector, contract, site, station, started_at, ended_at, energy_mwh, duration_ms, stop_reason, state, priced)
      select md5('cdr ' || i)::uuid, 'default', 0, md5('session ' || i)::uuid, 'CP-' || i % ${contracts}::int, 1, 1, 'DE-8AA-C' || lpad((i % 100)::text, 8, '0') || '-0',
        'site-' || 1 + i % ${contracts}::int, 'station-' || 1 + i % ${contracts}::int, ${begins}::text::timestamptz + i * interval '10 milliseconds', ${begins}::text::timestamptz + i * interval '10 milliseconds',
        10000000, 0, 'Local', 'issued', ${JSON.stringify({ tariff: { id: 't', version: 1, currency: 'EUR' }, total: { net: each.net, tax: each.tax, gross: each.gross } })}::text::jsonb
      from generate_series(1, ${sessions}::int) i`
    await tx`insert into documents (tenant, number, id, kind, cdr, bytes, digest, sealed_at)
      select 'default', i, md5('cdr ' || i)::uuid, 'cdr', md5('cdr ' || i)::uuid, '{}', sha256('{}'), ${begins}::text::timestamptz + i * interval '10 milliseconds' from generate_series(1, ${sessions}::int) i`
  })
  await sql`analyze`
}

export interface Ledger {
  readonly vouchers: number
  readonly postings: number
  /** Of all site owners together, as a number. */
  readonly owed: number
  readonly left: number
}

/** What the general ledger has in the end. */
export const ledgerOf = async (sql: postgres.Sql): Promise<Ledger> => {
  const [row] = await sql<
    Ledger[]
  >`select (select count(*)::int from ledger_vouchers) as vouchers, count(*)::int as postings,
      coalesce(-sum(p.amount) filter (where a.party like 'siteOwner:%' and p.purpose <> 'tax'), 0)::float8 as owed, coalesce(sum(p.amount), 0)::float8 as left
    from ledger_postings p join ledger_accounts a on a.tenant = p.tenant and a.number = p.account`
  return row ?? { vouchers: 0, postings: 0, owed: 0, left: 0 }
}

/** Seconds of one bare statement that inserts as many rows of the same, with their key and nothing else. */
export const bareInsert = async (sql: postgres.Sql): Promise<number> => {
  await sql`create table bench_postings (tenant text, voucher bigint, line smallint, account integer, month text, amount numeric, purpose text, contract text, primary key (tenant, voucher, line))`
  const began = performance.now()
  await sql.begin(async (tx) => {
    await tx`set local statement_timeout = 0`
    await tx`insert into bench_postings select tenant, voucher, line, account, month, amount, purpose, contract from ledger_postings`
  })
  const seconds = (performance.now() - began) / 1_000
  await sql`drop table bench_postings`
  return seconds
}
