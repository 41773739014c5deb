import { describe, expect, it } from 'vitest'
import { negated, price, totalsOf } from '../../../core/pricing/price.ts'
import { type PricedPeriod, type Rounding, usualRounding } from '../../../core/pricing/priced.ts'
import type { Restrictions, Tariff } from '../../../core/pricing/tariff.ts'
import type { Stretch, Usage } from '../../../core/pricing/usage.ts'
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
  type Told,
  usage,
} from '../../support/pricing.ts'

const friday = '2026-11-27T12:00+01:00'
const hours = (n: number, kWh = 0): Told => charging({ minutes: n * 60, kWh })

const net = (of: Tariff, used: Usage, rounding?: Rounding): string => price(of, used, rounding).total.net

/** What it costs by an hour's price of 1, where the restrictions hold: so many hours of it. */
const hoursOf = (restrictions: Restrictions, from: string, parts: readonly Told[]): string =>
  net(tariff([element(restrictions, time('1'))]), usage(from, parts))

const shortly = ({ kind, from, until, energyMwh, prices }: PricedPeriod): readonly unknown[] => [
  kind,
  (until - from) / 60_000,
  energyMwh / 1_000,
  prices.map(({ dimension, element: place }) => `${dimension} ${place}`).join(', '),
]

describe('a session over a change of the clock or of the month', () => {
  it.each(['2026-03-28T22:00+01:00', '2026-10-24T22:00+02:00', '2026-11-30T22:00+01:00'])(
    'INV-54: from %s on lasts as long and takes as much as in UTC, and its periods add up to it',
    (from) => {
      const nights = tariff([
        element({ startTime: '22:00', endTime: '06:00' }, energy('0.20')),
        element({}, energy('0.40')),
      ])
      const used = usage(from, [hours(30, 60)])
      const { periods } = price(nights, used)
      expect(periods.length).toBeGreaterThan(2)
      expect(periods.reduce((sum, period) => sum + period.until - period.from, 0)).toBe(30 * 3_600_000)
      expect(periods.reduce((sum, { energyMwh }) => sum + energyMwh, 0)).toBe(60_000_000)
    },
  )
})

