import type { JobKind } from '../../core/domain/changes.ts'
import type { DeadlineKind } from '../../core/domain/deadline.ts'
import {
  type AttemptOutcome,
  type Delivery,
  deliveryEvent,
  type DeliveryOf,
  type Lane,
  laneAfter,
  roomIn,
} from '../../core/domain/delivery.ts'
import { clean } from '../../core/domain/text.ts'
import type { DeliveryLanes, DeliveryTarget, TargetRef } from '../../core/ports/deliveries.ts'
import type { Sql, Transaction } from './connect.ts'
import {
  deliveryColumns,
  deliveryOf,
  type DeliveryRow,
  type DeliveryTables,
  findDelivery,
  saveDelivery,
} from './delivery-rows.ts'
import { insertEvents } from './insert-events.ts'
import { laneTurns } from './lane-turns.ts'
import { takeJob } from './take-job.ts'

/** Whoever dies while he looks after a lane is followed by another after this long. */
const watchMs = 30_000
const longestDetail = 500

/** Lanes of one kind: what they are rows of. */
export interface LaneRows<Target extends DeliveryTarget> extends DeliveryTables {
  readonly of: DeliveryOf
  readonly job: JobKind
  readonly deadline: DeadlineKind
  /** What must hold of a delivery `d` that is due, as a condition in SQL; absent = nothing. */
  readonly ready?: string
  /** Takes the lock that everything about a lane is done under: who sends what, and who is woken. */
  lock(tx: Transaction, ref: TargetRef): Promise<Locked<Target> | undefined>
  saveLane(tx: Transaction, ref: TargetRef, lane: Lane): Promise<void>
}

/** And what is sent. */
export interface LaneKind<Target extends DeliveryTarget, Document> extends LaneRows<Target> {
  /** In the commit after which it is sent. */
  documentOf(tx: Transaction, delivery: Delivery, target: Target): Promise<Document | undefined>
}

export interface Locked<Target> {
  readonly target: Target
  readonly lane: Lane
  /** Nothing is sent there while it is not. */
  readonly isOpen: boolean
}

/**
 * Lanes as rows: who may send what is decided under the lock of the target, whatever process asks. `decide` may be asked
 * again about the same delivery, where a commit did not come about.
 */
export const deliveryLanes = <Target extends DeliveryTarget, Document>(
  app: Sql,
  kind: LaneKind<Target, Document>,
): DeliveryLanes<Target, Document> => {
  const inTurn = laneTurns<Locked<Target>>(app, (tx, ref) => kind.lock(tx, ref))
  return {
    enter: (job, at) => {
      const ref = targetOfJob(job)
      return inTurn(ref, async ({ tx, locked }) => {
        const isOpen = locked?.isOpen === true
        if (isOpen) await lookAgain(tx, kind, ref, at + watchMs)
        await takeJob(tx, job)
        return isOpen ? locked.target : undefined
      })
    },

    take: (ref, at, decide) =>
      inTurn(ref, async ({ tx, locked }) => {
        if (locked?.isOpen !== true) return undefined
        const room = roomIn(locked.lane, locked.target.mostInFlight, at)
        for (;;) {
          const [flying, before] = await Promise.all([inFlight(tx, kind, ref, at), nextDue(tx, kind, ref, at)])
          const change = flying < room && before !== undefined ? decide(before) : undefined
          if (before === undefined || change === undefined) return undefined
          const { delivery, asks } = change
          await saveDelivery(tx, kind, delivery)
          if (before.state === 'sending')
            await noteEnd(tx, kind, before, { type: 'unclear', reason: delivery.reason ?? '' }, at)
          if (change.isAlarming) await insertEvents(tx, [deliveryEvent(delivery, kind.of)])
          if (delivery.state !== 'sending') continue
          const [document] = await Promise.all([
            kind.documentOf(tx, delivery, locked.target),
            tx`insert into ${tx(kind.attempts)} (tenant, target, document, attempt, began_at, asked)
              values (${ref.tenant}, ${ref.target}, ${delivery.document}, ${delivery.attempts}, at_ms(${at}::bigint), ${asks})`,
          ])
          return document && { delivery, document, asks }
        }
      }),

    settle: ({ delivery: sent }, outcome, decide, at) =>
      inTurn({ tenant: sent.tenant, target: sent.target }, async (turn) => {
        const { tx, locked } = turn
        if (locked !== undefined) {
          const lane = laneAfter(locked.lane, outcome, at)
          if (lane.faults !== locked.lane.faults || lane.pausedUntil !== locked.lane.pausedUntil)
            await kind.saveLane(tx, sent, lane)
          turn.locked = { ...locked, lane }
        }
        const [before] = await Promise.all([findDelivery(tx, kind, sent), noteEnd(tx, kind, sent, outcome, at)])
        const change = before?.attempts === sent.attempts ? decide(before) : undefined
        if (change === undefined) return undefined
        await saveDelivery(tx, kind, change.delivery)
        if (change.isAlarming) await insertEvents(tx, [deliveryEvent(change.delivery, kind.of)])
        return change.delivery
      }),

    rest: (ref, at) =>
      inTurn(ref, async ({ tx, locked }) => {
        if (locked?.isOpen !== true) return
        const [{ next } = { next: null }] = await tx<{ next: number | null }[]>`
          select ms(min(coalesce(d.next_at, d.changed_at))) as next from ${tx(kind.deliveries)} d
          where d.tenant = ${ref.tenant} and d.target = ${ref.target} and d.state in ('queued', 'sending')
            and ${tx.unsafe(kind.ready ?? 'true')}`
        if (next === null) return lookNoMore(tx, kind, ref)
        const isFull = (await inFlight(tx, kind, ref, at)) >= locked.target.mostInFlight
        await lookAgain(tx, kind, ref, Math.max(next, locked.lane.pausedUntil ?? 0, isFull ? at + watchMs : at))
      }),
  }
}

