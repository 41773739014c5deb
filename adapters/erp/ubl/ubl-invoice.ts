import type { DocumentContent, SealedDocument } from '../../../core/domain/document.ts'
import { ErpUnavailable } from '../../../core/ports/erp.ts'
import { type InvoiceSettings, invoicingOf, type OriginalOf } from '../invoice-settings.ts'
import { type InvoiceXml, invoiceXml } from './invoice-xml.ts'

/** Whatever carries files carries these: a UBL invoice of each document, made and checked as the settings of its target say. */
export const ublInvoice =
  (settings: InvoiceSettings, originalOf: OriginalOf) =>
  async (document: SealedDocument): Promise<InvoiceXml> => {
    const content = JSON.parse(new TextDecoder().decode(document.bytes)) as DocumentContent
    const made = invoicingOf(content, settings, await original(document, originalOf))
    return 'faults' in made ? made : invoiceXml(document, made.invoicing)
  }

/** Nothing has left us where it cannot be found out now. */
export const original = async (document: SealedDocument, originalOf: OriginalOf) => {
  if (document.kind !== 'credit') return undefined
  try {
    return await originalOf(document)
  } catch (error) {
    throw new ErpUnavailable(error instanceof Error ? error.message : String(error))
  }
}
