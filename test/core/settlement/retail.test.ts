import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { partsOf } from '../../../core/domain/amount.ts'
import { millionths } from '../../../core/domain/decimal.ts'
import { digitsOf } from '../../../core/pricing/rounding.ts'
import { retailCostOf } from '../../../core/roaming/retail-cost.ts'
import type { Cdr } from '../../../core/roaming/model.ts'
import {
  negatedRetail,
  postingsOfRetail,
  type Retail,
  type RetailCost,
  retailPrice,
  retailText,
} from '../../../core/settlement/retail.ts'
import { roamingPriceFor } from '../../../core/settlement/roaming-price.ts'
import { voucherFault } from '../../../core/settlement/voucher.ts'
import { balances, roamingPrice, written } from '../../support/settlement.ts'

/** 10 kWh for 5.00 and 19 per cent. */
const cost = (more: Partial<RetailCost> = {}): RetailCost => ({
  net: '5.00',
  tax: '0.95',
  currency: 'EUR',
  energyMwh: 10_000_000,
  ...more,
})

const steps = ({ lines }: Retail) => lines.map(({ kind, amount }) => `${kind} ${amount}`)

describe('what a driver pays for charging elsewhere', () => {
  it('is what it cost and the mark-ups on it, with VAT on the whole', () => {
    const price = roamingPrice({ markupPercent: '8', markupPerSession: '0.35', markupPerKwh: '0.025', vat: '19' })
    const retail = retailPrice(cost(), price)
    expect([steps(retail), retail.total]).toEqual([
      ['cost 5.0000', 'markupPercent 0.4000', 'markupPerSession 0.3500', 'markupPerKwh 0.2500'],
      { net: '6.00', tax: '1.14', gross: '7.14' },
    ])
  })

  it('has mark-ups of no more than their cap', () => {
    const retail = retailPrice(cost(), roamingPrice({ markupPercent: '50', markupPerSession: '1', markupCap: '2' }))
    expect([steps(retail), retail.total.net]).toEqual([
      ['cost 5.0000', 'markupPercent 2.5000', 'markupPerSession 1.0000', 'markupCap -1.5000'],
      '7.00',
    ])
  })

  it('is no more than its cap, and the operator bears the rest', () => {
    const price = roamingPrice({ markupPerSession: '1', priceCap: '4.999' })
    const retail = retailPrice(cost(), price)
    expect([steps(retail), retail.total.net]).toEqual([
      ['cost 5.0000', 'markupPerSession 1.0000', 'priceCap -1.0010', 'rounding -0.0090'],
      '4.99',
    ])
    expect(written(postingsOfRetail(retail, { cpo: 'DE*ABC', emp: 'b' })).at(-1)).toBe('EUR/operator/ markup 0.01')
  })

  it('is explained so that everybody can work it out again', () => {
    const price = roamingPrice({ markupPercent: '7.5', markupPerKwh: '0.0333', vat: '19' })
    expect(retailText(retailPrice(cost({ net: '5.0037', energyMwh: 10_123_456 }), price))).toBe(
      [
        'Price plus: EUR, before tax',
        '',
        'From what it cost to what is paid',
        '  1  what the other CPO charges, before its tax          5.0037',
        '  2  mark-up: 7.5 % of 5.0037 = 0.3752775                0.3753',
        '  3  mark-up: 10.123456 kWh x 0.0333/kWh = 0.3371110848  0.3371',
        '  4  rounding                                            0.0039',
        '     before tax, in EUR                                  5.72',
        '     VAT 19 %                                            1.09',
        '     total in EUR                                        6.81',
        '',
        'Each line is rounded once, to 4 decimals, halves away from zero; the sum to 2.',
        '',
      ].join('\n'),
    )
  })

  it('is owed by the EMP, and what the other CPO charges is owed to it', () => {
    const retail = retailPrice(cost(), roamingPrice({ markupPercent: '10', vat: '19' }))
    const postings = postingsOfRetail(retail, { cpo: 'DE*ABC', emp: 'b' })
    expect(written(postings)).toEqual([
      'EUR/party/emp:b charging 6.55',
      'EUR/tax/ tax -1.05',
      'EUR/party/cpo:DE*ABC roaming -5.00',
      'EUR/party/cpo:DE*ABC tax -0.95',
      'EUR/tax/ tax 0.95',
      'EUR/operator/ markup -0.50',
    ])
    expect(balances([...postings, ...postingsOfRetail(negatedRetail(retail), { cpo: 'DE*ABC', emp: 'b' })])).toEqual(
      new Map(),
    )
  })

  it('of any figures adds up, keeps to its caps, and is taken back to nothing', () => {
    const decimal = (most: number) =>
      fc
        .tuple(fc.integer({ min: 0, max: most }), fc.integer({ min: 0, max: 999_999 }))
        .map(([whole, rest]) => `${whole}.${String(rest).padStart(6, '0')}`)
    const some = (most: number) => fc.option(decimal(most), { nil: undefined })
    const any = fc.record({
      markupPercent: some(200),
      markupPerSession: some(5),
      markupPerKwh: some(1),
      markupCap: some(10),
      priceCap: some(40),
      vat: some(99),
    })
    const dues = fc.record({
      net: decimal(60),
      tax: decimal(12),
      energyMwh: fc.integer({ min: 0, max: 100_000_000 }),
      currency: fc.constantFrom('JPY', 'EUR', 'KWD'),
    })
    fc.assert(
      fc.property(dues, any, (of, terms) => {
        const stated = Object.fromEntries(Object.entries(terms).filter(([, value]) => value !== undefined))
        const retail = retailPrice(of, roamingPrice({ ...stated, currency: of.currency }))
        const { net, tax, gross } = retail.total
        const sum = retail.lines.reduce((all, { amount }) => all + partsOf(amount), 0n)
        const ups = retail.lines
          .filter(({ kind }) => kind.startsWith('markup'))
          .reduce((all, { amount }) => all + partsOf(amount), 0n)
        const million = 1_000_000n
        const postings = postingsOfRetail(retail, { cpo: 'DE*ABC', emp: 'b' })
        const back = postingsOfRetail(negatedRetail(retail), { cpo: 'DE*ABC', emp: 'b' })
        expect(sum).toBe(partsOf(net))
        expect(partsOf(net) + partsOf(tax)).toBe(partsOf(gross))
        expect(digitsOf(gross)).toBe({ JPY: 0, EUR: 2, KWD: 3 }[of.currency])
        if (terms.markupCap !== undefined) expect(ups <= millionths(terms.markupCap) * million).toBe(true)
        if (terms.priceCap !== undefined) expect(partsOf(net) <= millionths(terms.priceCap) * million).toBe(true)
        if (postings.length > 0) expect(voucherFault({ postings })).toBeUndefined()
        expect(balances([...postings, ...back])).toEqual(new Map())
      }),
      { numRuns: 5_000 },
    )
  })
})

