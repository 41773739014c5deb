import { afterEach, describe, expect, it } from 'vitest'
import { odooKind } from '../../../adapters/erp/odoo/odoo.ts'
import type { SealedDocument } from '../../../core/domain/document.ts'
import { ErpUnavailable, ErpUnclear } from '../../../core/ports/erp.ts'
import { type Priced, usualRounding } from '../../../core/pricing/priced.ts'
import { erpContract, type Receiver } from '../../contracts/erp.ts'
import { sampleDocument } from '../../support/documents.ts'
import { contentOf, pricedBy, sealedOf } from '../../support/invoices.ts'
import { type Odoo, startOdoo } from '../../support/odoo.ts'

const apiKey = '6578616d706c65'
const taxes = { 5: 19, 6: 7 }
const settings = { timeoutS: 1, partner: 7, taxes: { '19': 5, '7.0': 6 }, roundingAccount: 900 }

const kind = odooKind({
  resolve: async () => [{ address: '127.0.0.1', family: 4 }],
  clock: { now: () => Date.now() },
  originalOf: async () => ({ number: 1, sealedAt: sampleDocument(1).sealedAt }),
})

const openAt = (url: string, more: Readonly<Record<string, unknown>> = {}, key = apiKey) =>
  kind.open({ tenant: 'default', settings: { ...settings, url, ...more }, secrets: { apiKey: key } })

/** An Odoo with empty books, of which one method goes wrong. */
const books = (post: boolean, goesWrong: string) => async (): Promise<Receiver> => {
  const odoo = await startOdoo({ apiKey, taxes, goesWrong })
  return {
    ...odoo,
    erp: openAt(odoo.url, { post }),
    books: () => odoo.moves().map(({ ref }) => Number(String(ref).replace('SM-', ''))),
  }
}

describe('Odoo, of drafts', () => {
  erpContract(books(false, 'create'))
})

describe('Odoo, of what is posted at once', () => {
  erpContract(books(true, 'action_post'))
})

