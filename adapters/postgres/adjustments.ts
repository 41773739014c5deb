import { amountText, partsOf } from '../../core/domain/amount.ts'
import type { AuditActor } from '../../core/domain/audit.ts'
import { currencyDigits } from '../../core/pricing/currency.ts'
import type { Adjusted, Adjustment } from '../../core/ports/settlement.ts'
import { type Account, partyAccount } from '../../core/settlement/account.ts'
import { openMonth } from '../../core/settlement/period.ts'
import type { Voucher } from '../../core/settlement/voucher.ts'
import type { Transaction } from './connect.ts'
import { lastMonths, lockLedger, postVouchers } from './general-ledger.ts'
import { writeAudit } from './write-audit.ts'

/** Puts something right for one party, against what remains with the tenant: with its reason, and who gave it. */
export const adjust = async (
  tx: Transaction,
  adjustment: Adjustment,
  by: AuditActor,
): Promise<Adjusted | undefined> => {
  const { id, tenant, at, reason } = adjustment
  const account = partyAccount(adjustment.party.kind, adjustment.party.id, adjustment.currency)
  if (!(await isThere(tx, tenant, account))) return undefined
  await lockLedger(tx, tenant)
  const { shut } = await lastMonths(tx, tenant)
  const [now] = await tx<
    { month: string }[]
  >`select to_char(at_ms(${at}) at time zone zone, 'YYYY-MM') as month from installation`
  const voucher: Voucher = {
    tenant,
    source: { kind: 'adjustment', key: id },
    month: openMonth(now?.month ?? '', shut),
    at,
    text: reason,
    postings: sidesOf(adjustment, account),
  }
  const { posted: isNew } = await postVouchers(tx, tenant, [voucher])
  const [posted] = await tx<{ number: number; month: string }[]>`select number, month from ledger_vouchers
    where tenant = ${tenant} and source_kind = 'adjustment' and source_key = ${id}`
  if (posted === undefined) throw new Error(`adjustment ${id} is not there`)
  const { amount, currency, party } = adjustment
  const after = { party: `${party.kind}:${party.id}`, amount, currency, month: posted.month, voucher: posted.number }
  // asked again, it is there
  if (isNew > 0)
    await writeAudit(tx, { tenant, at, actor: by, action: 'settlement.adjusted', subject: id, after, note: reason })
  return { voucher: posted.number, month: posted.month }
}

const sidesOf = ({ amount, currency }: Adjustment, account: Account): Voucher['postings'] => {
  const [parts, digits] = [partsOf(amount), currencyDigits(currency)]
  return [
    { account, amount: amountText(parts, digits), purpose: 'adjustment' },
    { account: { kind: 'operator', currency }, amount: amountText(-parts, digits), purpose: 'adjustment' },
  ]
}

/** A name that was misspelt makes no account of nobody's. */
const isThere = async (tx: Transaction, tenant: string, { party = '' }: Account): Promise<boolean> => {
  const rows =
    await tx`select 1 where exists (select 1 from ledger_accounts where tenant = ${tenant} and party = ${party})
    or exists (select 1 from parties where tenant = ${tenant} and id = ${party.slice(party.indexOf(':') + 1)})`
  return rows.length > 0
}
