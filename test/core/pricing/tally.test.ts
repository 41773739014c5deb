import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Priced, usualRounding } from '../../../core/pricing/priced.ts'
import { counted, nothingYet, type Tally } from '../../../core/pricing/tally.ts'
import { tariff } from '../../support/pricing.ts'

const cents = (n: number): string =>
  `${n < 0 ? '-' : ''}${Math.floor(Math.abs(n) / 100)}.${String(Math.abs(n) % 100).padStart(2, '0')}`
const costs = (gross: number, currency = 'EUR'): Priced => ({
  tariff: tariff([], { currency }),
  zone: 'UTC',
  rounding: usualRounding,
  periods: [],
  lines: [],
  total: { net: cents(gross), tax: '0.00', gross: cents(gross) },
})
const tallyOf = (pairs: readonly (readonly [Priced | undefined, Priced | undefined])[]): Tally =>
  pairs.reduce<Tally>(
    (tally, [before, after], i) => counted(tally, { id: `c${i}`, ...(before && { priced: before }) }, after),
    nothingYet,
  )

describe('the tally of a what-if', () => {
  it('sums before and after, each currency by itself', () => {
    const { before, after, changed, unpriced, failed, done } = tallyOf([
      [costs(250), costs(300)],
      [costs(100, 'CHF'), costs(110)],
      [undefined, costs(70)],
      [costs(80), undefined],
      [costs(5), costs(5)],
    ])
    expect(before.map(({ currency, gross, accounts }) => [currency, gross, accounts])).toEqual([
      ['CHF', '1.00', 1],
      ['EUR', '3.35', 3],
    ])
    expect(after.map(({ currency, gross, accounts }) => [currency, gross, accounts])).toEqual([['EUR', '4.85', 4]])
    expect({ done, changed, unpriced, failed }).toEqual({ done: 5, changed: 4, unpriced: 1, failed: 1 })
  })

  it('names the largest differences, in both directions, and none between two currencies', () => {
    const { biggest } = tallyOf([
      [costs(100), costs(150)],
      [costs(900), costs(100)],
      [undefined, costs(70)],
      [costs(100, 'CHF'), costs(99_900)],
      [costs(1), costs(1)],
    ])
    expect(biggest).toEqual([
      { cdr: 'c1', before: '9.00', after: '1.00', difference: '-8.00' },
      { cdr: 'c2', after: '0.70', difference: '0.70' },
      { cdr: 'c0', before: '1.00', after: '1.50', difference: '0.50' },
    ])
  })

  it('is exact, and keeps the twenty largest of any number', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(10_000), fc.nat(10_000)), { maxLength: 60 }), (pairs) => {
        const { before, after, biggest } = tallyOf(pairs.map(([a, b]) => [costs(a), costs(b)]))
        const sum = (all: readonly number[]): string => cents(all.reduce((x, y) => x + y, 0))
        expect(before[0]?.gross ?? '0.00').toBe(sum(pairs.map(([a]) => a)))
        expect(after[0]?.gross ?? '0.00').toBe(sum(pairs.map(([, b]) => b)))
        const sizes = pairs.map(([a, b]) => Math.abs(b - a)).filter((size) => size > 0)
        expect(biggest.map(({ difference }) => difference.replace('-', ''))).toEqual(
          sizes
            .toSorted((a, b) => b - a)
            .slice(0, 20)
            .map(cents),
        )
      }),
    )
  })
})
