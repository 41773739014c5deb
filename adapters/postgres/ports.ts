import { firstOf } from '../../core/domain/month.ts'
import type { CountedPort, PortCount } from '../../core/ports/tenants.ts'
import type { Sql, Transaction } from './connect.ts'

/**
 * Which ports were connected when, for whoever bills by them. A port is an EVSE of a charge point, by the number that OCPP
 * has for it and as its charge point has reported it; one that has reported none has its EVSE 1. It counts for a month in
 * which its charge point had a socket on at least one day, by the calendar of the installation.
 * Where a CPO has moved within the month each port counts once: for the reseller below which it was connected on more days,
 * of two that are equal the first; days below none count for none (`ports_of` in the database).
 */

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

const batch = 2_000
/** Presence is written every five minutes, and when a socket closes: what was seen since then may not have been looked at. */
const overlap = '10 minutes'
/** Nobody bills what is older. */
const mostBack = '40 days'

/**
 * Writes down which ports have been connected since it was last looked, out of the rows of their sockets: from when the last
 * socket came until it was last seen. What is written already costs a look and no more. It goes through the charge points in
 * small transactions, each by index, so that nobody who follows waits for it (D-17). Whoever comes while somebody is at it
 * leaves it to them. Answers how many rows it has written.
 */
export const lookAtPorts = async (ingest: Sql, at: number): Promise<number> => {
  let written = 0
  let after: Position | undefined = { tenant: '', identity: '' }
  while (after !== undefined) {
    const from: Position = after
    const step: Step = await ingest.begin(async (tx) => {
      const [lock] = await tx<
        { mine: boolean }[]
      >`select pg_try_advisory_xact_lock(hashtext('stationmaster.ports')) as mine`
      if (lock?.mine !== true) return { written: 0, last: undefined }
      // what is guessed of functions would have it compiled: that takes longer than the statement
      await tx`set local jit = off`
      const some = await writeSome(tx, at, from)
      if (some.last === undefined) await tx`update port_look set looked_at = greatest(looked_at, at_ms(${at}))`
      return some
    })
    written += step.written
    after = step.last
  }
  return written
}

/** So often it is looked, by one of all workers: it takes some 60 µs of the database for each charge point. */
const every = '30 minutes'

/** Looks where it was last looked long enough ago, whoever did it. */
export const lookWhenDue = async (ingest: Sql, at: number): Promise<number> => {
  const [look] = await ingest<
    { due: boolean }[]
  >`select looked_at <= at_ms(${at}) - ${every}::interval as due from port_look`
  return look?.due === true ? lookAtPorts(ingest, at) : 0
}

interface Position {
  readonly tenant: string
  readonly identity: string
}
/** `last`: where to go on; undefined when there is no more. */
interface Step {
  readonly written: number
  readonly last: Position | undefined
}

const writeSome = async (tx: Transaction, at: number, after: Position): Promise<Step> => {
  const [row] = await tx<{ written: number; looked: number; tenant: string | null; identity: string | null }[]>`
    with look as (select looked_at - ${overlap}::interval as since, zone from port_look, installation),
    seen as materialized (
      select c.tenant, c.identity, (greatest(c.connected_at, (select since from look), at_ms(${at}) - ${mostBack}::interval) at time zone (select zone from look))::date as first_day,
        (least(c.last_seen, at_ms(${at})) at time zone (select zone from look))::date as last_day
      from connections c
      where (c.tenant, c.identity) > (${after.tenant}, ${after.identity}) and c.connected_at is not null and c.last_seen >= (select since from look)
      order by c.tenant, c.identity limit ${batch}
    ),
    written as (
      insert into connected_ports as p (tenant, month, identity, evse, days)
      select s.tenant, m.month, s.identity, e.evse, m.days
      from seen s
      cross join lateral (
        select first::date as month, days_of_month(first::date, s.first_day, s.last_day + 1) as days
        from generate_series(date_trunc('month', s.first_day::timestamp), s.last_day::timestamp, interval '1 month') first offset 0
      ) m
      cross join lateral (
        select distinct k.evse from connectors k where k.tenant = s.tenant and k.identity = s.identity and k.evse > 0
        union all
        select 1 where not exists (select from connectors k where k.tenant = s.tenant and k.identity = s.identity and k.evse > 0)
      ) e
      where not exists (
        select from connected_ports o
        where o.tenant = s.tenant and o.month = m.month and o.identity = s.identity and o.evse = e.evse and o.days | m.days = o.days)
      on conflict (tenant, month, identity, evse) do update set days = p.days | excluded.days
      returning 1
    )
    select (select count(*)::int from written) as written, (select count(*)::int from seen) as looked, l.tenant, l.identity
    from (select 1) one left join lateral (select tenant, identity from seen order by tenant desc, identity desc limit 1) l on true`
  const { written = 0, looked = 0, tenant = null, identity = null } = row ?? {}
  return { written, last: looked < batch || tenant === null || identity === null ? undefined : { tenant, identity } }
}
