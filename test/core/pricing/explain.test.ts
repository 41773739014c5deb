import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CourseEntry } from '../../../core/domain/charging-course.ts'
import type { MeterRow } from '../../../core/domain/meter.ts'
import { explain, type Explanation, type Grounds } from '../../../core/pricing/explain.ts'
import { explanationText } from '../../../core/pricing/explanation-text.ts'
import type { Account } from '../../../core/pricing/measured.ts'
import { price } from '../../../core/pricing/price.ts'
import { stretchesOf } from '../../../core/pricing/stretches.ts'
import type { Tariff } from '../../../core/pricing/tariff.ts'
import { element, energy, flat, parking, tariff, time } from '../../support/pricing.ts'

const kwh = 1_000_000
const minute = 60_000
const ten = Date.parse('2026-11-24T10:00:00+01:00')

const account = (over: Partial<Account> = {}): Account => ({
  startedAt: ten,
  endedAt: ten + 85 * minute,
  energyMwh: 20 * kwh,
  firstMwh: 100 * kwh,
  lastMwh: 120 * kwh,
  ...over,
})
const read = (minutes: number, kWh: number): MeterRow => ({
  at: ten + minutes * minute,
  receivedAt: ten,
  registerMwh: kWh * kwh,
})
const full = (minutes: number): readonly CourseEntry[] => [{ at: ten + minutes * minute, state: 'suspendedByVehicle' }]

const perKwh = tariff([element({}, energy('0.25', '10'))])
const everything = tariff(
  [
    element({ endTime: '10:15' }, energy('0.30', '10')),
    element({}, flat('0.5', '20'), energy('0.25', '10', 300), parking('2.00', '20', 900)),
  ],
  { id: 'by-day', version: 3, minPrice: { beforeTaxes: '10.00' } },
)

const explained = (
  of: Tariff,
  { account: drawn, readings = [], notes = [], ...more }: Partial<Grounds> & Pick<Grounds, 'account'>,
  states: readonly CourseEntry[] = [],
): Explanation => {
  const priced = price(of, { zone: 'Europe/Berlin', stretches: stretchesOf(drawn, readings, states) })
  return explain(priced, { account: drawn, readings, notes, ...more })
}

/** What is said of the meter, period by period. */
const meters = ({ periods }: Explanation): readonly string[] =>
  periods.map(({ meter: { how, first, last } }) =>
    [how, ...(first && last ? [`${first.mwh / kwh}-${last.mwh / kwh}`] : [])].join(' '),
  )

