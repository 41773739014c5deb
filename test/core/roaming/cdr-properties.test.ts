import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseInstant } from '../../../core/domain/instant.ts'
import { millionths } from '../../../core/domain/decimal.ts'
import { scaled } from '../../../core/domain/units.ts'
import { localTime } from '../../../core/pricing/local-time.ts'
import { price, totalsOf } from '../../../core/pricing/price.ts'
import type { Priced, Taxed } from '../../../core/pricing/priced.ts'
import { unitsOf } from '../../../core/pricing/rounding.ts'
import { conditionOf } from '../../../core/pricing/restrictions.ts'
import { tariffFaults } from '../../../core/pricing/tariff-faults.ts'
import type { Dimension, Restrictions, Tariff } from '../../../core/pricing/tariff.ts'
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

/**
 * What a CDR costs to whoever has nothing but it, in 10^-10: of each dimension of a period the first price whose
 * restrictions hold when the period starts, times its volume; what is fixed once for the session and for its reservation.
 */
const workedOut = ({ tariffs = [], charging_periods }: Cdr, zone: string): bigint => {
  const [object] = tariffs
  const made = object === undefined ? undefined : tariffFrom(object)
  if (made === undefined || 'impossible' in made) throw new Error('it has no tariff')
  const begun = new Map<string, { readonly from: number; soFarMwh: number; isFixed: boolean }>()
  let cost = 0n
  for (const period of charging_periods) {
    const from = parseInstant(period.start_date_time)?.ms ?? 0
    const kept = period.dimensions.some(({ type }) => type === 'RESERVATION_TIME')
      ? ('RESERVATION' as const)
      : undefined
    const context = begun.get(`${kept}`) ?? { from, soFarMwh: 0, isFixed: false }
    begun.set(`${kept}`, context)
    const { soFarMwh } = context
    const stretch: Stretch = { kind: 'charging', from, until: from, energyMwh: 0 }
    const moment = { local: localTime(zone, from), soFarMwh, soFarMs: from - context.from, stretch }
    const priceOf = (wanted: Dimension): string | undefined =>
      made.object.elements
        .filter(
          ({ restrictions = {} }) => restrictions.reservation === kept && (conditionOf(restrictions)?.(moment) ?? true),
        )
        .flatMap(({ components }) => components)
        .find(({ dimension }) => dimension === wanted)?.price
    const fixed = context.isFixed ? undefined : priceOf('FLAT')
    if (fixed !== undefined) Object.assign(context, { isFixed: true })
    cost += millionths(fixed ?? '0') * 10_000n
    for (const { type, volume: used } of period.dimensions)
      cost += millionths(priceOf(type === 'RESERVATION_TIME' ? 'TIME' : (type as Dimension)) ?? '0') * unitsOf(used, 4)
    context.soFarMwh += scaled(volume(period, 'ENERGY'), 6) ?? 0
  }
  return cost
}

/** Of a power the least and the most are told, steps make much of a small difference, and volumes have four decimals. */
const tellable = (tariff: Tariff): Tariff => ({
  ...tariff,
  elements: tariff.elements.map(({ components, restrictions = {} }) => {
    const { minPower: _a, maxPower: _b, minCurrent: _c, maxCurrent: _d, maxKwh, ...told } = restrictions
    const bounds: Restrictions = { ...told, ...(maxKwh !== undefined && { maxKwh: maxKwh.slice(0, 5) }) }
    return { components: components.map((one) => ({ ...one, stepSize: 0 })), restrictions: bounds }
  }),
})

const limitless = (tariff: Tariff): Tariff => {
  const { minPrice: _least, maxPrice: _most, ...rest } = tariff
  return rest
}

/** What the prices of the tariff make, before what limits and rounding add, in 10^-10. */
const billed = ({ lines, tariff }: Priced): bigint =>
  lines
    .filter(({ component }) => component !== undefined)
    .reduce((all, { net, gross }) => all + unitsOf(tariff.taxIncluded === 'YES' ? gross : net, 10), 0n)

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
        const off = workedOut(cdrOf(priced), usage.zone) - billed(priced)
        // of each price a ten-thousandth of a kWh or an hour, at most 5 each, and half of the last digit of its line
        expect(off < 0n ? -off : off).toBeLessThanOrEqual(5_500_000n * BigInt(priced.lines.length))
      },
    ),
    { numRuns: 1_000 },
  )
})
