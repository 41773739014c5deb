import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tariffFrom } from '../../../core/roaming/tariff-from.ts'
import { tariffObject } from '../../../core/roaming/tariff-object.ts'
import type { Tariff as TariffObject } from '../../../core/roaming/model.ts'
import type { Tariff } from '../../../core/pricing/tariff.ts'
import { tariffFaults } from '../../../core/pricing/tariff-faults.ts'
import { anyTariff } from '../../support/any-tariff.ts'
import { element, energy, flat, tariff, time } from '../../support/pricing.ts'

const about = { code: { country: 'DE', party: 'ABC' }, updatedAt: Date.UTC(2026, 10, 27, 12, 0, 0, 999) }
const there = (of: Tariff): TariffObject => tariffObject(of, about).object

/** What says nothing is left out, and what is limited after taxes only has a limit before them too. */
const normal = ({ minPrice, maxPrice, elements, ...others }: Tariff): Tariff => {
  const limit = (of: Tariff['minPrice']) => (of?.beforeTaxes === undefined ? undefined : of)
  const [least, most] = [limit(minPrice), limit(maxPrice)]
  return {
    ...others,
    elements: elements.map(({ components, restrictions: { daysOfWeek = [], ...rest } = {} }) => {
      const restrictions = { ...rest, ...(daysOfWeek.length > 0 && { daysOfWeek }) }
      return { components, ...(Object.keys(restrictions).length > 0 && { restrictions }) }
    }),
    ...(least !== undefined && { minPrice: least }),
    ...(most !== undefined && { maxPrice: most }),
  }
}

const anyNormalTariff = anyTariff.map(normal).filter((of) => tariffFaults(of).length === 0)

describe('a tariff for partners (OCPI 2.3.0 mod_tariffs)', () => {
  it('to OCPI and back is the same tariff', () => {
    fc.assert(
      fc.property(anyNormalTariff, (of) => {
        expect(tariffFrom(there(of), of.version)).toEqual({ object: of, losses: [] })
      }),
      { numRuns: 300 },
    )
  })

  it('has the names of the specification, and nothing that says nothing', () => {
    const of = tariff(
      [
        element({ startTime: '22:00', maxKwh: '20.5', daysOfWeek: ['SUNDAY'] }, energy('0.30', '19', 500)),
        { components: [flat('0.50'), time('1.2')], restrictions: { daysOfWeek: [] } },
      ],
      {
        type: 'REGULAR',
        startsAt: Date.UTC(2026, 11, 1),
        minPrice: {},
        maxPrice: { beforeTaxes: '50', afterTaxes: '59.5' },
        texts: [{ language: 'de', text: 'Nachts' }],
      },
    )
    expect(tariffObject(of, about)).toEqual({
      object: {
        country_code: 'DE',
        party_id: 'ABC',
        id: 'a-tariff',
        currency: 'EUR',
        type: 'REGULAR',
        tariff_alt_text: [{ language: 'de', text: 'Nachts' }],
        max_price: { before_taxes: '50', after_taxes: '59.5' },
        elements: [
          {
            price_components: [{ type: 'ENERGY', price: '0.30', vat: '19', step_size: 500 }],
            restrictions: { start_time: '22:00', max_kwh: '20.5', day_of_week: ['SUNDAY'] },
          },
          {
            price_components: [
              { type: 'FLAT', price: '0.50', step_size: 1 },
              { type: 'TIME', price: '1.2', step_size: 1 },
            ],
          },
        ],
        tax_included: 'NO',
        start_date_time: '2026-12-01T00:00:00Z',
        last_updated: '2026-11-27T12:00:00Z',
      },
      losses: [],
    })
  })

  it('that is limited after taxes alone has a limit before them that never decides, and says so', () => {
    const prices = [element({}, energy('0.30', '19'), flat('1', '7'))]
    const of = tariff(prices, { minPrice: { afterTaxes: '2' }, maxPrice: { afterTaxes: '50' } })
    expect(tariffObject(of, about)).toMatchObject({
      object: {
        min_price: { before_taxes: '1.680672', after_taxes: '2' },
        max_price: { before_taxes: '46.728972', after_taxes: '50' },
      },
      losses: [{ pointer: '/min_price/before_taxes' }, { pointer: '/max_price/before_taxes' }],
    })
    expect(there({ ...of, taxIncluded: 'N/A' }).max_price).toEqual({ before_taxes: '50', after_taxes: '50' })
  })

  it('that begins within a second says so', () => {
    expect(tariffObject(tariff([], { startsAt: 1_500 }), about)).toMatchObject({
      object: { start_date_time: '1970-01-01T00:00:01Z' },
      losses: [{ pointer: '/start_date_time', detail: 'it is said in whole seconds' }],
    })
  })
})

