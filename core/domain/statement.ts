import type { Amount } from '../pricing/priced.ts'
import type { DocumentKind } from './document.ts'

/**
 * What was sealed in a month, for one party: a view of documents, which never change, so that of a month that is over is
 * always the same. A document belongs to the month in which it was sealed, whenever its session was: that is when it came
 * into the books, and a month that was closed stays closed.
 */
export interface Statement {
  /** `2026-11` */
  readonly month: string
  /** By whose calendar: that of the installation. */
  readonly zone: string
  readonly role: StatementRole
  /** Absent: the documents that are nobody's. */
  readonly party?: string
  readonly name?: string
  /** By currency: different ones are never added. */
  readonly totals: readonly StatementTotal[]
  /** The newest document that is in it: while the month lasts there are more. */
  readonly last: number
}

/** Whom sessions are charged to, and whose places they are charged at. */
export const statementRoles = ['emp', 'site-owner'] as const
export type StatementRole = (typeof statementRoles)[number]

export interface StatementTotal {
  /** Absent: of documents without a price. */
  readonly currency?: string
  readonly documents: number
  readonly credits: number
  /** What credits take back is taken off. */
  readonly energyMwh: number
  readonly net?: Amount
  readonly tax?: Amount
  readonly gross?: Amount
}

/** One document; of a credit all numbers are negative. */
export interface StatementLine {
  readonly number: number
  readonly kind: DocumentKind
  readonly cdr: string
  readonly sealedAt: number
  readonly startedAt: number
  readonly chargePoint: string
  readonly evseId?: string
  readonly contract?: string
  readonly energyMwh: number
  readonly currency?: string
  readonly net?: Amount
  readonly tax?: Amount
  readonly gross?: Amount
}

export const monthPattern = /^20\d\d-(?:0[1-9]|1[0-2])$/
