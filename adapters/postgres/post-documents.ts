import { partsOf } from '../../core/domain/amount.ts'
import type { DocumentKind } from '../../core/domain/document.ts'
import { textOf } from '../../core/settlement/money.ts'
import { openMonth } from '../../core/settlement/period.ts'
import { splitOf, type Terms } from '../../core/settlement/split.ts'
import type { Posting, Voucher } from '../../core/settlement/voucher.ts'
import type { Transaction } from './connect.ts'
import { type AccountRow, accountColumns, accountOf, lastMonths, openPeriod, postVouchers } from './general-ledger.ts'
import { present } from './rows.ts'
import { termsOfMany } from './terms-at.ts'

/** So many documents are one commit. */
const most = 1_000

interface Row {
  readonly number: number
  readonly kind: DocumentKind
  readonly cdr: string
  readonly sealed_ms: number
  readonly month: string
  readonly currency: string | null
  readonly net: string
  readonly tax: string
  readonly gross: string
  readonly energy_mwh: number
  readonly emp_key: string | null
  readonly site: string | null
  readonly station: string | null
  readonly day: string
  readonly spot: string
  readonly original: number | null
}

/**
 * Posts the next documents of a tenant, up to a number: each is one voucher, into the month in which it was sealed, or the
 * first that is open after it. What has no price is only counted. In one commit with how far that is; under the lock of the
 * ledger. Answers whether there may be more.
 */
export const postDocuments = async (
  tx: Transaction,
  tenant: string,
  upTo = Number.MAX_SAFE_INTEGER,
): Promise<boolean> => {
  const after = await cursorOf(tx, tenant)
  const rows = await tx<Row[]>`
    select d.number, d.kind, d.cdr, ms(d.sealed_at) as sealed_ms, to_char(d.sealed_at at time zone i.zone, 'YYYY-MM') as month,
      c.currency, c.net::text as net, (c.total - c.net)::text as tax, c.total::text as gross, c.energy_mwh, c.contract as emp_key,
      c.site, c.station, (c.started_at at time zone coalesce(s.zone, i.zone))::date::text as day, coalesce(c.evse_id, c.identity) as spot,
      case d.kind when 'credit' then (select o.number from documents o where o.tenant = d.tenant and o.cdr = d.cdr and o.kind = 'cdr') end as original
    from installation i
    join documents d on d.tenant = ${tenant} and d.number > ${after} and d.number <= ${upTo}
    join cdrs c on c.tenant = d.tenant and c.id = d.cdr
    left join sites s on s.tenant = c.tenant and s.id = c.site
    order by d.number limit ${most}`
  const last = rows.at(-1)
  if (last === undefined) return false
  const { shut } = await lastMonths(tx, tenant)
  await postVouchers(tx, tenant, await vouchersOf(tx, tenant, { rows, monthOf: ({ month }) => openMonth(month, shut) }))
  await countUnpriced(
    tx,
    tenant,
    rows.filter(({ currency }) => currency === null).map(({ month }) => openMonth(month, shut)),
  )
  await tx`insert into ledger_cursors (tenant, document) values (${tenant}, ${last.number})
    on conflict (tenant) do update set document = excluded.document`
  return rows.length === most
}

/** The last document that is posted. */
export const cursorOf = async (tx: Transaction, tenant: string): Promise<number> => {
  const [row] = await tx<{ document: number }[]>`select document from ledger_cursors where tenant = ${tenant}`
  return row?.document ?? 0
}

/** What is posted nowhere is shown with its month. */
export const countUnpriced = async (tx: Transaction, tenant: string, months: readonly string[]): Promise<void> => {
  if (months.length === 0) return
  await openPeriod(tx, tenant, [...new Set(months)])
  await tx`update ledger_periods p set unpriced = p.unpriced + w.count
    from (select month, count(*) as count from unnest(${[...months]}::text[]) as month group by month) w
    where p.tenant = ${tenant} and p.month = w.month`
}

interface Page {
  readonly rows: readonly Row[]
  readonly monthOf: (row: Row) => string
}

