import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { partsOf, roundedTo, unitOf } from '../../../core/domain/amount.ts'
import type { DocumentContent } from '../../../core/domain/document.ts'
import { invoiceOf } from '../../../core/invoicing/invoice-of.ts'
import type { Invoice, Invoicing } from '../../../core/invoicing/invoice.ts'
import type { PriceLine } from '../../../core/pricing/priced.ts'
import {
  accountsAtRandom,
  type Asked,
  contentOf,
  creditOf,
  invoicing,
  parties,
  pricedBy,
} from '../../support/invoices.ts'

const made = (content: DocumentContent, by: Invoicing = invoicing): Invoice => {
  const result = invoiceOf(content, by)
  if ('faults' in result) throw new Error(JSON.stringify(result.faults))
  return result.invoice
}

const faults = (content: DocumentContent, by: Invoicing = invoicing): readonly string[] => {
  const result = invoiceOf(content, by)
  return 'faults' in result ? result.faults.map(({ rule }) => rule) : []
}

const energy = (price: string, kwh: number, vat?: string): Asked => ({
  kind: 'energy',
  price,
  volume: Math.round(kwh * 1_000_000),
  ...(vat !== undefined && { vat }),
})

const limit = (kind: 'minPrice' | 'maxPrice', [net, tax, gross]: readonly string[], vat?: string): PriceLine => ({
  kind,
  net: net ?? '0',
  tax: tax ?? '0',
  gross: gross ?? '0',
  ...(vat !== undefined && { vat }),
})

