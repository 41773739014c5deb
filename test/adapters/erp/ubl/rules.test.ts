import { describe, expect, it } from 'vitest'
import { faultsIn, rules } from '../../../../adapters/erp/ubl/rules.ts'
import { type Sample, sampleXml, samples } from '../../../support/invoice-samples.ts'

const names = Object.keys(samples) as readonly Sample[]

/** What is taken out of, or put into, an invoice that holds every rule. */
const without = (tag: string) => (xml: string) => xml.replace(new RegExp(`<${tag}[ >].*?</${tag}>`), '')
const withoutAll = (tag: string) => (xml: string) => xml.replaceAll(new RegExp(`<${tag}[ >].*?</${tag}>`, 'g'), '')
const put = (from: string | RegExp, to: string) => (xml: string) => xml.replace(from, to)
const inside = (tag: string, edit: (part: string) => string) => (xml: string) =>
  xml.replace(new RegExp(`<${tag}[ >].*?</${tag}>`), edit)
const text = (tag: string, to: string) => put(new RegExp(`(<${tag}[^>]*>)[^<]*`), `$1${to}`)
const after = (tag: string, what: string) => put(`</${tag}>`, `</${tag}>${what}`)
const more = (tag: string) => put(new RegExp(`<${tag}[ >].*?</${tag}>`), '$&$&')

const seller = 'cac:AccountingSupplierParty'
const buyer = 'cac:AccountingCustomerParty'
const totals = 'cac:LegalMonetaryTotal'
const line = 'cac:InvoiceLine'
const subtotal = 'cac:TaxSubtotal'
const limit = 'cac:AllowanceCharge'
const isCharge = (edit: (part: string) => string) => (xml: string) =>
  xml.replace(/<cac:AllowanceCharge><cbc:ChargeIndicator>true.*?<\/cac:AllowanceCharge>/, edit)
const isAllowance = (edit: (part: string) => string) => (xml: string) =>
  xml.replace(/<cac:AllowanceCharge><cbc:ChargeIndicator>false.*?<\/cac:AllowanceCharge>/, edit)

type Break = readonly [id: string, edit: (xml: string) => string, of?: Sample]

/** Of each category, an invoice that has lines, charges and allowances under it. */
const categories = [
  ['S', 'limits of a rate'],
  ['Z', 'limits at a rate of nothing'],
  ['E', 'exempt'],
  ['AE', 'reverse charge'],
  ['O', 'outside of VAT'],
] as const

const breaksOf = ([category, of]: (typeof categories)[number]): readonly Break[] => {
  const rule = (number: string): string => `BR-${category}-${number}`
  const vat = '<cac:PartyTaxScheme><cbc:CompanyID>DE123456789</cbc:CompanyID></cac:PartyTaxScheme>'
  const unnamed =
    category === 'O'
      ? after('cac:PostalAddress', vat)
      : (xml: string) => inside(seller, without('cac:PartyTaxScheme'))(xml)
  const wrong = category === 'S' ? text('cbc:Percent', '0') : (part: string) => rated(part)
  const rated = (part: string): string =>
    category === 'O'
      ? part.replace(/<cbc:ID>O<\/cbc:ID>/, '$&<cbc:Percent>7</cbc:Percent>')
      : part.replace('<cbc:Percent>0<', '<cbc:Percent>7<')
  const reason = '<cbc:TaxExemptionReason>because</cbc:TaxExemptionReason>'
  const isBare = category === 'S' || category === 'Z'
  return [
    [rule('01'), category === 'S' ? withoutAll(subtotal) : more(subtotal), of],
    [rule('02'), unnamed, of],
    [rule('03'), (xml) => unnamed(isCharge(() => '')(xml.replace(/<cac:InvoiceLine>.*<\/cac:InvoiceLine>/, ''))), of],
    [
      rule('04'),
      (xml) => unnamed(isAllowance(() => '')(xml.replace(/<cac:InvoiceLine>.*<\/cac:InvoiceLine>/, ''))),
      of,
    ],
    [rule('05'), inside('cac:ClassifiedTaxCategory', wrong), of],
    [rule('06'), isAllowance(wrong), of],
    [rule('07'), isCharge(wrong), of],
    [rule('08'), inside(subtotal, text('cbc:TaxableAmount', '77.77')), of],
    ...(category === 'S' ? [] : ([[rule('09'), inside(subtotal, text('cbc:TaxAmount', '0.01')), of]] as const)),
    [
      rule('10'),
      isBare
        ? inside(subtotal, put('<cac:TaxScheme>', `${reason}<cac:TaxScheme>`))
        : inside(subtotal, (part) => without('cbc:TaxExemptionReasonCode')(without('cbc:TaxExemptionReason')(part))),
      of,
    ],
  ]
}

