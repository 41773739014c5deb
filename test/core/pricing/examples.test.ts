import { describe, expect, it } from 'vitest'
import { price } from '../../../core/pricing/price.ts'
import { type Rounding, usualRounding } from '../../../core/pricing/priced.ts'
import type { Tariff } from '../../../core/pricing/tariff.ts'
import type { Usage } from '../../../core/pricing/usage.ts'
import {
  charging,
  element,
  energy,
  expired,
  flat,
  parked,
  parking,
  reserved,
  tariff,
  time,
  usage,
} from '../../support/pricing.ts'

/** A Monday, at a time of day in Berlin. */
const monday = (at: string): string => `2026-11-30T${at}:00+01:00`
const saturday = (at: string): string => `2026-11-28T${at}:00+01:00`
const noon = monday('12:00')

const perKwh = tariff([element({}, energy('0.25', '10'))])
const withStartFee = tariff([element({}, flat('0.50', '20'), energy('0.25', '10'))])
const atLeast = tariff([element({}, energy('0.25', '10'))], { minPrice: { beforeTaxes: '0.50', afterTaxes: '0.55' } })
const withParking = tariff([element({}, flat('0.50', '20'), energy('0.25', '10'), parking('2.00', '20', 900))])
const atMost = tariff([element({}, flat('0.50', '20'), energy('0.25', '10'))], {
  maxPrice: { beforeTaxes: '10', afterTaxes: '11' },
})
const byTheHour = tariff([element({}, time('2.00', '10', 60))])
const hourAndParking = tariff([element({}, time('3.00', '10', 60), parking('5.00', '20', 300))])
const adHoc = tariff([element({}, time('1.90', '5.2', 300))])
const cheap = tariff([element({}, flat('0.50', '20'), energy('0.25', '10', 100))])
const weekdays = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'] as const
const complex = tariff([
  element({}, flat('2.50', '15')),
  element({ maxCurrent: '32' }, time('1.00', '20', 900)),
  element({ minCurrent: '32', daysOfWeek: weekdays }, time('2.00', '20', 600)),
  element({ minCurrent: '32', daysOfWeek: ['SATURDAY', 'SUNDAY'] }, time('1.25', '20', 600)),
  element({ startTime: '09:00', endTime: '18:00', daysOfWeek: weekdays }, parking('5', '10', 300)),
  element({ startTime: '10:00', endTime: '17:00', daysOfWeek: ['SATURDAY'] }, parking('6', '10', 300)),
])
const free = tariff([element({}, flat('0', undefined, 0))])
const session = element({}, flat('0.50', '20'), energy('0.25', '10'))
const reservation = { reservation: 'RESERVATION' } as const
const expiry = { reservation: 'RESERVATION_EXPIRES' } as const
const reservedByTime = tariff([element(reservation, time('5.00', '20', 60)), session])
const reservedForAFee = tariff([element(reservation, flat('2.00', '20'), time('5.00', '20', 300)), session])
const expiringForAFee = tariff([
  element(expiry, flat('4.00', '20')),
  element(reservation, time('2.00', '20', 600)),
  session,
])
const expiringByTime = tariff([
  element(expiry, time('6.00', '20', 600)),
  element(reservation, time('3.00', '20', 600)),
  session,
])
const stepping = tariff([
  element({ startTime: '00:00', endTime: '17:00' }, time('1.20', undefined, 1800), parking('1.00', undefined, 900)),
  element({ startTime: '17:00', endTime: '20:00' }, time('2.40', undefined, 900), parking('1.00', undefined, 900)),
  element({ startTime: '20:00', endTime: '00:00' }, time('2.40', undefined, 900)),
])
const byPower = tariff([
  element({ maxPower: '16' }, energy('0.20', '20')),
  element({ maxPower: '32' }, energy('0.35', '20')),
  element({}, energy('0.50', '20')),
])
const byDuration = tariff([
  element({ maxDuration: 1800 }, energy('0.00', '20')),
  element({ maxDuration: 3600 }, energy('0.25', '20')),
  element({}, energy('0.40', '20')),
])
const dearerEnergyFromFive = tariff([
  element({ endTime: '17:00' }, energy('0.20', undefined, 500)),
  element({ startTime: '17:00' }, energy('0.27', undefined, 500)),
])
const dearerTimeFromFive = tariff([
  element({ endTime: '17:00' }, time('5', undefined, 600)),
  element({ startTime: '17:00' }, time('7', undefined, 600)),
])
const timeThenParking = (step: number): Tariff =>
  tariff([element({}, time('1.00', undefined, step), parking('2.00', undefined, step))])
