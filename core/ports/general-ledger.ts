import type { Account } from '../settlement/account.ts'
import type { Voucher, VoucherSource } from '../settlement/voucher.ts'
import type { Amount } from '../pricing/priced.ts'

/** Double-entry books of a tenant: vouchers are added and never changed. */
export interface GeneralLedger {
  /**
   * Posts each of them once: a source that is there already stays as it was posted. All of them in one commit, or none.
   * Throws `PeriodClosed` where the month of one has been closed.
   */
  post(tenant: string, vouchers: readonly Voucher[]): Promise<{ readonly posted: number; readonly known: number }>
  /** Whether a source has been posted. */
  has(tenant: string, source: VoucherSource): Promise<boolean>
  /** What each account comes to by all that was ever posted, by `accountKey`. */
  balances(tenant: string): Promise<readonly Balance[]>
}

export interface Balance {
  readonly account: Account
  /** Above nothing: what its party owes the tenant. */
  readonly amount: Amount
}

/** The month is closed: what belongs to it is an adjustment of a later one. */
export class PeriodClosed extends Error {
  override readonly name = 'PeriodClosed'
}
