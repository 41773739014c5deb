import { canonical } from '../domain/canonical.ts'
import { formatInstant } from '../domain/instant.ts'
import type { CurrencyStatement, StatementPosting } from './statement.ts'

/**
 * What a party owes, or is owed, in one currency by a month that is closed, as it goes to the operator's books. The month
 * never changes, and so neither do its bytes: they are made whenever they are sent.
 */
export interface ClosedStatement extends StatementName {
  /** By tenant, month, party and currency: the same for the same books. */
  readonly id: string
  readonly tenant: string
  /** From 1, without gaps within its tenant. */
  readonly number: number
  /** UTF-8 JSON, the text of a `StatementContent`. */
  readonly bytes: Uint8Array
}

export interface StatementName {
  /** `2026-11` */
  readonly month: string
  /** `siteOwner:mall`, `emp:DE*8AA` */
  readonly party: string
  readonly currency: string
}

/**
 * What the bytes say. Only ever added to: whoever reads old ones must be able to. Nothing in it depends on the order in
 * which the books were posted, on numbers of vouchers, or on names that may change.
 */
export interface StatementContent extends StatementName, Omit<CurrencyStatement, 'currency'> {
  readonly format: 'stationmaster-statement-1'
  readonly id: string
  readonly tenant: string
  /** SHA-256 of all that was posted in the month, hexadecimal digits. */
  readonly digest: string
  readonly postings: number
  /** By the source of their vouchers; absent where there are more than `mostLines`: then the API has them, page by page. */
  readonly lines?: readonly StatementLine[]
}

export interface StatementLine extends Pick<StatementPosting, 'source' | 'text' | 'purpose' | 'contract' | 'amount'> {
  /** ISO 8601 UTC. */
  readonly at: string
}

/** Some ten megabytes: what a receiver can still take in one piece. */
export const mostLines = 50_000

export const statementText = (
  content: Omit<StatementContent, 'format' | 'lines'>,
  lines: readonly Omit<StatementPosting, 'voucher' | 'line' | 'currency'>[] | undefined,
): string =>
  canonical({
    ...content,
    format: 'stationmaster-statement-1',
    ...(lines !== undefined && { lines: lines.map(({ at, ...line }) => ({ ...line, at: formatInstant(at) })) }),
  } satisfies StatementContent)