const vouchersOf = async (tx: Transaction, tenant: string, { rows, monthOf }: Page): Promise<readonly Voucher[]> => {
  const priced = rows.filter(({ currency }) => currency !== null)
  const [terms, emps, given] = [
    await termsOfMany(
      tx,
      tenant,
      priced.map(({ site, station, day }) => ({ day, ...present({ site, station }) })),
    ),
    await empsOf(tx, tenant, priced),
    new Map(await givenBefore(tx, tenant, priced)),
  ]
  return priced.flatMap((row, i): readonly Voucher[] => {
    const postings = postingsOf(row, { terms: terms[i] ?? {}, emp: emps.get(row.emp_key ?? ''), given })
    if (row.kind === 'cdr') given.set(row.number, postings)
    if (postings.length === 0) return []
    const source = { kind: 'document', key: String(row.number) } as const
    return [{ tenant, source, month: monthOf(row), at: row.sealed_ms, text: wordsOf(row), postings }]
  })
}

interface Grounds {
  readonly terms: Terms
  readonly emp: string | undefined
  readonly given: ReadonlyMap<number, readonly Posting[]>
}

/** A credit takes back what its account has given, though something else may be agreed by now. */
const postingsOf = (row: Row, { terms, emp, given }: Grounds): readonly Posting[] => {
  const { kind, original, currency, net, tax, gross, energy_mwh: energyMwh } = row
  const before = kind === 'credit' && original !== null ? given.get(original) : undefined
  if (before !== undefined) return before.map(takenBack)
  return splitOf(
    { kind, currency: currency ?? '', net, tax, gross, energyMwh, ...(emp !== undefined && { emp }) },
    terms,
  )
}

const takenBack = ({ account, amount, ...posting }: Posting): Posting => ({
  account,
  amount: textOf(account.currency, -partsOf(amount)),
  ...posting,
})

const wordsOf = ({ kind, number, original, spot, day }: Row): string =>
  kind === 'credit' ? `Credit ${number} of CDR ${original ?? ''}: ${spot}, ${day}` : `CDR ${number}: ${spot}, ${day}`

/** By the contract that an account names. */
const empsOf = async (tx: Transaction, tenant: string, rows: readonly Row[]): Promise<ReadonlyMap<string, string>> => {
  const contracts = [...new Set(rows.flatMap(({ emp_key: key }) => key ?? []))]
  const found = await tx<{ contract: string; emp: string | null }[]>`
    select contract, emp_of(${tenant}, contract) as emp from unnest(${contracts}::text[]) as contract`
  return new Map(found.flatMap(({ contract, emp }) => (emp === null ? [] : [[contract, emp] as const])))
}

type PostingRow = AccountRow & Posting & { readonly document: number; readonly said: string | null }

/** What the accounts that are taken back were posted as, by their numbers. */
const givenBefore = async (
  tx: Transaction,
  tenant: string,
  rows: readonly Row[],
): Promise<readonly (readonly [number, readonly Posting[]])[]> => {
  const originals = rows.flatMap(({ kind, original }) => (kind === 'credit' ? (original ?? []) : []))
  if (originals.length === 0) return []
  const found = await tx<PostingRow[]>`
    select w.document, ${tx.unsafe(accountColumns)}, p.amount::text as amount, p.purpose, p.contract as said
    from unnest(${originals}::bigint[]) as w(document)
      join ledger_vouchers v on v.tenant = ${tenant} and v.source_kind = 'document' and v.source_key = w.document::text
      join ledger_postings p on p.tenant = v.tenant and p.voucher = v.number
      join ledger_accounts a on a.tenant = p.tenant and a.number = p.account
    order by w.document, p.line`
  const postings = Map.groupBy(found, ({ document }) => document)
  return [...postings].map(([document, lines]) => [
    document,
    lines.map(({ amount, purpose, said, ...account }) => ({
      account: accountOf(account),
      amount,
      purpose,
      ...present({ contract: said }),
    })),
  ])
}
