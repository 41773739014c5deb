import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { connectivityVoucher, costOf, totalUsage } from '../../../core/domain/connectivity-cost.ts'
import { afterMonth, monthBefore } from '../../../core/domain/month.ts'
import { megabytes, millionthsOfMb } from '../../../core/domain/usage-day.ts'
import { voucherFault } from '../../../core/settlement/voucher.ts'

const tariff = { currency: 'EUR', perMonth: '0.80', perMb: '0.012', perSms: '0.05' }

describe('what a SIM costs in a month', () => {
  it('is its fee, its megabytes and its messages, rounded once', () => {
    const used = { month: '2026-10', dataMillionths: 123_456_789, sms: 3, wasActive: true }
    // 0.80 + 123.456789 × 0.012 + 3 × 0.05 = 2.431481468
    expect(costOf(used, tariff)).toBe('2.43')
    expect(costOf(used, { ...tariff, currency: 'JPY' })).toBe('2')
    expect(costOf(used, { ...tariff, currency: 'KWD' })).toBe('2.431')
  })

  it('has no fee where it was active on no day', () => {
    expect(costOf({ month: '2026-10', dataMillionths: 0, sms: 0, wasActive: false }, tariff)).toBe('0.00')
  })

  it('does not depend on the order of its days, nor on how they are cut', () => {
    const days = fc.array(
      fc.record({ dataMillionths: fc.nat(10_000_000_000), sms: fc.nat(100), wasActive: fc.boolean() }),
      { minLength: 1, maxLength: 31 },
    )
    fc.assert(
      fc.property(days, (given) => {
        const month = given.map((day, at) => ({ ...day, day: `2026-10-${String(at + 1).padStart(2, '0')}` }))
        expect(totalUsage('2026-10', month.toReversed())).toEqual(totalUsage('2026-10', month))
      }),
    )
  })

  it('megabytes are read as they are written, to the millionth', () => {
    expect(['0.002803', 0.002803, '12', 1e-7, 12.5].map(millionthsOfMb)).toEqual([
      2_803, 2_803, 12_000_000, 0, 12_500_000,
    ])
    expect(['x', '', null, -1, {}, Number.NaN, 1e300].map(millionthsOfMb)).toEqual(Array.from({ length: 7 }))
    expect([2_803, 12_000_000, 0].map(megabytes)).toEqual(['0.002803', '12', '0'])
  })

  it('is owed to its provider, and borne by the operator', () => {
    const month = {
      tenant: 'default',
      iccid: '8988303000123456789',
      provider: 'one',
      station: 'CP-1',
      month: '2026-02',
      currency: 'EUR',
      net: '2.43',
    }
    const voucher = connectivityVoucher(month)
    expect(voucherFault(voucher)).toBeUndefined()
    expect(voucher).toEqual({
      tenant: 'default',
      source: { kind: 'connectivity', key: '2026-02/8988303000123456789' },
      month: '2026-02',
      at: Date.UTC(2026, 2, 1) - 1,
      text: 'Connectivity 2026-02, SIM 8988303000123456789, CP-1',
      postings: [
        { account: { kind: 'operator', currency: 'EUR' }, amount: '2.43', purpose: 'connectivity' },
        {
          account: { kind: 'party', party: 'simProvider:one', currency: 'EUR' },
          amount: '-2.43',
          purpose: 'connectivity',
        },
      ],
    })
  })

  it('of a month that is closed is posted in another, under its own name', () => {
    const month = {
      tenant: 'default',
      iccid: '8988303000123456789',
      provider: 'one',
      month: '2026-02',
      currency: 'EUR',
      net: '2.43',
    }
    const voucher = connectivityVoucher(month, '2026-03')
    expect([voucher.month, voucher.source.key, voucher.text]).toEqual([
      '2026-03',
      '2026-02/8988303000123456789',
      'Connectivity 2026-02, SIM 8988303000123456789; 2026-02 has been closed',
    ])
  })

  it('months follow each other, also over the end of a year', () => {
    expect([
      monthBefore('2026-01-31'),
      monthBefore('2026-03-01'),
      afterMonth('2026-12'),
      afterMonth('2026-02'),
    ]).toEqual(['2025-12', '2026-02', '2027-01-01', '2026-03-01'])
  })
})