describe('the price that is for a CDR', () => {
  const charge = { partner: 'Volt', contract: 'DE8AAC12345678', currency: 'EUR', day: '2026-11-27' }
  const prices = [
    roamingPrice({ id: 'any' }),
    roamingPrice({ id: 'partner', partner: 'volt' }),
    roamingPrice({ id: 'contract', contract: 'DE-8AA-C12345678' }),
    roamingPrice({ id: 'both', partner: 'volt', contract: 'de8aac12345678' }),
  ]

  it('is the one that names most of it', () => {
    const chosen = [4, 3, 2, 1].map((n) => roamingPriceFor(prices.slice(0, n), charge)?.id)
    expect(chosen).toEqual(['both', 'contract', 'partner', 'any'])
  })

  it('is not one of another partner, contract, currency or time', () => {
    for (const price of [
      roamingPrice({ partner: 'other' }),
      roamingPrice({ contract: 'DE8AAC99999999' }),
      roamingPrice({ currency: 'CHF' }),
      roamingPrice({ from: '2026-11-28' }),
      roamingPrice({ until: '2026-11-27' }),
    ])
      expect(roamingPriceFor([price], charge)).toBeUndefined()
    expect(roamingPriceFor([roamingPrice({ from: '2026-11-27', until: '2026-11-28' })], charge)?.id).toBe('plus')
  })
})

describe('what a CDR of a partner costs us', () => {
  const cdr = (more: object) =>
    ({ currency: 'EUR', total_energy: '10', total_cost: { before_taxes: '5' }, ...more }) as unknown as Cdr

  it.each([
    [{}, { net: '5', tax: '0', currency: 'EUR', energyMwh: 10_000_000 }],
    [
      {
        total_cost: {
          before_taxes: '5.950000000000000177',
          taxes: [
            { name: 'a', amount: '0.5' },
            { name: 'b', amount: '0.45' },
          ],
        },
      },
      { net: '5.95', tax: '0.95', currency: 'EUR', energyMwh: 10_000_000 },
    ],
    [{ currency: 'XXX' }, { fault: 'its currency XXX is none that is in use' }],
    [{ total_cost: { before_taxes: '9999999999999' } }, { fault: 'its total cannot be read' }],
    [{ total_cost: { before_taxes: '-1' } }, { fault: 'its total is less than nothing, and it is no credit' }],
    [{ total_energy: '99999999999' }, { fault: 'its energy cannot be read' }],
    [{ total_energy: '-1' }, { fault: 'its energy cannot be read' }],
  ])('%j', (more, said) => {
    expect(retailCostOf(cdr(more))).toEqual(said)
  })
})