/** A job names a target, and perhaps the document it was made for: `books` or `books/<id>`. */
const targetOfJob = ({ tenant, key }: { readonly tenant: string; readonly key: string }): TargetRef => ({
  tenant,
  target: key.split('/', 1)[0] ?? '',
})

const inFlight = async (
  tx: Transaction,
  { deliveries }: DeliveryTables,
  { tenant, target }: TargetRef,
  at: number,
): Promise<number> => {
  const [row] = await tx<{ count: number }[]>`select count(*)::int as count from ${tx(deliveries)}
    where tenant = ${tenant} and target = ${target} and state = 'sending' and next_at > at_ms(${at}::bigint)`
  return row?.count ?? 0
}

/** What has been due for the longest. */
const nextDue = async (
  tx: Transaction,
  { deliveries, ready }: Pick<LaneRows<DeliveryTarget>, 'deliveries' | 'ready'>,
  { tenant, target }: TargetRef,
  at: number,
): Promise<Delivery | undefined> => {
  const [due] = await tx<DeliveryRow[]>`select ${tx.unsafe(deliveryColumns)} from ${tx(deliveries)} d
    where d.tenant = ${tenant} and d.target = ${target} and d.state in ('queued', 'sending')
      and (d.next_at is null or d.next_at <= at_ms(${at}::bigint)) and ${tx.unsafe(ready ?? 'true')}
    order by coalesce(d.next_at, d.changed_at), d.number limit 1 for update`
  return due && deliveryOf(due)
}

const lookAgain = async (
  tx: Transaction,
  { deadline }: { readonly deadline: DeadlineKind },
  { tenant, target }: TargetRef,
  due: number,
): Promise<void> => {
  await tx`insert into deadlines (tenant, kind, key, due) values (${tenant}, ${deadline}, ${target}, at_ms(${due}::bigint))
    on conflict (tenant, kind, key) do update set due = excluded.due`
}

/** Unless something is not ready yet: whatever is filed from here on comes with a job. */
const lookNoMore = async (
  tx: Transaction,
  { deadline, deliveries }: Pick<LaneRows<DeliveryTarget>, 'deadline' | 'deliveries'>,
  { tenant, target }: TargetRef,
): Promise<void> => {
  await tx`delete from deadlines where tenant = ${tenant} and kind = ${deadline} and key = ${target}
    and not exists (select from ${tx(deliveries)} where tenant = ${tenant} and target = ${target} and state in ('queued', 'sending'))`
}

/** The first word on an attempt stays. */
const noteEnd = async (
  tx: Transaction,
  tables: DeliveryTables,
  { tenant, target, document, attempts }: TargetRef & { readonly document: string; readonly attempts: number },
  outcome: AttemptOutcome,
  at: number,
): Promise<void> => {
  const isFound = outcome.type === 'accepted' && outcome.found === true
  const detail = outcome.type === 'accepted' ? outcome.reference : outcome.reason
  await tx`update ${tx(tables.attempts)} set ended_at = at_ms(${at}::bigint), outcome = ${isFound ? 'found' : outcome.type},
      detail = ${detail === undefined ? null : clean(detail, longestDetail)}
    where tenant = ${tenant} and target = ${target} and document = ${document} and attempt = ${attempts}
      and (outcome is null or outcome = 'unclear')`
}
