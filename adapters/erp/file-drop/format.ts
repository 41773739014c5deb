import type { SealedDocument } from '../../../core/domain/document.ts'
import type { ClosedStatement } from '../../../core/settlement/closed-statement.ts'
import { csv } from './csv.ts'

/** How a document is written as a file. The same document always gives the same bytes: a file replaces itself. */
export interface FileFormat {
  /** Without a dot. */
  readonly extension: string
  readonly type: string
  /** `refused`: it cannot be written so, and why. */
  encode(document: SealedDocument): Encoded | Promise<Encoded>
  /** Absent where statements cannot be written so. */
  readonly statement?: (closed: ClosedStatement) => Uint8Array
}

type Encoded = Uint8Array | { readonly refused: string }

/** One that needs nothing but the document. */
export interface PlainFormat extends FileFormat {
  encode(document: SealedDocument): Encoded
  readonly statement: (closed: ClosedStatement) => Uint8Array
}

/** The document's own bytes and the end of a line, so that files can be put behind each other (jsonlines.org). */
const jsonl: PlainFormat = {
  extension: 'jsonl',
  type: 'application/jsonl',
  encode: ({ bytes }) => line(bytes),
  statement: ({ bytes }) => line(bytes),
}

const line = (bytes: Uint8Array): Uint8Array => {
  const ended = new Uint8Array(bytes.length + 1)
  ended.set(bytes)
  ended[bytes.length] = 0x0a
  return ended
}

/** Every format, one line each. */
export const formats = { jsonl, csv } as const satisfies Readonly<Record<string, PlainFormat>>
export type FormatName = keyof typeof formats
export const formatNames = Object.keys(formats) as [FormatName, ...FormatName[]]

/** `000000000017-<id>.csv`: sorted by name they are in the order of their numbers. */
export const fileName = ({ number, id }: SealedDocument, { extension }: FileFormat): string =>
  `${String(number).padStart(12, '0')}-${id}.${extension}`

/** `statement-2026-11-siteOwner_mall-EUR-<id>.csv`: parties that a file cannot be called after still have each their own. */
export const statementFileName = ({ id, month, party, currency }: ClosedStatement, { extension }: FileFormat): string =>
  `statement-${month}-${party.slice(0, 100).replaceAll(/[^A-Za-z0-9-]/g, '_')}-${currency}-${id}.${extension}`
