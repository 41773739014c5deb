import { partsOf } from '../../core/domain/amount.ts'
import type { Page, PageRequest } from '../../core/ports/store.ts'
import type { AccountKind } from '../../core/settlement/account.ts'
import { textOf } from '../../core/settlement/money.ts'
import type { RunRef } from '../../core/settlement/run.ts'
import {
  type AccountLine,
  type CurrencyStatement,
  type PartyStatement,
  type PeriodState,
  type PeriodView,
  statementParty,
  type StatementPosting,
  type TrialBalance,
} from '../../core/settlement/statement.ts'
import type { Purpose, VoucherSource } from '../../core/settlement/voucher.ts'
import type { Transaction } from './connect.ts'
import { inCurrency } from './general-ledger.ts'
import { present } from './rows.ts'
import { keyOfCursor, pageOf } from './store/paging.ts'

/** What the general ledger says of a month. Of a closed one by what it has added to each account, so that it costs nothing. */

interface PeriodRow {
  readonly zone: string
  readonly state: PeriodState
  readonly digest: string | null
  readonly closed_ms: number | null
  readonly unpriced: number
}

const periodOf = async (tx: Transaction, { tenant, month }: RunRef): Promise<PeriodView> => {
  const [row] = await tx<
    PeriodRow[]
  >`select i.zone, coalesce(p.state, 'open') as state, encode(p.digest, 'hex') as digest,
      ms(p.closed_at) as closed_ms, coalesce(p.unpriced, 0)::bigint as unpriced
    from installation i left join ledger_periods p on p.tenant = ${tenant} and p.month = ${month}`
  return {
    month,
    zone: row?.zone ?? 'UTC',
    state: row?.state ?? 'open',
    unpriced: row?.unpriced ?? 0,
    ...present({ digest: row?.digest, closedAt: row?.closed_ms }),
  }
}

interface LineRow {
  readonly number: number
  readonly kind: AccountKind
  readonly party: string | null
  readonly name: string | null
  readonly currency: string
  readonly opening: string
  readonly debits: string
  readonly credits: string
  readonly closing: string
  readonly postings: number
}

/** Each account that was posted to by the end of the month: what was there before it, and what it has added. */
const linesOf = (tx: Transaction, { tenant, month }: RunRef, party: string | null = null): PromiseLike<LineRow[]> =>
  tx<LineRow[]>`
    with closed as (select coalesce(max(month), '') as month from ledger_periods where tenant = ${tenant} and state = 'closed'),
    line as (
      select a.number, a.kind, a.party, a.currency, o.postings as before, o.amount as opening, m.debits, m.credits, m.postings
      from closed z cross join ledger_accounts a
      cross join lateral (
        select coalesce(sum(w.amount), 0) as amount, coalesce(sum(w.postings), 0) as postings from (
          select sum(t.debits + t.credits) as amount, sum(t.postings) as postings from ledger_turnovers t where t.tenant = a.tenant and t.account = a.number and t.month < ${month}
          union all
          select sum(p.amount), count(*) from ledger_postings p where p.tenant = a.tenant and p.account = a.number and p.month > z.month and p.month < ${month}
        ) w
      ) o
      cross join lateral (
        select coalesce(sum(w.debits), 0) as debits, coalesce(sum(w.credits), 0) as credits, coalesce(sum(w.postings), 0)::bigint as postings from (
          select t.debits, t.credits, t.postings from ledger_turnovers t where t.tenant = a.tenant and t.account = a.number and t.month = ${month}
          union all
          select sum(p.amount) filter (where p.amount > 0), sum(p.amount) filter (where p.amount < 0), count(*) from ledger_postings p
            where p.tenant = a.tenant and p.account = a.number and p.month = ${month} and p.month > z.month
        ) w
      ) m
      where a.tenant = ${tenant} and (${party}::text is null or coalesce(a.party, a.kind) = ${party})
    )
    select l.number, l.kind, l.party, n.name, l.currency, l.opening::text as opening, l.debits::text as debits, l.credits::text as credits,
      (l.opening + l.debits + l.credits)::text as closing, l.postings
    from line l left join parties n on n.tenant = ${tenant} and n.id = substr(l.party, strpos(l.party, ':') + 1)
    where l.before > 0 or l.postings > 0
    order by l.kind <> 'party', l.party collate "C", l.kind, l.currency`

const lineOf = ({ kind, party, name, currency, postings, ...sums }: LineRow): AccountLine => ({
  kind,
  party: statementParty({ kind, party }),
  currency,
  opening: inCurrency(sums.opening, currency),
  debits: inCurrency(sums.debits, currency),
  credits: inCurrency(sums.credits, currency),
  closing: inCurrency(sums.closing, currency),
  postings,
  ...present({ name }),
})

interface SumRow extends Record<'opening' | 'debits' | 'credits' | 'closing', string> {
  readonly currency: string
}

