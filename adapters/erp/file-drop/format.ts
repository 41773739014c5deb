import type { SealedDocument } from '../../../core/domain/document.ts'
import { csv } from './csv.ts'

/** How a document is written as a file. The same document always gives the same bytes: a file replaces itself. */
export interface FileFormat {
  /** Without a dot. */
  readonly extension: string
  readonly type: string
  /** `refused`: it cannot be written so, and why. */
  encode(document: SealedDocument): Encoded | Promise<Encoded>
}

type Encoded = Uint8Array | { readonly refused: string }

/** One that needs nothing but the document. */
export interface PlainFormat extends FileFormat {
  encode(document: SealedDocument): Encoded
}

/** The document's own bytes and the end of a line, so that files can be put behind each other (jsonlines.org). */
const jsonl: PlainFormat = {
  extension: 'jsonl',
  type: 'application/jsonl',
  encode: ({ bytes }) => {
    const line = new Uint8Array(bytes.length + 1)
    line.set(bytes)
    line[bytes.length] = 0x0a
    return line
  },
}

/** Every format, one line each. */
export const formats = { jsonl, csv } as const satisfies Readonly<Record<string, PlainFormat>>
export type FormatName = keyof typeof formats
export const formatNames = Object.keys(formats) as [FormatName, ...FormatName[]]

/** `000000000017-<id>.csv`: sorted by name they are in the order of their numbers. */
export const fileName = ({ number, id }: SealedDocument, { extension }: FileFormat): string =>
  `${String(number).padStart(12, '0')}-${id}.${extension}`
