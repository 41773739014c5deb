import type { SettlementStore } from '../../../core/ports/settlement.ts'
import type { RunRef } from '../../../core/settlement/run.ts'
import type { Sql, Transaction } from '../connect.ts'
import { adjust } from '../adjustments.ts'
import { openPeriod } from '../general-ledger.ts'
import { postingsOf, statementOf, trialOf } from '../ledger-reading.ts'
import { runColumns, runOf, type RunRow } from '../settlement-rows.ts'
import { openBefore, stepRun } from '../settlement-step.ts'
import { asTenant } from '../tenant.ts'
import { writeAudit } from '../write-audit.ts'
import { keyOfCursor, pageOf } from './paging.ts'

export const settlementStore = (app: Sql, ingest: Sql): SettlementStore => ({
  start: (ref, by, at) =>
    asTenant(app, ref.tenant, async (tx) => {
      const known = await find(tx, ref)
      // whoever asks again has seen to what it waited for
      if (known?.fault !== undefined)
        await tx`update settlement_runs set due = least(due, at_ms(${at})) where tenant = ${ref.tenant} and month = ${ref.month} and state <> 'closed'`
      if (known !== undefined) return known
      if (ref.month >= (await monthAt(tx, at))) return { not: 'early' }
      const gap = await openBefore(tx, ref)
      if (gap !== undefined) return { not: 'gap', month: gap }
      const [passed] = await tx<{ month: string | null }[]>`
        select max(month) as month from ledger_periods where tenant = ${ref.tenant} and month > ${ref.month} and state <> 'open'`
      if (passed?.month) return { not: 'passed', month: passed.month }
      await openPeriod(tx, ref.tenant, [ref.month])
      const begun = await tx`insert into settlement_runs (tenant, month, progress, due, created_at, changed_at)
        values (${ref.tenant}, ${ref.month}, '{}', at_ms(${at}), at_ms(${at}), at_ms(${at})) on conflict do nothing returning 1`
      const run = await find(tx, ref)
      if (run === undefined) throw new Error(`the run of ${ref.month} is not there`)
      if (begun.length > 0)
        await writeAudit(tx, { tenant: ref.tenant, at, actor: by, action: 'settlement.started', subject: ref.month })
      return run
    }),

  find: (ref) => asTenant(app, ref.tenant, (tx) => find(tx, ref)),

  list: (tenant, page) =>
    asTenant(app, tenant, async (tx) => {
      const [before = null] = keyOfCursor(page.cursor, 1) ?? []
      const rows = await tx<RunRow[]>`select ${tx.unsafe(runColumns)} from settlement_runs r
        join ledger_periods p on p.tenant = r.tenant and p.month = r.month
        where r.tenant = ${tenant} and (${before}::text is null or r.month < ${before}) order by r.month desc limit ${page.limit + 1}`
      return pageOf(rows, page, ({ month }) => [month], runOf)
    }),

  async due(at) {
    const [row] = await ingest<RunRef[]>`
      select tenant, month from settlement_runs where state <> 'closed' and due <= at_ms(${at}) order by due limit 1`
    return row
  },

  step: (ref, _, decide) => asTenant(app, ref.tenant, (tx) => stepRun(tx, ref, decide)),

  putOff: ({ tenant, month }, fault, until) =>
    asTenant(app, tenant, async (tx) => {
      await tx`update settlement_runs set fault = ${fault.slice(0, 500)}, due = at_ms(${until})
        where tenant = ${tenant} and month = ${month} and state <> 'closed'`
    }),

  trialOf: (ref) => asTenant(app, ref.tenant, (tx) => trialOf(tx, ref)),
  statementOf: (ref, party) => asTenant(app, ref.tenant, (tx) => statementOf(tx, ref, party)),
  postings: (ref, statement, page) => asTenant(app, ref.tenant, (tx) => postingsOf(tx, { ref, statement, page })),
  adjust: (adjustment, by) => asTenant(app, adjustment.tenant, (tx) => adjust(tx, adjustment, by)),
})

const find = async (tx: Transaction, { tenant, month }: RunRef) => {
  const [row] = await tx<RunRow[]>`select ${tx.unsafe(runColumns)} from settlement_runs r
    join ledger_periods p on p.tenant = r.tenant and p.month = r.month where r.tenant = ${tenant} and r.month = ${month}`
  return row && runOf(row)
}

const monthAt = async (tx: Transaction, at: number): Promise<string> => {
  const [row] = await tx<
    { month: string }[]
  >`select to_char(at_ms(${at}) at time zone zone, 'YYYY-MM') as month from installation`
  return row?.month ?? ''
}