describe('when a price counts', () => {
  it.each([
    ['over midnight', { startTime: '22:00', endTime: '06:00' }, '2026-11-27T21:00+01:00', 10, '8.00'],
    ['until the end of the day', { startTime: '22:00', endTime: '00:00' }, '2026-11-27T21:00+01:00', 10, '2.00'],
    ['from the start of the day', { startTime: '00:00', endTime: '06:00' }, '2026-11-27T21:00+01:00', 10, '6.00'],
    ['from a time on', { startTime: '22:00' }, '2026-11-27T21:00+01:00', 10, '2.00'],
    ['until a time', { endTime: '06:00' }, '2026-11-27T21:00+01:00', 10, '6.00'],
    ['the whole day, where it ends when it starts', { startTime: '08:00', endTime: '08:00' }, friday, 30, '30.00'],
    ['in the night of 23 hours', { startTime: '00:00', endTime: '06:00' }, '2026-03-29T00:00+01:00', 8, '5.00'],
    ['in an hour that is missing', { startTime: '02:15', endTime: '02:45' }, '2026-03-29T00:00+01:00', 8, '0.00'],
    ['from a time that is missing', { startTime: '02:30', endTime: '04:00' }, '2026-03-29T00:00+01:00', 8, '1.00'],
    ['in the night of 25 hours', { startTime: '00:00', endTime: '06:00' }, '2026-10-25T00:00+02:00', 8, '7.00'],
    ['in an hour that comes twice', { startTime: '02:00', endTime: '03:00' }, '2026-10-25T00:00+02:00', 8, '2.00'],
    ['from a time that comes twice', { startTime: '02:30', endTime: '04:00' }, '2026-10-25T00:00+02:00', 8, '2.00'],
    ['until the month is over', { endDate: '2026-12-01' }, '2026-11-30T22:00+01:00', 4, '2.00'],
    ['from the first of a month', { startDate: '2027-03-01' }, '2027-02-28T22:00+01:00', 5, '3.00'],
    [
      'on a day of a year that has one more',
      { startDate: '2028-02-29', endDate: '2028-03-01' },
      '2028-02-28T12:00+01:00',
      40,
      '24.00',
    ],
    ['on a weekday', { daysOfWeek: ['SATURDAY'] }, '2026-11-27T22:00+01:00', 30, '24.00'],
    ['on a day before 1970', { daysOfWeek: ['WEDNESDAY'] }, '1969-12-31T12:00+01:00', 24, '12.00'],
    // Friday from midnight to six, and from ten to midnight: the night that follows is Saturday's
    [
      'over midnight on a weekday',
      { startTime: '22:00', endTime: '06:00', daysOfWeek: ['FRIDAY'] },
      '2026-11-26T12:00+01:00',
      48,
      '8.00',
    ],
    ['on no weekday, which is on all', { daysOfWeek: [] }, friday, 2, '2.00'],
    ['from a duration on', { minDuration: 1800 }, friday, 2, '1.50'],
    ['until a duration', { maxDuration: 5400 }, friday, 2, '1.50'],
  ] as const)('%s', (_, restrictions, from, length, cost) => {
    expect(hoursOf(restrictions, from, [hours(length)])).toBe(cost)
  })

  it('is cut at the ms at which a duration is reached, wherever the session began', () => {
    const of = tariff([element({ maxDuration: 60 }, time('60', undefined, 0))])
    const used = usage('2026-11-27T12:00:00.300+01:00', [hours(1)])
    expect(price(of, used).lines).toMatchObject([{ volume: 60_000, net: '1.0000' }])
  })

  const byEnergy = tariff([element({ maxKwh: '20' }, energy('0.30')), element({}, energy('0.50'))])

  it.each([
    ['just below a limit', 19.999, '6.00'],
    ['exactly at it', 20, '6.00'],
    ['1 Wh beyond it', 20.001, '6.00'],
    ['far beyond it', 30, '11.00'],
  ])('%s of energy', (_, kWh, cost) => {
    expect(net(byEnergy, usage(friday, [hours(1, kWh)]))).toBe(cost)
  })

  it('a limit of energy parts it to the mWh, on the next whole second', () => {
    // 30 kWh in 3,601 s: 20 of them after 2,400.67 s
    const used = usage(friday, [charging({ minutes: 3601 / 60, kWh: 30 })])
    expect(price(byEnergy, used).periods).toMatchObject([
      { energyMwh: 20_000_000, until: Date.parse(friday) + 2_401_000 },
      { energyMwh: 10_000_000, from: Date.parse(friday) + 2_401_000 },
    ])
  })

  it('energy that is given back brings the lower price back', () => {
    const used = usage(friday, [hours(1, 25), hours(1, -10), hours(1, 4)])
    // 20 kWh at 0.30 and 5 at 0.50, which come back, with the mWh below which the lower price counts; 5 less and 4 more at 0.30
    expect(price(byEnergy, used).lines).toMatchObject([
      { component: { element: 0 }, volume: 19_000_001, net: '5.7000' },
      { component: { element: 1 }, volume: -1, net: '0.0000' },
    ])
  })

  const byPower = (restrictions: Restrictions) => tariff([element(restrictions, energy('1'))])

  it.each([
    ['a power that is told', { kW: 11 }, { minPower: '11', maxPower: '11.001' }, '10.00'],
    ['a power by energy and time', {}, { minPower: '10', maxPower: '10.000001' }, '10.00'],
    ['a power just below', { kW: 10.999 }, { minPower: '11' }, '0.00'],
    ['a power at the upper limit', { kW: 11 }, { maxPower: '11' }, '0.00'],
    ['a current', { amperes: 32 }, { minCurrent: '32' }, '10.00'],
    ['a current at the upper limit', { amperes: 32 }, { maxCurrent: '32' }, '0.00'],
    ['a current that nobody knows, from below', {}, { minCurrent: '0' }, '0.00'],
    ['a current that nobody knows, from above', {}, { maxCurrent: '32' }, '0.00'],
  ])('by %s', (_, known, restrictions, cost) => {
    expect(net(byPower(restrictions), usage(friday, [charging({ minutes: 60, kWh: 10, ...known })]))).toBe(cost)
  })

  it('a power of no time is not known', () => {
    const used: Usage = { zone: 'UTC', stretches: [{ kind: 'charging', from: 0, until: 0, energyMwh: 5_000_000 }] }
    expect(net(byPower({ minPower: '0' }), used)).toBe('0.00')
    expect(net(byPower({ maxPower: '50' }), used)).toBe('0.00')
    expect(net(byPower({}), used)).toBe('5.00')
  })

  it('of two elements with the same dimension the first one counts, of one with two of it the first too', () => {
    const two = tariff([element({}, energy('0.30'), energy('0.40')), element({}, energy('0.50'))])
    expect(net(two, usage(friday, [hours(1, 10)]))).toBe('3.00')
  })

  it('one dimension may be priced by one element and another by a later one', () => {
    const of = tariff([
      element({ startTime: '08:00', endTime: '20:00' }, energy('0.50')),
      element({}, energy('0.30'), time('1')),
    ])
    expect(price(of, usage('2026-11-27T19:00+01:00', [hours(2, 20)])).periods.map(shortly)).toEqual([
      ['charging', 60, 10_000, 'ENERGY 0, TIME 1'],
      ['charging', 60, 10_000, 'ENERGY 1, TIME 1'],
    ])
  })
})

