import { openMonth } from '../../core/settlement/period.ts'
import { postingsOfRetail, type Retail } from '../../core/settlement/retail.ts'
import type { Voucher } from '../../core/settlement/voucher.ts'
import type { Transaction } from './connect.ts'
import { lastMonths, postVouchers } from './general-ledger.ts'

/** So many CDRs are one commit. */
const most = 500

interface Row {
  readonly serial: number
  readonly country_code: string
  readonly party_id: string
  readonly id: string
  readonly key: string
  readonly partner: string
  readonly credit_of: string | null
  readonly emp: string
  readonly day: string
  readonly retail: Retail
  readonly priced_ms: number
  readonly month: string
}

/**
 * Posts the next CDRs of partners that have got a price for our drivers: what their CPO is owed, what the EMP owes, and what
 * of it remains. Into the month in which it got its price, or the first that is open after it. Under the lock of the ledger;
 * answers whether there may be more.
 */
export const postRetail = async (tx: Transaction, tenant: string, before?: number): Promise<boolean> => {
  const rows = await tx<Row[]>`
    select r.serial, r.country_code, r.party_id, r.id, r.key, r.partner, r.credit_of, r.emp, r.day::text as day, r.retail, ms(r.priced_at) as priced_ms,
      to_char(r.priced_at at time zone i.zone, 'YYYY-MM') as month
    from installation i, ledger_waiting w join retail_prices r on r.tenant = w.tenant and r.serial = w.retail
    where w.tenant = ${tenant} and (${before ?? null}::bigint is null or r.priced_at < at_ms(${before ?? null}::bigint))
    order by w.retail limit ${most}`
  if (rows.length === 0) return false
  const { shut } = await lastMonths(tx, tenant)
  await postVouchers(
    tx,
    tenant,
    rows.flatMap((row) => voucherOf(tenant, row, openMonth(row.month, shut))),
  )
  await tx`delete from ledger_waiting where tenant = ${tenant} and retail = any(${rows.map(({ serial }) => serial)}::bigint[])`
  return rows.length === most
}

/** A session that cost nothing moves nothing. */
const voucherOf = (tenant: string, row: Row, month: string): readonly Voucher[] => {
  const { country_code: country, party_id: party, id, key, partner, credit_of: credit, emp, day, retail } = row
  const cpo = `${country}*${party}`
  const postings = postingsOfRetail(retail, { cpo, emp })
  if (postings.length === 0) return []
  const kind = credit === null ? 'roamingCdr' : 'roamingCredit'
  const text = credit === null ? `CDR ${id} of ${cpo}, ${day}` : `Credit ${id} of ${cpo} for ${credit}, ${day}`
  return [{ tenant, source: { kind, key: `${partner}/${cpo}/${key}` }, month, at: row.priced_ms, text, postings }]
}
