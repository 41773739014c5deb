import type { Invoice, InvoiceAdjustment, InvoiceTax } from '../../../core/invoicing/invoice.ts'
import type { InvoiceLine } from '../../../core/invoicing/line.ts'
import type { TaxKind } from '../../../core/invoicing/tax.ts'
import { partyElement } from './party.ts'
import { type Element, element } from './xml.ts'

const customization = 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0'
const profile = 'urn:fdc:peppol.eu:2017:poacc:billing:01:1.0'
const namespace = 'urn:oasis:names:specification:ubl:schema:xsd'

/** UNCL 1001. */
const types = { invoice: '380', creditNote: '381' } as const
const invoicedObject = '130'
/** UNCL 4461. */
const creditTransfer = '30'

/**
 * The invoice as UBL 2.1: an Invoice-2 or a CreditNote-2 of the profile Peppol BIS Billing 3, elements in the order of its
 * schema. What is missing is left out: the rules say whether that may be.
 */
export const ublOf = (invoice: Invoice): string => {
  const name = invoice.kind === 'invoice' ? 'Invoice' : 'CreditNote'
  const root = element(name, [...headElements(invoice), ...partyElements(invoice), ...sumElements(invoice)], {
    xmlns: `${namespace}:${name}-2`,
    'xmlns:cac': `${namespace}:CommonAggregateComponents-2`,
    'xmlns:cbc': `${namespace}:CommonBasicComponents-2`,
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root?.xml ?? ''}\n`
}

const headElements = (invoice: Invoice): readonly (Element | undefined)[] => {
  const { kind, number, issuedOn, dueOn, note, currency, reference, from, until, original, object } = invoice
  const isInvoice = kind === 'invoice'
  return [
    element('cbc:CustomizationID', customization),
    element('cbc:ProfileID', profile),
    element('cbc:ID', number),
    element('cbc:IssueDate', issuedOn),
    // a credit note has no such element
    isInvoice ? element('cbc:DueDate', dueOn) : undefined,
    element(isInvoice ? 'cbc:InvoiceTypeCode' : 'cbc:CreditNoteTypeCode', types[kind]),
    element('cbc:Note', note),
    element('cbc:DocumentCurrencyCode', currency),
    element('cbc:BuyerReference', reference),
    element('cac:InvoicePeriod', [element('cbc:StartDate', from), element('cbc:EndDate', until)]),
    element('cac:BillingReference', [
      element('cac:InvoiceDocumentReference', [
        element('cbc:ID', original?.number),
        element('cbc:IssueDate', original?.issuedOn),
      ]),
    ]),
    element('cac:AdditionalDocumentReference', [
      element('cbc:ID', object),
      element('cbc:DocumentTypeCode', invoicedObject),
    ]),
  ]
}

const partyElements = ({ kind, seller, buyer, taxes, number }: Invoice): readonly (Element | undefined)[] => {
  const showsVat = taxes.every(({ category }) => category !== 'O')
  const { iban, bic } = seller.account ?? {}
  return [
    element('cac:AccountingSupplierParty', [partyElement(seller, showsVat)]),
    element('cac:AccountingCustomerParty', [partyElement(buyer, showsVat)]),
    kind === 'invoice' && iban !== undefined
      ? element('cac:PaymentMeans', [
          element('cbc:PaymentMeansCode', creditTransfer),
          element('cbc:PaymentID', number),
          element('cac:PayeeFinancialAccount', [
            element('cbc:ID', iban.replaceAll(/\s/g, '')),
            element('cac:FinancialInstitutionBranch', [element('cbc:ID', bic)]),
          ]),
        ])
      : undefined,
  ]
}

const sumElements = (invoice: Invoice): readonly (Element | undefined)[] => {
  const { currency, totals, lines, adjustments, taxes } = invoice
  const money = (name: string, amount: string): Element | undefined => element(name, amount, { currencyID: currency })
  const orNothing = (name: string, amount: string): Element | undefined =>
    /[1-9]/.test(amount) ? money(name, amount) : undefined
  return [
    ...adjustments.map((adjustment) => adjustmentElement(adjustment, money)),
    element('cac:TaxTotal', [money('cbc:TaxAmount', totals.tax), ...taxes.map((tax) => subtotalElement(tax, money))]),
    element('cac:LegalMonetaryTotal', [
      money('cbc:LineExtensionAmount', totals.lines),
      money('cbc:TaxExclusiveAmount', totals.net),
      money('cbc:TaxInclusiveAmount', totals.gross),
      orNothing('cbc:AllowanceTotalAmount', totals.allowances),
      orNothing('cbc:ChargeTotalAmount', totals.charges),
      orNothing('cbc:PayableRoundingAmount', totals.rounding),
      money('cbc:PayableAmount', totals.payable),
    ]),
    ...lines.map((line) => lineElement(line, invoice.kind, money)),
  ]
}

type Money = (name: string, amount: string) => Element | undefined

const taxElement = (name: string, { category, rate }: TaxKind, exemption?: readonly (Element | undefined)[]) =>
  element(name, [
    element('cbc:ID', category),
    element('cbc:Percent', rate),
    ...(exemption ?? []),
    element('cac:TaxScheme', [element('cbc:ID', 'VAT')]),
  ])

const adjustmentElement = ({ isCharge, amount, reason, tax }: InvoiceAdjustment, money: Money) =>
  element('cac:AllowanceCharge', [
    element('cbc:ChargeIndicator', String(isCharge)),
    element('cbc:AllowanceChargeReason', reason),
    money('cbc:Amount', amount),
    taxElement('cac:TaxCategory', tax),
  ])

/** Why there is no tax, by the VATEX list and in words. */
const reasons = {
  AE: { code: 'VATEX-EU-AE', text: 'Reverse charge' },
  O: { code: 'VATEX-EU-O', text: 'Not subject to VAT' },
} as const

const subtotalElement = (tax: InvoiceTax, money: Money): Element | undefined => {
  const { code, text } =
    tax.category === 'AE' || tax.category === 'O' ? reasons[tax.category] : { code: undefined, text: tax.exemption }
  return element('cac:TaxSubtotal', [
    money('cbc:TaxableAmount', tax.taxable),
    money('cbc:TaxAmount', tax.amount),
    taxElement('cac:TaxCategory', tax, [
      element('cbc:TaxExemptionReasonCode', code),
      element('cbc:TaxExemptionReason', text),
    ]),
  ])
}

const lineElement = (line: InvoiceLine, kind: Invoice['kind'], money: Money): Element | undefined => {
  const { id, quantity, unit, net, name, description, tax, price, per } = line
  const [outer, counted] =
    kind === 'invoice' ? ['cac:InvoiceLine', 'cbc:InvoicedQuantity'] : ['cac:CreditNoteLine', 'cbc:CreditedQuantity']
  return element(outer, [
    element('cbc:ID', id),
    element(counted, quantity, { unitCode: unit }),
    money('cbc:LineExtensionAmount', net),
    element('cac:Item', [
      element('cbc:Description', description),
      element('cbc:Name', name),
      taxElement('cac:ClassifiedTaxCategory', tax),
    ]),
    element('cac:Price', [
      money('cbc:PriceAmount', price),
      per === '1' ? undefined : element('cbc:BaseQuantity', per, { unitCode: unit }),
    ]),
  ])
}