describe('what is fixed', () => {
  it('is billed once, however often its condition comes to hold', () => {
    const of = tariff([element({ startTime: '18:00' }, flat('1')), element({ endTime: '06:00' }, flat('2'))])
    const priced = price(of, usage('2026-11-26T12:00+01:00', [hours(48)]))
    expect(priced.lines).toMatchObject([{ kind: 'fixed', net: '1.0000', volume: 1 }])
    expect(priced.periods.map(shortly)).toEqual([
      ['charging', 360, 0, ''],
      ['charging', 42 * 60, 0, 'FLAT 0'],
    ])
  })

  it('is billed once for the reservation and once for the session', () => {
    const of = tariff([element({ reservation: 'RESERVATION' }, flat('2')), element({}, flat('0.50'))])
    const { lines } = price(of, usage(friday, [reserved(10), hours(1), parked(10)]))
    expect(lines.map(({ kind, net: amount }) => [kind, amount])).toEqual([
      ['fixed', '0.5000'],
      ['reservation', '2.0000'],
    ])
  })

  it('belongs to the parking where nothing but parking is priced beside it', () => {
    const of = tariff([element({ minDuration: 3600 }, flat('5'), parking('1')), element({}, energy('0.30'))])
    const priced = price(of, usage(friday, [hours(1, 10), parked(60)]))
    expect(totalsOf(priced)).toMatchObject({ fixed: { net: '0.0000' }, parking: { net: '6.0000' } })
  })

  it('is billed of a session of no length', () => {
    const used: Usage = { zone: 'UTC', stretches: [{ kind: 'charging', from: 7, until: 7, energyMwh: 0 }] }
    const priced = price(tariff([element({}, flat('1'), time('1'))]), used)
    expect(priced.total.net).toBe('1.00')
    expect(priced.periods).toMatchObject([{ from: 7, until: 7, energyMwh: 0 }])
  })
})

