import type { CountedPort, PortCount } from '../../core/ports/tenants.ts'
import type { Sql, Transaction } from './connect.ts'

/**
 * Which ports were connected when, for whoever bills by them. A port is an EVSE of a charge point, by the number that OCPP
 * has for it and as its charge point has reported it; one that has reported none has its EVSE 1. It counts for a month in
 * which its charge point had a socket on at least one day, by the calendar of the installation.
 * Where a CPO has moved within the month each port counts once: for the reseller below which it was connected on more days,
 * of two that are equal the first; days below none count for none (`ports_of` in the database).
 */

const firstOf = (month: string): string => `${month}-01`

/** For how many ports a tenant counts in a month (`2026-11`), as far as the tenant of the transaction may see them: its own all, a reseller's those that count for it, to the platform all. */
export const connectedPorts = async (tx: Transaction, tenant: string, month: string): Promise<number> => {
  const [row] = await tx<
    { ports: number }[]
  >`select count(*)::int as ports from ports_of(${tenant}, ${firstOf(month)}::text::date)`
  return row?.ports ?? 0
}

/** The same of each CPO that was below a reseller in a month; only of those that count at all. */
export const billablePorts = async (tx: Transaction, reseller: string, month: string): Promise<readonly PortCount[]> =>
  tx<PortCount[]>`select c.tenant as cpo, n.ports from (${cposOf(tx, reseller, month)}) c
    cross join lateral (select count(*)::int as ports from ports_of(c.tenant, ${firstOf(month)}::text::date) p where p.reseller = ${reseller}) n
    where n.ports > 0 order by c.tenant`

const cposOf = (tx: Transaction, reseller: string, month: string) => tx`
  select distinct tenant from tenant_parents where reseller = ${reseller}
    and from_day < ${firstOf(month)}::text::date + interval '1 month' and until_day > ${firstOf(month)}::text::date`

/** Port by port, after one of them. */
export const portsOfReseller = async (
  tx: Transaction,
  { reseller, month }: { readonly reseller: string; readonly month: string },
  { after, limit }: { readonly after: readonly [string, string, number]; readonly limit: number },
): Promise<readonly CountedPort[]> => {
  const [cpo, chargePoint, evse] = after
  const rows = await tx<{ cpo: string; chargePoint: string; evse: number; days: number }[]>`
    select c.tenant as cpo, p.identity as "chargePoint", p.evse, p.days from (${cposOf(tx, reseller, month)}) c
    cross join lateral ports_of(c.tenant, ${firstOf(month)}::text::date) p
    where c.tenant >= ${cpo} and p.reseller = ${reseller} and (c.tenant, p.identity, p.evse) > (${cpo}, ${chargePoint}, ${evse}::int)
    order by c.tenant, p.identity, p.evse limit ${limit}`
  return rows.map(({ days, ...port }) => ({ ...port, days: daysIn(days) }))
}

/** Days of a month out of their bits. */
const daysIn = (bits: number): readonly number[] =>
  Array.from({ length: 31 }, (_, i) => i + 1).filter((day) => (bits & (1 << (day - 1))) !== 0)

const batch = 5_000
/** Presence is written every five minutes, and when a socket closes: what was seen since then may not have been looked at. */
const overlap = '10 minutes'
/** Nobody bills what is older. */
const mostBack = '40 days'

/**
 * Writes down which ports have been connected since it was last looked, out of the rows of their sockets: from when the last
 * socket came until it was last seen. What is written already costs a look and no more; what is new goes in small
 * transactions, so that nobody who follows waits for it (D-17). Whoever comes while somebody is at it leaves it to him.
 */
export const lookAtPorts = async (ingest: Sql, at: number): Promise<number> => {
  let written = 0
  for (let count = batch; count === batch; written += count)
    count = await ingest.begin(async (tx) => {
      const [lock] = await tx<
        { mine: boolean }[]
      >`select pg_try_advisory_xact_lock(hashtext('stationmaster.ports')) as mine`
      if (lock?.mine !== true) return 0
      const result = await writeSome(tx, at)
      if (result < batch) await tx`update port_look set looked_at = at_ms(${at})`
      return result
    })
  return written
}

const writeSome = async (tx: Transaction, at: number): Promise<number> => {
  const { count } = await tx`
    with look as (select looked_at - ${overlap}::interval as since, zone from port_look, installation),
    seen as (
      select c.tenant, c.identity, (greatest(c.connected_at, look.since, at_ms(${at}) - ${mostBack}::interval) at time zone look.zone)::date as first_day,
        (least(c.last_seen, at_ms(${at})) at time zone look.zone)::date as last_day
      from connections c cross join look where c.last_seen >= look.since and c.connected_at is not null
    ),
    months as (
      select s.tenant, s.identity, m::date as month, days_of_month(m::date, s.first_day, s.last_day + 1) as days
      from seen s cross join lateral generate_series(date_trunc('month', s.first_day::timestamp), s.last_day::timestamp, interval '1 month') m
    ),
    reported as (select distinct tenant, identity, evse from connectors where evse > 0)
    insert into connected_ports as k (tenant, month, identity, evse, days)
    select m.tenant, m.month, m.identity, coalesce(r.evse, 1), m.days
    from months m
    left join reported r on r.tenant = m.tenant and r.identity = m.identity
    left join connected_ports k on k.tenant = m.tenant and k.month = m.month and k.identity = m.identity and k.evse = coalesce(r.evse, 1)
    where m.days <> 0 and (k.days is null or k.days | m.days <> k.days)
    order by 1, 2, 3, 4 limit ${batch}
    on conflict (tenant, month, identity, evse) do update set days = k.days | excluded.days`
  return count
}
