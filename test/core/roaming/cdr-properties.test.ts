import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseInstant } from '../../../core/domain/instant.ts'
import { scaled } from '../../../core/domain/units.ts'
import { price, totalsOf } from '../../../core/pricing/price.ts'
import type { Priced, Taxed } from '../../../core/pricing/priced.ts'
import { unitsOf } from '../../../core/pricing/rounding.ts'
import { tariffFaults } from '../../../core/pricing/tariff-faults.ts'
import type { Restrictions, Tariff } from '../../../core/pricing/tariff.ts'
import type { Stretch } from '../../../core/pricing/usage.ts'
import { cdrObject } from '../../../core/roaming/cdr-object.ts'
import type { Cdr, CdrDimensionType, ChargingPeriod, Price } from '../../../core/roaming/model.ts'
import { tariffFrom } from '../../../core/roaming/tariff-from.ts'
import { anyTariff, anyUsage } from '../../support/any-tariff.ts'
import { aboutCdr, sealed } from '../../support/roaming.ts'

const cdrOf = (priced: Priced): Cdr => {
  const made = cdrObject(sealed(priced), aboutCdr)
  if ('impossible' in made) throw new Error(made.impossible.join(', '))
  return made.object
}

/** Millionths. */
const exact = (amount: string): bigint => unitsOf(amount, 6)
const taxOf = ({ taxes = [] }: Price): bigint => taxes.reduce((sum, { amount }) => sum + exact(amount), 0n)
const sidesOf = (cost: Price | undefined): readonly bigint[] =>
  cost === undefined ? [0n, 0n] : [exact(cost.before_taxes), taxOf(cost)]
const sides = ({ net, tax }: Taxed): readonly bigint[] => [exact(net), exact(tax)]

const volume = ({ dimensions }: ChargingPeriod, type: CdrDimensionType): string =>
  dimensions.find((one) => one.type === type)?.volume ?? '0'
const sum = (cdr: Cdr, type: CdrDimensionType): bigint =>
  cdr.charging_periods.reduce((all, period) => all + exact(volume(period, type)), 0n)

it("a CDR's totals are those of its price, before tax and of it", () => {
  fc.assert(
    fc.property(anyTariff, anyUsage, (tariff, usage) => {
      const priced = price(tariff, usage)
      const cdr = cdrOf(priced)
      const { fixed, energy, time, parking, reservation } = totalsOf(priced)
      expect(
        [
          cdr.total_cost,
          cdr.total_fixed_cost,
          cdr.total_energy_cost,
          cdr.total_time_cost,
          cdr.total_parking_cost,
          cdr.total_reservation_cost,
        ].map(sidesOf),
      ).toEqual([priced.total, fixed, energy, time, parking, reservation].map(sides))
    }),
    { numRuns: 300 },
  )
})

it('its periods follow each other, one for each of its price, and their volumes are never more than was used', () => {
  fc.assert(
    fc.property(anyTariff, anyUsage, (tariff, usage) => {
      const priced = price(tariff, usage)
      const { periods } = priced
      const cdr = cdrOf(priced)
      expect(cdr.charging_periods.map(({ start_date_time }) => parseInstant(start_date_time)?.ms)).toEqual(
        periods.map(({ from }) => from),
      )
      expect(cdr.charging_periods.every(({ dimensions }) => dimensions.length > 0)).toBe(true)
      expect(sum(cdr, 'ENERGY')).toBe(exact(cdr.total_energy))
      const ms = (...kinds: readonly string[]): bigint =>
        periods.reduce((all, { kind, from, until }) => (kinds.includes(kind) ? all + BigInt(until - from) : all), 0n)
      for (const [type, used] of [
        ['TIME', ms('charging')],
        ['PARKING_TIME', ms('parking')],
        ['RESERVATION_TIME', ms('reserved', 'reservationExpired')],
      ] as const) {
        const lost = used * 1_000_000n - sum(cdr, type) * 3_600_000n
        expect(lost).toBeGreaterThanOrEqual(0n)
        expect(lost).toBeLessThan(360_000_000n * BigInt(periods.length))
      }
    }),
    { numRuns: 300 },
  )
})

/** What a CDR says of a session, and no more: as its receiver has it. */
const usageOf = (cdr: Cdr): readonly Stretch[] =>
  cdr.charging_periods.map((period, i) => {
    const [from, until] = [
      period.start_date_time,
      cdr.charging_periods[i + 1]?.start_date_time ?? cdr.end_date_time,
    ].map((text) => parseInstant(text)?.ms ?? 0)
    const has = (type: CdrDimensionType): boolean => period.dimensions.some((one) => one.type === type)
    return {
      kind: has('RESERVATION_TIME') ? 'reserved' : has('PARKING_TIME') ? 'parking' : 'charging',
      from: from ?? 0,
      until: until ?? 0,
      energyMwh: scaled(volume(period, 'ENERGY'), 6) ?? 0,
    }
  })

/** Power is not told in CDRs, steps make a large price of a small difference, and volumes have four decimals. */
const tellable = (tariff: Tariff): Tariff => ({
  ...tariff,
  elements: tariff.elements.map(({ components, restrictions = {} }) => {
    const { minPower, maxPower, minCurrent, maxCurrent, maxKwh, ...told } = restrictions
    const bounds: Restrictions = { ...told, ...(maxKwh !== undefined && { maxKwh: maxKwh.slice(0, 5) }) }
    return { components: components.map((one) => ({ ...one, stepSize: 0 })), restrictions: bounds }
  }),
})

const limitless = ({ minPrice: _, maxPrice: _most, ...tariff }: Tariff): Tariff => tariff

/** What prices of the tariff make, before what rounding adds; exact to the last digit of a line. */
const billed = ({ lines }: Priced): bigint =>
  lines.reduce((all, { component, net }) => (component === undefined ? all : all + exact(net)), 0n)

it('an EMP that has nothing but the CDR works out the same price', () => {
  fc.assert(
    fc.property(
      anyTariff
        .map(tellable)
        .map(limitless)
        .filter((tariff) => tariffFaults(tariff).length === 0),
      anyUsage.filter(({ stretches }) => stretches.every(({ kind }) => kind !== 'reservationExpired')),
      (tariff, usage) => {
        const priced = price(tariff, usage)
        const cdr = cdrOf(priced)
        const theirs = cdr.tariffs?.flatMap((object) => {
          const made = tariffFrom(object)
          return 'impossible' in made ? [] : [price(made.object, { zone: usage.zone, stretches: usageOf(cdr) })]
        })
        const [again = 0n, was] = [theirs?.[0] && billed(theirs[0]), billed(priced)]
        expect(again > was ? again - was : was - again).toBeLessThanOrEqual(600n * BigInt(priced.lines.length))
      },
    ),
    { numRuns: 500 },
  )
})
