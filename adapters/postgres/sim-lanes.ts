import { advanceSimCommand, sentMs } from '../../core/domain/sim-command.ts'
import type { HeldProvider, ProviderRef, SimLanes, SimTask } from '../../core/ports/sims.ts'
import type { Sql, Transaction } from './connect.ts'
import { takeInBoot, tellOwners } from './sim-boots.ts'
import { saveFound, saveImport, saveLook, savePosted, unpostedOf } from './sim-learnt.ts'
import {
  lockProvider,
  providerOf,
  saveSimCommand,
  simCommandColumns,
  simCommandOf,
  type SimCommandRow,
} from './sim-rows.ts'
import { takeJob } from './take-job.ts'
import { asTenant } from './tenant.ts'

/** After this long a holder is gone: longer than a turn and what may be asked at its end. */
const leaseMs = 5 * 60_000
/** A station that has been silent for so long has its SIM looked at, and once again after each of the others. */
const silentMs = 5 * 60_000
const lookAgainMs = 5 * 60_000
/** Of usage, days that its provider may have added to since. */
const lateDays = 3

/** Lanes of providers as rows: who asks one is decided under the lock of its row, whatever process wants to. */
export const simLanes = (app: Sql, ingest: Sql): SimLanes => ({
  enter: (job, holder, at) =>
    asTenant(app, job.tenant, async (tx) => {
      const ref = { tenant: job.tenant, provider: job.key.slice('lane/'.length) }
      const held = await hold(tx, ref, holder, at)
      await takeJob(tx, job)
      return held
    }),

  take: (lane, at) =>
    asTenant(app, lane.tenant, async (tx) => {
      const row = await lockProvider(tx, refOf(lane))
      if (row?.held_by !== lane.holder || !row.enabled) return undefined
      return (await commandOf(tx, lane, at)) ?? (await dueOf(tx, lane, row, at))
    }),

  settle: (command, event, at) =>
    asTenant(app, command.tenant, async (tx) => {
      const before = await lockCommand(tx, command.tenant, command.id)
      const after = before && advanceSimCommand(before, event, at)
      if (after === undefined) return
      await saveSimCommand(tx, after)
      // how it stands now is asked, whatever was said
      if (command.type !== 'look' && event.type !== 'unavailable')
        await tx`update sims set next_at = at_ms(${at}::bigint) where tenant = ${command.tenant} and iccid = ${command.iccid}`
    }),

  async imported(lane, page, at) {
    const taken = await asTenant(app, lane.tenant, (tx) => saveImport(tx, lane, page, at))
    const abroad = await ingest<{ iccid: string }[]>`select distinct iccid from sims
      where iccid = any(${taken}::text[]) and tenant <> ${lane.tenant} and provider is null and station is not null`
    for (const { iccid } of abroad) await tellOwners(app, ingest, { tenant: lane.tenant, iccid }, at)
  },

  async found(lane, iccid, record, at) {
    await asTenant(app, lane.tenant, (tx) => saveFound(tx, lane, { iccid, record, at }))
    if (record !== undefined) await tellOwners(app, ingest, { tenant: lane.tenant, iccid }, at)
  },

  looked: (lane, iccid, look, plan) => asTenant(app, lane.tenant, (tx) => saveLook(tx, lane, iccid, { look, plan })),

  putOff: (lane, iccid, until, at) =>
    asTenant(app, lane.tenant, async (tx) => {
      await tx`update sims set next_at = greatest(next_at, at_ms(${until}::bigint)), tried_at = at_ms(${at}::bigint)
        where tenant = ${lane.tenant} and iccid = ${iccid}`
    }),

  unposted: (lane) => asTenant(app, lane.tenant, (tx) => unpostedOf(tx, lane)),
  posted: (month, at) => asTenant(app, month.tenant, (tx) => savePosted(tx, month, at)),

  leave: (lane, pace, at) =>
    asTenant(app, lane.tenant, async (tx) => {
      const ref = refOf(lane)
      const row = await lockProvider(tx, ref)
      if (row?.held_by !== lane.holder) return
      const { faults, pausedUntil = null, nextTurnAt, said = null } = pace
      await tx`update sim_providers set held_by = null, held_until = null, faults = ${faults}, said = ${said},
          paused_until = at_ms(${pausedUntil}::bigint), next_turn_at = at_ms(${nextTurnAt}::bigint)
        where tenant = ${ref.tenant} and id = ${ref.provider}`
      const next = await nextOf(tx, lane, row.import_wanted, at)
      if (next === undefined) await forget(tx, ref)
      else await lookAgain(tx, ref, Math.max(next, pausedUntil ?? 0, nextTurnAt))
    }),

  booted: (job, at) => takeInBoot(app, ingest, job, at),

  async sweep(at, limit) {
    const due = await ingest<{ tenant: string; id: string; connected_ms: number | null }[]>`
      select c.tenant, c.id, ms(k.connected_at) as connected_ms from sim_commands c
        left join connections k on k.tenant = c.tenant and k.identity = c.station
      where c.state in ('queued', 'sent', 'waiting')
        and (c.deadline <= at_ms(case c.state when 'sent' then ${at - sentMs} else ${at} end::bigint)
          or c.state = 'waiting' and k.connected_at > c.sent_at)
      order by c.deadline limit ${limit}`
    for (const { tenant, id, connected_ms: connected } of due)
      await asTenant(app, tenant, async (tx) => {
        const before = await lockCommand(tx, tenant, id)
        if (before === undefined) return
        const after =
          (connected === null ? undefined : advanceSimCommand(before, { type: 'connected', at: connected }, at)) ??
          advanceSimCommand(before, { type: 'late' }, at)
        if (after !== undefined) await saveSimCommand(tx, after)
      })
    return due.length
  },
})

