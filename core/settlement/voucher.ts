import { partsOf, unitOf } from '../domain/amount.ts'
import { currencyDigits } from '../pricing/currency.ts'
import type { Amount } from '../pricing/priced.ts'
import { type Account, accountKey } from './account.ts'

/**
 * One business event in the general ledger: postings that come to nothing together, in each currency. It is only ever
 * added: what was wrong is put right by another one. The same source is posted once (`source` is its natural key).
 */
export interface Voucher {
  readonly tenant: string
  readonly source: VoucherSource
  /** `2026-11`: the period that it belongs to, by the calendar of the installation. */
  readonly month: string
  /** Milliseconds since 1970 UTC: when what it is about took place. */
  readonly at: number
  /** What a person reads. */
  readonly text: string
  readonly postings: readonly Posting[]
}

/**
 * `document`: a CDR or a credit of ours, by its number. `roamingCdr`, `roamingCredit`: of another CPO, by its id with the
 * partner's before it. `fee`: what a settlement run charges for a month, by contract. `connectivity`: what a SIM cost in a
 * month. `adjustment`: what a person puts right, by its own id.
 */
export const sourceKinds = ['document', 'roamingCdr', 'roamingCredit', 'fee', 'connectivity', 'adjustment'] as const
export interface VoucherSource {
  readonly kind: (typeof sourceKinds)[number]
  readonly key: string
}

export interface Posting {
  readonly account: Account
  /** Above nothing it is a debit, below it a credit; with as many decimals as the currency has. */
  readonly amount: Amount
  readonly purpose: Purpose
  /** The contract that it follows from. */
  readonly contract?: string
}

export const purposes = [
  'charging',
  'tax',
  'share',
  'floor',
  'fixedFee',
  'electricity',
  'platformFee',
  'resale',
  'connectivity',
  'roaming',
  'markup',
  'rounding',
  'adjustment',
] as const
export type Purpose = (typeof purposes)[number]

/** Why a voucher cannot be posted, or nothing: debits and credits are equal in every currency. */
export const voucherFault = ({ postings }: Pick<Voucher, 'postings'>): string | undefined => {
  if (postings.length < 2) return 'it has fewer than two postings'
  const sums = new Map<string, bigint>()
  for (const { account, amount } of postings) {
    const { currency } = account
    const parts = partsOf(amount)
    if (parts % unitOf(currencyDigits(currency)) !== 0n) return `${amount} is no amount in ${currency}`
    sums.set(currency, (sums.get(currency) ?? 0n) + parts)
  }
  for (const [currency, sum] of sums) if (sum !== 0n) return `its debits and credits in ${currency} are not equal`
  return undefined
}

/** The text that a source is known by within its tenant. */
export const sourceKey = ({ kind, key }: VoucherSource): string => `${kind}/${key}`

/** Throws for what may not be posted for a tenant: it is written by ourselves. */
export const refuseFaulty = (tenant: string, voucher: Voucher): void => {
  const fault = voucher.tenant === tenant ? voucherFault(voucher) : `it is of ${voucher.tenant}`
  if (fault !== undefined)
    throw new Error(`voucher ${sourceKey(voucher.source)} of ${tenant} cannot be posted: ${fault}`)
}

/** The same postings in the one order in which they are written, in whatever order they were made. */
export const inOrder = (postings: readonly Posting[]): readonly Posting[] => {
  const keyOf = ({ account, purpose, contract = '', amount }: Posting): string =>
    [accountKey(account), purpose, contract, amount].join('\n')
  const keys = new Map(postings.map((posting) => [posting, keyOf(posting)]))
  return postings.toSorted((a, b) => {
    const [one = '', other = ''] = [keys.get(a), keys.get(b)]
    return one < other ? -1 : one > other ? 1 : 0
  })
}
