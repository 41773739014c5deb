import type { RunRef, SettlementRun } from '../../core/settlement/run.ts'
import type { Transaction } from './connect.ts'
import type { RunRow } from './settlement-rows.ts'

/** Part of what the digest is: it is made of pages of so many vouchers. */
const pageSize = 1_000
/** So many pages are one commit. */
const pages = 10

/**
 * Takes the digest of a month over its next vouchers, in the order of their sources, byte by byte: of each its source, time
 * and text, and its postings with account, amount, purpose and contract, as JSON, one voucher a line. Each page's is the
 * SHA-256 of that of the page before it and of its own lines. Numbers, and when it was posted, are no part of it: whoever
 * has the same books has the same digest.
 */
export const sealNext = async (
  tx: Transaction,
  { tenant, month, ...row }: RunRow,
): Promise<{ readonly sealed: number; readonly left: boolean }> => {
  let after = { kind: row.sealed_kind, key: row.sealed_key }
  let sealed = 0
  for (let page = 0; page < pages; page++) {
    const [last] = await tx<{ kind: string; key: string; count: number }[]>`
      with page as materialized (
        select number, source_kind, source_key, at, text from ledger_vouchers
        where tenant = ${tenant} and month = ${month} and (source_kind, source_key) > (${after.kind}, ${after.key})
        order by source_kind, source_key limit ${pageSize}
      ), said as (
        select v.source_kind, v.source_key, json_build_array(v.source_kind, v.source_key, ms(v.at), v.text, (
          select json_agg(json_build_array(a.key, p.amount::text, p.purpose, p.contract) order by p.line)
          from ledger_postings p join ledger_accounts a on a.tenant = p.tenant and a.number = p.account
          where p.tenant = ${tenant} and p.voucher = v.number
        ))::text as line from page v
      ), whole as (
        select count(*)::int as count, string_agg(line, E'\n' order by source_kind, source_key) as text from said
      ), noted as (
        update settlement_runs r set sealed_digest = sha256(r.sealed_digest || convert_to(w.text, 'UTF8')), sealed_kind = l.source_kind, sealed_key = l.source_key
        from whole w, (select source_kind, source_key from page order by source_kind desc, source_key desc limit 1) l
        where r.tenant = ${tenant} and r.month = ${month}
        returning r.sealed_kind as kind, r.sealed_key as key, w.count
      )
      select * from noted`
    if (last === undefined) return { sealed, left: false }
    sealed += last.count
    after = last
    if (last.count < pageSize) return { sealed, left: false }
  }
  return { sealed, left: true }
}

export const vouchersWithin = async (tx: Transaction, { tenant, month }: RunRef): Promise<number> => {
  const [row] = await tx<{ count: number }[]>`
    select count(*)::bigint as count from ledger_vouchers where tenant = ${tenant} and month = ${month}`
  return row?.count ?? 0
}

/** What the month has added to each account is kept, and it is closed with the digest of all of it, which is answered. */
export const closePeriod = async (
  tx: Transaction,
  ref: RunRef,
  { progress, changedAt }: SettlementRun,
): Promise<string> => {
  const { tenant, month } = ref
  const vouchers = await vouchersWithin(tx, ref)
  if (vouchers !== progress.sealed)
    throw new Error(`${month} has ${vouchers} vouchers, and its digest is of ${progress.sealed}`)
  await tx`insert into ledger_turnovers (tenant, month, account, debits, credits, postings)
    select ${tenant}, ${month}, a.number, t.debits, t.credits, t.postings from ledger_accounts a
    cross join lateral (
      select coalesce(sum(p.amount) filter (where p.amount > 0), 0) as debits, coalesce(sum(p.amount) filter (where p.amount < 0), 0) as credits,
        count(*) as postings from ledger_postings p where p.tenant = a.tenant and p.account = a.number and p.month = ${month}
    ) t where a.tenant = ${tenant} and t.postings > 0`
  const [closed] = await tx<
    { digest: string }[]
  >`update ledger_periods p set state = 'closed', closed_at = at_ms(${changedAt}), vouchers = ${vouchers},
      postings = (select coalesce(sum(t.postings), 0) from ledger_turnovers t where t.tenant = p.tenant and t.month = p.month),
      digest = sha256(r.sealed_digest)
    from settlement_runs r where p.tenant = ${tenant} and p.month = ${month} and r.tenant = p.tenant and r.month = p.month
    returning encode(p.digest, 'hex') as digest`
  return closed?.digest ?? ''
}