describe('steps', () => {
  it.each([
    ['0: nothing is rounded up', energy('1', undefined, 0), 0.0004, '0.0004'],
    ['1: to the next Wh', energy('1', undefined, 1), 0.0004, '0.0010'],
    ['more than was drawn: a whole one', energy('1', undefined, 5000), 0.0004, '5.0000'],
    ['as much as was drawn: no more', energy('1', undefined, 5000), 5, '5.0000'],
    ['nothing was drawn: nothing is billed', energy('1', undefined, 5000), 0, '0.0000'],
    ['more was given back than drawn: nothing is added', energy('1', undefined, 5000), -0.7, '-0.7000'],
  ])('of %s', (_, component, kWh, cost) => {
    const exact: Rounding = { ...usualRounding, totalDigits: 4 }
    expect(net(tariff([element({}, component)]), usage(friday, [hours(1, kWh)]), exact)).toBe(cost)
  })

  it('are taken by the parking, also by one that comes before the charging', () => {
    const of = tariff([element({}, time('6', undefined, 600), parking('6', undefined, 600))])
    const { lines } = price(of, usage(friday, [parked(7), charging({ minutes: 21 })]))
    expect(lines).toMatchObject([
      { kind: 'time', volume: 1_260_000, billed: 1_260_000, net: '2.1000' },
      { kind: 'parking', volume: 420_000, billed: 600_000, stepSize: 600, net: '1.0000' },
    ])
    expect(lines[0]).not.toHaveProperty('stepSize')
  })

  it('of a time that nothing is priced for do not count', () => {
    // ocpi#424: a fee until five, then the hour
    const of = tariff([
      element({ endTime: '17:00' }, flat('1')),
      element({ startTime: '17:00' }, time('6', undefined, 600)),
    ])
    expect(net(of, usage('2026-11-27T16:30+01:00', [charging({ minutes: 41 })]))).toBe('3.00')
  })

  it('count what is priced at 0, free time between two that are not', () => {
    const of = tariff([
      element({ endTime: '17:00' }, time('6', undefined, 600)),
      element({ endTime: '18:00' }, time('0', undefined, 600)),
      element({}, time('6', undefined, 600)),
    ])
    // 5 + 60 + 7 minutes are 80, of which the last eight are 15
    expect(net(of, usage('2026-11-27T16:55+01:00', [charging({ minutes: 72 })]))).toBe('2.00')
  })

  it('of a reservation are its own', () => {
    const of = tariff([
      element({ reservation: 'RESERVATION' }, time('6', undefined, 600)),
      element({}, time('6', undefined, 900)),
    ])
    expect(price(of, usage(friday, [reserved(4), charging({ minutes: 4 })])).lines).toMatchObject([
      { kind: 'time', billed: 900_000 },
      { kind: 'reservation', billed: 600_000 },
    ])
  })
})

describe('tax', () => {
  const with19 = (taxIncluded: Tariff['taxIncluded']) => tariff([element({}, energy('1', '19'))], { taxIncluded })
  const without = (taxIncluded: Tariff['taxIncluded']) => tariff([element({}, energy('1'))], { taxIncluded })
  const drawn = usage(friday, [hours(1, 10)])

  it.each([
    ['is added', with19('NO'), { net: '10.00', tax: '1.90', gross: '11.90' }],
    ['is taken out', with19('YES'), { net: '8.40', tax: '1.60', gross: '10.00' }],
    ['there is none', with19('N/A'), { net: '10.00', tax: '0.00', gross: '10.00' }],
    ['is not known, and is not in it', without('NO'), { net: '10.00', tax: '0.00', gross: '10.00' }],
    ['is not known, and is in it', without('YES'), { net: '10.00', tax: '0.00', gross: '10.00' }],
  ] as const)('%s', (_, of, total) => {
    expect(price(of, drawn).total).toEqual(total)
  })

  it('that is not known is not a tax of 0', () => {
    const zero = tariff([element({}, energy('1', '0'))])
    expect(price(zero, drawn).lines[0]).toHaveProperty('vat', '0')
    expect(price(without('NO'), drawn).lines[0]).not.toHaveProperty('vat')
    expect(price(with19('N/A'), drawn).lines[0]).not.toHaveProperty('vat')
  })
})

