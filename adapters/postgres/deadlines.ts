import type { JobKind } from '../../core/domain/changes.ts'
import { advance, type Command, isOver } from '../../core/domain/command.ts'
import { completions, type DeadlineKind, holds, inferences, isWaitedFor } from '../../core/domain/deadline.ts'
import { sessionEvent } from '../../core/domain/event.ts'
import { ranOut } from '../../core/domain/reservation.ts'
import { inferred, isBillable, type Session } from '../../core/domain/session.ts'
import { settledBy } from '../../core/domain/session-events.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Deadlines } from '../../core/ports/deadlines.ts'
import type { Sql, Transaction } from './connect.ts'
import { isCollision, isOutage } from './faults.ts'
import { insertEvents } from './insert-events.ts'
import { endReservation, reservationColumns, type ReservationRow } from './reservations.ts'
import { sessionColumns, sessionOf, type SessionRow } from './rows.ts'
import { commandColumns, commandOf, type CommandRow, writeCommand } from './write-command.ts'

const putOffMs = 60 * 60_000

/** Campaigns look after their own: actors/campaigns.ts. */
type SweptKind = Exclude<DeadlineKind, 'campaign.step'>

interface Due {
  readonly tenant: string
  readonly kind: SweptKind
  readonly key: string
  readonly reason: string
}

/**
 * Due deadlines, each handled and deleted in one commit: after a crash it is there again, or its effect is (INV-55).
 * The steps of campaigns are not among them: actors/campaigns.ts takes these.
 */
export const postgresDeadlines = (sql: Sql, clock: Clock): Deadlines => ({
  sweep: (limit) =>
    sql.begin(async (tx) => {
      const due = await tx<Due[]>`
        delete from deadlines d using (
          select tenant, kind, key from deadlines where due <= at_ms(${clock.now()}) and kind <> 'campaign.step' order by due limit ${limit} for update skip locked
        ) w where d.tenant = w.tenant and d.kind = w.kind and d.key = w.key
        returning d.tenant, d.kind, d.key, d.reason`
      const commands: string[] = []
      for (const deadline of due.toSorted(inTurn)) {
        try {
          await tx.savepoint(async (inner) => {
            commands.push(...(await handlers[deadline.kind](inner, deadline, clock.now())))
          })
        } catch (error) {
          if (isOutage(error) || isCollision(error)) throw error
          // one that cannot be handled must not keep all others from coming: it is put off
          await tx`insert into deadlines (tenant, kind, key, due, reason)
            values (${deadline.tenant}, ${deadline.kind}, ${deadline.key}, at_ms(${clock.now() + putOffMs}), ${deadline.reason})`
        }
      }
      return { handled: due.length, commands }
    }),
})

/** Answers the orders whose fate has changed with it. */
type Handler = (tx: Transaction, due: Due, now: number) => Promise<readonly string[]>

const none: readonly string[] = []

const inferSession: Handler = async (tx, { key, reason }, now) => {
  const [row] = await tx<
    SessionRow[]
  >`select ${tx.unsafe(sessionColumns)} from sessions s where s.id = ${key}::uuid for no key update`
  if (row === undefined) return none
  const before = sessionOf(row)
  const session = inferred(before, reason)
  if (session === before) return none
  if (before.state === 'open' && reason === inferences.connectorAvailable && !(await isFree(tx, before))) return none
  await tx`update sessions set inferred_by = ${session.inferredBy ?? reason}, state = ${session.state}, ended_at = at_ms(${session.endedAt ?? now}), version = version + 1 where id = ${session.id}`
  if (before.state === 'open') await insertEvents(tx, [sessionEvent('session.inferred', session, now)])
  if (isBillable(session))
    await tx`insert into outbox (tenant, kind, key) values (${session.tenant}, 'cdr', ${session.id}) on conflict do nothing`
  return none
}

