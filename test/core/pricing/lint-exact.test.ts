import fc from 'fast-check'
import { expect, it } from 'vitest'
import { conditionOf, type Moment } from '../../../core/pricing/restrictions.ts'
import { lint } from '../../../core/pricing/lint.ts'
import { type Dimension, type Restrictions, type Tariff, weekdays } from '../../../core/pricing/tariff.ts'

const hour = 3_600_000
/** 2026-12-01 */
const someDay = 20_788

const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 2 })
const time = fc.constantFrom('00:00', '06:00', '12:00', '22:00')
const bound = fc.constantFrom('10', '20', '30')
const seconds = fc.constantFrom(600, 1_200)

const restrictions: fc.Arbitrary<Restrictions> = fc
  .record({
    startTime: optional(time),
    endTime: optional(time),
    startDate: optional(fc.constant('2026-12-01')),
    minKwh: optional(bound),
    maxKwh: optional(bound),
    minPower: optional(bound),
    maxCurrent: optional(bound),
    minDuration: optional(seconds),
    daysOfWeek: optional(fc.uniqueArray(fc.constantFrom(...weekdays), { minLength: 1 })),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)))

/** kW and A; not every station tells its current. */
const loads = {
  charging: [0, 10, 20, 30].flatMap((kw) => [undefined, 0, 10, 20, 30].map((a) => [kw, a] as const)),
  parking: [undefined, 0].map((a) => [0, a] as const),
}

const each = <const Value>(...values: readonly Value[]) => values

/** One in every cell that bounds like these make. */
const moments = each('charging', 'parking').flatMap((kind) =>
  each(-21, -20, -19, -18, -17, -16, -15, 0, 1, 2, 3, 4, 5, 6).flatMap((day) =>
    each(0, 6, 12, 22).flatMap((hours) =>
      each(0, 10, 20, 30).flatMap((kwh) =>
        each(0, 600, 1_200).flatMap((durationS) =>
          loads[kind].map(([kw, a]): Moment => ({
            local: { day: someDay + day, ms: hours * hour },
            soFarMwh: kwh * 1_000_000,
            soFarMs: durationS * 1_000,
            stretch: {
              kind,
              from: 0,
              until: 1,
              energyMwh: 0,
              powerMw: kw * 1_000_000,
              ...(a !== undefined && { currentMa: a * 1_000 }),
            },
          })),
        ),
      ),
    ),
  ),
)

const tariff = (dimension: Dimension, all: readonly Restrictions[]): Tariff => ({
  id: 'T',
  version: 1,
  currency: 'EUR',
  taxIncluded: 'NO',
  elements: all.map((some) => ({ components: [{ dimension, price: '1', stepSize: 1 }], restrictions: some })),
})

it('the linter finds what never counts and what is free exactly where the engine picks so', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<Dimension>('ENERGY', 'PARKING_TIME'),
      fc.array(restrictions, { minLength: 1, maxLength: 4 }),
      (dimension, all) => {
        const conditions = all.map(conditionOf)
        const kind = dimension === 'PARKING_TIME' ? 'parking' : 'charging'
        const first = new Set<number>()
        const ever = new Set<number>()
        for (const moment of moments.filter(({ stretch }) => stretch.kind === kind)) {
          first.add(conditions.findIndex((holds) => holds === undefined || holds(moment)))
          conditions.forEach((holds, i) => (holds === undefined || holds(moment)) && ever.add(i))
        }
        const found = lint(tariff(dimension, all))
        const odd = found.filter(({ rule }) => rule === 'unreachable' || rule === 'neverHolds')
        expect(new Map(odd.map(({ element, rule }) => [element, rule]))).toEqual(
          new Map(
            all.flatMap((_, i) => (first.has(i) ? [] : [[i, ever.has(i) ? 'unreachable' : 'neverHolds'] as const])),
          ),
        )
        expect(found.some(({ rule }) => rule === 'gap')).toBe(first.has(-1))
      },
    ),
    { numRuns: 60 },
  )
})
