import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decimalOf, jsonNumber } from '../../../core/domain/decimal.ts'
import { costBy } from '../../../core/pricing/display-price.ts'

const hour = 3_600_000
const kWh = 1_000_000

describe('what a display says that a session costs', () => {
  it.each([
    ['energy, exactly', { currency: 'EUR', energyPerKwh: '0.35' }, { mwh: 10 * kWh, ms: 0 }, '3.50'],
    ['time by the hour', { currency: 'EUR', timePerHour: '1.20' }, { mwh: 0, ms: hour / 2 }, '0.60'],
    ['a fee alone', { currency: 'EUR', sessionFee: '0.5' }, { mwh: 0, ms: 0 }, '0.50'],
    [
      'all of it',
      { currency: 'EUR', energyPerKwh: '0.35', timePerHour: '1.2', sessionFee: '0.5' },
      { mwh: 10 * kWh, ms: hour / 2 },
      '4.60',
    ],
    ['half a cent, up', { currency: 'EUR', energyPerKwh: '0.005' }, { mwh: kWh, ms: 0 }, '0.01'],
    ['less than half a cent, down', { currency: 'EUR', energyPerKwh: '0.004999' }, { mwh: kWh, ms: 0 }, '0.00'],
    [
      'parts that are half a cent only together',
      { currency: 'EUR', energyPerKwh: '0.0025', timePerHour: '0.0025' },
      { mwh: kWh, ms: hour },
      '0.01',
    ],
    ['yen, which have no cents', { currency: 'JPY', energyPerKwh: '35.5' }, { mwh: kWh, ms: 0 }, '36'],
    ['dinars, which have a thousand fils', { currency: 'KWD', energyPerKwh: '0.0355' }, { mwh: kWh, ms: 0 }, '0.036'],
    ['nothing', { currency: 'EUR', energyPerKwh: '0' }, { mwh: 5 * kWh, ms: hour }, '0.00'],
  ] as const)('%s', (_, price, usage, cost) => {
    expect(costBy(price, usage)).toBe(cost)
  })

  it('is never off by more than half a cent, and never falls while a session goes on', () => {
    const millionth = fc.integer({ min: 0, max: 999_999_999 })
    const usage = fc.record({ mwh: fc.integer({ min: 0, max: 9e11 }), ms: fc.integer({ min: 0, max: 9e10 }) })
    fc.assert(
      fc.property(millionth, millionth, usage, usage, (energy, time, so, more) => {
        const text = (n: number): string => `${Math.floor(n / 1e6)}.${String(n % 1e6).padStart(6, '0')}`
        const price = { currency: 'EUR', energyPerKwh: text(energy), timePerHour: text(time) }
        const cents = (of: typeof so): bigint => BigInt(costBy(price, of).replace('.', ''))
        const unit = 1_000_000n * 18_000_000n
        const exact = BigInt(energy) * BigInt(so.mwh) * 18n + BigInt(time) * BigInt(so.ms) * 5n
        const off = cents(so) * unit - exact * 100n
        const later = { mwh: so.mwh + more.mwh, ms: so.ms + more.ms }
        return 2n * (off < 0n ? -off : off) <= unit && cents(later) >= cents(so)
      }),
    )
  })
})

describe('an amount in a payload', () => {
  it.each([
    [12.3, '12.3'],
    [0, '0'],
    [-5, '-5'],
    [1e-7, '0.0000001'],
    [1e21, '1000000000000000000000'],
    [1e300, '1e+300'],
  ])('%o of a station is %s', (written, text) => {
    expect(decimalOf(written)).toBe(text)
  })

  it('is written digit by digit as it was given', () => {
    const whole = fc.integer({ min: 0, max: 999_999_999 })
    fc.assert(
      fc.property(whole, fc.integer({ min: 1, max: 999_999 }), (before, behind) => {
        const digits = String(behind).padStart(6, '0').replace(/0+$/, '')
        const written = JSON.stringify(jsonNumber(`${before}.${digits}`))
        // a very small one is written with an exponent, and is the same number
        const [mantissa = '', exponent] = written.split('e-')
        const plain =
          exponent === undefined ? written : `0.${'0'.repeat(Number(exponent) - 1)}${mantissa.replace('.', '')}`
        expect(plain).toBe(`${before}.${digits}`)
      }),
    )
  })
})