/** Events of a session that has ended are missing: while its station is away it gets more time (INV-22). */
const completeSession: Handler = async (tx, due, now) => {
  const { tenant, key, reason } = due
  const [row] = await tx<
    SessionRow[]
  >`select ${tx.unsafe(sessionColumns)} from sessions s where s.id = ${key}::uuid for no key update`
  const before = row && sessionOf(row)
  if (before?.state !== 'ended') return none
  if (reason === completions.grace && isWaitedFor(await awaySince(tx, before), now)) {
    await tx`insert into deadlines (tenant, kind, key, due, reason) values (${tenant}, 'session.complete', ${key}, at_ms(${now + holds.missing}), ${reason})`
    return none
  }
  const session = settledBy(before, reason)
  await tx`update sessions set events = ${JSON.stringify(session.events)}::text::jsonb, state = ${session.state}, version = version + 1 where id = ${session.id}`
  await insertEvents(tx, [
    sessionEvent(session.state === 'orphan' ? 'session.orphaned' : 'session.closed', session, now),
  ])
  if (isBillable(session))
    await tx`insert into outbox (tenant, kind, key) values (${session.tenant}, 'cdr', ${session.id}) on conflict do nothing`
  return none
}

/** Since when its station is not connected, by our clock; undefined while it is: its worker has been heard of lately. */
const awaySince = async (tx: Transaction, { tenant, identity }: Session): Promise<number | undefined> => {
  const [row] = await tx<{ since: number | null }[]>`
    select ms(coalesce(c.closed_at, c.last_seen))::float8 as since from connections c left join workers w on w.worker = c.worker
    where c.tenant = ${tenant} and c.identity = ${identity}
      and not coalesce(c.closed_at is null and w.seen_at > now() - interval '30 seconds', false)`
  return row?.since ?? undefined
}

/** No station of 1.6 says that a reservation has run out: our own timer does. */
const expireReservation: Handler = async (tx, { tenant, key }, now) => {
  const [row] = await tx<ReservationRow[]>`select ${tx.unsafe(reservationColumns)} from reservations r
    where r.tenant = ${tenant} and r.id = ${Number(key)} and r.state = 'active' for update`
  if (row !== undefined) await endReservation(tx, row, { state: 'expired', reason: ranOut }, now)
  return none
}

const isFree = async (tx: Transaction, { tenant, identity, evse }: Session): Promise<boolean> => {
  const [row] = await tx<{ status: string }[]>`select status from connectors
    where tenant = ${tenant} and identity = ${identity} and evse = ${evse} order by reported_at desc limit 1`
  return row?.status === 'available'
}

const expireCommand: Handler = async (tx, { key }, now) => {
  const [row] = await tx<
    CommandRow[]
  >`select ${tx.unsafe(commandColumns)} from commands c where c.id = ${key}::uuid for no key update`
  if (row === undefined) return none
  const before = commandOf(row)
  if (isOver(before)) return none
  const command = advance(before, { at: now, state: 'done', ...fateOf(before) })
  await writeCommand(tx, command)
  return [command.id]
}

/** Something is due at a target: whoever does jobs looks after its lane. */
const wakes =
  (job: JobKind): Handler =>
  async (tx, { tenant, key }) => {
    await tx`insert into outbox (tenant, kind, key) values (${tenant}, ${job}, ${key}) on conflict do nothing`
    return none
  }

/** What the deadline means depends on how far the order got: only what was never written is known not to have happened. */
const fateOf = ({ state }: Command): Pick<Command, 'outcome' | 'reason'> & object => {
  if (state === 'queued') return { outcome: 'expired', reason: 'its deadline passed before it was sent' }
  if (state === 'sent') return { outcome: 'timeoutUnknown', reason: 'the charge point did not answer' }
  return { outcome: 'failed', reason: 'the charge point accepted, but nothing followed within the deadline' }
}

/** In the order in which the ledger locks them: sessions, orders, reservations. */
const handlers: Readonly<Record<SweptKind, Handler>> = {
  'session.infer': inferSession,
  'session.complete': completeSession,
  'command.expire': expireCommand,
  'reservation.expire': expireReservation,
  'erp.lane': wakes('erp'),
  'statement.lane': wakes('statements'),
  'roaming.lane': wakes('roaming'),
  'roaming.cdrs': wakes('roaming-cdrs'),
  'sim.lane': wakes('sim'),
}

const turnOf = ({ kind }: Due): number => Object.keys(handlers).indexOf(kind)
/** Of one kind by their keys, as whoever leaves jobs for several lanes does: nobody waits in a circle. */
const inTurn = (a: Due, b: Due): number => turnOf(a) - turnOf(b) || (nameOf(a) < nameOf(b) ? -1 : 1)
const nameOf = ({ tenant, key }: Due): string => `${tenant}/${key}`
