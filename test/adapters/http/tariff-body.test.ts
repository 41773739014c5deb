import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentOf, findingsOf, tariffBody } from '../../../adapters/http/tariff-body.ts'
import { price } from '../../../core/pricing/price.ts'
import { dimensions, weekdays } from '../../../core/pricing/tariff.ts'

const decimal = fc
  .tuple(fc.integer({ min: 0, max: 999_999_999 }), fc.integer({ min: 0, max: 999_999 }))
  .map(([a, b]) => `${a}.${b}`)
const time = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'))
const some = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })

/** Mostly right, sometimes not. */
const body = fc.record({
  currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
  taxIncluded: fc.constantFrom('YES', 'NO'),
  elements: fc.array(
    fc.record({
      components: fc.uniqueArray(
        fc
          .record({
            dimension: fc.constantFrom(...dimensions),
            price: decimal,
            vat: some(fc.constantFrom('0', '19', '5.2')),
            stepSize: some(fc.constantFrom(0, 1, 60, 500)),
          })
          .map((component) => (component.dimension === 'FLAT' ? { ...component, stepSize: 0 } : component)),
        { minLength: 1, maxLength: 3, selector: ({ dimension }) => dimension },
      ),
      restrictions: some(
        fc.record({
          startTime: some(time),
          endTime: some(time),
          startDate: some(fc.constant('2026-12-01')),
          endDate: some(fc.constant('2027-12-01')),
          minKwh: some(decimal),
          maxKwh: some(decimal),
          maxPower: some(decimal),
          minCurrent: some(decimal),
          minDuration: some(fc.integer({ min: 0, max: 90_000 })),
          daysOfWeek: some(fc.subarray([...weekdays], { minLength: 1 })),
          reservation: fc.option(fc.constant('RESERVATION'), { nil: undefined, freq: 8 }),
        }),
      ),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  minPrice: some(fc.record({ beforeTaxes: decimal })),
  maxPrice: some(fc.record({ afterTaxes: decimal })),
})

const usage = {
  zone: 'Europe/Berlin',
  stretches: [
    { kind: 'reserved', from: 0, until: 600_000, energyMwh: 0 },
    { kind: 'charging', from: 600_000, until: 90_000_000, energyMwh: 40_000_000, currentMa: 16_000 },
    { kind: 'parking', from: 90_000_000, until: 99_000_000, energyMwh: 0 },
  ],
} as const

const isAmount = (text: string): boolean => /^-?\d+(?:\.\d+)?$/.test(text)

describe('a tariff as it comes', () => {
  it('is refused or taken, whatever it is, and never breaks what reads it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), body), (given) => {
        const parsed = tariffBody.safeParse(given)
        if (parsed.success)
          expect(findingsOf({ id: '', version: 1, ...contentOf(parsed.data) }).length).toBeLessThan(101)
        else expect(parsed.error.issues.length).toBeGreaterThan(0)
      }),
    )
  })

  it('can be linted and priced once it is taken', () => {
    fc.assert(
      fc.property(body, (given) => {
        const parsed = tariffBody.safeParse(JSON.parse(JSON.stringify(given)))
        fc.pre(parsed.success)
        const tariff = { id: '', version: 1, ...contentOf(parsed.data) }
        expect(findingsOf(tariff).every(({ detail }) => detail !== '' && !detail.includes('undefined'))).toBe(true)
        const { lines, total } = price(tariff, usage)
        expect([lines.every(({ gross }) => isAmount(gross)), isAmount(total.gross)]).toEqual([true, true])
      }),
      { numRuns: 30 },
    )
  })

  it('is kept as it was written, without what it leaves open', () => {
    fc.assert(
      fc.property(body, (given) => {
        const parsed = tariffBody.safeParse(given)
        fc.pre(parsed.success)
        const content = contentOf(parsed.data)
        expect(tariffBody.parse(JSON.parse(JSON.stringify(content)))).toEqual(JSON.parse(JSON.stringify(parsed.data)))
        expect(JSON.stringify(content)).not.toContain('null')
      }),
      { numRuns: 30 },
    )
  })
})
