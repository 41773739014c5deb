import { XMLParser } from 'fast-xml-parser'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faultText, invoiceXml } from '../../../../adapters/erp/ubl/invoice-xml.ts'
import type { DocumentContent } from '../../../../core/domain/document.ts'
import type { Invoicing } from '../../../../core/invoicing/invoice.ts'
import { sampleXml, samples } from '../../../support/invoice-samples.ts'
import { accountsAtRandom, contentOf, invoicing, parties, sealedOf } from '../../../support/invoices.ts'

const sent = (content: DocumentContent, by: Invoicing = invoicing): string => {
  const made = invoiceXml(sealedOf(content), by)
  if ('faults' in made) throw new Error(faultText(made.faults))
  return new TextDecoder().decode(made.xml)
}

const refused = (content: DocumentContent, by: Invoicing = invoicing): readonly string[] => {
  const made = invoiceXml(sealedOf(content), by)
  return 'faults' in made ? made.faults.map(({ rule }) => rule) : []
}

/** Read by nobody's rules: names without their prefix, everything text, what there can be several of a list. */
const parsed = (xml: string) => {
  const lists = ['InvoiceLine', 'CreditNoteLine', 'TaxSubtotal', 'AllowanceCharge']
  const parser = new XMLParser({ removeNSPrefix: true, parseTagValue: false, isArray: (name) => lists.includes(name) })
  const { Invoice, CreditNote } = parser.parse(xml) as Record<string, Paper | undefined>
  return Invoice ?? CreditNote ?? ({} as Paper)
}

interface Paper {
  readonly AccountingSupplierParty: {
    readonly Party: { readonly PartyLegalEntity: { readonly RegistrationName: string } }
  }
  readonly TaxTotal: {
    readonly TaxAmount: string
    readonly TaxSubtotal: readonly {
      readonly TaxableAmount: string
      readonly TaxAmount: string
      readonly TaxCategory: { readonly Percent?: string }
    }[]
  }
  readonly LegalMonetaryTotal: Readonly<Record<string, string>>
  readonly AllowanceCharge?: readonly { readonly ChargeIndicator: string; readonly Amount: string }[]
  readonly InvoiceLine?: readonly { readonly LineExtensionAmount: string }[]
  readonly CreditNoteLine?: readonly { readonly LineExtensionAmount: string }[]
}

/** Whole cents of an amount with two decimals. */
const cents = (amount: string | undefined): number => Math.round(Number(amount ?? '0') * 100)
const sum = (amounts: readonly string[]): number => amounts.reduce((all, amount) => all + cents(amount), 0)

/** An amount to be paid, worked out anew from what the lines and the rates of an invoice say. */
const worked = (paper: Paper): number => {
  const lines = sum(
    [...(paper.InvoiceLine ?? []), ...(paper.CreditNoteLine ?? [])].map((line) => line.LineExtensionAmount),
  )
  const limits = (paper.AllowanceCharge ?? []).map(({ ChargeIndicator, Amount }) =>
    ChargeIndicator === 'true' ? cents(Amount) : -cents(Amount),
  )
  const net = lines + limits.reduce((all, each) => all + each, 0)
  const taxed = paper.TaxTotal.TaxSubtotal.map(({ TaxableAmount, TaxCategory: { Percent = '0' } }) => {
    // tenths of a per cent of cents: whole numbers, so that halves are halves
    const thousandths = cents(TaxableAmount) * Math.round(Number(Percent) * 10)
    return Math.sign(thousandths) * Math.round(Math.abs(thousandths) / 1_000) + 0
  })
  expect(net).toBe(sum(paper.TaxTotal.TaxSubtotal.map(({ TaxableAmount }) => TaxableAmount)))
  expect(taxed).toEqual(paper.TaxTotal.TaxSubtotal.map(({ TaxAmount }) => cents(TaxAmount)))
  return net + taxed.reduce((all, each) => all + each, 0) + cents(paper.LegalMonetaryTotal['PayableRoundingAmount'])
}

