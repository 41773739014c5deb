import { costOf, totalUsage } from '../../core/domain/connectivity-cost.ts'
import type { SimMonth } from '../../core/domain/connectivity-cost.ts'
import { millionths } from '../../core/domain/decimal.ts'
import { movedModem, overCap, type Sim, type SimAlarm, type SimState, unknownToAll } from '../../core/domain/sim.ts'
import { dayOf } from '../../core/domain/instant.ts'
import { monthBefore, monthOf } from '../../core/domain/month.ts'
import type { SimPage, SimRecord } from '../../core/ports/sim.ts'
import type { HeldProvider, LookPlan, SimLook, SimRef } from '../../core/ports/sims.ts'
import type { Transaction } from './connect.ts'
import { insertEvents } from './insert-events.ts'
import { isOfNobody } from './sim-boots.ts'
import { simAlarm, simChanged, simColumns, simOf, type SimRow } from './sim-rows.ts'

/** Providers go on adding to a month for so long after it is over. */
const settleMs = 3 * 86_400_000

/** Answers those that are its from now on. */
export const saveImport = async (
  tx: Transaction,
  { tenant, id }: HeldProvider,
  { sims, next }: SimPage,
  at: number,
): Promise<readonly string[]> => {
  // the same SIM twice in one statement would be one too many
  const each = [...new Map(sims.map((sim) => [sim.iccid, sim])).values()].toSorted((a, b) =>
    a.iccid < b.iccid ? -1 : 1,
  )
  const field = (name: 'imsi' | 'eid' | 'imei'): (string | null)[] => each.map((sim) => sim[name] ?? null)
  const rows = await tx<
    { iccid: string }[]
  >`insert into sims (tenant, iccid, imsi, eid, imei, state, provider, next_at, made_at)
    select ${tenant}, w.iccid, w.imsi, w.eid, w.imei, w.state, ${id}, at_ms(${at}::bigint), at_ms(${at}::bigint)
    from unnest(${each.map(({ iccid }) => iccid)}::text[], ${field('imsi')}::text[], ${field('eid')}::text[], ${field('imei')}::text[], ${each.map(({ state }) => state)}::text[])
      as w(iccid, imsi, eid, imei, state)
    on conflict (tenant, iccid) do update set provider = excluded.provider, not_of = '{}', imsi = coalesce(excluded.imsi, sims.imsi),
      eid = coalesce(excluded.eid, sims.eid), next_at = coalesce(sims.next_at, excluded.next_at)
      where sims.provider is null
    returning iccid`
  await tx`update sim_providers set import_wanted = ${next !== undefined}, import_cursor = ${next ?? null},
      imported = coalesce(imported, 0) + ${each.length}, imported_at = at_ms(${at}::bigint) where tenant = ${tenant} and id = ${id}`
  return rows.map(({ iccid }) => iccid)
}

interface Found {
  readonly iccid: string
  readonly record: SimRecord | undefined
  readonly at: number
}

/** A provider has a SIM that nobody was known to have, or has it not; when all have it not, somebody is told. */
export const saveFound = async (
  tx: Transaction,
  { tenant, id }: HeldProvider,
  { iccid, record, at }: Found,
): Promise<void> => {
  const before = await lockSim(tx, { tenant, iccid })
  if (before === undefined || before.provider !== undefined) return
  if (record !== undefined) {
    const { state, imsi = null, eid = null, imei = null } = record
    await tx`update sims set provider = ${id}, not_of = '{}', state = ${state}, imsi = coalesce(${imsi}, imsi), eid = ${eid}, imei = ${imei},
        next_at = at_ms(${at}::bigint) where tenant = ${tenant} and iccid = ${iccid}`
    await insertEvents(tx, [simChanged(before, at, { provider: id, state })])
    return
  }
  await notOf(tx, before, id, at)
}

const notOf = async (tx: Transaction, before: Sim, provider: string, at: number): Promise<void> => {
  const { tenant, iccid, station } = before
  await tx`update sims set not_of = array_append(array_remove(not_of, ${provider}), ${provider}), provider = null, state = 'unknown',
      connectivity = null, connectivity_at = null, next_at = null where tenant = ${tenant} and iccid = ${iccid}`
  if (station === undefined || !(await isOfNobody(tx, before))) return
  await insertEvents(tx, [simAlarm({ tenant, iccid, station }, unknownToAll(iccid), at)])
}

const lockSim = async (tx: Transaction, { tenant, iccid }: SimRef): Promise<Sim | undefined> => {
  const [row] = await tx<SimRow[]>`select ${tx.unsafe(simColumns)} from sims s
    where s.tenant = ${tenant} and s.iccid = ${iccid} for no key update`
  return row && simOf(row)
}

interface Looked {
  readonly look: SimLook | undefined
  readonly plan: LookPlan
}