describe('an explanation', () => {
  it('says in words what everything came from', () => {
    const readings = [read(10, 105), read(20, 110), read(40, 120)]
    const grounds = { account: account(), readings, notes: ['estimated'], because: 'it is for everyone, everywhere' }
    expect(explanationText(explained(everything, grounds, full(40)), 'en').split('\n')).toEqual([
      'Tariff by-day, version 3: EUR, prices without tax',
      'It was in force when the session began; it is for everyone, everywhere.',
      'Session 2026-11-24 10:00–11:25, 1 h 25 min, 20.000 kWh',
      'Times are those of Europe/Berlin.',
      '',
      'What was used',
      '  2026-11-24 10:00–10:15 charging, 15 min, 7.500 kWh',
      '    meter: 100.000 kWh at 10:00, 110.000 kWh at 10:20; 1 reading; its share of that, as evenly as time went',
      '    once at 0.5 EUR (element 2, FLAT) = 0.5000 EUR, VAT 20 % 0.1000',
      '    7.500 kWh at 0.30 EUR/kWh (element 1, ENERGY, until 10:15) = 2.2500 EUR, VAT 10 % 0.2250',
      '    free: TIME',
      '  2026-11-24 10:15–10:40 charging, 25 min, 12.500 kWh',
      '    meter: 105.000 kWh at 10:10, 120.000 kWh at 10:40; 2 readings; its share of that, as evenly as time went',
      '    12.500 kWh at 0.25 EUR/kWh (element 2, ENERGY): line 3',
      '    free: TIME',
      '  2026-11-24 10:40–11:25 parking (the vehicle asked for no power), 45 min',
      '    meter: 120.000 kWh at 10:40, 120.000 kWh at 11:25; 1 reading',
      '    45 min at 2.00 EUR/h (element 2, PARKING_TIME) = 1.5000 EUR, VAT 20 % 0.3000',
      '',
      'What it costs',
      '                                                                                           net         tax       gross',
      '  1  fixed: once x 0.5 EUR = 0.5, VAT 20 %                                                   0.5000      0.1000      0.6000',
      '  2  energy: 7.500 kWh x 0.30 EUR/kWh = 2.25, VAT 10 %                                       2.2500      0.2250      2.4750',
      '  3  energy: 12.600 kWh (12.500 kWh in steps of 300 Wh) x 0.25 EUR/kWh = 3.15, VAT 10 %      3.1500      0.3150      3.4650',
      '  4  parking: 45 min x 2.00 EUR/h = 1.5, VAT 20 %                                            1.5000      0.3000      1.8000',
      '  5  up to the lowest price, 10.00 before tax                                                2.6000      0.3303      2.9303',
      '  6  rounding of the total to 2 decimals                                                     0.0000     -0.0003     -0.0003',
      '     total in EUR                                                                           10.00        1.27       11.27',
      '',
      'Each line is rounded once, to 4 decimals, halves away from zero. Gross is the product with its VAT, and the tax the difference.',
      '',
      'Notes',
      '  estimated',
      '',
    ])
  })

  it('says what a session of one price cost in one line', () => {
    const text = explanationText(explained(perKwh, { account: account({ endedAt: ten + 40 * minute }) }), 'en')
    expect(text).toContain('20.000 kWh at 0.25 EUR/kWh (element 1, ENERGY) = 5.0000 EUR, VAT 10 % 0.5000')
  })

  it.each<readonly [string, Partial<Account>, readonly MeterRow[], readonly string[]]>([
    ['by its registers', {}, [read(15, 104)], ['metered 100-104', 'metered 104-120']],
    ['between two readings', {}, [read(10, 103), read(20, 106)], ['between 100-106', 'between 103-120']],
    ['by time alone where there are no readings', {}, [], ['between 100-120', 'between 100-120']],
    [
      'as a share where a person has corrected it',
      { energyMwh: 10 * kwh },
      [read(15, 104)],
      ['shared 100-104', 'shared 104-120'],
    ],
    [
      'as a share where the meter began anew',
      { lastMwh: 3 * kwh },
      [read(10, 117), read(15, 1)],
      ['shared 100-1', 'metered 1-3'],
    ],
    [
      'without readings from outside of it',
      {},
      [read(-5, 90), read(15, 104), read(100, 900)],
      ['metered 100-104', 'metered 104-120'],
    ],
    [
      'with the higher of two readings of one time',
      {},
      [read(15, 103), read(15, 104)],
      ['metered 100-104', 'metered 104-120'],
    ],
  ])('says what the energy of a period is from: %s', (_, over, readings, expected) => {
    const byTime = tariff([element({ endTime: '10:15' }, energy('0.30')), element({}, energy('0.25'))])
    expect(meters(explained(byTime, { account: account(over), readings }))).toEqual(expected)
  })

  it('says that no register is known', () => {
    const { startedAt, endedAt, energyMwh } = account()
    const explanation = explained(perKwh, { account: { startedAt, endedAt, energyMwh } })
    expect(meters(explanation)).toEqual(['unread'])
    expect(explanationText(explanation, 'en')).toContain('meter: 0 readings; as evenly as time went')
  })

  it('of a session without energy has nothing to ask a price for', () => {
    const explanation = explained(perKwh, { account: account({ energyMwh: 0, lastMwh: 100 * kwh }) })
    expect([explanation.lines, explanation.periods[0]?.asks, explanation.periods[0]?.free]).toEqual([[], [], ['TIME']])
    expect(explanationText(explanation, 'en')).toContain('total in EUR')
  })

  it('of a session that only parks names the price of parking, and not that of time', () => {
    const both = tariff([element({}, time('6'), parking('3'))])
    const explanation = explained(both, { account: account({ energyMwh: 0, lastMwh: 100 * kwh }) }, full(-1))
    expect(explanation.lines.map(({ kind, parts }) => [kind, parts])).toEqual([
      ['parking', [{ period: 0, volume: 85 * minute }]],
    ])
  })

  it.each([
    ['midnight', '2026-11-24', '2026-11-25'],
    ["a month's end", '2026-11-30', '2026-12-01'],
  ])('names both days of a session over %s', (_, day, next) => {
    const startedAt = Date.parse(`${day}T23:30:00+01:00`)
    const text = explanationText(
      explained(perKwh, { account: account({ startedAt, endedAt: startedAt + 60 * minute }) }),
      'en',
    )
    expect(text).toContain(`Session ${day} 23:30–${next} 00:30, 1 h, 20.000 kWh`)
    expect(text).toContain(`meter: 100.000 kWh at 23:30, 120.000 kWh at ${next} 00:30`)
  })

  it('of a price in several periods points to its line, and adds them up there', () => {
    const byParking = tariff([element({}, energy('0.25'), parking('1'))])
    const explanation = explained(byParking, { account: account(), readings: [read(40, 118)] }, full(40))
    expect(explanation.lines[0]?.parts).toEqual([
      { period: 0, volume: 18 * kwh },
      { period: 1, volume: 2 * kwh },
    ])
    expect(explanationText(explanation, 'en')).toContain('18.000 kWh at 0.25 EUR/kWh (element 1, ENERGY): line 1')
  })
})