describe('the XML of an invoice', () => {
  it.each(Object.keys(samples) as (keyof typeof samples)[])('of %s comes to what the account says', (name) => {
    const [{ account }] = samples[name]
    const paper = parsed(sampleXml(name))
    expect(worked(paper)).toBe(cents(account.priced?.total.gross))
    expect(cents(paper.LegalMonetaryTotal['PayableAmount'])).toBe(cents(account.priced?.total.gross))
  })

  it('comes to what the account says, whatever was charged', () => {
    fc.assert(
      fc.property(accountsAtRandom, (wanted) => {
        const content = contentOf(wanted)
        expect(worked(parsed(sent(content)))).toBe(cents(content.account.priced?.total.gross))
      }),
      { numRuns: 200, seed: 16931 },
    )
  })

  it('holds every rule, whatever was charged', () => {
    fc.assert(
      fc.property(accountsAtRandom, (wanted) => refused(contentOf(wanted)).length === 0),
      { numRuns: 2_000, seed: 16931 },
    )
  })

  it('is the same bytes whenever it is made of the same', () => {
    expect(sent(contentOf())).toBe(sent(contentOf()))
  })

  it.each([
    ['<&"\'>', '<&"\'>'],
    ['Lade\u0000werk \u0007& \uD800Söhne\uFFFF', 'Ladewerk & \uFFFDSöhne'],
    ['شركة الشحن \u202Eevil', 'شركة الشحن \u202Eevil'],
    [']]><Invoice/><!-- ', ']]><Invoice/><!--'],
    ['  two\r\n\tlines ', 'two lines'],
    ['&amp;', '&amp;'],
    ['a'.repeat(10_000), 'a'.repeat(10_000)],
  ])('says a name as it is, and nothing but a name: %j', (name, said) => {
    const seller = { ...parties.seller, name }
    const paper = parsed(sent(contentOf(), { ...invoicing, parties: { ...parties, seller } }))
    expect(paper.AccountingSupplierParty.Party.PartyLegalEntity.RegistrationName.replaceAll('&apos;', "'")).toBe(said)
  })

  it.each([
    ['no name', { name: ' \u0000 ' }, ['BR-06']],
    ['no number and no registration', { vat: undefined, registration: undefined }, ['BR-CO-26', 'BR-S-02']],
    ['no electronic address', { endpoint: undefined }, ['PEPPOL-EN16931-R020']],
    ['a VAT number of nowhere', { vat: '123456789' }, ['BR-CO-09']],
    ['a country that is none', { address: { country: 'Germany' } }, ['BR-CL-14']],
    ['a GLN that is none', { endpoint: { id: '4012345000001', scheme: '0088' } }, ['PEPPOL-COMMON-R040']],
  ])('is not sent by a seller with %s', (_, change, broken) => {
    const seller = { ...parties.seller, ...change } as typeof parties.seller
    expect(refused(contentOf(), { ...invoicing, parties: { ...parties, seller } })).toEqual(broken)
  })

  it('has a rounding of at most two decimals: what a dinar has more cannot be invoiced', () => {
    const asked = [{ kind: 'energy', price: '0.041', volume: 30_123_456, vat: '0' }] as const
    expect(refused(contentOf({ currency: 'KWD', totalDigits: 3, asked }))).toEqual(['BR-DEC-17', 'BR-DEC-18'])
  })

  it('has nothing taxed beside what is outside of VAT', () => {
    const asked = [
      { kind: 'energy', price: '0.39', volume: 30_123_456, vat: '19' },
      { kind: 'fixed', price: '1', volume: 1 },
    ] as const
    expect(refused(contentOf({ asked }))).toEqual(expect.arrayContaining(['BR-O-11', 'BR-O-12']))
    expect(refused(contentOf({ asked }), { parties, terms: { withoutTax: 'Z' } })).toEqual([])
  })

  it('that is refused says by which rules, and what the first of them ask for', () => {
    const { iban: _, ...seller } = { ...parties.seller, iban: '', name: '' }
    const made = invoiceXml(sealedOf(contentOf()), { ...invoicing, parties: { ...parties, seller } })
    expect('faults' in made && faultText(made.faults)).toBe('not an invoice by BR-06: The seller has a name.')
  })
})
