import { firstOf } from '../../core/domain/month.ts'
import type { RunChange, RunEvent, RunRef, RunState, SettlementRun } from '../../core/settlement/run.ts'
import type { Transaction } from './connect.ts'
import { fileStatements } from './file-statements.ts'
import { lockLedger } from './general-ledger.ts'
import { cursorOf } from './post-documents.ts'
import { postNext } from './post-job.ts'
import { closePeriod, sealNext, vouchersWithin } from './settlement-digest.ts'
import { chargeNext } from './settlement-fees.ts'
import { runColumns, runOf, type RunRow } from './settlement-rows.ts'

/** What a closing month may take: it is one statement over all of its postings. */
const closingMs = 600_000

/**
 * The next step of a run, whose row whoever does it has, with what `decide` makes of what came of it: all of it one commit.
 * Where one dies nothing has happened, and where one is done it is not done again.
 */
export const stepRun = async (
  tx: Transaction,
  ref: RunRef,
  decide: (run: SettlementRun, event: RunEvent) => RunChange | undefined,
): Promise<SettlementRun | undefined> => {
  const [row] = await tx<RunRow[]>`select ${tx.unsafe(runColumns)} from settlement_runs r
    join ledger_periods p on p.tenant = r.tenant and p.month = r.month
    where r.tenant = ${ref.tenant} and r.month = ${ref.month} and r.state <> 'closed' for update of r skip locked`
  if (row === undefined) return undefined
  await lockLedger(tx, ref.tenant)
  const event = await steps[row.state](tx, row)
  const change = decide(runOf(row), event)
  if (change === undefined) throw new Error(`a run that is ${row.state} makes nothing of ${event.type}`)
  if (change.shuts)
    await tx`update ledger_periods set state = 'closing' where tenant = ${ref.tenant} and month = ${ref.month}`
  const digest = change.closes ? await closePeriod(tx, ref, change.run) : undefined
  if (change.closes) await fileStatements(tx, ref, change.run.changedAt)
  const { state, progress, changedAt } = change.run
  await tx`update settlement_runs set state = ${state}, progress = ${JSON.stringify(progress)}::text::jsonb, fault = null,
      due = at_ms(${changedAt}), changed_at = at_ms(${changedAt}) where tenant = ${ref.tenant} and month = ${ref.month}`
  return digest === undefined ? change.run : { ...change.run, digest }
}

type Step = (tx: Transaction, row: RunRow) => Promise<RunEvent>

const begin: Step = async (tx, row) => {
  const { first, last } = await documentsWithin(tx, row)
  return { type: 'begun', documents: last - first }
}

/** What has come into the books by the end of the month; what comes later is of a later one. */
const post: Step = async (tx, row) => {
  const { first, last, until } = await documentsWithin(tx, row)
  const left = await postNext(tx, row.tenant, { document: last, before: until })
  const posted = Math.max(0, Math.min(await cursorOf(tx, row.tenant), last) - first)
  if (!left) await refuseGap(tx, row)
  return { type: 'posted', posted, left }
}

/** Months are closed in their order, also where what an earlier one lacked has only now been posted. */
const refuseGap = async (tx: Transaction, { tenant, month }: RunRef): Promise<void> => {
  const gap = await openBefore(tx, { tenant, month })
  if (gap !== undefined) throw new Error(`${gap} must be closed first`)
}

/** The first month before this one that something is posted into, and that is not closed. */
export const openBefore = async (tx: Transaction, { tenant, month }: RunRef): Promise<string | undefined> => {
  const [row] = await tx<{ month: string | null }[]>`
    select min(month) as month from ledger_periods where tenant = ${tenant} and month < ${month} and state <> 'closed'`
  return row?.month ?? undefined
}

const charge: Step = async (tx, row) => {
  const { fees, after } = await chargeNext(tx, row, row.charged ?? undefined)
  await tx`update settlement_runs set charged = ${after ?? row.charged} where tenant = ${row.tenant} and month = ${row.month}`
  return { type: 'charged', fees, left: after !== undefined }
}

const seal: Step = async (tx, row) => {
  await tx`select set_config('statement_timeout', ${String(closingMs)}, true)`
  const { vouchers } = runOf(row).progress
  const sealed = await sealNext(tx, row)
  return { type: 'sealed', ...sealed, vouchers: vouchers > 0 ? vouchers : await vouchersWithin(tx, row) }
}

const over: Step = async () => {
  throw new Error('it is over')
}

const steps: Readonly<Record<RunState, Step>> = {
  queued: begin,
  posting: post,
  fees: charge,
  closing: seal,
  closed: over,
}

/** The numbers between which the documents of a month are, and when the month is over. */
const documentsWithin = async (
  tx: Transaction,
  { tenant, month }: RunRef,
): Promise<{ readonly first: number; readonly last: number; readonly until: number }> => {
  const [row] = await tx<{ first: number; last: number; until: number }[]>`
    with bounds as (
      select ${firstOf(month)}::text::date::timestamp at time zone zone as from_at,
        (${firstOf(month)}::text::date + interval '1 month')::timestamp at time zone zone as until_at from installation
    )
    select coalesce((select max(number) from documents where tenant = ${tenant} and sealed_at < b.from_at), 0)::bigint as first,
      coalesce((select max(number) from documents where tenant = ${tenant} and sealed_at < b.until_at), 0)::bigint as last,
      ms(b.until_at) as until from bounds b`
  return row ?? { first: 0, last: 0, until: 0 }
}
