import { amountText, partsOf } from '../../core/domain/amount.ts'
import { currencyDigits } from '../../core/pricing/currency.ts'
import { type Account, type AccountKind, accountKey } from '../../core/settlement/account.ts'
import { inOrder, refuseFaulty, sourceKey, type Voucher, type VoucherSource } from '../../core/settlement/voucher.ts'
import { type Balance, type GeneralLedger, PeriodClosed } from '../../core/ports/general-ledger.ts'
import type { Sql, Transaction } from './connect.ts'
import { present } from './rows.ts'
import { asTenant } from './tenant.ts'

/** So many vouchers are one statement. */
const most = 1_000

/** The general ledger, under row-level security. The tables refuse what may not be posted, whoever asks. */
export const generalLedger = (app: Sql): GeneralLedger => ({
  post: (tenant, vouchers) => asTenant(app, tenant, (tx) => postVouchers(tx, tenant, vouchers)),

  has: (tenant, { kind, key }) =>
    asTenant(app, tenant, async (tx) => {
      const rows =
        await tx`select 1 from ledger_vouchers where tenant = ${tenant} and source_kind = ${kind} and source_key = ${key}`
      return rows.length > 0
    }),

  balances: (tenant) =>
    asTenant(app, tenant, async (tx) => {
      const rows = await tx<(AccountRow & { readonly amount: string })[]>`
        with total as (
          select account, sum(amount) as amount from ledger_postings where tenant = ${tenant} group by account
        )
        select ${tx.unsafe(accountColumns)}, t.amount::text as amount from total t
          join ledger_accounts a on a.tenant = ${tenant} and a.number = t.account order by a.key`
      return rows.map((row): Balance => ({ account: accountOf(row), amount: inCurrency(row.amount, row.currency) }))
    }),
})

export interface AccountRow {
  readonly kind: AccountKind
  readonly party: string | null
  readonly currency: string
}

/** What to select for an `AccountRow`; `a` is the table of the accounts. */
export const accountColumns = 'a.kind, a.party, a.currency'

export const accountOf = ({ kind, party, currency }: AccountRow): Account => ({ kind, currency, ...present({ party }) })

/** A number of PostgreSQL as an amount of its currency. */
export const inCurrency = (number: string, currency: string): string =>
  amountText(partsOf(number), currencyDigits(currency))

/** One after the other of a tenant, whoever posts: numbers have no gaps, and nothing is posted beside a closing. */
export const lockLedger = (tx: Transaction, tenant: string): PromiseLike<unknown> =>
  tx`select pg_advisory_xact_lock(hashtext('stationmaster.general-ledger'), hashtext(${tenant}))`

/** The last months that are closed, and into which nothing is posted any more but what they cost themselves. */
export const lastMonths = async (
  tx: Transaction,
  tenant: string,
): Promise<{ readonly closed?: string; readonly shut?: string }> => {
  const [row] = await tx<{ closed: string | null; shut: string | null }[]>`
    select max(month) filter (where state = 'closed') as closed, max(month) as shut from ledger_periods
    where tenant = ${tenant} and state <> 'open'`
  return present(row ?? { closed: null, shut: null })
}

/** In the commit of what they follow from. */
export const postVouchers = async (
  tx: Transaction,
  tenant: string,
  vouchers: readonly Voucher[],
): Promise<{ readonly posted: number; readonly known: number }> => {
  for (const voucher of vouchers) refuseFaulty(tenant, voucher)
  await lockLedger(tx, tenant)
  let posted = 0
  for (let i = 0; i < vouchers.length; i += most) posted += await postPage(tx, tenant, vouchers.slice(i, i + most))
  return { posted, known: vouchers.length - posted }
}

