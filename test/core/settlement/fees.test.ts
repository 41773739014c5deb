import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { partsOf } from '../../../core/domain/amount.ts'
import {
  monthlyFees,
  portFee,
  postingsOfFees,
  postingsOfPortFee,
  postingsOfTurnover,
} from '../../../core/settlement/fees.ts'
import { lengthOf } from '../../../core/domain/month.ts'
import { heldIn } from '../../../core/settlement/held.ts'
import { voucherFault } from '../../../core/settlement/voucher.ts'
import { resaleContract, siteContract, written } from '../../support/settlement.ts'

const november = { month: '2026-11', stations: 2, ports: 5, sharedNet: '0.00' }

describe('what a month costs beside its sessions', () => {
  it('fixed fees are for each station and each port', () => {
    const fees = monthlyFees(siteContract({ perStation: '15', perPort: '2.50', vat: '19' }), november)
    expect(fees).toMatchObject([
      {
        kind: 'perStation',
        purpose: 'fixedFee',
        price: '15',
        count: 2,
        days: 30,
        ofDays: 30,
        net: '30.00',
        tax: '5.70',
      },
      { kind: 'perPort', purpose: 'fixedFee', price: '2.50', count: 5, net: '12.50', tax: '2.38' },
    ])
  })

  it('of a floor of 500 an owner that got 480.10 and 12.50 gets what is lacking, 7.40', () => {
    const fees = monthlyFees(siteContract({ perPort: '2.50', floor: '500', vat: '19' }), {
      ...november,
      sharedNet: '480.10',
    })
    expect(fees[1]).toMatchObject({ kind: 'floor', purpose: 'floor', given: '492.60', net: '7.40', tax: '1.41' })
  })

  it('of a floor that is reached nothing is lacking', () => {
    expect(monthlyFees(siteContract({ floor: '500' }), { ...november, sharedNet: '500.00' })).toEqual([])
  })

  it('a month that took back more than it gave is lifted to its floor', () => {
    expect(monthlyFees(siteContract({ floor: '10' }), { ...november, sharedNet: '-3.00' })[0]?.net).toBe('13.00')
  })

  it('a contract that begins or ends within the month counts by its days', () => {
    const contract = siteContract({ perStation: '10', floor: '100', from: '2026-11-16', until: '2026-12-15' })
    const net = (month: string) => monthlyFees(contract, { ...november, month }).map((fee) => fee.net)
    expect([net('2026-10'), net('2026-11'), net('2026-12'), net('2027-01')]).toEqual([
      [],
      ['10.00', '40.00'],
      ['9.03', '36.13'],
      [],
    ])
  })

  it('owners that follow each other within a month get together what one would have got, to the last cent', () => {
    const days = fc.integer({ min: 1, max: 28 })
    const price = fc
      .integer({ min: 0, max: 99_999_999 })
      .map((n) => `${Math.floor(n / 1_000_000)}.${String(n % 1_000_000).padStart(6, '0')}`)
    fc.assert(
      fc.property(days, days, price, fc.constantFrom('JPY', 'EUR', 'KWD'), (a, b, perPort, currency) => {
        const of = (from: string, until: string): bigint =>
          monthlyFees(siteContract({ perPort, currency, from, until }), {
            ...november,
            month: '2026-02',
            sharedNet: '0',
          }).reduce((sum, { net }) => sum + partsOf(net), 0n)
        const day = (n: number) => `2026-02-${String(n).padStart(2, '0')}`
        const [first, second] = [Math.min(a, b), Math.max(a, b)].map(day)
        const parts =
          of('2026-01-01', first ?? '') +
          (first === second ? 0n : of(first ?? '', second ?? '')) +
          of(second ?? '', '2027-01-01')
        return parts === of('2026-01-01', '2027-01-01')
      }),
      { numRuns: 2_000 },
    )
  })

  it('is owed to the owner with its tax, and paid by the operator', () => {
    const contract = siteContract({ perStation: '15', vat: '19' })
    const postings = postingsOfFees(contract, monthlyFees(contract, november))
    expect(voucherFault({ postings })).toBeUndefined()
    expect(written(postings)).toEqual([
      'EUR/party/siteOwner:s fixedFee -30.00',
      'EUR/party/siteOwner:s tax -5.70',
      'EUR/tax/ tax 5.70',
      'EUR/operator/ fixedFee 30.00',
    ])
  })
})

