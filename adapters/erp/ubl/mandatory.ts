import { countries, currencies, icdSchemes } from './codes.ts'
import { type Paper, quantityName, type Rule } from './paper.ts'
import { all, everything, has, type Node, numberAt, textAt } from './reading.ts'

type Parts = (paper: Paper) => readonly Node[]

const root: Parts = (paper) => [paper.root]
const lines: Parts = (paper) => paper.lines
const seller: Parts = (paper) => paper.seller
const buyer: Parts = (paper) => paper.buyer
const subtotals: Parts = (paper) => paper.subtotals
const totals: Parts = (paper) => paper.totals

/** Each of these parts has this; where a part has to be there itself, `of` finds it. */
const each = (id: string, of: Parts, path: string, text: string): Rule => ({
  id,
  text,
  holds: (paper) => of(paper).every((part) => has(part, path)),
})

/** The same of what there is one of. */
const one = (id: string, of: Parts, path: string, text: string): Rule => ({
  id,
  text,
  holds: (paper) => of(paper).length === 1 && of(paper).every((part) => has(part, path)),
})

const typeCode = ({ isInvoice }: Paper): string => (isInvoice ? 'cbc:InvoiceTypeCode' : 'cbc:CreditNoteTypeCode')
const vatNumber = 'cac:PartyTaxScheme/cbc:CompanyID'
const registration = 'cac:PartyLegalEntity/cbc:CompanyID'
const country = 'cac:PostalAddress/cac:Country/cbc:IdentificationCode'
const periods = (paper: Paper): readonly Node[] => all(paper.root, 'cac:InvoicePeriod')

const hasInOrder = (period: Node): boolean => {
  const [start, end] = [textAt(period, 'cbc:StartDate'), textAt(period, 'cbc:EndDate')]
  return start === '' || end === '' || start <= end
}

