import { all, type Node, textAt } from './reading.ts'

/** An Invoice-2 or a CreditNote-2, and where in it is what rules ask for. */
export interface Paper {
  readonly root: Node
  readonly isInvoice: boolean
  readonly currency: string
  readonly lines: readonly Node[]
  readonly allowances: readonly Node[]
  readonly charges: readonly Node[]
  readonly subtotals: readonly Node[]
  readonly totals: readonly Node[]
  readonly seller: readonly Node[]
  readonly buyer: readonly Node[]
}

/** A rule by its name in EN 16931 or Peppol BIS Billing 3, what it asks for in our words, and whether it holds. */
export interface Rule {
  readonly id: string
  readonly text: string
  readonly holds: (paper: Paper) => boolean
}

export const paperOf = (root: Node): Paper => {
  const ofIndicator = (indicator: string): readonly Node[] =>
    all(root, 'cac:AllowanceCharge').filter((each) => textAt(each, 'cbc:ChargeIndicator') === indicator)
  return {
    root,
    isInvoice: root.name === 'Invoice',
    currency: textAt(root, 'cbc:DocumentCurrencyCode'),
    lines: all(root, root.name === 'Invoice' ? 'cac:InvoiceLine' : 'cac:CreditNoteLine'),
    allowances: ofIndicator('false'),
    charges: ofIndicator('true'),
    subtotals: all(root, 'cac:TaxTotal/cac:TaxSubtotal'),
    totals: all(root, 'cac:LegalMonetaryTotal'),
    seller: all(root, 'cac:AccountingSupplierParty/cac:Party'),
    buyer: all(root, 'cac:AccountingCustomerParty/cac:Party'),
  }
}

/** What was sold, as a number: of an invoice it is called otherwise than of a credit note. */
export const quantityName = ({ isInvoice }: Paper): string =>
  isInvoice ? 'cbc:InvoicedQuantity' : 'cbc:CreditedQuantity'
