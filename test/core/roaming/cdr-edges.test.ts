import { expect, it } from 'vitest'
import { price } from '../../../core/pricing/price.ts'
import type { Tariff } from '../../../core/pricing/tariff.ts'
import type { Stretch, Usage } from '../../../core/pricing/usage.ts'
import { cdrObject } from '../../../core/roaming/cdr-object.ts'
import type { Cdr, ChargingPeriod } from '../../../core/roaming/model.ts'
import { charging, element, energy, flat, parked, parking, tariff, time, usage } from '../../support/pricing.ts'
import { aboutCdr, sealed } from '../../support/roaming.ts'

/** The rows of handbook/roaming.md §11.3 that are about CDRs and their tariffs, as partners are told them. */

const cdrOf = (of: Tariff, used: Usage): Cdr => {
  const made = cdrObject(sealed(price(of, used)), aboutCdr)
  if ('impossible' in made) throw new Error(made.impossible.join(', '))
  return made.object
}

/** `15:30:00Z TIME 0.5000` */
const told = ({ start_date_time, dimensions }: ChargingPeriod): string =>
  [start_date_time.slice(11), ...dimensions.map(({ type, volume }) => `${type} ${volume}`)].join(' ')

const byDay = tariff([element({ startTime: '06:00', endTime: '22:00' }, time('2')), element({}, time('1'))])
const byDate = tariff([element({ endDate: '2026-12-01' }, time('2')), element({}, time('1'))])
const freeFirst = tariff([
  element({ maxDuration: 1_800 }, time('0')),
  element({ maxDuration: 3_600 }, time('2')),
  element({}, flat('0')),
])

it.each<readonly [string, Tariff, Usage, readonly string[]]>([
  [
    'over midnight: a period where a price changes, and nowhere else',
    byDay,
    usage('2026-11-27T20:30:00Z', [charging({ minutes: 180 })]),
    ['20:30:00Z ENERGY 0.0000 TIME 0.5000', '21:00:00Z ENERGY 0.0000 TIME 2.5000'],
  ],
  [
    'over the night of 25 hours: the hours are those that went by',
    byDay,
    usage('2026-10-24T20:00:00Z', [charging({ minutes: 600 })]),
    ['20:00:00Z ENERGY 0.0000 TIME 9.0000', '05:00:00Z ENERGY 0.0000 TIME 1.0000'],
  ],
  [
    'over the night of 23 hours',
    byDay,
    usage('2026-03-28T21:00:00Z', [charging({ minutes: 480 })]),
    ['21:00:00Z ENERGY 0.0000 TIME 7.0000', '04:00:00Z ENERGY 0.0000 TIME 1.0000'],
  ],
  [
    'over the end of a month',
    byDate,
    usage('2026-11-30T22:00:00Z', [charging({ minutes: 90 })]),
    ['22:00:00Z ENERGY 0.0000 TIME 1.0000', '23:00:00Z ENERGY 0.0000 TIME 0.5000'],
  ],
  [
    'free, then priced, then free again',
    freeFirst,
    usage('2026-11-27T12:00:00Z', [charging({ minutes: 90 })]),
    [
      '12:00:00Z ENERGY 0.0000 TIME 0.5000',
      '12:30:00Z ENERGY 0.0000 TIME 0.5000',
      '13:00:00Z ENERGY 0.0000 TIME 0.5000',
    ],
  ],
  [
    'parking first, and drawing while it parks',
    tariff([element({}, parking('6'), energy('1'))]),
    usage('2026-11-27T12:00:00Z', [parked(10, 0.5), charging({ minutes: 10, kWh: 2 })]),
    ['12:00:00Z ENERGY 0.5000 PARKING_TIME 0.1666', '12:10:00Z ENERGY 2.0000 TIME 0.1666'],
  ],
  [
    'whose price depends on its power and its current, which are told too',
    tariff([element({ maxPower: '11', minCurrent: '8' }, energy('0.30')), element({}, energy('0.40'))]),
    usage('2026-11-27T12:00:00Z', [
      charging({ minutes: 30, kWh: 4, kW: 9.5, amperes: 16 }),
      charging({ minutes: 20, kWh: 3, amperes: 14 }),
      charging({ minutes: 10, kWh: 7 }),
    ]),
    [
      '12:00:00Z ENERGY 7.0000 TIME 0.8333 MIN_POWER 9.0000 MAX_POWER 9.5000 MIN_CURRENT 14.0000 MAX_CURRENT 16.0000',
      '12:50:00Z ENERGY 7.0000 TIME 0.1667 MIN_POWER 42.0000 MAX_POWER 42.0000',
    ],
  ],
  [
    'giving back more than it draws',
    tariff([element({}, energy('1'))]),
    usage('2026-11-27T12:00:00Z', [charging({ minutes: 60, kWh: -1.5 })]),
    ['12:00:00Z ENERGY -1.5000 TIME 1.0000'],
  ],
])('a session %s', (_, of, used, expected) => {
  expect(cdrOf(of, used).charging_periods.map(told)).toEqual(expected)
})