/** Everything that an invoice has to say, and in which words where there is a list of them. */
export const mandatoryRules: readonly Rule[] = [
  one('BR-01', root, 'cbc:CustomizationID', 'It says by which specification it is made.'),
  one('BR-02', root, 'cbc:ID', 'It has a number.'),
  one('BR-03', root, 'cbc:IssueDate', 'It has a date of issue.'),
  { id: 'BR-04', text: 'It says of which type it is.', holds: (paper) => has(paper.root, typeCode(paper)) },
  one('BR-05', root, 'cbc:DocumentCurrencyCode', 'It has a currency.'),
  one('BR-06', seller, 'cac:PartyLegalEntity/cbc:RegistrationName', 'The seller has a name.'),
  one('BR-07', buyer, 'cac:PartyLegalEntity/cbc:RegistrationName', 'The buyer has a name.'),
  {
    id: 'BR-08',
    text: 'The seller has an address.',
    holds: (paper) => paper.seller.some((party) => all(party, 'cac:PostalAddress').length === 1),
  },
  one('BR-09', seller, country, "The seller's address has a country."),
  {
    id: 'BR-10',
    text: 'The buyer has an address.',
    holds: (paper) => paper.buyer.some((party) => all(party, 'cac:PostalAddress').length === 1),
  },
  one('BR-11', buyer, country, "The buyer's address has a country."),
  one('BR-12', totals, 'cbc:LineExtensionAmount', 'It has the sum of its lines.'),
  one('BR-13', totals, 'cbc:TaxExclusiveAmount', 'It has a total before tax.'),
  one('BR-14', totals, 'cbc:TaxInclusiveAmount', 'It has a total with tax.'),
  one('BR-15', totals, 'cbc:PayableAmount', 'It says what is to be paid.'),
  { id: 'BR-16', text: 'It has a line.', holds: (paper) => paper.lines.length > 0 },
  each('BR-21', lines, 'cbc:ID', 'Each line has a number.'),
  {
    id: 'BR-22',
    text: 'Each line has a quantity.',
    holds: (paper) => paper.lines.every((line) => numberAt(line, quantityName(paper)) !== undefined),
  },
  {
    id: 'BR-23',
    text: 'Each quantity has a unit.',
    holds: (paper) =>
      paper.lines.every((line) => all(line, quantityName(paper)).every(({ attributes }) => attributes['unitCode'])),
  },
  each('BR-24', lines, 'cbc:LineExtensionAmount', 'Each line has an amount.'),
  each('BR-25', lines, 'cac:Item/cbc:Name', 'Each line says what was sold.'),
  each('BR-26', lines, 'cac:Price/cbc:PriceAmount', 'Each line has a price.'),
  {
    id: 'BR-27',
    text: 'No price is negative.',
    holds: (paper) => paper.lines.every((line) => (numberAt(line, 'cac:Price/cbc:PriceAmount') ?? 0n) >= 0n),
  },
  { id: 'BR-29', text: 'A period does not end before it starts.', holds: (paper) => periods(paper).every(hasInOrder) },
  each('BR-31', ({ allowances }) => allowances, 'cbc:Amount', 'Each allowance has an amount.'),
  each('BR-32', ({ allowances }) => allowances, 'cac:TaxCategory/cbc:ID', 'Each allowance is of a category of VAT.'),
  each('BR-33', ({ allowances }) => allowances, 'cbc:AllowanceChargeReason', 'Each allowance has a reason.'),
  each('BR-36', ({ charges }) => charges, 'cbc:Amount', 'Each charge has an amount.'),
  each('BR-37', ({ charges }) => charges, 'cac:TaxCategory/cbc:ID', 'Each charge is of a category of VAT.'),
  each('BR-38', ({ charges }) => charges, 'cbc:AllowanceChargeReason', 'Each charge has a reason.'),
  each('BR-45', subtotals, 'cbc:TaxableAmount', 'Each category of VAT has the amount that is taxed.'),
  each('BR-46', subtotals, 'cbc:TaxAmount', 'Each category of VAT has the amount of the tax.'),
  each('BR-47', subtotals, 'cac:TaxCategory/cbc:ID', 'Each category of VAT has its code.'),
  {
    id: 'BR-48',
    text: 'Each category of VAT has a rate, but for what is not subject to it.',
    holds: (paper) =>
      paper.subtotals.every(
        (tax) => textAt(tax, 'cac:TaxCategory/cbc:ID') === 'O' || has(tax, 'cac:TaxCategory/cbc:Percent'),
      ),
  },
  each('BR-49', (paper) => all(paper.root, 'cac:PaymentMeans'), 'cbc:PaymentMeansCode', 'It says by what it is paid.'),
  each(
    'BR-50',
    (paper) => all(paper.root, 'cac:PaymentMeans/cac:PayeeFinancialAccount'),
    'cbc:ID',
    'A credit transfer has an account to go to.',
  ),
  each(
    'BR-52',
    (paper) => all(paper.root, 'cac:AdditionalDocumentReference'),
    'cbc:ID',
    'What it refers to has a name.',
  ),
  {
    id: 'BR-55',
    text: 'A credit note names the invoice that it takes back.',
    holds: ({ root: top, isInvoice }) =>
      has(top, 'cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID') ||
      (isInvoice && all(top, 'cac:BillingReference').length === 0),
  },
  {
    id: 'BR-61',
    text: 'Whoever is to be paid by credit transfer names an account.',
    holds: (paper) =>
      all(paper.root, 'cac:PaymentMeans').every(
        (means) =>
          !['30', '58'].includes(textAt(means, 'cbc:PaymentMeansCode')) ||
          has(means, 'cac:PayeeFinancialAccount/cbc:ID'),
      ),
  },
  {
    id: 'BR-62',
    text: "The seller's electronic address has a scheme.",
    holds: (paper) => paper.seller.every(hasScheme),
  },
  { id: 'BR-63', text: "The buyer's electronic address has a scheme.", holds: (paper) => paper.buyer.every(hasScheme) },
  {
    id: 'BR-CO-03',
    text: 'It does not say twice when the tax is due.',
    holds: ({ root: top }) => !has(top, 'cbc:TaxPointDate') || !has(top, 'cac:InvoicePeriod/cbc:DescriptionCode'),
  },
  each('BR-CO-04', lines, 'cac:Item/cac:ClassifiedTaxCategory/cbc:ID', 'Each line is of a category of VAT.'),
  {
    id: 'BR-CO-09',
    text: 'A VAT number begins with the country that gave it (of Greece: EL).',
    holds: (paper) =>
      [...paper.seller, ...paper.buyer]
        .flatMap((party) => all(party, vatNumber))
        .every(({ text }) => countries.has(text.slice(0, 2)) || text.startsWith('EL')),
  },
  { id: 'BR-CO-18', text: 'It has a category of VAT.', holds: (paper) => paper.subtotals.length > 0 },
  {
    id: 'BR-CO-19',
    text: 'A period has a start or an end.',
    holds: (paper) => periods(paper).every((period) => has(period, 'cbc:StartDate') || has(period, 'cbc:EndDate')),
  },
  each('BR-CO-21', ({ allowances }) => allowances, 'cbc:AllowanceChargeReason', 'Each allowance has a reason.'),
  each('BR-CO-22', ({ charges }) => charges, 'cbc:AllowanceChargeReason', 'Each charge has a reason.'),
  {
    id: 'BR-CO-25',
    text: 'What is to be paid is due at some day.',
    holds: ({ root: top, isInvoice, totals: sums }) =>
      !isInvoice ||
      sums.every((sum) => (numberAt(sum, 'cbc:PayableAmount') ?? 0n) <= 0n) ||
      has(top, 'cbc:DueDate') ||
      has(top, 'cac:PaymentTerms/cbc:Note'),
  },
  {
    id: 'BR-CO-26',
    text: 'The seller has a VAT number or one in the register of companies.',
    holds: (paper) => paper.seller.every((party) => has(party, vatNumber) || has(party, registration)),
  },
  {
    id: 'BR-CL-04',
    text: 'The currency is one of ISO 4217.',
    holds: ({ currency }) => currencies.has(currency),
  },
  {
    id: 'BR-CL-11',
    text: 'The scheme of a number in a register is one of ISO 6523.',
    holds: (paper) =>
      [...paper.seller, ...paper.buyer]
        .flatMap((party) => all(party, registration))
        .every(({ attributes: { schemeID } }) => schemeID === undefined || icdSchemes.has(schemeID)),
  },
  {
    id: 'BR-CL-14',
    text: 'Countries are those of ISO 3166-1.',
    holds: (paper) =>
      everything(paper.root)
        .filter(({ name }) => name === 'cbc:IdentificationCode')
        .every(({ text }) => countries.has(text)),
  },
]

const hasScheme = (party: Node): boolean =>
  all(party, 'cbc:EndpointID').every(({ attributes }) => (attributes['schemeID'] ?? '') !== '')
