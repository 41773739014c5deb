import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { fileDropKind } from '../../../../adapters/erp/file-drop/file-drop.ts'
import { invoiceSettings } from '../../../../adapters/erp/invoice-settings.ts'
import { ublFormat } from '../../../../adapters/erp/ubl/format.ts'
import { faultsIn } from '../../../../adapters/erp/ubl/rules.ts'
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

  const drop = (folder: string) =>
    fileDropKind({
      resolve: () => Promise.reject(new Error('nobody is called')),
      clock: { now: () => 0 },
      folder,
      originalOf: async () => first,
    })
  const access = (invoice?: object) => ({
    tenant: 'default',
    settings: { format: 'ubl', store: { type: 'folder', path: 'books' }, ...(invoice !== undefined && { invoice }) },
    secrets: {},
  })

  it('is what a folder is given where its target wants it, and a refusal where it is no invoice', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sm-ubl-'))
    const erp = drop(folder).open(access({ seller, buyer }))
    const document = sealedOf(contentOf())
    const name = `000000000042-${document.id}.xml`
    expect(await erp.send(document, document.id)).toEqual({ accepted: true, reference: name })
    expect(await erp.send(document, document.id)).toEqual({ accepted: true, reference: name })
    expect(readdirSync(join(folder, 'default/books'))).toEqual([name])
    expect(faultsIn(readFileSync(join(folder, 'default/books', name), 'utf8'))).toEqual([])
    const { priced: _, ...account } = contentOf().account
    const unpriced = sealedOf({ ...contentOf(), account })
    expect(await erp.send(unpriced, unpriced.id)).toEqual({
      accepted: false,
      reason: 'not an invoice by SM-01: An account without a price cannot be invoiced.',
    })
    rmSync(folder, { recursive: true })
  })

  it('needs to be told who invoices whom', () => {
    const pointers = (invoice?: object) =>
      drop('/srv')
        .faults(access(invoice))
        .map(({ pointer }) => pointer)
    expect(pointers()).toEqual(['/settings/invoice'])
    expect(pointers({ seller: { ...seller, vat: 'none' } })).toEqual(['/settings/invoice/seller/vat'])
    expect(pointers({ seller, buyer })).toEqual([])
  })
})