const refOf = ({ tenant, id }: HeldProvider): ProviderRef => ({ tenant, provider: id })

const lockCommand = async (tx: Transaction, tenant: string, id: string) => {
  const [row] = await tx<SimCommandRow[]>`select ${tx.unsafe(simCommandColumns)} from sim_commands c
    where c.tenant = ${tenant} and c.id = ${id} for update`
  return row && simCommandOf(row)
}

/** What was being sent by whoever has died may have arrived. */
const doubt = async (tx: Transaction, { tenant, provider }: ProviderRef, at: number): Promise<void> => {
  const rows = await tx<SimCommandRow[]>`select ${tx.unsafe(simCommandColumns)} from sim_commands c
      join sims s on s.tenant = c.tenant and s.iccid = c.iccid
    where c.tenant = ${tenant} and s.provider = ${provider} and c.state = 'sent' order by c.id for update of c`
  for (const row of rows) {
    const event = { type: 'unclear', reason: 'whoever was sending it has not been heard of since' } as const
    const after = advanceSimCommand(simCommandOf(row), event, at)
    if (after !== undefined) await saveSimCommand(tx, after)
  }
}

const commandOf = async (tx: Transaction, { tenant, id }: HeldProvider, at: number): Promise<SimTask | undefined> => {
  const [row] = await tx<(SimCommandRow & { readonly from: string })[]>`
    select ${tx.unsafe(simCommandColumns)}, ${usageFrom(tx, at)} from sim_commands c
      join sims s on s.tenant = c.tenant and s.iccid = c.iccid
    where c.tenant = ${tenant} and s.provider = ${id} and c.state = 'queued' and c.deadline > at_ms(${at}::bigint)
    order by c.created_at, c.id limit 1 for update of c`
  const command = row && advanceSimCommand(simCommandOf(row), { type: 'sent' }, at)
  if (row === undefined || command === undefined) return undefined
  await saveSimCommand(tx, command)
  return { type: 'command', command, usageFrom: row.from }
}

/** Usage is read from some days before where it ended last; of a SIM that is new, from the first of the month. */
const usageFrom = (tx: Transaction, at: number) =>
  tx`coalesce(s.usage_to - ${lateDays}::int, date_trunc('month', at_ms(${at}::bigint) at time zone 'UTC')::date)::text as from`

interface DueRow {
  readonly iccid: string
  readonly from: string
}

