import { parseIccid } from '../../core/domain/iccid.ts'
import { movedTo, notOurs, unknownToAll, usedElsewhere } from '../../core/domain/sim.ts'
import { imsiOf } from '../../core/domain/sim-numbers.ts'
import type { OutboxJob } from '../../core/ports/outbox.ts'
import type { SimRef } from '../../core/ports/sims.ts'
import type { Sql, Transaction } from './connect.ts'
import { insertEvents } from './insert-events.ts'
import { simAlarm, simChanged, simColumns, simOf, type SimRow, wakeSimLane } from './sim-rows.ts'
import { takeJob } from './take-job.ts'
import { asTenant } from './tenant.ts'

interface Reported {
  readonly identity: string
  readonly iccid: string | null
  readonly imsi: string | null
}

/** Takes in what a charge point has said of its SIM: the row that its job is of leaves in the same commit. */
export const takeInBoot = async (
  app: Sql,
  ingest: Sql,
  job: Pick<OutboxJob, 'id' | 'tenant' | 'key'>,
  at: number,
): Promise<void> => {
  const { tenant } = job
  const identity = job.key.slice('boot/'.length)
  const iccid = await asTenant(app, tenant, async (tx) => {
    // waits for whoever is writing that it has booted again
    const [reported] = await tx<Reported[]>`select identity, iccid, imsi from charge_points
      where tenant = ${tenant} and identity = ${identity} for share`
    const found = reported && (await place(tx, tenant, reported, at))
    await takeJob(tx, job)
    return found
  })
  if (iccid !== undefined) await tellOwners(app, ingest, { tenant, iccid }, at)
}

/** Answers the SIM, where it is one that nobody here is known to have. */
const place = async (
  tx: Transaction,
  tenant: string,
  { identity, iccid, imsi }: Reported,
  at: number,
): Promise<string | undefined> => {
  const read = iccid === null || iccid.trim() === '' ? undefined : parseIccid(iccid)
  const sim = read === undefined || 'fault' in read ? undefined : read.key
  await tx`insert into station_sims (tenant, identity, iccid, imsi, sim, fault, at)
    values (${tenant}, ${identity}, ${iccid}, ${imsi}, ${sim ?? null}, ${read !== undefined && 'fault' in read ? read.fault : null}, at_ms(${at}::bigint))
    on conflict (tenant, identity) do update set iccid = excluded.iccid, imsi = excluded.imsi, sim = excluded.sim,
      fault = excluded.fault, at = excluded.at`
  await leaveOthers(tx, { tenant, iccid: sim ?? '' }, identity, at)
  return sim === undefined ? undefined : placed(tx, { tenant, iccid: sim }, { identity, imsi: imsiOf(imsi ?? '') }, at)
}

/** A charge point has one SIM: what it had before is in none, until another says so. */
const leaveOthers = async (tx: Transaction, { tenant, iccid }: SimRef, identity: string, at: number): Promise<void> => {
  await tx`with left_behind as (
      update sims set station = null, station_since = null where tenant = ${tenant} and station = ${identity} and iccid <> ${iccid} returning iccid
    ) update sim_stays y set until_at = at_ms(${at}::bigint) from left_behind l
      where y.tenant = ${tenant} and y.iccid = l.iccid and y.until_at is null`
}

const placed = async (
  tx: Transaction,
  ref: SimRef,
  { identity, imsi }: { readonly identity: string; readonly imsi: string | undefined },
  at: number,
): Promise<string | undefined> => {
  const { tenant, iccid } = ref
  const [row] = await tx<SimRow[]>`select ${tx.unsafe(simColumns)} from sims s
    where s.tenant = ${tenant} and s.iccid = ${iccid} for no key update`
  const before = row && simOf(row)
  // one that has left a charge point for another may have been taken out there first
  const last = before?.station ?? (await lastStay(tx, ref))
  await tx`insert into sims (tenant, iccid, imsi, station, station_since, seen_at, made_at)
    values (${tenant}, ${iccid}, ${imsi ?? null}, ${identity}, at_ms(${at}::bigint), at_ms(${at}::bigint), at_ms(${at}::bigint))
    on conflict (tenant, iccid) do update set imsi = coalesce(excluded.imsi, sims.imsi), seen_at = excluded.seen_at, station = excluded.station,
      station_since = case when sims.station is not distinct from excluded.station then sims.station_since else excluded.station_since end,
      -- where it is now its provider may say something else of it
      next_at = case when sims.station is not distinct from excluded.station then sims.next_at else excluded.seen_at end`
  if (before?.station !== identity) {
    await tx`update sim_stays set until_at = at_ms(${at}::bigint) where tenant = ${tenant} and iccid = ${iccid} and until_at is null`
    await tx`insert into sim_stays (tenant, iccid, station, from_at) values (${tenant}, ${iccid}, ${identity}, at_ms(${at}::bigint))
      on conflict do nothing`
  }
  const moved = movedTo(last === undefined ? undefined : { iccid, station: last }, identity)
  const isUnknown = before !== undefined && before.provider === undefined && (await isOfNobody(tx, ref))
  await insertEvents(tx, [
    simChanged(ref, at, { chargePoint: identity }),
    ...[moved, isUnknown ? unknownToAll(iccid) : undefined].flatMap((one) =>
      one === undefined ? [] : [simAlarm({ ...ref, station: identity }, one, at)],
    ),
  ])
  await wakeSimLane(tx, tenant, before?.provider ?? null)
  return before?.provider === undefined ? iccid : undefined
}

const lastStay = async (tx: Transaction, { tenant, iccid }: SimRef): Promise<string | undefined> => {
  const [row] = await tx<{ station: string }[]>`select station from sim_stays
    where tenant = ${tenant} and iccid = ${iccid} order by from_at desc limit 1`
  return row?.station
}

/** Every provider that there is has been asked, and has it not. */
export const isOfNobody = async (tx: Transaction, { tenant, iccid }: SimRef): Promise<boolean> => {
  const [row] = await tx<{ asked: boolean }[]>`
    select exists (select 1 from sim_providers where tenant = ${tenant} and enabled)
      and not exists (select 1 from sim_providers p where p.tenant = ${tenant} and p.enabled and not (s.not_of @> array[p.id])) as asked
    from sims s where s.tenant = ${tenant} and s.iccid = ${iccid} and s.provider is null`
  return row?.asked === true
}

/**
 * A SIM that is one tenant's by its provider, and in another's charge point: both are told, each of what is its own. Neither
 * hears who the other is (D-14).
 */
export const tellOwners = async (app: Sql, ingest: Sql, { tenant, iccid }: SimRef, at: number): Promise<void> => {
  const rows = await ingest<{ tenant: string; provider: string | null; station: string | null }[]>`
    select tenant, provider, station from sims where iccid = ${iccid} order by tenant`
  const owners = rows.filter(({ provider }) => provider !== null)
  const strangers = rows.filter(({ provider, station }) => provider === null && station !== null)
  // only what has just come to be is told
  const isNew = rows.some((row) => row.tenant === tenant && (owners.includes(row) || strangers.includes(row)))
  if (!isNew || owners.length === 0 || strangers.length === 0) return
  for (const owner of owners)
    await tell(app, simAlarm({ tenant: owner.tenant, iccid, station: owner.station }, usedElsewhere(iccid), at))
  for (const stranger of strangers)
    await tell(app, simAlarm({ tenant: stranger.tenant, iccid, station: stranger.station }, notOurs(iccid), at))
}

const tell = (app: Sql, event: ReturnType<typeof simAlarm>): Promise<unknown> =>
  asTenant(app, event.tenant, async (tx) => insertEvents(tx, [event]))
