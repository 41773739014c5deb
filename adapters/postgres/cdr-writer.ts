import { type Bookkeeping, type Entry, entryFor } from '../../core/domain/cdr.ts'
import { findingsOf } from '../../core/domain/sanity.ts'
import { isBillable, type Session } from '../../core/domain/session.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Ids } from '../../core/ports/ids.ts'
import type { SharedJob } from '../../core/ports/outbox.ts'
import { accountingsOf } from './accounting.ts'
import { cdrColumns, cdrOf, type CdrRow } from './cdr-rows.ts'
import { circumstancesOf } from './circumstances.ts'
import type { Sql, Transaction } from './connect.ts'
import { codeOf, isOutage } from './faults.ts'
import { sessionColumns, sessionOf, type SessionRow } from './rows.ts'
import { storeEntries } from './store-cdrs.ts'
import { asTenant } from './tenant.ts'

interface Parts {
  readonly app: Sql
  readonly clock: Clock
  readonly ids: Ids
}

/** What came of a job. */
export interface Written {
  readonly entries: readonly Entry[]
  /** What could not be written, and waits as it did. */
  readonly refused: readonly Refused[]
}

interface Refused {
  /** Of the outbox. */
  readonly row: number
  readonly error: unknown
}

/**
 * The effect of a `cdr` job: what core says must be written about its sessions, once, whoever does the job and however
 * often (INV-25, INV-40, INV-41). CDRs, holds, credits, their events and the end of the outbox rows are one commit; the
 * sessions' locks keep two jobs of one session apart, and a job and a release. What is refused is done again in halves,
 * each a commit, until the guilty session stands alone: only that one waits on.
 */
export const writeCdrs = (
  parts: Parts,
  { id, beside = [], tenant }: Pick<SharedJob, 'id' | 'tenant' | 'beside'>,
): Promise<Written> => write(parts, { tenant, rows: [id, ...beside] })

/** Rows of the outbox of one tenant. */
interface Batch {
  readonly tenant: string
  readonly rows: readonly number[]
}

const write = async (parts: Parts, { tenant, rows }: Batch): Promise<Written> => {
  try {
    return { entries: await asTenant(parts.app, tenant, (tx) => enter(tx, parts, { tenant, rows })), refused: [] }
  } catch (error) {
    // what takes too long may do so because of one of them
    if (isOutage(error) && codeOf(error) !== '57014') throw error
    if (rows.length <= 1) return { entries: [], refused: rows.map((row) => ({ row, error })) }
    const middle = Math.ceil(rows.length / 2)
    const first = await write(parts, { tenant, rows: rows.slice(0, middle) })
    const second = await write(parts, { tenant, rows: rows.slice(middle) })
    return { entries: [...first.entries, ...second.entries], refused: [...first.refused, ...second.refused] }
  }
}

const enter = async (tx: Transaction, { clock, ids }: Parts, { tenant, rows }: Batch): Promise<readonly Entry[]> => {
  // in the order of their ids, as the ledger locks them
  const locked = await tx<SessionRow[]>`select ${tx.unsafe(sessionColumns)}
    from outbox o join sessions s on s.id = o.key::uuid
    where o.tenant = ${tenant} and o.kind = 'cdr' and o.id = any(${[...rows]}::bigint[]) order by s.id for no key update of s`
  const now = clock.now()
  const entries = await entriesOf(tx, locked.map(sessionOf), { tenant, now, uuid: () => ids.uuid() })
  await Promise.all([storeEntries(tx, entries, now), tx`delete from outbox where id = any(${[...rows]}::bigint[])`])
  return entries
}

interface Books extends Pick<Bookkeeping, 'now' | 'uuid'> {
  readonly tenant: string
}

const entriesOf = async (
  tx: Transaction,
  sessions: readonly Session[],
  { tenant, ...books }: Books,
): Promise<readonly Entry[]> => {
  const billable = sessions.filter(isBillable)
  if (billable.length === 0) return []
  const [rows, circumstances] = await Promise.all([
    tx<CdrRow[]>`select distinct on (c.session) ${tx.unsafe(cdrColumns)} from cdrs c
      where c.tenant = ${tenant} and c.session = any(${billable.map(({ id }) => id)}::uuid[]) order by c.session, c.version desc`,
    circumstancesOf(tx, billable),
  ])
  const newest = new Map(rows.map((row) => [row.session, cdrOf(row)]))
  const accounted = billable.map((session) => {
    const its = circumstances.get(session.id) ?? { readings: [], earlier: [] }
    const { startedAt = 0 } = session
    return { session, last: newest.get(session.id), readings: its.readings, circumstances: its, startedAt }
  })
  const accountings = await accountingsOf(tx, tenant, accounted)
  return accountings.flatMap(({ session, last, circumstances: its, ...accounting }) => {
    const findings = findingsOf(session, its)
    return entryFor(session, last, { ...books, ...accounting, findings }) ?? []
  })
}