describe('an invoice', () => {
  it('says what the account says: what was used, at what price, under which tax', () => {
    const { lines, taxes, totals } = made(contentOf({ asked: [energy('0.39', 30.123456, '19')] }))
    expect(lines).toEqual([
      {
        id: '1',
        kind: 'energy',
        name: 'Energy',
        description: 'CP-1, EVSE 1, 2026-11-27',
        quantity: '30.123456',
        unit: 'KWH',
        net: '11.75',
        price: '0.39',
        per: '1',
        tax: { category: 'S', rate: '19' },
      },
    ])
    expect(taxes).toEqual([{ category: 'S', rate: '19', taxable: '11.75', amount: '2.23' }])
    expect(totals).toMatchObject({ net: '11.75', tax: '2.23', gross: '13.98', rounding: '0.00', payable: '13.98' })
  })

  it('counts time in seconds, of which an hour has a whole number', () => {
    const [line] = made(contentOf({ asked: [{ kind: 'parking', price: '6', volume: 1_980_500, vat: '19' }] })).lines
    expect(line).toMatchObject({ name: 'Parking time', quantity: '1980.5', unit: 'SEC', price: '6.00', per: '3600' })
  })

  it('shows prices without their tax where the tariff has it in them', () => {
    const { lines, totals } = made(contentOf({ taxIncluded: 'YES', asked: [energy('0.59', 10, '19')] }))
    expect([lines[0]?.price, lines[0]?.net]).toEqual(['0.4957983193', '4.96'])
    expect(totals).toMatchObject({ net: '4.96', tax: '0.94', gross: '5.90', payable: '5.90' })
  })

  it('says in its rounding what the tax of a whole is less or more than that of the account', () => {
    const { totals } = made(contentOf({ taxIncluded: 'YES', asked: [energy('0.03', 1, '19')] }))
    expect(totals).toMatchObject({ net: '0.03', tax: '0.01', gross: '0.04', rounding: '-0.01', payable: '0.03' })
  })

  it('works the tax out once for each rate, not for each line', () => {
    const asked = [
      energy('0.39', 0.13, '19'),
      energy('0.39', 0.13, '19'),
      energy('0.39', 0.13, '19'),
      energy('1', 1, '7'),
    ]
    const { taxes } = made(contentOf({ asked }))
    expect(taxes.map(({ rate, taxable, amount }) => [rate, taxable, amount])).toEqual([
      ['19', '0.15', '0.03'],
      ['7', '1.00', '0.07'],
    ])
  })

  it('gives the cent that lines are rounded by to those that lost most', () => {
    const asked = [energy('0.394', 1, '19'), energy('0.396', 1, '19'), energy('0.395', 1, '19')]
    expect(made(contentOf({ asked })).lines.map(({ net }) => net)).toEqual(['0.39', '0.40', '0.40'])
  })

  it('counts what was given back below nothing, at a price above it', () => {
    const { lines, totals } = made(contentOf({ asked: [energy('0.39', 10, '19'), energy('0.20', -60, '19')] }))
    expect(lines.map(({ quantity, price, net }) => [quantity, price, net])).toEqual([
      ['10', '0.39', '3.90'],
      ['-60', '0.20', '-12.00'],
    ])
    expect(totals).toMatchObject({ net: '-8.10', tax: '-1.54', payable: '-9.64' })
  })

  it('adds the least price as a charge, and takes the highest off as an allowance', () => {
    const least = made(
      contentOf({ asked: [energy('0.39', 1, '19')], limits: [limit('minPrice', ['1.61', '0.3059', '1.9159'], '19')] }),
    )
    expect(least.adjustments).toEqual([
      { kind: 'minPrice', isCharge: true, amount: '1.61', reason: 'Minimum price', tax: { category: 'S', rate: '19' } },
    ])
    expect(least.totals).toMatchObject({ lines: '0.39', charges: '1.61', net: '2.00', payable: '2.38' })
    const most = made(
      contentOf({ asked: [energy('0.39', 100, '19')], limits: [limit('maxPrice', ['-9', '-1.71', '-10.71'])] }),
    )
    expect(most.adjustments).toEqual([
      {
        kind: 'maxPrice',
        isCharge: false,
        amount: '9.00',
        reason: 'Maximum price',
        tax: { category: 'S', rate: '19' },
      },
    ])
    expect(most.totals).toMatchObject({ lines: '39.00', allowances: '9.00', net: '30.00', payable: '35.70' })
  })

  it('shares a limit that names no rate out to the rates of the prices', () => {
    const asked = [energy('1', 30, '19'), { kind: 'fixed', price: '10', volume: 1, vat: '7' } as const]
    const { adjustments, totals } = made(contentOf({ asked, limits: [limit('maxPrice', ['-20', '-3.2', '-23.2'])] }))
    expect(adjustments.map(({ amount, tax }) => [amount, tax.rate])).toEqual([
      ['15.00', '19'],
      ['5.00', '7'],
    ])
    expect(totals).toMatchObject({ net: '20.00', tax: '3.20', rounding: '0.00', payable: '23.20' })
  })

  it('of a session that cost nothing but the least price has a line all the same', () => {
    const { lines, adjustments, taxes } = made(
      contentOf({ asked: [], limits: [limit('minPrice', ['2', '0.38', '2.38'], '19')] }),
    )
    expect(lines).toMatchObject([{ name: 'Energy', quantity: '30.123456', price: '0.00', net: '0.00' }])
    expect([adjustments.length, taxes]).toEqual([1, [{ category: 'S', rate: '19', taxable: '2.00', amount: '0.38' }]])
  })

  it('of a session that was free is one of nothing', () => {
    const { lines, taxes, totals } = made(contentOf({ asked: [] }))
    expect([lines.length, taxes, totals.payable]).toEqual([
      1,
      [{ category: 'O', taxable: '0.00', amount: '0.00' }],
      '0.00',
    ])
  })

  it('of a currency without decimals has two, and rounds the whole', () => {
    const { totals } = made(contentOf({ currency: 'JPY', totalDigits: 0, asked: [energy('55', 30.123456, '10')] }))
    expect(totals).toMatchObject({ net: '1656.79', tax: '165.68', rounding: '-0.47', payable: '1822.00' })
  })

  it('of a currency with three decimals keeps the last one, which no rule lets pass', () => {
    const { totals } = made(contentOf({ currency: 'KWD', totalDigits: 3, asked: [energy('0.041', 30.123456, '0')] }))
    expect([totals.payable, totals.rounding]).toEqual(['1.235', '-0.005'])
    const whole = made(contentOf({ currency: 'KWD', totalDigits: 3, asked: [energy('0.041', 30, '0')] }))
    expect([whole.totals.payable, whole.totals.rounding]).toEqual(['1.23', '0.00'])
  })

  it('takes its days from the place where the session was', () => {
    const { issuedOn, dueOn, from, until } = made(contentOf({}, { sealedAt: '2026-12-31T23:30:00.000Z' }))
    expect([issuedOn, dueOn, from, until]).toEqual(['2027-01-01', '2027-01-15', '2026-11-27', '2026-11-27'])
  })

  it('bears the reference that its buyer wants, else the id of the account', () => {
    const buyer = { ...parties.buyer, reference: 'PO-7' }
    expect(made(contentOf(), { ...invoicing, parties: { ...parties, buyer } }).reference).toBe('PO-7')
    expect(made(contentOf()).reference).toBe(contentOf().account.id)
  })

  it('is numbered and worded as the operator wants', () => {
    const terms = { prefix: 'CH-', dueDays: 30, names: { energy: 'Strom' } }
    const { number, dueOn, lines } = made(contentOf(), { parties, terms })
    expect([number, dueOn, lines[0]?.name]).toEqual(['CH-42', '2026-12-28', 'Strom'])
  })

  it('that takes one back names it and why, and has the same amounts', () => {
    const content = contentOf()
    const original = { number: 42, sealedAt: Date.parse(content.sealedAt) }
    const credit = made(creditOf(content), { parties, terms: { prefix: 'CH-' }, original })
    expect(credit).toMatchObject({
      kind: 'creditNote',
      number: 'CH-43',
      original: { number: 'CH-42', issuedOn: '2026-11-28' },
      note: 'energy changed by what came later',
    })
    expect(credit.totals).toEqual(made(content).totals)
  })

  it('of prices without tax is outside its scope, exempt, or owed by the buyer, as the operator says', () => {
    const content = contentOf({ asked: [energy('0.39', 10)] })
    const zero = contentOf({ asked: [energy('0.39', 10, '0')] })
    const kind = (of: DocumentContent, by: Invoicing) =>
      made(of, by).taxes.map(({ category, rate }) => [category, rate])
    expect(kind(content, invoicing)).toEqual([['O', undefined]])
    expect(kind(content, { parties, terms: { withoutTax: 'E' } })).toEqual([['E', '0']])
    expect(kind(zero, invoicing)).toEqual([['Z', '0']])
    expect(kind(zero, { parties, terms: { zeroRate: 'E', exemption: 'by law' } })).toEqual([['E', '0']])
    const isReverse = { parties: { ...parties, reverseCharge: true }, terms: {} }
    expect([kind(content, isReverse), kind(zero, isReverse)]).toEqual([[['AE', '0']], [['AE', '0']]])
  })

  it.each([
    ['SM-01', 'that has no price', { ...contentOf(), account: { ...contentOf().account, priced: undefined } }, {}],
    ['SM-02', 'that takes back nobody knows what', creditOf(contentOf()), {}],
    ['SM-03', 'whose tax its buyer owes, but has it in its prices', contentOf(), { reverseCharge: true }],
    [
      'SM-03',
      'whose tax its buyer owes, but has it in a limit',
      contentOf({ asked: [energy('1', 1)], limits: [limit('minPrice', ['1', '0.19', '1.19'])] }),
      { reverseCharge: true },
    ],
    [
      'SM-04',
      'whose tax is not what its rates make of it',
      contentOf({ limits: [limit('minPrice', ['1', '0.5', '1.5'], '19')] }),
      {},
    ],
  ])('%s: there is none of an account %s', (rule, _, content, more) => {
    expect(faults(content as DocumentContent, { parties: { ...parties, ...more }, terms: {} })).toEqual([rule])
  })

  it('comes to the total of the account to the last digit, whatever was charged, and adds up on its way', () => {
    const cents = (amount: string): bigint => partsOf(amount) / unitOf(2)
    fc.assert(
      fc.property(accountsAtRandom, (wanted) => {
        const { lines, adjustments, taxes, totals } = made(contentOf(wanted))
        const sum = (amounts: readonly string[]): bigint => amounts.reduce((all, amount) => all + cents(amount), 0n)
        expect(totals.payable).toBe(amountOf(pricedBy(wanted).total.gross))
        expect(cents(totals.net)).toBe(cents(pricedBy(wanted).total.net))
        expect(sum(lines.map(({ net }) => net))).toBe(cents(totals.lines))
        expect(adjustments).toEqual([])
        expect(sum(taxes.map(({ taxable }) => taxable))).toBe(cents(totals.net))
        for (const { taxable, amount, rate = '0' } of taxes)
          expect(partsOf(amount)).toBe(roundedTo(unitOf(2), (partsOf(taxable) * partsOf(rate)) / (100n * 10n ** 12n)))
        expect(cents(totals.gross) + cents(totals.rounding)).toBe(cents(totals.payable))
      }),
      { numRuns: 1_000, seed: 16931 },
    )
  })
})

const amountOf = (amount: string): string => {
  const [whole = '0', fraction = ''] = amount.split('.')
  return `${whole}.${fraction.padEnd(2, '0')}`
}
