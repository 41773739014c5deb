import {
  isTold,
  keyOfLane,
  laneOfKey,
  type LaneRef,
  leaseMs,
  openPace,
  registrationMark,
} from '../../core/domain/push-lane.ts'
import { isRegistered, type RoamingPartner } from '../../core/domain/roaming-partner.ts'
import type { HeldLane, PushLanes } from '../../core/ports/push-lanes.ts'
import type { Parts } from '../../core/roaming/push-parts.ts'
import type { Sql, Transaction } from './connect.ts'
import { objectOf, publishedColumns, type PublishedRow } from './published-objects.ts'
import { lockLane, paceOf, partnerOfLane, refColumns, writeRetries, writeShadows } from './push-rows.ts'
import { takeJob } from './take-job.ts'
import { asTenant } from './tenant.ts'

/** Lanes as rows: whoever holds one has his name in it, and everything is decided under its lock. */
export const postgresPushLanes = (app: Sql): PushLanes => ({
  enter: (job, holder, at) =>
    asTenant(app, job.tenant, async (tx) => {
      const ref = laneOfKey(job.tenant, job.key)
      const held = ref && (await hold(tx, ref, holder, at))
      await takeJob(tx, job)
      return held
    }),

  due: (lane, at, limit) =>
    asTenant(app, lane.tenant, async (tx) => {
      const rows = await tx<PublishedRow[]>`select ${tx.unsafe(publishedColumns)} from roaming_retries r
          join roaming_objects o on o.tenant = r.tenant and o.module = r.module and o.country_code = r.country_code
            and o.party_id = r.party_id and o.key = r.key
        where r.tenant = ${lane.tenant} and r.partner = ${lane.partner} and r.module = ${lane.module}
          and r.next_at <= at_ms(${at}::bigint) and (o.partner is null or o.partner = ${lane.partner})
        order by r.next_at limit ${limit}`
      return rows.map(objectOf)
    }),

  known: (lane, objects) =>
    asTenant(app, lane.tenant, async (tx) => {
      const [countries, parties, keys] = refColumns(objects)
      const rows = await tx<
        KnownRow[]
      >`select t.parts, ms(t.told_at) as told_ms, t.doubtful, coalesce(r.attempts, 0) as attempts
        from unnest(${countries}::text[], ${parties}::text[], ${keys}::text[]) with ordinality as w(country, party, key, place)
          left join roaming_told t on t.tenant = ${lane.tenant} and t.partner = ${lane.partner} and t.module = ${lane.module}
            and t.country_code = w.country and t.party_id = w.party and t.key = w.key
          left join roaming_retries r on r.tenant = ${lane.tenant} and r.partner = ${lane.partner} and r.module = ${lane.module}
            and r.country_code = w.country and r.party_id = w.party and r.key = w.key
        order by w.place`
      return rows.map(({ parts, told_ms, doubtful, attempts }) => ({
        attempts,
        ...(parts !== null && { shadow: { parts, toldAt: told_ms ?? 0, isDoubtful: doubtful === true } }),
      }))
    }),

  settle: (lane, { revision, settled, pace }, at) =>
    asTenant(app, lane.tenant, async (tx) => {
      const row = await lockLane(tx, lane)
      if (row?.held_by !== lane.holder) return undefined
      await writeShadows(tx, lane, settled)
      await writeRetries(tx, lane, settled, at)
      const to = await partnerOfLane(tx, lane)
      const until = at + leaseMs
      await tx`update roaming_lanes set revision = greatest(revision, ${revision}), faults = ${pace.faults},
          paused_until = at_ms(${pace.pausedUntil ?? null}::bigint), held_until = at_ms(${until}::bigint) where ${isLane(tx, lane)}`
      if (!isStillTold(to, lane, row.told_as)) {
        // the deadline of before has whoever comes find out what it is now
        await release(tx, lane)
        await lookAgain(tx, lane, at)
        return undefined
      }
      await lookAgain(tx, lane, until)
      return { ...lane, to, revision: Math.max(row.revision, revision), pace }
    }),

  leave: (lane, at, stops) =>
    asTenant(app, lane.tenant, async (tx) => {
      const row = await lockLane(tx, lane)
      if (row?.held_by !== lane.holder) return true
      const { next, is_behind: isBehind, last } = await whatIsLeft(tx, lane)
      const now = isBehind ? at : next
      const paused = lane.pace.pausedUntil ?? 0
      if (now !== null && now <= at && paused <= at && !stops) return false
      // what is not for this partner is not looked through again
      if (!isBehind) await tx`update roaming_lanes set revision = greatest(revision, ${last}) where ${isLane(tx, lane)}`
      await release(tx, lane)
      if (now === null)
        await tx`delete from deadlines where tenant = ${lane.tenant} and kind = 'roaming.lane' and key = ${keyOfLane(lane)}`
      else await lookAgain(tx, lane, Math.max(now, paused, at))
      return true
    }),
})