describe('limits', () => {
  const limited = (limits: Partial<Tariff>, vat?: string) => tariff([element({}, energy('1', vat))], limits)
  const cost = (of: Tariff, kWh: number) => {
    const { net: before, gross } = price(of, usage(friday, [hours(1, kWh)])).total
    return `${before}/${gross}`
  }

  it.each([
    ['a lowest price', { minPrice: { beforeTaxes: '5', afterTaxes: '5.95' } }, 2, '5.00/5.95'],
    ['before tax alone: after it in proportion', { minPrice: { beforeTaxes: '5' } }, 2, '5.00/5.95'],
    ['after tax alone: before it in proportion', { minPrice: { afterTaxes: '5.95' } }, 2, '5.00/5.95'],
    ['of nothing at all: with the tax of the tariff', { minPrice: { beforeTaxes: '5' } }, 0, '5.00/5.95'],
    ['a highest price', { maxPrice: { beforeTaxes: '5', afterTaxes: '5.95' } }, 9, '5.00/5.95'],
    ['a highest price before tax alone', { maxPrice: { beforeTaxes: '5' } }, 9, '5.00/5.95'],
    ['each side for itself', { maxPrice: { beforeTaxes: '9', afterTaxes: '10' } }, 9, '9.00/10.00'],
    ['neither, in between', { minPrice: { beforeTaxes: '5' }, maxPrice: { beforeTaxes: '10' } }, 7, '7.00/8.33'],
    [
      'the highest below the lowest: the highest',
      { minPrice: { beforeTaxes: '5' }, maxPrice: { beforeTaxes: '4' } },
      2,
      '4.00/4.76',
    ],
    ['a highest of no whole cent: never more', { maxPrice: { beforeTaxes: '4.999999' } }, 9, '4.99/5.95'],
    ['a lowest of no whole cent: never less', { minPrice: { beforeTaxes: '5.000001' } }, 2, '5.01/5.95'],
  ] as const)('%s', (_, limits, kWh, total) => {
    expect(cost(limited(limits, '19'), kWh)).toBe(total)
  })

  it('each adds a line of its own', () => {
    const of = limited({ maxPrice: { beforeTaxes: '5' } }, '19')
    expect(price(of, usage(friday, [hours(1, 9)])).lines).toMatchObject([
      { kind: 'energy', net: '9.0000', tax: '1.7100', gross: '10.7100' },
      { kind: 'maxPrice', net: '-4.0000', tax: '-0.7600', gross: '-4.7600' },
    ])
  })

  it('the lowest price is that of a session, not of a reservation alone', () => {
    const of = limited({ minPrice: { beforeTaxes: '5' } })
    expect(net(of, usage(friday, [expired(30)]))).toBe('0.00')
  })
})

describe('rounding', () => {
  const at = (amount: string, currency = 'EUR') => tariff([element({}, energy(amount))], { currency })
  const one = usage(friday, [hours(1, 1)])

  it.each([
    ['yen, which have no cents', at('35.5', 'JPY'), '36'],
    ['dinars, which have a thousand fils', at('0.0355', 'KWD'), '0.036'],
    ['euros', at('0.125'), '0.13'],
  ])('of %s', (_, of, total) => {
    expect(net(of, one)).toBe(total)
  })

  it.each([
    ['halfUp', '0.125', '0.13'],
    ['halfEven', '0.125', '0.12'],
    ['halfEven', '0.135', '0.14'],
    ['halfEven', '0.1251', '0.13'],
  ] as const)('%s of %s is %s', (mode, amount, total) => {
    expect(net(at(amount), one, { ...usualRounding, mode })).toBe(total)
  })

  it('of what is given back is as that of what is drawn', () => {
    const back = usage(friday, [hours(1, -1)])
    expect(net(at('0.125'), back)).toBe('-0.13')
    expect(net(at('0.125'), back, { ...usualRounding, mode: 'halfEven' })).toBe('-0.12')
  })

  it('is a line of its own, and lines are rounded once', () => {
    const of = tariff([element({}, energy('0.33333', '19'), time('0.33333', '19', 0))])
    const { lines, total } = price(of, usage(friday, [hours(1, 1)]))
    expect(lines).toMatchObject([
      { kind: 'energy', net: '0.3333', gross: '0.3967' },
      { kind: 'time', net: '0.3333', gross: '0.3967' },
      { kind: 'rounding', net: '0.0034', tax: '-0.0068', gross: '-0.0034' },
    ])
    expect(total).toEqual({ net: '0.67', tax: '0.12', gross: '0.79' })
  })

  it('may keep more digits than lines have', () => {
    const fine: Rounding = { lineDigits: 2, totalDigits: 5, mode: 'halfUp' }
    expect(price(at('0.125'), one, fine)).toMatchObject({ lines: [{ net: '0.13' }], total: { net: '0.13000' } })
  })
})