const stepped = (step: number): Tariff => tariff([element({}, energy('0.25', undefined, step))])
const north = (taxIncluded: Tariff['taxIncluded'], amount: string): Tariff =>
  tariff([element({}, time(amount))], { currency: 'CAD', taxIncluded })

const kWh20 = charging({ minutes: 60, kWh: 20 })

/** What OCPI says that its examples cost, and what they cost to the last digit: before and after tax. */
const rows: readonly (readonly [
  row: string,
  tariff: Tariff,
  usage: Usage,
  paid: readonly [string, string],
  exact?: readonly [string, string],
])[] = [
  ['row 1, tariff_8, 20 kWh', perKwh, usage(noon, [kWh20]), ['5.00', '5.50']],
  ['row 2, tariff_9, 20 kWh', withStartFee, usage(noon, [kWh20]), ['5.50', '6.10']],
  ['row 3, tariff_12, 20 kWh', atLeast, usage(noon, [kWh20]), ['5.00', '5.50']],
  ['row 3, tariff_12, 1.2 kWh', atLeast, usage(noon, [charging({ minutes: 9, kWh: 1.2 })]), ['0.50', '0.55']],
  ['row 4, tariff_10, 20 kWh and 40 min of parking', withParking, usage(noon, [kWh20, parked(40)]), ['7.00', '7.90']],
  ['row 5, tariff_6, 50 kWh', atMost, usage(noon, [charging({ minutes: 90, kWh: 50 })]), ['10.00', '11.00']],
  ['row 5, tariff_6, 30 kWh', atMost, usage(noon, [charging({ minutes: 60, kWh: 30 })]), ['8.00', '8.85']],
  ['row 6, tariff_1, 2.5 h', byTheHour, usage(noon, [charging({ minutes: 150 })]), ['5.00', '5.50']],
  [
    'row 7, tariff_13, 2.5 h and 42 min of parking',
    hourAndParking,
    usage(noon, [charging({ minutes: 150 }), parked(42)]),
    ['11.25', '12.75'],
  ],
  [
    'row 8, tariff_2, 2.5 h at 5.2 % of tax',
    adHoc,
    usage(noon, [charging({ minutes: 150 })]),
    ['4.75', '5.00'],
    ['4.7500', '4.9970'],
  ],
  [
    'row 9, tariff_3, 20.45 kWh in steps of 100 Wh',
    cheap,
    usage(noon, [charging({ minutes: 60, kWh: 20.45 })]),
    ['5.63', '6.24'],
    ['5.6250', '6.2375'],
  ],
  [
    'row 10, tariff_4 Monday, 165 min at 16 A and 42 min of parking',
    complex,
    usage(monday('09:30'), [charging({ minutes: 165, amperes: 16 }), parked(42)]),
    ['9.00', '10.30'],
  ],
  [
    'row 11, tariff_4 Saturday: the specification says 12.28, which is wrong: 114 min × 1.25/h is 2.375',
    complex,
    usage(saturday('13:30'), [charging({ minutes: 114, amperes: 43 }), parked(71)]),
    ['12.38', '13.98'],
    ['12.3750', '13.9750'],
  ],
  ['row 12, tariff_5, free', free, usage(noon, [kWh20, parked(60)]), ['0.00', '0.00']],
  ['row 13, tariff_15, reserved for 15 min', reservedByTime, usage(noon, [reserved(15), kWh20]), ['6.75', '7.60']],
  ['row 14, tariff_16, reserved for 13 min', reservedForAFee, usage(noon, [reserved(13), kWh20]), ['8.75', '10.00']],
  ['row 15, tariff_17, reserved for 22 min', expiringForAFee, usage(noon, [reserved(22), kWh20]), ['6.50', '7.30']],
  ['row 15, tariff_17, expired after 60 min', expiringForAFee, usage(noon, [expired(60)]), ['6.00', '7.20']],
  ['row 16, tariff_18, reserved for 22 min', expiringByTime, usage(noon, [reserved(22), kWh20]), ['7.00', '7.90']],
  ['row 16, tariff_18, expired after 90 min', expiringByTime, usage(noon, [expired(90)]), ['9.00', '10.80']],
  [
    'row 17, tariff_14, 10 min from 16:55 and 2 min of parking',
    stepping,
    usage(monday('16:55'), [charging({ minutes: 10 }), parked(2)]),
    ['0.55', '0.55'],
  ],
  [
    'row 18, tariff_14, 35 min from 16:35',
    stepping,
    usage(monday('16:35'), [charging({ minutes: 35 })]),
    ['1.30', '1.30'],
  ],
  [
    'row 19, tariff_14, 12 min from 19:40 and 20 min of parking, free from 20:00 on',
    stepping,
    usage(monday('19:40'), [charging({ minutes: 12 }), parked(20)]),
    ['0.73', '0.73'],
  ],
  [
    'row 20, max_power: 1 kWh at 6 kW, 40 at 48 kW, 0.5 at 4 kW',
    byPower,
    usage(noon, [
      charging({ minutes: 10, kWh: 1 }),
      charging({ minutes: 50, kWh: 40 }),
      charging({ minutes: 7.5, kWh: 0.5 }),
    ]),
    ['20.30', '24.36'],
  ],
  [
    'row 21, max_duration: 5 kWh in 30 min, then 1.2 kWh',
    byDuration,
    usage(noon, [charging({ minutes: 30, kWh: 5 }), charging({ minutes: 10, kWh: 1.2 })]),
    ['0.30', '0.36'],
  ],
  [
    'row 22, 4.3 and 1.1 kWh in steps of 500 Wh',
    dearerEnergyFromFive,
    usage(monday('16:00'), [charging({ minutes: 60, kWh: 4.3 }), charging({ minutes: 20, kWh: 1.1 })]),
    ['1.18', '1.18'],
    ['1.1840', '1.1840'],
  ],
  [
    'row 23, 6 and 22 min in steps of 10 min',
    dearerTimeFromFive,
    usage(monday('16:54'), [charging({ minutes: 28 })]),
    ['3.30', '3.30'],
  ],
  [
    'row 24, 21 min and 16 of parking in steps of 10 min',
    timeThenParking(600),
    usage(noon, [charging({ minutes: 21 }), parked(16)]),
    ['1.02', '1.02'],
    ['1.0167', '1.0167'],
  ],
  [
    'row 25, 21 min and 7 of parking in steps of 5 min',
    timeThenParking(300),
    usage(noon, [charging({ minutes: 21 }), parked(7)]),
    ['0.68', '0.68'],
    ['0.6833', '0.6833'],
  ],
  ...(
    [
      [1, '0.0290'],
      [25, '0.0313'],
      [500, '0.1250'],
    ] as const
  ).map(([step, exact]) => {
    const paid = { 1: '0.03', 25: '0.03', 500: '0.13' }[step]
    const drawn = usage(noon, [charging({ minutes: 1, kWh: 0.1152 })])
    return [`row 26, 115.2 Wh in steps of ${step} Wh`, stepped(step), drawn, [paid, paid], [exact, exact]] as const
  }),
  [
    'row 27, cdr_example, 1.973 h in steps of 5 min',
    tariff([element({}, time('2.00', '10', 300))]),
    usage(noon, [charging({ minutes: 1.973 * 60 })]),
    ['4.00', '4.40'],
  ],
  [
    'row 28, tariff_19, 2.5 h without the tax, which nobody here knows',
    north('NO', '2.00'),
    usage(noon, [charging({ minutes: 150 })]),
    ['5.00', '5.00'],
  ],
  [
    'row 28, tariff_20, 2.5 h with a tax that is not known',
    north('YES', '2.10'),
    usage(noon, [charging({ minutes: 150 })]),
    ['5.25', '5.25'],
  ],
]

const toTheDigit: Rounding = { ...usualRounding, totalDigits: 4 }

describe('the examples of OCPI (handbook/roaming.md §4.2)', () => {
  const named = rows.map(([row, of, used, paid, exact]) => ({ row, of, used, paid, exact }))

  it.each(named)('$row', ({ of, used, paid: [net, gross], exact = [`${net}00`, `${gross}00`] }) => {
    expect(price(of, used).total).toMatchObject({ net, gross })
    expect(price(of, used, toTheDigit).total).toMatchObject({ net: exact[0], gross: exact[1] })
  })
})
