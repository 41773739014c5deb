import { type Cdr, type Credit, type Entry, entryFor } from '../../core/domain/cdr.ts'
import { cdrEvent, creditEvent } from '../../core/domain/event.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Ids } from '../../core/ports/ids.ts'
import type { OutboxJob } from '../../core/ports/outbox.ts'
import { cdrColumns, cdrOf, type CdrRow } from './cdr-rows.ts'
import type { Sql, Transaction } from './connect.ts'
import { insertEvents } from './insert-events.ts'
import { sessionColumns, sessionOf, type SessionRow } from './rows.ts'
import { asTenant } from './tenant.ts'

interface Parts {
  readonly app: Sql
  readonly clock: Clock
  readonly ids: Ids
}

/**
 * The effect of a `cdr` job: what core says must be written about the session, once, whoever does the job and however
 * often (INV-25, INV-40, INV-41). CDR, credit, their events and the end of the outbox row are one commit. Answers what
 * was written; the session's lock keeps two jobs of one session apart.
 */
export const writeCdr = (
  { app, clock, ids }: Parts,
  job: Pick<OutboxJob, 'id' | 'tenant' | 'key'>,
): Promise<Entry | undefined> =>
  asTenant(app, job.tenant, async (tx) => {
    const [row] = await tx<
      SessionRow[]
    >`select ${tx.unsafe(sessionColumns)} from sessions s where s.id = ${job.key}::uuid for update`
    const [last] = await tx<
      CdrRow[]
    >`select ${tx.unsafe(cdrColumns)} from cdrs c where c.tenant = ${job.tenant} and c.session = ${job.key}::uuid order by c.version desc limit 1`
    const entry = row && entryFor(sessionOf(row), last && cdrOf(last), () => ids.uuid())
    if (entry !== undefined) await write(tx, entry, clock.now())
    await tx`delete from outbox where id = ${job.id}`
    return entry
  })

const write = async (tx: Transaction, { credit, cdr }: Entry, now: number): Promise<void> => {
  if (credit !== undefined) await insertCredit(tx, credit, now)
  await insertCdr(tx, cdr)
  await insertEvents(tx, [...(credit === undefined ? [] : [creditEvent(credit, cdr, now)]), cdrEvent(cdr, now)])
}

const insertCredit = (tx: Transaction, { id, tenant, cdr, reason }: Credit, now: number): PromiseLike<unknown> =>
  tx`insert into credits (id, tenant, cdr, reason, created_at) values (${id}, ${tenant}, ${cdr}, ${reason}, at_ms(${now}))`

const insertCdr = (tx: Transaction, cdr: Cdr): PromiseLike<unknown> =>
  tx`insert into cdrs (id, tenant, version, replaces, session, identity, evse, connector, token, contract, started_at, ended_at, energy_mwh, duration_ms, stop_reason, state, notes)
    values (${cdr.id}, ${cdr.tenant}, ${cdr.version}, ${cdr.replaces ?? null}, ${cdr.session}, ${cdr.chargePoint}, ${cdr.evse}, ${cdr.connector}, ${cdr.token ?? null}, ${cdr.contract ?? null},
      at_ms(${cdr.startedAt}), at_ms(${cdr.endedAt}), ${cdr.energyMwh}, ${cdr.durationMs}, ${cdr.stopReason}, ${cdr.state}, ${[...cdr.notes]}::text[])`
