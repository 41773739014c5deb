import { type Bookkeeping, type Cdr, type Credit, type Entry, entryFor, type Hold } from '../../core/domain/cdr.ts'
import { cdrEvent, creditEvent } from '../../core/domain/event.ts'
import { findingsOf } from '../../core/domain/sanity.ts'
import { isBillable, type Session } from '../../core/domain/session.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Ids } from '../../core/ports/ids.ts'
import type { OutboxJob } from '../../core/ports/outbox.ts'
import { accountingOf } from './accounting.ts'
import { cdrColumns, cdrOf, type CdrRow } from './cdr-rows.ts'
import { circumstancesOf } from './circumstances.ts'
import type { Sql, Transaction } from './connect.ts'
import { insertEvents } from './insert-events.ts'
import { safeJson } from './safe-json.ts'
import { leaveSeal } from './seal-documents.ts'
import { sessionColumns, sessionOf, type SessionRow } from './rows.ts'
import { asTenant } from './tenant.ts'

interface Parts {
  readonly app: Sql
  readonly clock: Clock
  readonly ids: Ids
}

/**
 * The effect of a `cdr` job: what core says must be written about the session, once, whoever does the job and however
 * often (INV-25, INV-40, INV-41). CDR, hold, credit, their events and the end of the outbox row are one commit. Answers
 * what was written; the session's lock keeps two jobs of one session apart, and a job and a release.
 */
export const writeCdr = (
  { app, clock, ids }: Parts,
  job: Pick<OutboxJob, 'id' | 'tenant' | 'key'>,
): Promise<Entry | undefined> =>
  asTenant(app, job.tenant, async (tx) => {
    const [row] = await tx<
      SessionRow[]
    >`select ${tx.unsafe(sessionColumns)} from sessions s where s.id = ${job.key}::uuid for update`
    const session = row && sessionOf(row)
    const now = clock.now()
    const entry = session && (await entryOf(tx, session, { now, uuid: () => ids.uuid() }))
    if (entry !== undefined) await write(tx, entry, now)
    await tx`delete from outbox where id = ${job.id}`
    return entry
  })

const entryOf = async (
  tx: Transaction,
  session: Session,
  books: Pick<Bookkeeping, 'now' | 'uuid'>,
): Promise<Entry | undefined> => {
  const [[row], circumstances] = await Promise.all([
    tx<
      CdrRow[]
    >`select ${tx.unsafe(cdrColumns)} from cdrs c where c.tenant = ${session.tenant} and c.session = ${session.id} order by c.version desc limit 1`,
    circumstancesOf(tx, session),
  ])
  if (!isBillable(session)) return undefined
  const last = row && cdrOf(row)
  const { readings } = circumstances
  const accounting = await accountingOf(tx, { session, last, readings, startedAt: session.startedAt ?? 0 })
  return entryFor(session, last, { ...books, ...accounting, findings: findingsOf(session, circumstances) })
}

const write = async (tx: Transaction, { credit, cdr, isAgain }: Entry, now: number): Promise<void> => {
  if (credit !== undefined) await insertCredit(tx, credit, now)
  if (isAgain === true) await updateCdr(tx, cdr)
  else await insertCdr(tx, cdr)
  if (cdr.hold !== undefined) await putHold(tx, cdr, cdr.hold)
  if (credit !== undefined || cdr.state === 'issued') await leaveSeal(tx, cdr.tenant, credit?.id ?? cdr.id)
  await insertEvents(tx, [...(credit === undefined ? [] : [creditEvent(credit, cdr, now)]), cdrEvent(cdr, now)])
}

const insertCredit = (tx: Transaction, { id, tenant, cdr, reason }: Credit, now: number): PromiseLike<unknown> =>
  tx`insert into credits (id, tenant, cdr, reason, created_at) values (${id}, ${tenant}, ${cdr}, ${reason}, at_ms(${now}))`

const insertCdr = (tx: Transaction, cdr: Cdr): PromiseLike<unknown> =>
  tx`insert into cdrs (id, tenant, version, replaces, session, identity, evse, connector, evse_id, site, station, country, token, contract, started_at, ended_at, energy_mwh, exported_mwh, duration_ms, priced, stop_reason, state, notes)
    values (${cdr.id}, ${cdr.tenant}, ${cdr.version}, ${cdr.replaces ?? null}, ${cdr.session}, ${cdr.chargePoint}, ${cdr.evse}, ${cdr.connector}, ${cdr.evseId ?? null}, ${cdr.site ?? null}, ${cdr.station ?? null}, ${cdr.country ?? null}, ${cdr.token ?? null}, ${cdr.contract ?? null},
      at_ms(${cdr.startedAt}), at_ms(${cdr.endedAt}), ${cdr.energyMwh}, ${cdr.exportedMwh ?? null}, ${cdr.durationMs}, ${pricedText(cdr)}::text::jsonb, ${cdr.stopReason}, ${cdr.state}, ${[...cdr.notes]}::text[])`

const pricedText = ({ priced }: Cdr): string | null => (priced === undefined ? null : safeJson(priced))

/** What a CDR that is held says now; the table lets nothing else of it change, and nothing of one that was issued. */
export const updateCdr = (tx: Transaction, cdr: Cdr): PromiseLike<unknown> =>
  tx`update cdrs set started_at = at_ms(${cdr.startedAt}), ended_at = at_ms(${cdr.endedAt}), energy_mwh = ${cdr.energyMwh}, exported_mwh = ${cdr.exportedMwh ?? null}, duration_ms = ${cdr.durationMs},
      evse_id = ${cdr.evseId ?? null}, site = ${cdr.site ?? null}, station = ${cdr.station ?? null}, country = ${cdr.country ?? null}, priced = ${pricedText(cdr)}::text::jsonb,
      stop_reason = ${cdr.stopReason}, state = ${cdr.state}, notes = ${[...cdr.notes]}::text[]
    where id = ${cdr.id}`

const putHold = (tx: Transaction, { id, tenant }: Cdr, { reasons, proposal, heldAt }: Hold): PromiseLike<unknown> =>
  tx`insert into cdr_holds (cdr, tenant, held_at, reasons, proposal)
    values (${id}, ${tenant}, at_ms(${heldAt}), ${JSON.stringify(reasons)}::text::jsonb, ${proposal === undefined ? null : JSON.stringify(proposal)}::text::jsonb)
    on conflict (cdr) do update set reasons = excluded.reasons, proposal = excluded.proposal`
