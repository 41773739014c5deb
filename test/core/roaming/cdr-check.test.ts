import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { price } from '../../../core/pricing/price.ts'
import type { Tariff } from '../../../core/pricing/tariff.ts'
import type { Usage } from '../../../core/pricing/usage.ts'
import { checkedCdr } from '../../../core/roaming/cdr-check.ts'
import { cdrObject } from '../../../core/roaming/cdr-object.ts'
import { creditCdr } from '../../../core/roaming/credit-cdr.ts'
import type { Cdr } from '../../../core/roaming/model.ts'
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
import { aboutCdr, sealed } from '../../support/roaming.ts'

const cdrOf = (of: Tariff, used: Usage, more: Partial<Cdr> = {}): Cdr => {
  const made = cdrObject(sealed(price(of, used)), aboutCdr)
  if ('impossible' in made) throw new Error(made.impossible.join(', '))
  return { ...made.object, ...more }
}

/** 0.30 a kWh until 17:00 and 0.40 after it, 0.50 to start, 6 an hour of parking. */
const evening = tariff([
  element({ endTime: '17:00' }, energy('0.30', '19')),
  element({}, flat('0.50', '19'), energy('0.40', '19'), parking('6', '7')),
])
/** In Berlin it is 16:30. */
const afternoon = usage('2026-11-27T15:30:00Z', [charging({ minutes: 60, kWh: 10 }), parked(10)])
const zone = 'Europe/Berlin'