const dueOf = async (
  tx: Transaction,
  { tenant, id }: HeldProvider,
  {
    import_wanted: wanted,
    import_cursor: cursor,
  }: { readonly import_wanted: boolean; readonly import_cursor: string | null },
  at: number,
): Promise<SimTask | undefined> => {
  if (wanted) return { type: 'import', ...(cursor !== null && { cursor }) }
  const [nobodys] = await tx<{ iccid: string }[]>`select iccid from sims
    where tenant = ${tenant} and provider is null and not (not_of @> array[${id}::text]) and coalesce(next_at, made_at) <= at_ms(${at}::bigint)
    order by made_at, iccid limit 1`
  if (nobodys !== undefined) return { type: 'find', iccid: nobodys.iccid }
  const [due] = await tx<DueRow[]>`select s.iccid, ${usageFrom(tx, at)} from sims s
    where s.tenant = ${tenant} and s.provider = ${id} and s.next_at <= at_ms(${at}::bigint) order by s.next_at, s.iccid limit 1`
  const [one] = due === undefined ? await silentOf(tx, { tenant, id }, at) : [due]
  return one && { type: 'look', iccid: one.iccid, usageFrom: one.from }
}

/** SIMs of stations that fell silent after they were looked at. */
const silentOf = (
  tx: Transaction,
  { tenant, id }: Pick<HeldProvider, 'tenant' | 'id'>,
  at: number,
): PromiseLike<DueRow[]> =>
  tx<DueRow[]>`select s.iccid, ${usageFrom(tx, at)} from sims s
      join connections k on k.tenant = s.tenant and k.identity = s.station
    where s.tenant = ${tenant} and s.provider = ${id} and k.closed_at <= at_ms(${at - silentMs}::bigint)
      and (s.asked_at is null or s.asked_at < k.closed_at + ${silentMs}::float8 * interval '1 millisecond')
      and (s.tried_at is null or s.tried_at < at_ms(${at - 6 * silentMs}::bigint))
    order by k.closed_at limit 1`

/** When there is something to ask; undefined where there are no SIMs, and nothing else. */
const nextOf = async (
  tx: Transaction,
  { tenant, id }: HeldProvider,
  isImporting: boolean,
  at: number,
): Promise<number | undefined> => {
  const [row] = await tx<{ now: boolean; next: number | null; has: boolean }[]>`
    select exists (select 1 from sim_commands c join sims s on s.tenant = c.tenant and s.iccid = c.iccid
          where c.tenant = ${tenant} and s.provider = ${id} and c.state = 'queued' and c.deadline > at_ms(${at}::bigint)) as now,
      ms(least((select min(next_at) from sims where tenant = ${tenant} and provider = ${id}),
        (select min(coalesce(next_at, made_at)) from sims where tenant = ${tenant} and provider is null and not (not_of @> array[${id}::text])))) as next,
      exists (select 1 from sims where tenant = ${tenant} and provider = ${id}) as has`
  if (isImporting || row?.now === true) return at
  // stations that fall silent are found in time
  const look = row?.has === true ? at + lookAgainMs : undefined
  return row?.next === null || row?.next === undefined ? look : Math.min(row.next, look ?? row.next)
}

const hold = async (
  tx: Transaction,
  ref: ProviderRef,
  holder: string,
  at: number,
): Promise<HeldProvider | undefined> => {
  const row = await lockProvider(tx, ref)
  if (row?.enabled !== true) return undefined
  const wait = Math.max(row.held_ms ?? 0, row.paused_ms ?? 0)
  if (wait > at) {
    await lookAgain(tx, ref, wait)
    return undefined
  }
  // whoever held it and has not let go of it has died
  if (row.held_by !== null) await doubt(tx, ref, at)
  const until = at + leaseMs
  await tx`update sim_providers set held_by = ${holder}, held_until = at_ms(${until}::bigint)
    where tenant = ${ref.tenant} and id = ${ref.provider}`
  await lookAgain(tx, ref, until)
  return { ...providerOf(row), holder, faults: row.faults, nextTurnAt: row.turn_ms }
}

const lookAgain = async (tx: Transaction, { tenant, provider }: ProviderRef, due: number): Promise<void> => {
  await tx`insert into deadlines (tenant, kind, key, due) values (${tenant}, 'sim.lane', ${`lane/${provider}`}, at_ms(${due}::bigint))
    on conflict (tenant, kind, key) do update set due = excluded.due`
}

const forget = async (tx: Transaction, { tenant, provider }: ProviderRef): Promise<void> => {
  await tx`delete from deadlines where tenant = ${tenant} and kind = 'sim.lane' and key = ${`lane/${provider}`}`
}
