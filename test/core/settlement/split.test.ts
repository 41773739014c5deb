import { describe, expect, it } from 'vitest'
import { splitOf } from '../../../core/settlement/split.ts'
import { voucherFault } from '../../../core/settlement/voucher.ts'
import { balances, resaleContract, siteContract, sold, written } from '../../support/settlement.ts'

describe('who gets what of a session', () => {
  it('without any contract the operator keeps what is not tax', () => {
    expect(written(splitOf(sold(), {}))).toEqual([
      'EUR/party/emp:b charging 11.90',
      'EUR/tax/ tax -1.90',
      'EUR/operator/ charging -10.00',
    ])
  })

  it('an owner with 30 per cent gets 3.00 of 10.00, and the tax that it must pay on it', () => {
    const site = siteContract({ sharePercent: '30', vat: '19' })
    expect(written(splitOf(sold(), { site }))).toEqual([
      'EUR/party/emp:b charging 11.90',
      'EUR/tax/ tax -1.90',
      'EUR/party/siteOwner:s share -3.00',
      'EUR/party/siteOwner:s tax -0.57',
      'EUR/tax/ tax 0.57',
      'EUR/operator/ charging -7.00',
    ])
  })

  it('an owner that buys the electricity has it back, beside so much for each kWh', () => {
    const site = siteContract({ perKwh: '0.05', electricityPerKwh: '0.2875' })
    expect(written(splitOf(sold(), { site }))).toEqual([
      'EUR/party/emp:b charging 11.90',
      'EUR/tax/ tax -1.90',
      'EUR/party/siteOwner:s share -1.00',
      'EUR/party/siteOwner:s electricity -5.75',
      'EUR/operator/ charging -3.25',
    ])
  })

  it('a reseller gets its share of the turnover beside the owner', () => {
    const terms = {
      site: siteContract({ sharePercent: '30' }),
      resale: resaleContract({ sharePercent: '12.5', vat: '19' }),
    }
    expect(written(splitOf(sold(), terms))).toEqual([
      'EUR/party/emp:b charging 11.90',
      'EUR/tax/ tax -1.90',
      'EUR/party/siteOwner:s share -3.00',
      'EUR/party/reseller:r resale -1.25',
      'EUR/party/reseller:r tax -0.24',
      'EUR/tax/ tax 0.24',
      'EUR/operator/ charging -5.75',
    ])
  })

  it('two halves of one cent are one cent, and never two', () => {
    const terms = { site: siteContract({ sharePercent: '50' }), resale: resaleContract({ sharePercent: '50' }) }
    expect(written(splitOf(sold({ net: '0.01', tax: '0.00', gross: '0.01' }), terms))).toEqual([
      'EUR/party/emp:b charging 0.01',
      'EUR/party/siteOwner:s share -0.01',
    ])
  })

  it('a credit is the exact negative of what it takes back', () => {
    const terms = {
      site: siteContract({ sharePercent: '33.333333', electricityPerKwh: '0.123456', vat: '7' }),
      resale: resaleContract({ sharePercent: '11.111111', vat: '19' }),
    }
    const [given, taken] = [splitOf(sold(), terms), splitOf(sold({ kind: 'credit' }), terms)]
    expect(balances([...given, ...taken])).toEqual(new Map())
    expect(taken.map(({ account, purpose }) => [account, purpose])).toEqual(
      given.map(({ account, purpose }) => [account, purpose]),
    )
  })

  it('whoever charges without a contract owes it on one account for all of them', () => {
    const { emp: _, ...adHoc } = sold()
    expect(written(splitOf(adHoc, {}))[0]).toBe('EUR/party/driver:adHoc charging 11.90')
  })

  it('yen have no decimals, and dinars have three', () => {
    const site = siteContract({ sharePercent: '33.3' })
    const of = (currency: string, net: string) =>
      written(splitOf(sold({ currency, net, tax: '0', gross: net }), { site: { ...site, currency } })).slice(1)
    expect([of('JPY', '1000'), of('KWD', '1.000')]).toEqual([
      ['JPY/party/siteOwner:s share -333', 'JPY/operator/ charging -667'],
      ['KWD/party/siteOwner:s share -0.333', 'KWD/operator/ charging -0.667'],
    ])
  })

  it('prices in another currency are posted in their own: nothing is converted', () => {
    const site = siteContract({ currency: 'CHF', sharePercent: '10', perKwh: '0.10' })
    const postings = splitOf(sold(), { site })
    expect(voucherFault({ postings })).toBeUndefined()
    expect(written(postings)).toEqual([
      'EUR/party/emp:b charging 11.90',
      'EUR/tax/ tax -1.90',
      'EUR/party/siteOwner:s share -1.00',
      'CHF/party/siteOwner:s share -2.00',
      'EUR/operator/ charging -9.00',
      'CHF/operator/ share 2.00',
    ])
  })

  it('a session that was for free pays for its electricity all the same, and one that moves nothing has no postings', () => {
    const free = sold({ net: '0.00', tax: '0.00', gross: '0.00' })
    expect(written(splitOf(free, { site: siteContract({ electricityPerKwh: '0.30' }) }))).toEqual([
      'EUR/party/siteOwner:s electricity -6.00',
      'EUR/operator/ charging 6.00',
    ])
    expect(splitOf(free, { site: siteContract({ sharePercent: '100' }) })).toEqual([])
  })

  it('a total with more decimals than its currency is rounded once, the tax of it too', () => {
    const odd = sold({ net: '10.0042', tax: '1.9008', gross: '11.9050' })
    expect(written(splitOf(odd, {}))).toEqual([
      'EUR/party/emp:b charging 11.91',
      'EUR/tax/ tax -1.90',
      'EUR/operator/ charging -10.01',
    ])
  })
})