interface KnownRow {
  readonly parts: Parts | null
  readonly told_ms: number | null
  readonly doubtful: boolean | null
  readonly attempts: number
}

const hold = async (tx: Transaction, ref: LaneRef, holder: string, at: number): Promise<HeldLane | undefined> => {
  // locked first: whoever publishes has it until what is new can be seen. There is one wherever a job was left for it
  const row = await lockLane(tx, ref)
  const to = row && (await partnerOfLane(tx, ref))
  if (row === undefined || to === undefined || !isRegistered(to) || !isTold(to, ref.module)) return undefined
  const mark = registrationMark(to, ref.module)
  const isAnew = row.told_as !== mark
  if (row.held_by !== null && (row.held_until_ms ?? 0) > at) {
    await lookAgain(tx, ref, row.held_until_ms ?? at)
    return undefined
  }
  if (isAnew) await forget(tx, ref)
  else if (row.held_by !== null) await doubt(tx, ref, row.revision)
  const pace = isAnew ? openPace : paceOf(row)
  if ((pace.pausedUntil ?? 0) > at) {
    await lookAgain(tx, ref, pace.pausedUntil ?? at)
    return undefined
  }
  const until = at + leaseMs
  await tx`update roaming_lanes set held_by = ${holder}, held_until = at_ms(${until}::bigint), told_as = ${mark},
      faults = ${pace.faults}, paused_until = at_ms(${pace.pausedUntil ?? null}::bigint)
    where ${isLane(tx, ref)}`
  await lookAgain(tx, ref, until)
  return { ...ref, holder, to, revision: isAnew ? 0 : row.revision, pace }
}

const isLane = (tx: Transaction, { tenant, partner, module }: LaneRef) =>
  tx`tenant = ${tenant} and partner = ${partner} and module = ${module}`

const isStillTold = (
  to: RoamingPartner | undefined,
  { module }: LaneRef,
  toldAs: string | null,
): to is RoamingPartner =>
  to !== undefined && isRegistered(to) && isTold(to, module) && registrationMark(to, module) === toldAs

/** In one statement, so that all of it is of one moment. */
const whatIsLeft = async (tx: Transaction, { tenant, partner, module }: HeldLane) => {
  const [row] = await tx<{ next: number | null; is_behind: boolean; last: number }[]>`
    select ms((select min(next_at) from roaming_retries where tenant = ${tenant} and partner = ${partner} and module = ${module} and next_at is not null)) as next,
      exists (select 1 from roaming_objects o where o.tenant = ${tenant} and o.module = ${module} and o.revision > l.revision
        and (o.partner is null or o.partner = ${partner})) as is_behind,
      (select coalesce(max(o.revision), 0) from roaming_objects o where o.tenant = ${tenant} and o.module = ${module}) as last
    from roaming_lanes l where l.tenant = ${tenant} and l.partner = ${partner} and l.module = ${module}`
  return row ?? { next: null, is_behind: false, last: 0 }
}

const release = async (tx: Transaction, lane: LaneRef): Promise<void> => {
  await tx`update roaming_lanes set held_by = null, held_until = null where ${isLane(tx, lane)}`
}

/** It knows nothing any more of what it was told. */
const forget = async (tx: Transaction, ref: LaneRef): Promise<void> => {
  await tx`delete from roaming_told where ${isLane(tx, ref)}`
  await tx`delete from roaming_retries where ${isLane(tx, ref)}`
  await tx`update roaming_lanes set revision = 0 where ${isLane(tx, ref)}`
}

/** What was being told by whoever has died lies above the cursor still, or is among what is told again. */
const doubt = async (tx: Transaction, { tenant, partner, module }: LaneRef, revision: number): Promise<void> => {
  await tx`update roaming_told t set doubtful = true
    where t.tenant = ${tenant} and t.partner = ${partner} and t.module = ${module} and not t.doubtful and (
      exists (select 1 from roaming_objects o where o.tenant = t.tenant and o.module = t.module and o.country_code = t.country_code
        and o.party_id = t.party_id and o.key = t.key and o.revision > ${revision})
      or exists (select 1 from roaming_retries r where r.tenant = t.tenant and r.partner = t.partner and r.module = t.module
        and r.country_code = t.country_code and r.party_id = t.party_id and r.key = t.key))`
}

const lookAgain = async (tx: Transaction, ref: LaneRef, due: number): Promise<void> => {
  await tx`insert into deadlines (tenant, kind, key, due) values (${ref.tenant}, 'roaming.lane', ${keyOfLane(ref)}, at_ms(${due}::bigint))
    on conflict (tenant, kind, key) do update set due = excluded.due`
}
