import type { Amount } from '../pricing/priced.ts'
import type { AccountKind } from './account.ts'
import type { Purpose, VoucherSource } from './voucher.ts'

/** A month as the general ledger has it: every account, and the proof that nothing is left over. */
export interface TrialBalance extends PeriodView {
  /** By account; those of the tenant itself last. */
  readonly accounts: readonly AccountLine[]
  /** By currency: what all accounts come to together. Nothing, always. */
  readonly sums: readonly TrialSum[]
}

export interface PeriodView {
  readonly month: string
  /** By whose calendar: that of the installation. */
  readonly zone: string
  readonly state: PeriodState
  /** Hexadecimal digits, of a closed one. */
  readonly digest?: string
  readonly closedAt?: number
  /** Documents and CDRs of partners without a price: they are posted nowhere. */
  readonly unpriced: number
}

export const periodStates = ['open', 'closing', 'closed'] as const
export type PeriodState = (typeof periodStates)[number]

/** One account in a month. Above nothing is what its party owes the tenant. */
export interface AccountLine {
  readonly kind: AccountKind
  /** As statements name it: `siteOwner:mall`, or `operator`, `tax`. */
  readonly party: string
  readonly name?: string
  readonly currency: string
  readonly opening: Amount
  readonly debits: Amount
  /** Below nothing. */
  readonly credits: Amount
  readonly closing: Amount
  readonly postings: number
}

export type TrialSum = Pick<AccountLine, 'currency' | 'opening' | 'debits' | 'credits' | 'closing'>

/** What a party owes, or is owed, and what became of that in a month. Of a closed month it never changes. */
export interface PartyStatement extends PeriodView {
  readonly party: string
  readonly name?: string
  /** By currency: different ones are never added. */
  readonly currencies: readonly CurrencyStatement[]
  /** The newest voucher that is in it: while the month is open there are more. */
  readonly last: number
  readonly postings: number
}

export interface CurrencyStatement {
  readonly currency: string
  readonly opening: Amount
  readonly sums: readonly PurposeSum[]
  /** What the month adds. */
  readonly total: Amount
  readonly closing: Amount
}

export interface PurposeSum {
  readonly purpose: Purpose
  readonly contract?: string
  readonly postings: number
  readonly amount: Amount
}

/** One posting, with the voucher that it is of. */
export interface StatementPosting {
  readonly voucher: number
  readonly line: number
  readonly source: VoucherSource
  readonly at: number
  readonly text: string
  readonly purpose: Purpose
  readonly contract?: string
  readonly currency: string
  readonly amount: Amount
}

/** What a statement calls an account: that of a party by the party, the tenant's own by their kind. */
export const statementParty = ({
  kind,
  party,
}: {
  readonly kind: AccountKind
  readonly party?: string | null
}): string => party ?? kind
