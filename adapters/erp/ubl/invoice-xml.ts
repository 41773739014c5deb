import type { DocumentContent, SealedDocument } from '../../../core/domain/document.ts'
import { invoiceOf } from '../../../core/invoicing/invoice-of.ts'
import type { Invoiced, InvoiceFault, Invoicing } from '../../../core/invoicing/invoice.ts'
import { faultsIn } from './rules.ts'
import { ublOf } from './write.ts'

export type InvoiceXml = { readonly xml: Uint8Array } | { readonly faults: readonly InvoiceFault[] }

/**
 * A sealed document as the UBL invoice (or credit note) that is sent: the same bytes whenever it is made of the same.
 * One that breaks a rule is no invoice: the rules it breaks are said instead, and nothing is sent.
 */
export const invoiceXml = (document: SealedDocument, invoicing: Invoicing): InvoiceXml => {
  const made = invoiceIn(document, invoicing)
  if ('faults' in made) return made
  const xml = ublOf(made.invoice)
  const faults = faultsIn(xml)
  return faults.length > 0 ? { faults } : { xml: new TextEncoder().encode(xml) }
}

/** What a refusal says of them: the rules by name, and what the first ones ask for. */
export const faultText = (faults: readonly InvoiceFault[]): string =>
  `not an invoice by ${faults.map(({ rule }) => rule).join(', ')}: ${faults
    .slice(0, 3)
    .map(({ text }) => text)
    .join(' ')}`

export const invoiceIn = ({ bytes }: SealedDocument, invoicing: Invoicing): Invoiced =>
  invoiceOf(JSON.parse(new TextDecoder().decode(bytes)) as DocumentContent, invoicing)