describe('a CDR that a partner has sent, worked out again', () => {
  it('matches where it costs what its tariff and its periods come to', () => {
    expect(checkedCdr(cdrOf(evening, afternoon), { zone })).toEqual({
      verdict: 'matches',
      total: { said: '5.00', computed: '5.00' },
    })
  })

  it.each([
    ['0 kWh', usage('2026-11-27T15:30:00Z', [charging({ minutes: 3 })])],
    ['no energy, only parking', usage('2026-11-27T15:30:00Z', [parked(45)])],
    ['a session over midnight', usage('2026-11-27T22:30:00Z', [charging({ minutes: 180, kWh: 31.4159 })])],
    ['a night in which the clock goes forward', usage('2026-03-28T22:30:00Z', [charging({ minutes: 300, kWh: 20 })])],
    ['a night in which the clock goes back', usage('2026-10-24T22:30:00Z', [charging({ minutes: 300, kWh: 20 })])],
    ['a session over the end of a month', usage('2026-11-30T21:30:00Z', [charging({ minutes: 200, kWh: 7.7 })])],
    ['energy that was given back', usage('2026-11-27T15:30:00Z', [charging({ minutes: 30, kWh: -3 })])],
  ])('matches for %s', (_, used) => {
    expect(checkedCdr(cdrOf(evening, used), { zone }).verdict).toBe('matches')
  })

  it.each([
    ['used', reserved(20)],
    ['not used', expired(30)],
  ] as const)('matches for a reservation that was %s', (_, of) => {
    const both = tariff([
      element({ reservation: 'RESERVATION' }, time('5', '19')),
      element({ reservation: 'RESERVATION_EXPIRES' }, time('9', '19')),
      element({}, energy('0.40', '19')),
    ])
    expect(checkedCdr(cdrOf(both, usage('2026-11-27T15:30:00Z', [of])), { zone }).verdict).toBe('matches')
  })

  it('differs with both figures where its total is another', () => {
    const cdr = cdrOf(evening, afternoon, { total_cost: { before_taxes: '5.50' }, total_energy: '12' })
    expect(checkedCdr(cdr, { zone })).toEqual({
      verdict: 'differs',
      total: { said: '5.50', computed: '5.00' },
      differences: [
        { field: 'total_cost', said: '5.50', computed: '5.00' },
        { field: 'total_energy', said: '12', computed: '10.0000' },
      ],
    })
  })

  it('does not differ by a cent, which is how others round', () => {
    const cent = cdrOf(evening, afternoon, { total_cost: { before_taxes: '5.01' } })
    const two = cdrOf(evening, afternoon, { total_cost: { before_taxes: '5.02' } })
    expect([checkedCdr(cent, { zone }).verdict, checkedCdr(two, { zone }).verdict]).toEqual(['matches', 'differs'])
  })

  it('knows the currencies without a smaller unit', () => {
    const yen = tariff([element({}, energy('40', '10'))], { currency: 'JPY' })
    const cdr = cdrOf(yen, afternoon)
    expect([checkedCdr(cdr), checkedCdr({ ...cdr, total_cost: { before_taxes: '402' } })]).toMatchObject([
      { verdict: 'matches', total: { said: '400' } },
      { verdict: 'differs' },
    ])
  })

  it('is free where it has no tariff, and is held to that', () => {
    const free = cdrOf(tariff([element({}, energy('0'))]), afternoon, { tariffs: [] })
    const periods = free.charging_periods.map(({ tariff_id: _tariff, ...period }) => period)
    const plain = { ...free, charging_periods: periods }
    expect([
      checkedCdr(plain).verdict,
      checkedCdr({ ...plain, total_cost: { before_taxes: '1' } }).verdict,
      checkedCdr(free),
    ]).toEqual(['matches', 'differs', { verdict: 'uncomputable', why: ['it names a tariff, and has none with it'] }])
  })

  it.each<[string, (cdr: Cdr) => Cdr, RegExp]>([
    ['periods end before they begin', (cdr) => ({ ...cdr, end_date_time: '2026-11-27T15:00:00Z' }), /ends before/],
    [
      'the times of a period are not how long it lasts',
      (cdr) => ({
        ...cdr,
        charging_periods: [{ start_date_time: cdr.start_date_time, dimensions: [{ type: 'TIME', volume: '0.5' }] }],
      }),
      /it lasts 4200 s, and its times are 1800 s/,
    ],
    ['its tariff is in another currency', (cdr) => ({ ...cdr, currency: 'CHF' }), /CHF/],
    [
      'it has several tariffs',
      (cdr) => ({
        ...cdr,
        tariffs: [...(cdr.tariffs ?? []), ...(cdr.tariffs ?? []).map((one) => ({ ...one, id: 'B' }))],
        charging_periods: cdr.charging_periods.map((one, i) => ({ ...one, tariff_id: i === 0 ? 'B' : 'a-tariff' })),
      }),
      /more than one tariff/,
    ],
    [
      'its tariff has words that nobody knows',
      (cdr) => ({
        ...cdr,
        tariffs: (cdr.tariffs ?? []).map((one) => ({
          ...one,
          elements: [{ price_components: [{ type: 'MOOD' as 'TIME', price: '1', step_size: 1 }] }],
        })),
      }),
      /MOOD is not known/,
    ],
  ])('cannot be computed where %s, and says why', (_, changed, why) => {
    expect(checkedCdr(changed(cdrOf(evening, afternoon)), { zone })).toMatchObject({
      verdict: 'uncomputable',
      why: expect.arrayContaining([expect.stringMatching(why)]),
    })
  })

  it('cannot be computed where its tariff depends on the time of day and nobody knows the zone', () => {
    const always = tariff([element({}, energy('0.30', '19'))])
    expect([checkedCdr(cdrOf(evening, afternoon)).verdict, checkedCdr(cdrOf(always, afternoon)).verdict]).toEqual([
      'uncomputable',
      'matches',
    ])
  })

  it('that takes another one back costs what that did, negated', () => {
    const original = cdrOf(evening, afternoon)
    const credit = creditCdr(original, { id: 'credit', sealedAt: 0 })
    expect([
      checkedCdr(credit, { original }).verdict,
      checkedCdr({ ...credit, total_cost: original.total_cost }, { original }).verdict,
      checkedCdr(credit).verdict,
    ]).toEqual(['matches', 'differs', 'uncomputable'])
  })

  it('matches for whatever our own engine has priced, with any prices and any steps', () => {
    const price6 = fc.integer({ min: 0, max: 2_000_000 }).map((n) => (n / 1_000_000).toFixed(6))
    const anyTariff = fc
      .record({ kwh: price6, hour: price6, stay: price6, step: fc.constantFrom(0, 1, 60, 500, 900) })
      .map(({ kwh, hour, stay, step }) =>
        tariff([
          element({}, flat('0.35', '19'), energy(kwh, '19', step), time(hour, '19', step), parking(stay, '7', step)),
        ]),
      )
    const anyUsage = fc
      .array(
        fc.oneof(
          fc
            .record({ minutes: fc.integer({ min: 1, max: 300 }), kWh: fc.integer({ min: 0, max: 50_000_000 }) })
            .map(({ minutes, kWh }) => charging({ minutes, kWh: kWh / 1_000_000 })),
          fc.integer({ min: 1, max: 100 }).map((minutes) => parked(minutes)),
        ),
        { minLength: 1, maxLength: 6 },
      )
      .map((parts) => usage('2026-11-27T15:30:00Z', parts))
    fc.assert(
      fc.property(anyTariff, anyUsage, (of, used) => {
        expect(checkedCdr(cdrOf(of, used), { zone })).toMatchObject({ verdict: 'matches' })
      }),
      { numRuns: 300 },
    )
  })
})
