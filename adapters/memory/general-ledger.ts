import { amountText, partsOf } from '../../core/domain/amount.ts'
import { currencyDigits } from '../../core/pricing/currency.ts'
import { type Account, accountKey } from '../../core/settlement/account.ts'
import { refuseFaulty, sourceKey, type Voucher } from '../../core/settlement/voucher.ts'
import { type GeneralLedger, PeriodClosed } from '../../core/ports/general-ledger.ts'

interface Books {
  readonly vouchers: Map<string, Voucher>
  readonly sums: Map<string, { readonly account: Account; readonly parts: bigint }>
  lastClosed?: string
}

/** General ledgers that are gone with their process: for tests and measurements. */
export const memoryGeneralLedger = (): GeneralLedger & { close(tenant: string, month: string): void } => {
  const tenants = new Map<string, Books>()
  const booksOf = (tenant: string): Books => {
    const books = tenants.get(tenant) ?? { vouchers: new Map(), sums: new Map() }
    tenants.set(tenant, books)
    return books
  }
  return {
    async post(tenant, vouchers) {
      const books = booksOf(tenant)
      for (const voucher of vouchers) refuseFaulty(tenant, voucher)
      const fresh = new Map(vouchers.map((voucher) => [sourceKey(voucher.source), voucher] as const).toReversed())
      for (const key of books.vouchers.keys()) fresh.delete(key)
      const late = [...fresh.values()].find(({ month }) => books.lastClosed !== undefined && month <= books.lastClosed)
      if (late !== undefined) throw new PeriodClosed(`the period ${late.month} is closed`)
      for (const [key, voucher] of fresh) {
        books.vouchers.set(key, voucher)
        for (const { account, amount } of voucher.postings) {
          const before = books.sums.get(accountKey(account))?.parts ?? 0n
          books.sums.set(accountKey(account), { account, parts: before + partsOf(amount) })
        }
      }
      return { posted: fresh.size, known: vouchers.length - fresh.size }
    },
    has: async (tenant, source) => booksOf(tenant).vouchers.has(sourceKey(source)),
    balances: async (tenant) =>
      [...booksOf(tenant).sums]
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([, { account, parts }]) => ({ account, amount: amountText(parts, currencyDigits(account.currency)) })),
    close(tenant, month) {
      booksOf(tenant).lastClosed = month
    },
  }
}