/** All that a look has brought, in one commit. */
export const saveLook = async (
  tx: Transaction,
  lane: HeldProvider,
  iccid: string,
  { look, plan }: Looked,
): Promise<void> => {
  const { tenant, id } = lane
  const { at, nextAt, policy } = plan
  const before = await lockSim(tx, { tenant, iccid })
  if (before?.provider !== id) return
  if (look === undefined) return notOf(tx, before, id, at)
  const { record, connectivity, events } = look
  const state = stateOf(look)
  const { imsi = null, eid = null, imei = null } = record
  await tx`update sims set state = ${state}, imsi = coalesce(${imsi}, imsi), eid = coalesce(${eid}, eid), imei = coalesce(${imei}, imei),
      connectivity = ${connectivity === undefined ? null : JSON.stringify(connectivity)}::text::jsonb,
      connectivity_at = at_ms(${connectivity === undefined ? null : at}::bigint), events = ${JSON.stringify(events)}::text::jsonb,
      asked_at = at_ms(${at}::bigint), tried_at = at_ms(${at}::bigint), next_at = at_ms(${nextAt}::bigint), usage_to = ${dayOf(at)}::date
    where tenant = ${tenant} and iccid = ${iccid}`
  await saveUsage(tx, before, look, at)
  const capped = policy.capMb === undefined ? undefined : await cappedIn(tx, before, policy.capMb, monthOf(dayOf(at)))
  const alarms = [movedModem(before, record.imei), capped].filter((one): one is SimAlarm => one !== undefined)
  await insertEvents(tx, [
    ...(before.state === state ? [] : [simChanged(before, at, { provider: id, state, before: before.state })]),
    ...alarms.map((alarm) => simAlarm(before, alarm, at)),
  ])
  await closeMonths(tx, lane, before, plan)
}

/** What a network gives no service to is blocked, whatever its card is. */
const stateOf = ({ record, connectivity }: SimLook): SimState =>
  connectivity?.isBlocked === true && record.state === 'active' ? 'blocked' : record.state

const saveUsage = async (tx: Transaction, sim: Sim, { usage, record }: SimLook, at: number): Promise<void> => {
  const today = dayOf(at)
  const days = [
    ...new Map([{ day: today, dataMillionths: 0, sms: 0 }, ...usage].map((one) => [one.day, one])).values(),
  ].filter(({ day }) => day <= today)
  await tx`insert into sim_usage (tenant, iccid, day, data, sms, active, station)
    select ${sim.tenant}, ${sim.iccid}, w.day::date, w.data::bigint, w.sms::int, w.day = ${today} and ${record.state === 'active'}, ${sim.station ?? null}
    from unnest(${days.map(({ day }) => day)}::text[], ${days.map((one) => String(one.dataMillionths))}::text[], ${days.map(({ sms }) => String(sms))}::text[]) as w(day, data, sms)
    order by w.day
    on conflict (tenant, iccid, day) do update set data = excluded.data, sms = excluded.sms, active = sim_usage.active or excluded.active,
      station = coalesce(sim_usage.station, excluded.station)`
}

/** Told once a month. */
const cappedIn = async (
  tx: Transaction,
  { tenant, iccid }: Sim,
  capMb: string,
  month: string,
): Promise<SimAlarm | undefined> => {
  const [row] = await tx<{ capped: boolean }[]>`update sims s set capped_in = ${month}
    where s.tenant = ${tenant} and s.iccid = ${iccid} and s.capped_in is distinct from ${month}
      and (select coalesce(sum(u.data), 0) from sim_usage u where u.tenant = s.tenant and u.iccid = s.iccid
        and to_char(u.day, 'YYYY-MM') = ${month}) >= ${String(millionths(capMb))}::text::numeric
    returning true as capped`
  return row && overCap(iccid, capMb, month)
}

interface DayRow {
  readonly day: string
  readonly data: number
  readonly sms: number
  readonly active: boolean
  readonly station: string | null
}

/** Works out what months have cost that are over for good; each once. */
const closeMonths = async (
  tx: Transaction,
  { id }: HeldProvider,
  { tenant, iccid }: Sim,
  { at, policy: { tariff } }: LookPlan,
): Promise<void> => {
  if (tariff === undefined) return
  const last = monthBefore(dayOf(at - settleMs))
  const rows = await tx<DayRow[]>`select u.day::text as day, u.data, u.sms, u.active, u.station from sim_usage u
    where u.tenant = ${tenant} and u.iccid = ${iccid} and to_char(u.day, 'YYYY-MM') <= ${last}
      and not exists (select 1 from sim_costs c where c.tenant = u.tenant and c.iccid = u.iccid and c.month = to_char(u.day, 'YYYY-MM'))
    order by u.day`
  for (const [month, days] of Map.groupBy(rows, ({ day }) => monthOf(day))) {
    const used = totalUsage(
      month,
      days.map(({ day, data, sms, active }) => ({ day, dataMillionths: data, sms, wasActive: active })),
    )
    const net = costOf(used, tariff)
    // where it was at the end of the month
    const station = days.findLast((one) => one.station !== null)?.station ?? null
    // what costs nothing is no posting
    const posted = /[1-9]/.test(net) ? null : at
    await tx`insert into sim_costs (tenant, iccid, month, provider, station, currency, data, sms, net, posted_at)
      values (${tenant}, ${iccid}, ${month}, ${id}, ${station}, ${tariff.currency}, ${used.dataMillionths}, ${used.sms}, ${net}::text::numeric, at_ms(${posted}::bigint))
      on conflict do nothing`
  }
}

interface CostRow {
  readonly iccid: string
  readonly month: string
  readonly station: string | null
  readonly currency: string
  readonly net: string
}

export const unpostedOf = async (tx: Transaction, { tenant, id }: HeldProvider): Promise<readonly SimMonth[]> => {
  const rows = await tx<CostRow[]>`select iccid, month, station, currency, net::text as net from sim_costs
    where tenant = ${tenant} and provider = ${id} and posted_at is null order by month, iccid limit 100`
  return rows.map(({ station, ...row }) => ({ tenant, provider: id, ...row, ...(station !== null && { station }) }))
}

export const savePosted = async (tx: Transaction, { tenant, iccid, month }: SimMonth, at: number): Promise<void> => {
  await tx`update sim_costs set posted_at = at_ms(${at}::bigint) where tenant = ${tenant} and iccid = ${iccid} and month = ${month} and posted_at is null`
}