export const trialOf = async (tx: Transaction, ref: RunRef): Promise<TrialBalance | undefined> => {
  const rows = await linesOf(tx, ref)
  const period = await periodOf(tx, ref)
  if (rows.length === 0 && period.unpriced === 0 && period.state === 'open') return undefined
  const sums = await tx<SumRow[]>`
    select currency, sum(opening)::text as opening, sum(debits)::text as debits, sum(credits)::text as credits, sum(closing)::text as closing
    from unnest(${rows.map((r) => r.currency)}::text[], ${rows.map((r) => r.opening)}::text[]::numeric[], ${rows.map((r) => r.debits)}::text[]::numeric[],
      ${rows.map((r) => r.credits)}::text[]::numeric[], ${rows.map((r) => r.closing)}::text[]::numeric[]) as w(currency, opening, debits, credits, closing)
    group by currency order by currency`
  return {
    ...period,
    accounts: rows.map(lineOf),
    sums: sums.map(({ currency, ...of }) => ({
      currency,
      opening: inCurrency(of.opening, currency),
      debits: inCurrency(of.debits, currency),
      credits: inCurrency(of.credits, currency),
      closing: inCurrency(of.closing, currency),
    })),
  }
}

interface PurposeRow {
  readonly account: number
  readonly purpose: Purpose
  readonly contract: string | null
  readonly postings: number
  readonly amount: string
  readonly last: number
}

export const statementOf = async (tx: Transaction, ref: RunRef, party: string): Promise<PartyStatement | undefined> => {
  const rows = await linesOf(tx, ref, party)
  const [first] = rows
  if (first === undefined) return undefined
  const sums = await tx<PurposeRow[]>`
    select account, purpose, contract, count(*)::bigint as postings, sum(amount)::text as amount, max(voucher) as last from ledger_postings
    where tenant = ${ref.tenant} and account = any(${rows.map(({ number }) => number)}::int[]) and month = ${ref.month}
    group by account, purpose, contract order by account, purpose, contract nulls first`
  const byAccount = Map.groupBy(sums, ({ account }) => account)
  return {
    ...(await periodOf(tx, ref)),
    party,
    currencies: rows.map((row) => currencyOf(row, byAccount.get(row.number) ?? [])),
    last: Math.max(0, ...sums.map(({ last }) => last)),
    postings: sums.reduce((all, { postings }) => all + postings, 0),
    ...present({ name: first.name }),
  }
}

const currencyOf = (row: LineRow, sums: readonly PurposeRow[]): CurrencyStatement => {
  const { currency, opening, closing } = lineOf(row)
  const total = sums.reduce((all, { amount }) => all + partsOf(amount), 0n)
  return {
    currency,
    opening,
    sums: sums.map(({ purpose, contract, postings, amount }) => ({
      purpose,
      postings,
      amount: inCurrency(amount, currency),
      ...present({ contract }),
    })),
    total: textOf(currency, total),
    closing,
  }
}

interface PostingRow {
  readonly account: number
  readonly voucher: number
  readonly line: number
  readonly kind: VoucherSource['kind']
  readonly key: string
  readonly at: number
  readonly text: string
  readonly purpose: Purpose
  readonly contract: string | null
  readonly currency: string
  readonly amount: string
}

interface Wanted {
  readonly ref: RunRef
  readonly statement: Pick<PartyStatement, 'party' | 'last'>
  readonly page: PageRequest
}

/** One currency after the other, each in the order of its vouchers: of each no more is read than is shown. */
export const postingsOf = async (
  tx: Transaction,
  { ref: { tenant, month }, statement, page }: Wanted,
): Promise<Page<StatementPosting>> => {
  const [account, voucher, line] = (keyOfCursor(page.cursor, 3) ?? ['0', '0', '0']).map(Number)
  const rows = await tx<PostingRow[]>`
    select w.*, v.source_kind as kind, v.source_key as key, ms(v.at) as at, v.text from (
      select a.number as account, a.currency, p.* from ledger_accounts a
      cross join lateral (
        select p.voucher, p.line, p.purpose, p.contract, p.amount::text as amount from ledger_postings p
        where p.tenant = a.tenant and p.account = a.number and p.month = ${month} and p.voucher <= ${statement.last}
          and (a.number > ${safe(account)} or (p.voucher, p.line) > (${safe(voucher)}, ${safe(line)}))
        order by p.voucher, p.line limit ${page.limit + 1}
      ) p
      where a.tenant = ${tenant} and coalesce(a.party, a.kind) = ${statement.party} and a.number >= ${safe(account)}
      order by a.number, p.voucher, p.line limit ${page.limit + 1}
    ) w join ledger_vouchers v on v.tenant = ${tenant} and v.number = w.voucher
    order by w.account, w.voucher, w.line`
  return pageOf(rows, page, (row) => [row.account, row.voucher, row.line], postingOf)
}

const safe = (part: number | undefined): number => (Number.isSafeInteger(part) ? (part ?? 0) : 0)

const postingOf = ({
  voucher,
  line,
  kind,
  key,
  at,
  text,
  purpose,
  contract,
  currency,
  amount,
}: PostingRow): StatementPosting => ({
  voucher,
  line,
  source: { kind, key },
  at,
  text,
  purpose,
  currency,
  amount: inCurrency(amount, currency),
  ...present({ contract }),
})