describe('a tariff of a partner', () => {
  const object = there(tariff([element({ minKwh: '1' }, energy('0.30', '19'))]))
  const [first] = object.elements

  const decimal = 'is no number of up to 9 digits before the point and 6 behind it'

  it.each<readonly [string, object, string]>([
    ['a negative price', { price: '-0.30' }, `price: -0.30 ${decimal}`],
    ['more digits than are computed with', { price: '0.1234567' }, `price: 0.1234567 ${decimal}`],
    ['a tax that is no number', { vat: 'nineteen' }, `vat: nineteen ${decimal}`],
    ['a dimension that only its partner knows', { type: 'WEATHER' }, 'type: WEATHER is not known here'],
    ['steps that are not whole', { step_size: 0.5 }, 'step_size: 0.5 is no whole number from 0 on'],
  ])('with %s is none that we can compute with', (_, wrong, fault) => {
    const elements = [{ ...first, price_components: [{ ...first?.price_components[0], ...wrong }] }]
    expect(tariffFrom({ ...object, elements } as TariffObject)).toEqual({
      impossible: [`/elements/0/price_components/0/${fault}`],
    })
  })

  it.each<readonly [string, object, string]>([
    ['a bound that is negative', { max_power: '-1' }, `max_power: -1 ${decimal}`],
    ['the end of a day by another name', { end_time: '24:00' }, 'end_time: 24:00 is no time of a day'],
    ['a day that no month has', { start_date: '2026-02-30' }, 'start_date: 2026-02-30 is no day of the calendar'],
    ['a day of another week', { day_of_week: ['SUNDAY', 'OCTIDI'] }, 'day_of_week/1: OCTIDI is not known here'],
    ['a reservation of another kind', { reservation: 'WISH' }, 'reservation: WISH is not known here'],
    ['a duration below 0', { min_duration: -1 }, 'min_duration: -1 is no whole number from 0 on'],
  ])('under the condition of %s is none either', (_, restrictions, fault) => {
    const elements = [{ ...first, restrictions }]
    expect(tariffFrom({ ...object, elements } as TariffObject)).toEqual({
      impossible: [`/elements/0/restrictions/${fault}`],
    })
  })

  it('that contradicts itself is none, and it says why', () => {
    const ends = { start_date_time: '2026-12-01T00:00:00Z', end_date_time: '2026-12-01T00:00:00Z' }
    expect(tariffFrom({ ...object, ...ends })).toEqual({
      impossible: ['/endsAt: it ends before it begins, or at once'],
    })
    expect(tariffFrom({ ...object, start_date_time: 'tomorrow' })).toEqual({
      impossible: ['/start_date_time: tomorrow is no point in time'],
    })
  })

  it('loses what we have no place for, and says so', () => {
    const more = { tariff_alt_url: 'https://emp.example/t', energy_mix: { is_green_energy: true } }
    expect(tariffFrom({ ...object, ...more })).toMatchObject({
      losses: [{ pointer: '/tariff_alt_url' }, { pointer: '/energy_mix' }],
    })
  })
})
