import { partsOf } from '../../core/domain/amount.ts'
import { type ClosedStatement, mostLines, statementText } from '../../core/settlement/closed-statement.ts'
import { textOf } from '../../core/settlement/money.ts'
import type { PurposeSum, StatementPosting } from '../../core/settlement/statement.ts'
import type { Purpose, VoucherSource } from '../../core/settlement/voucher.ts'
import type { Transaction } from './connect.ts'
import { inCurrency } from './general-ledger.ts'
import { present } from './rows.ts'

interface Head {
  readonly number: number
  readonly month: string
  readonly account: number
  readonly party: string
  readonly currency: string
  readonly digest: string
  readonly opening: string
  readonly closing: string
}

/** A statement as it is sent, out of its month that is closed; undefined: there is none of this id. */
export const closedStatement = async (
  tx: Transaction,
  { tenant, id }: Pick<ClosedStatement, 'tenant' | 'id'>,
  most = mostLines,
): Promise<ClosedStatement | undefined> => {
  const [head] = await tx<Head[]>`
    select s.number, s.month, s.account, a.party, a.currency, encode(p.digest, 'hex') as digest, t.opening::text as opening, t.closing::text as closing
    from closed_statements s
      join ledger_accounts a on a.tenant = s.tenant and a.number = s.account
      join ledger_periods p on p.tenant = s.tenant and p.month = s.month
      cross join lateral (
        select coalesce(sum(w.debits + w.credits) filter (where w.month < s.month), 0) as opening, coalesce(sum(w.debits + w.credits), 0) as closing
        from ledger_turnovers w where w.tenant = s.tenant and w.account = s.account and w.month <= s.month
      ) t
    where s.tenant = ${tenant} and s.id = ${id}`
  if (head === undefined) return undefined
  const { number, month, party, currency, digest } = head
  const sums = await sumsOf(tx, tenant, head)
  const postings = sums.reduce((all, sum) => all + sum.postings, 0)
  const text = statementText(
    {
      id,
      tenant,
      month,
      party,
      currency,
      digest,
      opening: inCurrency(head.opening, currency),
      sums,
      total: textOf(
        currency,
        sums.reduce((all, { amount }) => all + partsOf(amount), 0n),
      ),
      closing: inCurrency(head.closing, currency),
      postings,
    },
    postings > most ? undefined : await linesOf(tx, tenant, head),
  )
  return { id, tenant, number, month, party, currency, bytes: new TextEncoder().encode(text) }
}

interface SumRow {
  readonly purpose: Purpose
  readonly contract: string | null
  readonly postings: number
  readonly amount: string
}

const sumsOf = async (
  tx: Transaction,
  tenant: string,
  { month, account, currency }: Head,
): Promise<readonly PurposeSum[]> => {
  const rows = await tx<SumRow[]>`
    select purpose, contract, count(*)::bigint as postings, sum(amount)::text as amount from ledger_postings
    where tenant = ${tenant} and account = ${account} and month = ${month}
    group by purpose, contract order by purpose, contract nulls first`
  return rows.map(({ contract, amount, ...sum }) => ({
    ...sum,
    amount: inCurrency(amount, currency),
    ...present({ contract }),
  }))
}

interface LineRow extends Omit<SumRow, 'postings'> {
  readonly kind: VoucherSource['kind']
  readonly key: string
  readonly at: number
  readonly text: string
}

const linesOf = async (
  tx: Transaction,
  tenant: string,
  { month, account, currency }: Head,
): Promise<readonly Omit<StatementPosting, 'voucher' | 'line' | 'currency'>[]> => {
  const rows = await tx<LineRow[]>`
    select v.source_kind as kind, v.source_key as key, ms(v.at) as at, v.text, p.purpose, p.contract, p.amount::text as amount
    from ledger_postings p join ledger_vouchers v on v.tenant = p.tenant and v.number = p.voucher
    where p.tenant = ${tenant} and p.account = ${account} and p.month = ${month}
    order by v.source_kind, v.source_key, p.line`
  return rows.map(({ kind, key, at, text, purpose, contract, amount }) => ({
    source: { kind, key },
    at,
    text,
    purpose,
    amount: inCurrency(amount, currency),
    ...present({ contract }),
  }))
}
