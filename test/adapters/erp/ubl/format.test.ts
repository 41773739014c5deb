import { describe, expect, it } from 'vitest'
import { invoiceSettings } from '../../../../adapters/erp/invoice-settings.ts'
import { ublFormat } from '../../../../adapters/erp/ubl/format.ts'
import type { SealedDocument } from '../../../../core/domain/document.ts'
import { ErpUnavailable } from '../../../../core/ports/erp.ts'
import { contentOf, creditOf, parties, sealedOf } from '../../../support/invoices.ts'

const { seller, buyer } = parties
const german = { ...buyer, name: 'Strom AG', vat: 'DE999999999', address: { country: 'DE' } }

const written = async (
  document: SealedDocument,
  given: Readonly<Record<string, unknown>>,
  original = async () => first,
) => {
  const encoded = await ublFormat(invoiceSettings.parse({ seller, ...given }), original).encode(document)
  return 'refused' in encoded ? encoded : new TextDecoder().decode(encoded)
}
const first = { number: 42, sealedAt: Date.UTC(2026, 10, 27, 12) } as { number: number; sealedAt: number } | undefined
const buyerIn = (xml: unknown): string | undefined =>
  /AccountingCustomer.*?<cbc:RegistrationName>([^<]*)/.exec(String(xml))?.[1]

const faults = (given: Readonly<Record<string, unknown>>): readonly string[] =>
  (invoiceSettings.safeParse({ seller, ...given }).error?.issues ?? []).map(({ path }) => path.join('/'))

describe('UBL as a format of files', () => {
  it('invoices the provider of the contract, whatever its code is written like, and whoever is left', async () => {
    const document = sealedOf(contentOf())
    for (const code of ['DE*8AA', 'de8aa', 'DE-8AA'])
      expect(buyerIn(await written(document, { buyers: { [code]: german }, buyer }))).toBe('Strom AG')
    expect(buyerIn(await written(document, { buyers: { 'DE*ABC': german }, buyer }))).toBe('Mobil SA')
    const { contract: _, ...account } = contentOf().account
    const ofNobody = sealedOf({ ...contentOf(), account })
    expect(buyerIn(await written(ofNobody, { buyers: { 'DE*8AA': german }, buyer }))).toBe('Mobil SA')
  })

  it('refuses where nobody is named who would pay', async () => {
    expect(await written(sealedOf(contentOf()), { buyers: { 'DE*ABC': german } })).toEqual({
      refused: expect.stringMatching(/^not an invoice by SM-05: /) as string,
    })
  })

  it('refuses what breaks a rule, and names it', async () => {
    const { endpoint: _, ...nowhere } = buyer
    expect(await written(sealedOf(contentOf()), { buyer: nowhere })).toEqual({
      refused: 'not an invoice by PEPPOL-EN16931-R010: The buyer has an electronic address.',
    })
  })

  it('writes a credit note that names its invoice, and none without it', async () => {
    const credit = sealedOf(creditOf(contentOf()))
    const xml = await written(credit, { buyer, prefix: 'CH-' })
    expect(xml).toContain('<cac:InvoiceDocumentReference><cbc:ID>CH-42</cbc:ID>')
    expect(xml).toContain('<cbc:ID>CH-43</cbc:ID>')
    expect(await written(credit, { buyer }, async () => undefined)).toMatchObject({
      refused: expect.stringContaining('SM-02') as string,
    })
  })

  it('says that nothing has left where the invoice cannot be looked for', async () => {
    const broken = () => Promise.reject(new Error('no database'))
    await expect(written(sealedOf(creditOf(contentOf())), { buyer }, broken)).rejects.toThrow(ErpUnavailable)
  })

  it('is invoiced by settings that say at once where they are wrong', () => {
    expect(faults({ buyer })).toEqual([])
    expect(faults({ buyer: { ...buyer, vat: 'BE 0403' } })).toEqual(['buyer/vat'])
    expect(faults({ buyer: { ...buyer, address: { country: 'Belgium' } } })).toEqual(['buyer/address/country'])
    expect(faults({ buyer: { ...buyer, endpoint: { id: '1', scheme: 'GLN' } } })).toEqual(['buyer/endpoint/scheme'])
    expect(faults({ buyers: { nobody: buyer } })).toEqual(['buyers/nobody'])
    expect(faults({ dueDays: -1, prefix: 'ü', withoutTax: 'S' })).toEqual(['prefix', 'dueDays', 'withoutTax'])
    expect(faults({ names: { power: 'Power' } })).toEqual(['names'])
  })
})
