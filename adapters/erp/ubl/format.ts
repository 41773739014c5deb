import type { DocumentContent, SealedDocument } from '../../../core/domain/document.ts'
import { type InvoiceSettings, invoicingOf } from '../invoice-settings.ts'
import { originalFor, type OriginalOf } from '../original.ts'
import { faultText, invoiceXml } from './invoice-xml.ts'

/**
 * A format of whatever carries files: a UBL invoice of each document, made and checked as the settings of its target say.
 * What breaks a rule is refused, with the names of the rules.
 */
export const ublFormat = (settings: InvoiceSettings, originalOf: OriginalOf) => ({
  extension: 'xml',
  type: 'application/xml',
  async encode(document: SealedDocument): Promise<Uint8Array | { readonly refused: string }> {
    const content = JSON.parse(new TextDecoder().decode(document.bytes)) as DocumentContent
    const made = invoicingOf(content, settings, await originalFor(document, originalOf))
    const written = 'faults' in made ? made : invoiceXml(document, made.invoicing)
    return 'faults' in written ? { refused: faultText(written.faults) } : written.xml
  },
})