describe('a whole session', () => {
  it('of nothing but parking', () => {
    const of = tariff([element({}, energy('1'), time('1'), parking('2'))])
    expect(net(of, usage(friday, [parked(90)]))).toBe('3.00')
  })

  it('of a reservation that expired: what is not priced for that is priced as a reservation', () => {
    const of = tariff([
      element({ reservation: 'RESERVATION_EXPIRES' }, flat('4')),
      element({ reservation: 'RESERVATION' }, flat('1'), time('2'), energy('9'), parking('9')),
      element({}, flat('0.50'), energy('1')),
    ])
    expect(price(of, usage(friday, [expired(60)])).lines).toMatchObject([
      { kind: 'reservation', net: '4.0000' },
      { kind: 'reservation', net: '2.0000' },
    ])
  })

  it('counts its energy and its time from its own start, not from that of its reservation', () => {
    const of = tariff([
      element({ reservation: 'RESERVATION', maxDuration: 600 }, time('6')),
      element({ maxDuration: 1800 }, time('1', undefined, 0)),
    ])
    const { lines } = price(of, usage(friday, [reserved(30), hours(1)]))
    expect(lines).toMatchObject([{ volume: 1_800_000 }, { volume: 600_000 }])
  })

  it('free, then priced, then free', () => {
    const of = tariff([element({ minKwh: '5', maxKwh: '10' }, energy('0.40'))])
    const priced = price(of, usage(friday, [hours(1, 15)]))
    expect(priced.total.net).toBe('2.00')
    expect(priced.periods.map(shortly)).toEqual([
      ['charging', 20, 5_000, ''],
      ['charging', 20, 5_000, 'ENERGY 0'],
      ['charging', 20, 5_000, ''],
    ])
  })

  it('of which more is given back than drawn is paid for', () => {
    const of = tariff([element({}, energy('0.40', '19'))])
    expect(price(of, usage(friday, [hours(1, 5), hours(1, -15)])).total).toEqual({
      net: '-4.00',
      tax: '-0.76',
      gross: '-4.76',
    })
  })

  it('with nothing in it', () => {
    expect(price(tariff([element({}, energy('1'))]), { zone: 'UTC', stretches: [] })).toMatchObject({
      periods: [],
      lines: [],
      total: { net: '0.00', tax: '0.00', gross: '0.00' },
    })
  })

  it('says by whom, where and how it was priced', () => {
    const of = tariff([element({}, energy('1'))])
    expect(price(of, usage(friday, [hours(1)]))).toMatchObject({
      tariff: of,
      zone: 'Europe/Berlin',
      rounding: usualRounding,
    })
  })

  it('of 30 days has as many periods as its price has changes', () => {
    const of = tariff([element({ startTime: '08:00', endTime: '20:00' }, time('1')), element({}, time('0.5'))])
    const { periods, total } = price(of, usage('2026-10-10T08:00+02:00', [hours(30 * 24 + 1)]))
    expect(periods).toHaveLength(60)
    expect(total.net).toBe('540.50')
  })

  it('of the largest figures is exact', () => {
    const of = tariff([element({}, energy('999999999.999999', '99.999999', 0))])
    const stretch: Stretch = { kind: 'charging', from: 0, until: 9e10, energyMwh: Number.MAX_SAFE_INTEGER }
    const exact = BigInt(Number.MAX_SAFE_INTEGER) * 999_999_999_999_999n
    expect(net(of, { zone: 'UTC', stretches: [stretch] }).replace('.', '')).toBe(
      String((exact + 5_000_000_000n) / 10_000_000_000n),
    )
  })
})

it('what takes an amount back has its sign turned, and that of nothing has none', () => {
  expect(negated({ net: '1.25', tax: '-0.05', gross: '0.00' })).toEqual({ net: '-1.25', tax: '0.05', gross: '0.00' })
})
