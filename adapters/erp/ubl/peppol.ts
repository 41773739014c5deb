import { easSchemes, schemeForms } from './codes.ts'
import { type Paper, quantityName, type Rule } from './paper.ts'
import { all, everything, has, type Node, textAt } from './reading.ts'

const specification = 'urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0'
const process = /^urn:fdc:peppol\.eu:2017:poacc:billing:\d{2}:1\.0$/
const dates = ['cbc:IssueDate', 'cbc:DueDate', 'cbc:TaxPointDate', 'cbc:StartDate', 'cbc:EndDate']

const isGerman = (parties: readonly Node[]): boolean =>
  parties.some((party) => textAt(party, 'cac:PostalAddress/cac:Country/cbc:IdentificationCode') === 'DE')

const isDate = (text: string): boolean => {
  const at = Date.parse(`${text}T00:00:00Z`)
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}

const endpoints = ({ seller, buyer }: Paper): readonly Node[] =>
  [...seller, ...buyer].flatMap((party) => all(party, 'cbc:EndpointID'))

const identifiers = (paper: Paper): readonly Node[] => [
  ...endpoints(paper),
  ...[...paper.seller, ...paper.buyer].flatMap((party) => all(party, 'cac:PartyLegalEntity/cbc:CompanyID')),
]

/** What VATEX codes stand for which category. */
const exemptions = [
  { id: 'PEPPOL-EN16931-P0105', code: 'VATEX-EU-O', category: 'O' },
  { id: 'PEPPOL-EN16931-P0107', code: 'VATEX-EU-AE', category: 'AE' },
] as const

/** What Peppol BIS Billing 3 asks for beside EN 16931. */
export const peppolRules: readonly Rule[] = [
  {
    id: 'PEPPOL-EN16931-R001',
    text: 'It says of which process it is.',
    holds: ({ root }) => has(root, 'cbc:ProfileID'),
  },
  {
    id: 'PEPPOL-EN16931-R002',
    text: 'It has one note at most, but between Germans.',
    holds: ({ root, seller, buyer }) => all(root, 'cbc:Note').length <= 1 || (isGerman(seller) && isGerman(buyer)),
  },
  {
    id: 'PEPPOL-EN16931-R003',
    text: 'It bears a reference of the buyer or an order.',
    holds: ({ root }) => has(root, 'cbc:BuyerReference') || has(root, 'cac:OrderReference/cbc:ID'),
  },
  {
    id: 'PEPPOL-EN16931-R004',
    text: 'Its specification is Peppol BIS Billing 3.',
    holds: ({ root }) => textAt(root, 'cbc:CustomizationID').startsWith(specification),
  },
  {
    id: 'PEPPOL-EN16931-R007',
    text: 'Its process is one of Peppol billing.',
    holds: ({ root }) => process.test(textAt(root, 'cbc:ProfileID')),
  },
  {
    id: 'PEPPOL-EN16931-R008',
    text: 'No element is empty.',
    holds: ({ root }) => everything(root).every(({ children, text }) => children.length > 0 || text !== ''),
  },
  {
    id: 'PEPPOL-EN16931-R010',
    text: 'The buyer has an electronic address.',
    holds: ({ buyer }) => buyer.length > 0 && buyer.every((party) => has(party, 'cbc:EndpointID')),
  },
  {
    id: 'PEPPOL-EN16931-R020',
    text: 'The seller has an electronic address.',
    holds: ({ seller }) => seller.length > 0 && seller.every((party) => has(party, 'cbc:EndpointID')),
  },
  {
    id: 'PEPPOL-EN16931-R043',
    text: 'Each allowance or charge says which of the two it is.',
    holds: ({ root, allowances, charges }) =>
      all(root, 'cac:AllowanceCharge').length === allowances.length + charges.length,
  },
  {
    id: 'PEPPOL-EN16931-R051',
    text: 'All amounts are in the currency of the invoice.',
    holds: ({ root, currency }) =>
      everything(root).every(({ attributes: { currencyID } }) => currencyID === undefined || currencyID === currency),
  },
  {
    id: 'PEPPOL-EN16931-R053',
    text: 'There is one tax total with subtotals.',
    holds: ({ root }) => all(root, 'cac:TaxTotal').filter((tax) => all(tax, 'cac:TaxSubtotal').length > 0).length === 1,
  },
  {
    id: 'PEPPOL-EN16931-R054',
    text: 'A tax total without subtotals is only there with a currency for the tax.',
    holds: ({ root }) =>
      all(root, 'cac:TaxTotal').filter((tax) => all(tax, 'cac:TaxSubtotal').length === 0).length ===
      all(root, 'cbc:TaxCurrencyCode').length,
  },
  {
    id: 'PEPPOL-EN16931-R130',
    text: 'What a price is for is counted as the line is.',
    holds: (paper) =>
      paper.lines.every((line) => {
        const unit = all(line, quantityName(paper))[0]?.attributes['unitCode']
        return all(line, 'cac:Price/cbc:BaseQuantity').every(({ attributes }) => attributes['unitCode'] === unit)
      }),
  },
  {
    id: 'PEPPOL-EN16931-P0100',
    text: 'An invoice is of type 380.',
    holds: ({ root, isInvoice }) => !isInvoice || textAt(root, 'cbc:InvoiceTypeCode') === '380',
  },
  {
    id: 'PEPPOL-EN16931-P0101',
    text: 'A credit note is of type 381.',
    holds: ({ root, isInvoice }) => isInvoice || textAt(root, 'cbc:CreditNoteTypeCode') === '381',
  },
  ...exemptions.map(({ id, code, category }) => ({
    id,
    text: `The reason ${code} stands for the category ${category}.`,
    holds: ({ subtotals }: Paper) =>
      subtotals
        .flatMap((tax) => all(tax, 'cac:TaxCategory'))
        .every((tax) => textAt(tax, 'cbc:TaxExemptionReasonCode') !== code || textAt(tax, 'cbc:ID') === category),
  })),
  {
    id: 'PEPPOL-EN16931-F001',
    text: 'Dates are written YYYY-MM-DD.',
    holds: ({ root }) =>
      everything(root)
        .filter(({ name }) => dates.includes(name))
        .every(({ text }) => isDate(text)),
  },
  {
    id: 'PEPPOL-EN16931-CL008',
    text: 'The scheme of an electronic address is one of the EAS list.',
    holds: (paper) => endpoints(paper).every(({ attributes }) => easSchemes.has(attributes['schemeID'] ?? '')),
  },
  ...schemeForms.map(({ id, scheme, text, isOne }) => ({
    id,
    text,
    holds: (paper: Paper) =>
      identifiers(paper).every(({ attributes, text: given }) => attributes['schemeID'] !== scheme || isOne(given)),
  })),
]