const postPage = async (tx: Transaction, tenant: string, page: readonly Voucher[]): Promise<number> => {
  const fresh = await notYetPosted(tx, tenant, page)
  if (fresh.length === 0) return 0
  await openPeriods(tx, tenant, fresh)
  const accounts = await accountNumbers(tx, tenant, fresh)
  const [last] = await tx<
    { number: number }[]
  >`select coalesce(max(number), 0)::bigint as number from ledger_vouchers where tenant = ${tenant}`
  const first = (last?.number ?? 0) + 1
  const lines = fresh.flatMap(({ month, postings }, i) =>
    inOrder(postings).map(({ account, amount, purpose, contract }, line) => ({
      voucher: first + i,
      line: line + 1,
      account: accounts.get(accountKey(account)) ?? 0,
      month,
      amount,
      purpose,
      contract: contract ?? null,
    })),
  )
  await tx`with voucher as (
      insert into ledger_vouchers (tenant, number, source_kind, source_key, month, at, text)
      select ${tenant}, ${first - 1} + w.i, w.kind, w.key, w.month, at_ms(w.at), w.text
      from unnest(${fresh.map(({ source }) => source.kind)}::text[], ${fresh.map(({ source }) => source.key)}::text[], ${fresh.map(({ month }) => month)}::text[],
        ${fresh.map(({ at }) => at)}::bigint[], ${fresh.map(({ text }) => text)}::text[]) with ordinality as w(kind, key, month, at, text, i)
    )
    insert into ledger_postings (tenant, voucher, line, account, month, amount, purpose, contract)
    select ${tenant}, w.* from unnest(${lines.map((l) => l.voucher)}::bigint[], ${lines.map((l) => l.line)}::int[], ${lines.map((l) => l.account)}::int[],
      ${lines.map((l) => l.month)}::text[], ${lines.map((l) => l.amount)}::text[]::numeric[], ${lines.map((l) => l.purpose)}::text[], ${lines.map((l) => l.contract)}::text[]) as w`
  return fresh.length
}

/** Those whose source is not there, each once, as they came. */
const notYetPosted = async (tx: Transaction, tenant: string, page: readonly Voucher[]): Promise<readonly Voucher[]> => {
  // looked for one by one: all that there are would be read else
  const rows = await tx<VoucherSource[]>`select w.kind, w.key
    from unnest(${page.map(({ source }) => source.kind)}::text[], ${page.map(({ source }) => source.key)}::text[]) as w(kind, key)
    where (select v.number from ledger_vouchers v where v.tenant = ${tenant} and v.source_kind = w.kind and v.source_key = w.key) is not null`
  const known = new Set(rows.map(sourceKey))
  return page.filter(({ source }) => !known.has(sourceKey(source)) && known.add(sourceKey(source)))
}

const openPeriods = async (tx: Transaction, tenant: string, vouchers: readonly Voucher[]): Promise<void> => {
  const { closed = '', shut = '' } = await lastMonths(tx, tenant)
  const late = vouchers.find(({ month, source }) => month <= (source.kind === 'fee' ? closed : shut))
  if (late !== undefined) throw new PeriodClosed(`the period ${late.month} is closed`)
  await openPeriod(tx, tenant, [...new Set(vouchers.map(({ month }) => month))])
}

export const openPeriod = (tx: Transaction, tenant: string, months: readonly string[]): PromiseLike<unknown> =>
  tx`insert into ledger_periods (tenant, month) select ${tenant}, month from unnest(${[...months]}::text[]) as month order by month on conflict do nothing`

/** By `accountKey`; those that were never posted to are made. */
const accountNumbers = async (
  tx: Transaction,
  tenant: string,
  vouchers: readonly Voucher[],
): Promise<ReadonlyMap<string, number>> => {
  const wanted = new Map(
    vouchers.flatMap(({ postings }) => postings.map(({ account }) => [accountKey(account), account] as const)),
  )
  const keys = [...wanted.keys()].sort()
  const known = await numbersOf(tx, tenant, keys)
  const missing = keys.filter((key) => !known.has(key)).flatMap((key) => wanted.get(key) ?? [])
  if (missing.length === 0) return known
  await tx`insert into ledger_accounts (tenant, number, kind, party, currency)
    select ${tenant}, (select coalesce(max(number), 0) from ledger_accounts where tenant = ${tenant}) + w.i, w.kind, w.party, w.currency
    from unnest(${missing.map(({ kind }) => kind)}::text[], ${missing.map(({ party }) => party ?? null)}::text[], ${missing.map(({ currency }) => currency)}::text[])
      with ordinality as w(kind, party, currency, i)`
  return numbersOf(tx, tenant, keys)
}

const numbersOf = async (
  tx: Transaction,
  tenant: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, number>> => {
  const rows = await tx<{ key: string; number: number }[]>`select key, number from ledger_accounts
    where tenant = ${tenant} and key = any(${[...keys]}::text[])`
  return new Map(rows.map(({ key, number }) => [key, number]))
}
