import type { SealedDocument } from '../../core/domain/document.ts'
import type { Original } from '../../core/invoicing/invoice.ts'
import { ErpUnavailable } from '../../core/ports/erp.ts'

/** The document that a credit takes back; undefined where none was sealed. */
export type OriginalOf = (document: SealedDocument) => Promise<Original | undefined>

/** The same of a credit alone. Nothing has left us where it cannot be found out now. */
export const originalFor = async (document: SealedDocument, originalOf: OriginalOf): Promise<Original | undefined> => {
  if (document.kind !== 'credit') return undefined
  try {
    return await originalOf(document)
  } catch (error) {
    throw new ErpUnavailable(error instanceof Error ? error.message : String(error))
  }
}