it('several periods within a second start on the same one, and lose no time', () => {
  const start = Date.UTC(2026, 10, 27, 12)
  const stretch = (kind: Stretch['kind'], from: number, until: number): Stretch => ({
    kind,
    from: start + from,
    until: start + until,
    energyMwh: 0,
  })
  const stretches = [stretch('charging', 0, 200), stretch('parking', 200, 600), stretch('charging', 600, 3_600_000)]
  const cdr = cdrOf(tariff([element({}, time('1'))]), { zone: 'Europe/Berlin', stretches })
  expect(cdr.charging_periods.map(told)).toEqual([
    '12:00:00Z ENERGY 0.0000 TIME 0.0000',
    '12:00:00Z PARKING_TIME 0.0001',
    '12:00:00Z ENERGY 0.0000 TIME 0.9998',
  ])
  expect([cdr.total_time, cdr.total_parking_time]).toEqual(['1.0000', '0.0001'])
})

const hour = usage('2026-11-27T12:00:00Z', [charging({ minutes: 60, kWh: 10 })])

it.each<readonly [string, Tariff, Cdr['total_cost']]>([
  [
    'whose prices have their tax in them',
    tariff([element({}, energy('0.30', '19'))], { taxIncluded: 'YES' }),
    { before_taxes: '2.52', taxes: [{ name: 'VAT', percentage: '19', amount: '0.48' }] },
  ],
  [
    'whose prices have a tax in them that nobody says',
    tariff([element({}, energy('0.30'))], { taxIncluded: 'YES' }),
    { before_taxes: '3.00' },
  ],
  ['without tax', tariff([element({}, energy('0.30'))], { taxIncluded: 'N/A' }), { before_taxes: '3.00' }],
  [
    'in yen',
    tariff([element({}, energy('33.33', '10'))], { currency: 'JPY' }),
    { before_taxes: '333', taxes: [{ name: 'VAT', percentage: '10', amount: '34' }] },
  ],
  [
    'in dinars of Kuwait',
    tariff([element({}, energy('0.0333', '5'))], { currency: 'KWD' }),
    { before_taxes: '0.333', taxes: [{ name: 'VAT', percentage: '5', amount: '0.017' }] },
  ],
])('a tariff %s', (_, of, expected) => {
  expect(cdrOf(of, hour).total_cost).toEqual(expected)
})

it('energy that was given back is owed to the driver, with its tax', () => {
  const back = usage('2026-11-27T12:00:00Z', [charging({ minutes: 60, kWh: -10 })])
  expect(cdrOf(tariff([element({}, energy('0.30', '19'))]), back)).toMatchObject({
    total_cost: { before_taxes: '-3.00', taxes: [{ amount: '-0.5700' }] },
    total_energy: '-10.0000',
    total_energy_cost: { before_taxes: '-3.0000' },
  })
})
