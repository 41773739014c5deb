import { type AttemptOutcome, deliveryEvent, type Lane, laneAfter, roomIn } from '../../core/domain/delivery.ts'
import { clean } from '../../core/domain/text.ts'
import type { DeliveryLanes, TargetRef } from '../../core/ports/deliveries.ts'
import type { Sql, Transaction } from './connect.ts'
import {
  deliveryColumns,
  deliveryOf,
  type DeliveryRow,
  findDelivery,
  findDocument,
  laneOf,
  lockTarget,
  saveDelivery,
  targetOf,
} from './erp-rows.ts'
import { insertEvents } from './insert-events.ts'
import { asTenant } from './tenant.ts'

/** Whoever dies while he looks after a lane is followed by another after this long. */
const watchMs = 30_000
const longestDetail = 500

/** Lanes as rows: who may send what is decided under the lock of the target, whatever process asks. */
export const postgresLanes = (app: Sql): DeliveryLanes => ({
  enter: (job, at) =>
    asTenant(app, job.tenant, async (tx) => {
      const ref = targetOfJob(job)
      const row = await lockTarget(tx, ref)
      await tx`delete from outbox where id = ${job.id}`
      if (row?.enabled !== true) return undefined
      await lookAgain(tx, ref, at + watchMs)
      return targetOf(row)
    }),

  take: (ref, at, decide) =>
    asTenant(app, ref.tenant, async (tx) => {
      const row = await lockTarget(tx, ref)
      if (row?.enabled !== true) return undefined
      const room = roomIn(laneOf(row), row.most_in_flight, at)
      while ((await inFlight(tx, ref, at)) < room) {
        const [due] = await tx<DeliveryRow[]>`select ${tx.unsafe(deliveryColumns)} from erp_deliveries d
          where d.tenant = ${ref.tenant} and d.target = ${ref.target} and d.state in ('queued', 'sending')
            and (d.next_at is null or d.next_at <= at_ms(${at}::bigint))
          order by coalesce(d.next_at, d.changed_at), d.number limit 1 for update`
        const before = due && deliveryOf(due)
        const change = before && decide(before)
        if (change === undefined) return undefined
        const { delivery, asks } = change
        await saveDelivery(tx, delivery)
        if (before?.state === 'sending')
          await noteEnd(tx, before, { type: 'unclear', reason: delivery.reason ?? '' }, at)
        if (change.isAlarming) await insertEvents(tx, [deliveryEvent(delivery)])
        if (delivery.state !== 'sending') continue
        await tx`insert into erp_attempts (tenant, target, document, attempt, began_at, asked)
          values (${ref.tenant}, ${ref.target}, ${delivery.document}, ${delivery.attempts}, at_ms(${at}::bigint), ${asks})`
        const document = await findDocument(tx, delivery.document)
        return document && { delivery, document, asks }
      }
      return undefined
    }),

  settle: ({ delivery: sent }, outcome, decide, at) =>
    asTenant(app, sent.tenant, async (tx) => {
      const row = await lockTarget(tx, sent)
      if (row !== undefined) await saveLane(tx, sent, laneAfter(laneOf(row), outcome, at))
      await noteEnd(tx, sent, outcome, at)
      const before = await findDelivery(tx, sent)
      const change = before?.attempts === sent.attempts ? decide(before) : undefined
      if (change === undefined) return undefined
      await saveDelivery(tx, change.delivery)
      if (change.isAlarming) await insertEvents(tx, [deliveryEvent(change.delivery)])
      return change.delivery
    }),

  rest: (ref, at) =>
    asTenant(app, ref.tenant, async (tx) => {
      const row = await lockTarget(tx, ref)
      if (row?.enabled !== true) return
      const [{ next } = { next: null }] = await tx<{ next: number | null }[]>`
        select ms(min(coalesce(next_at, changed_at))) as next from erp_deliveries
        where tenant = ${ref.tenant} and target = ${ref.target} and state in ('queued', 'sending')`
      if (next === null) return
      const isFull = (await inFlight(tx, ref, at)) >= row.most_in_flight
      await lookAgain(tx, ref, Math.max(next, row.paused_ms ?? 0, isFull ? at + watchMs : at))
    }),
})

/** A job names a target, and perhaps the document it was made for: `books` or `books/<id>`. */
const targetOfJob = ({ tenant, key }: { readonly tenant: string; readonly key: string }): TargetRef => ({
  tenant,
  target: key.split('/', 1)[0] ?? '',
})

const inFlight = async (tx: Transaction, { tenant, target }: TargetRef, at: number): Promise<number> => {
  const [row] = await tx<{ count: number }[]>`select count(*)::int as count from erp_deliveries
    where tenant = ${tenant} and target = ${target} and state = 'sending' and next_at > at_ms(${at}::bigint)`
  return row?.count ?? 0
}

const lookAgain = async (tx: Transaction, { tenant, target }: TargetRef, due: number): Promise<void> => {
  await tx`insert into deadlines (tenant, kind, key, due) values (${tenant}, 'erp.lane', ${target}, at_ms(${due}::bigint))
    on conflict (tenant, kind, key) do update set due = excluded.due`
}

const saveLane = async (tx: Transaction, { tenant, target }: TargetRef, lane: Lane): Promise<void> => {
  await tx`update erp_targets set faults = ${lane.faults}, paused_until = at_ms(${lane.pausedUntil ?? null}::bigint)
    where tenant = ${tenant} and id = ${target}`
}

/** The first word on an attempt stays. */
const noteEnd = async (
  tx: Transaction,
  { tenant, target, document, attempts }: TargetRef & { readonly document: string; readonly attempts: number },
  outcome: AttemptOutcome,
  at: number,
): Promise<void> => {
  const isFound = outcome.type === 'accepted' && outcome.found === true
  const detail = outcome.type === 'accepted' ? outcome.reference : outcome.reason
  await tx`update erp_attempts set ended_at = at_ms(${at}::bigint), outcome = ${isFound ? 'found' : outcome.type},
      detail = ${detail === undefined ? null : clean(detail, longestDetail)}
    where tenant = ${tenant} and target = ${target} and document = ${document} and attempt = ${attempts}
      and (outcome is null or outcome = 'unclear')`
}
