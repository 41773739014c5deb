import type { Amount } from '../pricing/priced.ts'
import { negated } from '../pricing/price.ts'
import { canonical } from './canonical.ts'
import type { Cdr, Credit } from './cdr.ts'
import { formatInstant } from './instant.ts'

/**
 * What goes into the books: an account that is issued, or the credit that takes one back whole. Numbered without gaps
 * within its tenant, in the order of sealing; from then on its bytes never change.
 */
export interface SealedDocument {
  /** That of the CDR, or of the credit. */
  readonly id: string
  readonly tenant: string
  readonly kind: DocumentKind
  /** From 1. */
  readonly number: number
  /** The CDR that it is, or that it takes back. */
  readonly cdr: string
  /** UTF-8 JSON, the text of a `DocumentContent`; whoever passes it on passes on these bytes. */
  readonly bytes: Uint8Array
  /** SHA-256 of the bytes, as hex digits. */
  readonly digest: string
  readonly sealedAt: number
}

export const documentKinds = ['cdr', 'credit'] as const
export type DocumentKind = (typeof documentKinds)[number]

/** What the bytes say. Only ever added to: whoever reads old ones must be able to. */
export interface DocumentContent {
  readonly format: 'stationmaster-document-1'
  readonly id: string
  readonly tenant: string
  readonly kind: DocumentKind
  readonly number: number
  /** ISO 8601 UTC. */
  readonly sealedAt: string
  /** The account, with its price (`Cdr.priced`) where it has one; of a credit the account that it takes back. */
  readonly account: Omit<Cdr, 'state' | 'credits' | 'hold' | 'measured'>
  /** Of a credit: why, and the negative of the account's total. */
  readonly credit?: { readonly reason: string; readonly total?: Negated }
  /** Signed meter values of the session as the station sent them, unmodified (German calibration law, OCMF and others). */
  readonly signed: readonly SignedMeterValue[]
}

export interface Negated {
  readonly net: Amount
  readonly tax: Amount
  readonly gross: Amount
}

export interface SignedMeterValue {
  /** ISO 8601 UTC, by the station's clock. */
  readonly at: string
  /** `Transaction.Begin`, `Transaction.End`, … */
  readonly context: string
  /** As it was sent: of 1.6 the value, of 2.x the whole signedMeterValue as JSON text. */
  readonly data: string
}

/** What is sealed: an account that is issued, or the credit that takes one back. */
export interface Sealing extends Pick<SealedDocument, 'id' | 'tenant' | 'number' | 'sealedAt'> {
  readonly cdr: Cdr
  /** Of a credit. */
  readonly credit?: Pick<Credit, 'reason'>
  /** Those of the session; a credit has none, for it bills nothing. */
  readonly signed: readonly SignedMeterValue[]
}

/** The text of a document: the same for the same content, to the last character. */
export const documentText = ({ id, tenant, number, sealedAt, cdr, credit, signed }: Sealing): string => {
  const { state: _, credits: _credits, hold: _hold, measured: _measured, ...account } = cdr
  const content: DocumentContent = {
    format: 'stationmaster-document-1',
    id,
    tenant,
    kind: credit === undefined ? 'cdr' : 'credit',
    number,
    sealedAt: formatInstant(sealedAt),
    account,
    ...(credit !== undefined && { credit: takenBack(credit, cdr) }),
    signed,
  }
  return canonical(content)
}

const takenBack = ({ reason }: Pick<Credit, 'reason'>, { priced }: Cdr): NonNullable<DocumentContent['credit']> => ({
  reason,
  ...(priced !== undefined && { total: negated(priced.total) }),
})