describe('months', () => {
  it('have as many days as the calendar says', () => {
    expect(['2026-01', '2026-02', '2028-02', '2100-02', '2000-02', '2026-04', '2026-12'].map(lengthOf)).toEqual([
      31, 28, 29, 28, 29, 30, 31,
    ])
  })

  it('hold what of a period lies in them', () => {
    expect(heldIn({ from: '2026-11-30', until: '2026-12-01' }, '2026-11')).toEqual({ from: 29, until: 30, of: 30 })
    expect(heldIn({ from: '2026-12-01' }, '2026-11')).toEqual({ from: 30, until: 30, of: 30 })
    expect(heldIn({ from: '2026-01-01', until: '2026-11-01' }, '2026-11')).toEqual({ from: 0, until: 0, of: 30 })
  })
})

describe('what ports cost in a month', () => {
  const terms = resaleContract({
    tiers: [
      { from: 1, perPort: '4.90' },
      { from: 100, perPort: '3.90' },
      { from: 1_000, perPort: '2.90' },
    ],
    minimum: '99',
    vat: '19',
  })

  it('all of them cost what the tier costs that their number falls in', () => {
    expect([portFee(terms, 99), portFee(terms, 100), portFee(terms, 2_500)]).toEqual([
      { net: '485.10', tax: '92.17', perPort: '4.90' },
      { net: '390.00', tax: '74.10', perPort: '3.90' },
      { net: '7250.00', tax: '1377.50', perPort: '2.90' },
    ])
  })

  it('a month costs its minimum at least, also one without a port', () => {
    expect([portFee(terms, 20), portFee(terms, 0)]).toEqual([
      { net: '99.00', tax: '18.81', perPort: '4.90', isMinimum: true },
      { net: '99.00', tax: '18.81', isMinimum: true },
    ])
  })

  it('is owed in the books of the seller, and owing in those of the buyer', () => {
    const fee = portFee(terms, 100)
    expect(written(postingsOfPortFee(terms, fee, { side: 'seller', other: 'cpo' }))).toEqual([
      'EUR/party/cpo:a platformFee 390.00',
      'EUR/party/cpo:a tax 74.10',
      'EUR/tax/ tax -74.10',
      'EUR/operator/ platformFee -390.00',
    ])
    expect(written(postingsOfPortFee(terms, fee, { side: 'buyer', other: 'reseller' }))).toEqual([
      'EUR/party/reseller:r platformFee -390.00',
      'EUR/party/reseller:r tax -74.10',
      'EUR/tax/ tax 74.10',
      'EUR/operator/ platformFee 390.00',
    ])
  })
})

describe('what a CPO owes of its sessions, in the books of its reseller', () => {
  it('is had there: the state gets its tax, and the reseller all else', () => {
    const lines = [
      { currency: 'EUR', purpose: 'adjustment', amount: '0.50' },
      { currency: 'EUR', purpose: 'resale', amount: '-10.00' },
      { currency: 'EUR', purpose: 'tax', amount: '-1.90' },
    ] as const
    const postings = postingsOfTurnover(lines, { cpo: 'a', contract: 'r-a' })
    expect(written(postings)).toEqual([
      'EUR/party/cpo:a adjustment -0.50',
      'EUR/party/cpo:a resale 10.00',
      'EUR/party/cpo:a tax 1.90',
      'EUR/tax/ tax -1.90',
      'EUR/operator/ adjustment -9.50',
    ])
    expect(voucherFault({ postings })).toBeUndefined()
  })
})