describe('an invoice in Odoo', () => {
  let odoo: Odoo
  afterEach(() => odoo.close())

  const started = async (options: Partial<Parameters<typeof startOdoo>[0]> = {}): Promise<Odoo> =>
    (odoo = await startOdoo({ apiKey, taxes, ...options }))

  const sent = async (document: SealedDocument, more: Readonly<Record<string, unknown>> = {}): Promise<unknown> =>
    openAt(odoo.url, more)
      .send(document, document.id)
      .catch((error: unknown) => error)

  it('has the number of the document, its days, its customer, and the amount of the account', async () => {
    await started()
    const document = sampleDocument(1)
    expect(await sent(document)).toEqual({ accepted: true, reference: 'draft 101' })
    expect(odoo.moves()).toEqual([
      {
        id: 101,
        state: 'draft',
        name: '/',
        amount_total: 7.2,
        move_type: 'out_invoice',
        partner_id: 7,
        ref: 'SM-1',
        invoice_origin: document.id,
        invoice_date: '2026-11-24',
        invoice_date_due: '2026-12-08',
        currency_id: 1,
      },
    ])
  })

  it('is posted where that is wanted, and known by the number that Odoo gives it', async () => {
    await started()
    expect(await sent(sampleDocument(1), { post: true })).toEqual({ accepted: true, reference: 'INV/2026/00101' })
    expect(odoo.moves()[0]?.state).toBe('posted')
  })

  it('that takes one back is a credit note of the same amount, and names it', async () => {
    await started()
    await sent(sampleDocument(1))
    expect(await sent(sampleDocument(2, { creditOf: 1 }))).toMatchObject({ accepted: true })
    expect(odoo.moves()[1]).toMatchObject({ move_type: 'out_refund', reversed_entry_id: 101, amount_total: 7.2 })
    expect(odoo.moves()[1]?.['narration']).toBe('the session was longer')
  })

  it('goes to the company, the journal and the accounts that the settings name', async () => {
    await started()
    expect(await sent(sampleDocument(1), { company: 3, journal: 4, accounts: { energy: 400 } })).toMatchObject({
      accepted: true,
    })
    expect(odoo.moves()[0]).toMatchObject({ company_id: 3, journal_id: 4 })
  })

  const ofDriver = (): SealedDocument => sealedOf(contentOf())

  it.each([
    ['that the settings name for its provider', { partners: { 'DE*8AA': 8 } }, 8],
    ['that has the VAT number which the settings name', { partners: { de8aa: 'BE0403019261' } }, 9],
    ['that has the code of the provider as its reference', {}, 10],
  ])('goes to the customer %s', async (_, more, partner) => {
    await started({ partners: [{ id: 7 }, { id: 8 }, { id: 9, vat: 'BE0403019261' }, { id: 10, ref: 'DE*8AA' }] })
    await sent(ofDriver(), more)
    expect(odoo.moves()[0]?.['partner_id']).toBe(partner)
  })

  it.each([
    [
      'nobody',
      [{ id: 7 }],
      { partner: undefined },
      'Odoo has no partner with the reference DE8AA, and the settings name none',
    ],
    [
      'two of them',
      [
        { id: 8, ref: 'DE*8AA' },
        { id: 9, ref: 'DE8AA' },
      ],
      {},
      'Odoo has more than one partner with the reference DE8AA',
    ],
    [
      'nobody with that VAT number',
      [{ id: 7 }],
      { partners: { 'DE*8AA': 'BE0403019261' } },
      'Odoo has no partner with the VAT number BE0403019261',
    ],
  ])('is refused where it would go to %s', async (_, partners, more, reason) => {
    await started({ partners })
    expect(await sent(ofDriver(), more)).toEqual({ accepted: false, reason })
    expect(odoo.moves()).toEqual([])
  })

  const ofPrices = (...prices: readonly string[]): SealedDocument =>
    sealedOf(contentOf({ asked: prices.map((price) => ({ kind: 'energy', price, volume: 1_000_000, vat: '19' })) }))

  it.each(['perLine', 'globally'] as const)(
    'comes to the amount of the account, whether Odoo rounds taxes %s',
    async (rounds) => {
      await started({ rounds })
      // 0.13 at 19 per cent is 0.02 each, and 0.07 of all three
      expect(await sent(ofPrices('0.13', '0.13', '0.13'), { post: true })).toMatchObject({ accepted: true })
      expect(odoo.moves().map(({ state, amount_total: total }) => [state, total])).toEqual([['posted', 0.46]])
      expect(odoo.called.includes('account.move/write')).toBe(rounds === 'perLine')
    },
  )

  it('is refused where it is rounded otherwise and no account is named for that: no draft is left', async () => {
    await started()
    expect(await sent(ofPrices('0.13', '0.13', '0.13'), { roundingAccount: undefined })).toEqual({
      accepted: false,
      reason: 'the settings name no account for a rounding of 0.010',
    })
    expect(odoo.moves()).toEqual([])
  })

  it('is refused where Odoo makes another amount of it', async () => {
    await started({ taxes: { 5: 20, 6: 7 } })
    expect(await sent(ofPrices('10'))).toEqual({ accepted: false, reason: 'Odoo makes 12 of it, the account is 11.90' })
    expect(odoo.moves()).toEqual([])
  })

  it('is refused where the settings name no tax for a rate', async () => {
    await started()
    expect(await sent(sampleDocument(1), { taxes: {} })).toEqual({
      accepted: false,
      reason: 'the settings name no tax of Odoo for 19 per cent',
    })
  })

  it('of yen is whole yen', async () => {
    await started({ taxes: { 5: 10 } })
    const asked = [{ kind: 'energy', price: '55', volume: 30_123_456, vat: '10' }] as const
    const document = sealedOf(contentOf({ currency: 'JPY', totalDigits: 0, asked }))
    expect(await sent(document, { taxes: { '10': 5 } })).toMatchObject({ accepted: true })
    expect(odoo.moves()[0]?.amount_total).toBe(1822)
  })

  it('is refused in a currency that Odoo does not have, and without a price', async () => {
    await started()
    const crowns: Priced = { ...pricedBy({ currency: 'SEK' }), rounding: usualRounding }
    expect(await sent(sampleDocument(1, { account: { priced: crowns } }))).toEqual({
      accepted: false,
      reason: 'Odoo has no active currency SEK',
    })
    const { priced: _, ...account } = contentOf().account
    expect(await sent(sealedOf({ ...contentOf(), account }))).toEqual({
      accepted: false,
      reason: 'not an invoice by SM-01: An account without a price cannot be invoiced.',
    })
  })

  it('F-22: that was left a draft in the middle is finished, not made again', async () => {
    await started({ goesWrong: 'action_post' })
    odoo.next('broken')
    const erp = openAt(odoo.url, { post: true })
    const document = sampleDocument(1)
    await expect(erp.send(document, document.id)).rejects.toThrow(ErpUnclear)
    expect(await erp.find?.(document, document.id)).toBeUndefined()
    expect(await erp.send(document, document.id)).toEqual({ accepted: true, reference: 'INV/2026/00101' })
    expect(odoo.called.filter((method) => method === 'account.move/create').length).toBe(1)
  })

  it('that may not be posted is refused, and no draft is left', async () => {
    await started()
    odoo.refuse('the period is closed', 'action_post')
    expect(await sent(sampleDocument(1), { post: true })).toMatchObject({
      accepted: false,
      reason: expect.stringContaining('the period is closed') as string,
    })
    expect(odoo.moves()).toEqual([])
  })

  it('that somebody has changed since is not taken away', async () => {
    await started()
    await sent(ofPrices('10'))
    const [other] = odoo.moves()
    const dearer = sealedOf(contentOf({ asked: [{ kind: 'energy', price: '20', volume: 1_000_000, vat: '19' }] }))
    expect(await sent(dearer)).toEqual({ accepted: false, reason: 'Odoo makes 11.9 of it, the account is 23.80' })
    expect(odoo.moves()).toEqual([other])
  })

  it('is not looked at by an Odoo that does not know the key, or of another database', async () => {
    await started()
    const document = sampleDocument(1)
    await expect(openAt(odoo.url, {}, 'wrong').send(document, document.id)).rejects.toThrow(ErpUnavailable)
    expect(await sent(document, { database: 'other' })).toEqual({
      accepted: false,
      reason: 'Odoo answered 404: no such database',
    })
  })

  it('may be asked for without leaving anything', async () => {
    await started()
    expect(await openAt(odoo.url).ping?.()).toBe('it has no invoices yet')
    expect(odoo.moves()).toEqual([])
  })
})

it.each([
  ['/settings/url', { url: 'ftp://odoo' }],
  ['/settings/statements', { statements: true }],
  ['/settings/partners/XX', { partners: { XX: 7 } }],
  ['/settings/partner', { partner: 0 }],
  ['/settings/taxes/many', { taxes: { many: 5 } }],
  ['/settings/accounts/power', { accounts: { power: 5 } }],
  ['/settings/prefix', { prefix: '' }],
  ['/settings/colour', { colour: 'red' }],
])('settings of an Odoo with a fault at %s are not taken', (pointer, more) => {
  const given = { ...settings, url: 'https://odoo.example', ...more }
  expect(
    kind.faults({ tenant: 'default', settings: given, secrets: { apiKey } }).map((fault) => fault.pointer),
  ).toEqual([pointer])
})