const breaks: readonly Break[] = [
  ['BR-01', without('cbc:CustomizationID')],
  ['BR-02', without('cbc:ID')],
  ['BR-03', without('cbc:IssueDate')],
  ['BR-04', without('cbc:InvoiceTypeCode')],
  ['BR-05', without('cbc:DocumentCurrencyCode')],
  ['BR-06', inside(seller, without('cbc:RegistrationName'))],
  ['BR-07', inside(buyer, without('cbc:RegistrationName'))],
  ['BR-08', inside(seller, without('cac:PostalAddress'))],
  ['BR-09', inside(seller, without('cac:Country'))],
  ['BR-10', inside(buyer, without('cac:PostalAddress'))],
  ['BR-11', inside(buyer, without('cac:Country'))],
  ['BR-12', inside(totals, without('cbc:LineExtensionAmount'))],
  ['BR-13', inside(totals, without('cbc:TaxExclusiveAmount'))],
  ['BR-14', inside(totals, without('cbc:TaxInclusiveAmount'))],
  ['BR-15', inside(totals, without('cbc:PayableAmount'))],
  ['BR-16', without(line)],
  ['BR-21', inside(line, without('cbc:ID'))],
  ['BR-22', inside(line, without('cbc:InvoicedQuantity'))],
  ['BR-22', text('cbc:InvoicedQuantity', 'much')],
  ['BR-23', put(' unitCode="KWH"', '')],
  ['BR-24', inside(line, without('cbc:LineExtensionAmount'))],
  ['BR-25', inside(line, without('cbc:Name'))],
  ['BR-26', inside(line, without('cac:Price'))],
  ['BR-27', text('cbc:PriceAmount', '-0.39')],
  ['BR-29', text('cbc:EndDate', '2026-11-26')],
  ['BR-31', isAllowance(without('cbc:Amount')), 'limits of a rate'],
  ['BR-32', isAllowance(without('cac:TaxCategory')), 'limits of a rate'],
  ['BR-33', isAllowance(without('cbc:AllowanceChargeReason')), 'limits of a rate'],
  ['BR-36', isCharge(without('cbc:Amount')), 'limits of a rate'],
  ['BR-37', isCharge(without('cac:TaxCategory')), 'limits of a rate'],
  ['BR-38', isCharge(without('cbc:AllowanceChargeReason')), 'limits of a rate'],
  ['BR-45', inside(subtotal, without('cbc:TaxableAmount'))],
  ['BR-46', inside(subtotal, without('cbc:TaxAmount'))],
  ['BR-47', inside(subtotal, without('cbc:ID'))],
  ['BR-48', inside(subtotal, without('cbc:Percent'))],
  ['BR-49', without('cbc:PaymentMeansCode')],
  ['BR-50', inside('cac:PayeeFinancialAccount', without('cbc:ID'))],
  ['BR-52', inside('cac:AdditionalDocumentReference', without('cbc:ID'))],
  ['BR-55', without('cac:BillingReference'), 'credit note'],
  ['BR-61', without('cac:PayeeFinancialAccount')],
  ['BR-62', inside(seller, put(' schemeID="0088"', ''))],
  ['BR-63', inside(buyer, put('<cbc:EndpointID schemeID="0208"', '<cbc:EndpointID'))],
  [
    'BR-CO-03',
    (xml) =>
      after(
        'cbc:EndDate',
        '<cbc:DescriptionCode>35</cbc:DescriptionCode>',
      )(after('cbc:InvoiceTypeCode', '<cbc:TaxPointDate>2026-11-27</cbc:TaxPointDate>')(xml)),
  ],
  ['BR-CO-04', without('cac:ClassifiedTaxCategory')],
  ['BR-CO-09', put('>DE123456789<', '>123456789<')],
  ['BR-CO-10', inside(totals, text('cbc:LineExtensionAmount', '11.76'))],
  ['BR-CO-11', text('cbc:AllowanceTotalAmount', '1.01'), 'limits of a rate'],
  ['BR-CO-12', text('cbc:ChargeTotalAmount', '1.60'), 'limits of a rate'],
  ['BR-CO-13', text('cbc:TaxExclusiveAmount', '11.74')],
  ['BR-CO-14', inside('cac:TaxTotal', text('cbc:TaxAmount', '2.24'))],
  ['BR-CO-15', text('cbc:TaxInclusiveAmount', '13.99')],
  ['BR-CO-16', text('cbc:PayableAmount', '13.99')],
  ['BR-CO-17', inside(subtotal, text('cbc:TaxAmount', '2.24'))],
  ['BR-CO-18', without(subtotal)],
  [
    'BR-CO-19',
    inside(
      'cac:InvoicePeriod',
      () => '<cac:InvoicePeriod><cbc:DescriptionCode>3</cbc:DescriptionCode></cac:InvoicePeriod>',
    ),
  ],
  ['BR-CO-21', isAllowance(without('cbc:AllowanceChargeReason')), 'limits of a rate'],
  ['BR-CO-22', isCharge(without('cbc:AllowanceChargeReason')), 'limits of a rate'],
  ['BR-CO-25', without('cbc:DueDate')],
  [
    'BR-CO-26',
    inside(seller, (part) =>
      without('cac:PartyTaxScheme')(inside('cac:PartyLegalEntity', without('cbc:CompanyID'))(part)),
    ),
  ],
  ['BR-CL-04', (xml) => xml.replaceAll('EUR', 'EUX')],
  ['BR-CL-11', inside('cac:PartyLegalEntity', put('<cbc:CompanyID>', '<cbc:CompanyID schemeID="9999">'))],
  ['BR-CL-14', text('cbc:IdentificationCode', 'XX')],
  ['BR-CL-17', inside(subtotal, text('cbc:ID', 'X'))],
  ['BR-CL-18', inside('cac:ClassifiedTaxCategory', text('cbc:ID', 'X'))],
  ['BR-DEC-01', isAllowance(text('cbc:Amount', '1.000')), 'limits of a rate'],
  ['BR-DEC-05', isCharge(text('cbc:Amount', '1.610')), 'limits of a rate'],
  ['BR-DEC-09', inside(totals, text('cbc:LineExtensionAmount', '11.750'))],
  ['BR-DEC-10', text('cbc:AllowanceTotalAmount', '1.000'), 'limits of a rate'],
  ['BR-DEC-11', text('cbc:ChargeTotalAmount', '1.610'), 'limits of a rate'],
  ['BR-DEC-12', text('cbc:TaxExclusiveAmount', '11.750')],
  ['BR-DEC-13', inside('cac:TaxTotal', text('cbc:TaxAmount', '2.230'))],
  ['BR-DEC-14', text('cbc:TaxInclusiveAmount', '13.980')],
  ['BR-DEC-16', after('cbc:TaxInclusiveAmount', '<cbc:PrepaidAmount currencyID="EUR">0.000</cbc:PrepaidAmount>')],
  ['BR-DEC-17', text('cbc:PayableRoundingAmount', '-0.470'), 'yen'],
  ['BR-DEC-18', text('cbc:PayableAmount', '13.980')],
  ['BR-DEC-19', text('cbc:TaxableAmount', '11.750')],
  ['BR-DEC-20', inside(subtotal, text('cbc:TaxAmount', '2.230'))],
  ['BR-DEC-23', inside(line, text('cbc:LineExtensionAmount', '11.750'))],
  ...categories.flatMap(breaksOf),
  [
    'BR-AE-02',
    (xml) => inside(buyer, (part) => without('cac:PartyTaxScheme')(without('cac:PartyLegalEntity')(part)))(xml),
    'reverse charge',
  ],
  ['BR-O-11', inside(subtotal, (part) => part + part.replace('<cbc:ID>O<', '<cbc:ID>Z<')), 'outside of VAT'],
  ['BR-O-12', inside('cac:ClassifiedTaxCategory', text('cbc:ID', 'Z')), 'outside of VAT'],
  ['BR-O-13', isAllowance(text('cbc:ID', 'Z')), 'outside of VAT'],
  ['BR-O-14', isCharge(text('cbc:ID', 'Z')), 'outside of VAT'],
  ['PEPPOL-COMMON-R040', text('cbc:EndpointID', '4012345000008')],
  ['PEPPOL-COMMON-R041', put(' schemeID="0088">4012345000009', ' schemeID="0192">974760674')],
  ['PEPPOL-COMMON-R042', put(' schemeID="0088">4012345000009', ' schemeID="0184">1234567')],
  ['PEPPOL-COMMON-R043', inside(buyer, text('cbc:EndpointID', '0403019262'))],
  ['PEPPOL-COMMON-R049', put(' schemeID="0088">4012345000009', ' schemeID="0007">5560360794')],
  ['PEPPOL-EN16931-R001', without('cbc:ProfileID')],
  ['PEPPOL-EN16931-R002', after('cbc:InvoiceTypeCode', '<cbc:Note>one</cbc:Note><cbc:Note>two</cbc:Note>')],
  ['PEPPOL-EN16931-R003', without('cbc:BuyerReference')],
  ['PEPPOL-EN16931-R004', text('cbc:CustomizationID', 'urn:cen.eu:en16931:2017')],
  ['PEPPOL-EN16931-R007', text('cbc:ProfileID', 'billing')],
  ['PEPPOL-EN16931-R008', text('cbc:Description', ' ')],
  ['PEPPOL-EN16931-R010', inside(buyer, without('cbc:EndpointID'))],
  ['PEPPOL-EN16931-R020', inside(seller, without('cbc:EndpointID'))],
  ['PEPPOL-EN16931-R043', inside(limit, text('cbc:ChargeIndicator', 'perhaps')), 'limits of a rate'],
  ['PEPPOL-EN16931-R051', put('currencyID="EUR"', 'currencyID="SEK"')],
  ['PEPPOL-EN16931-R053', more('cac:TaxTotal')],
  [
    'PEPPOL-EN16931-R054',
    after('cac:TaxTotal', '<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">0</cbc:TaxAmount></cac:TaxTotal>'),
  ],
  ['PEPPOL-EN16931-R120', text('cbc:PriceAmount', '0.40')],
  ['PEPPOL-EN16931-R121', after('cbc:PriceAmount', '<cbc:BaseQuantity unitCode="KWH">0</cbc:BaseQuantity>')],
  ['PEPPOL-EN16931-R130', after('cbc:PriceAmount', '<cbc:BaseQuantity unitCode="SEC">1</cbc:BaseQuantity>')],
  ['PEPPOL-EN16931-P0100', text('cbc:InvoiceTypeCode', '325')],
  ['PEPPOL-EN16931-P0101', text('cbc:CreditNoteTypeCode', '380'), 'credit note'],
  ['PEPPOL-EN16931-P0105', text('cbc:TaxExemptionReasonCode', 'VATEX-EU-O'), 'reverse charge'],
  ['PEPPOL-EN16931-P0107', text('cbc:TaxExemptionReasonCode', 'VATEX-EU-AE'), 'outside of VAT'],
  ['PEPPOL-EN16931-F001', text('cbc:DueDate', '2026-02-30')],
  ['PEPPOL-EN16931-CL008', inside(buyer, put('<cbc:EndpointID schemeID="0208"', '<cbc:EndpointID schemeID="1234"'))],
]

describe('the rules of an invoice', () => {
  it.each(names)('hold of %s', (name) => {
    expect(faultsIn(sampleXml(name))).toEqual([])
  })

  it.each(breaks.map(([id, edit, of = 'plain']) => ({ id, edit, of })))(
    '$id is seen where it is broken',
    ({ id, edit, of }) => {
      const xml = edit(sampleXml(of))
      expect(xml).not.toBe(sampleXml(of))
      expect(faultsIn(xml).map(({ rule }) => rule)).toContain(id)
    },
  )

  it('are all seen to be broken somewhere above, and each has a name of its own', () => {
    const ids = rules.map(({ id }) => id)
    expect(ids.filter((id) => breaks.every(([broken]) => broken !== id))).toEqual([])
    expect(new Set(ids).size).toBe(ids.length)
  })

  it.each(['', '<Order/>', 'no XML at all', '<a><b></a>', '<Invoice'])('do not take %j for an invoice', (xml) => {
    expect(faultsIn(xml).length).toBeGreaterThan(0)
  })
})