const anyPrice = fc.integer({ min: 0, max: 99_999 }).map((units) => `${Math.floor(units / 1_000)}.${units % 1_000}`)
const anyTariff = fc
  .record({
    early: anyPrice,
    kwh: anyPrice,
    parked: anyPrice,
    time: anyPrice,
    vat: fc.constantFrom(undefined, '0', '19', '5.2'),
    step: fc.constantFrom(0, 1, 60, 300),
    taxIncluded: fc.constantFrom('YES' as const, 'NO' as const),
  })
  .map(({ early, kwh: perKwhOf, parked, time: perHour, vat, step, taxIncluded }) =>
    tariff(
      [
        element({ endTime: '10:15' }, energy(early, vat, step), time(perHour, vat, step)),
        element({}, flat(early, vat), energy(perKwhOf, vat, step), parking(parked, vat, step)),
      ],
      { taxIncluded },
    ),
  )

describe('every explanation', () => {
  const anyExplanation = fc
    .tuple(
      anyTariff,
      fc.nat(30 * kwh),
      fc.array(fc.tuple(fc.integer({ min: -5, max: 90 }), fc.integer({ min: 98, max: 125 }))),
      fc.array(fc.tuple(fc.integer({ min: -5, max: 90 }), fc.constantFrom('charging', 'suspendedByVehicle'))),
    )
    .map(([of, energyMwh, readings, states]) => {
      const grounds = { account: account({ energyMwh }), readings: readings.map(([m, kWh]) => read(m, kWh)) }
      const course = states.map(([m, state]) => ({ at: ten + m * minute, state }) as CourseEntry)
      return explained(of, grounds, course)
    })

  it('adds up: what was used makes the volumes of the lines, the lines make the total', () => {
    fc.assert(
      fc.property(anyExplanation, ({ lines, periods, total, energyMwh }) => {
        for (const { parts, volume } of lines)
          if (volume !== undefined) expect(parts.reduce((sum, part) => sum + part.volume, 0)).toBe(volume)
        expect(periods.reduce((sum, period) => sum + period.energyMwh, 0)).toBe(energyMwh)
        const tenThousandths = (amount: string): number => Math.round(Number(amount) * 10_000)
        for (const side of ['net', 'tax', 'gross'] as const)
          expect(lines.reduce((sum, line) => sum + tenThousandths(line[side]), 0)).toBe(tenThousandths(total[side]))
      }),
    )
  })

  it('can be worked out again by hand: steps, product, rounding', () => {
    fc.assert(
      fc.property(anyExplanation, ({ lines, tariff: { taxIncluded }, rounding }) => {
        for (const { kind, exact, volume = 0, billed = 0, stepSize, net, gross } of lines) {
          if (exact === undefined) continue
          if (stepSize !== undefined) expect(billed - volume).toBeLessThan(stepSize * 1_000)
          const off = Math.abs(Number(taxIncluded === 'YES' ? gross : net) - Number(exact))
          expect([kind, off <= 0.5 * 10 ** -rounding.lineDigits + 1e-9]).toEqual([kind, true])
        }
      }),
    )
  })

  it('can be read: no line of it says undefined or null', () => {
    fc.assert(
      fc.property(anyExplanation, (explanation) => {
        expect(explanationText(explanation, 'en')).not.toMatch(/undefined|null|NaN/)
      }),
    )
  })
})
