import { describe, expect, it } from 'vitest'
import { toStationTariff } from '../../../core/pricing/to-station-tariff.ts'
import { element, energy, flat, parking, tariff, time } from '../../support/pricing.ts'

describe('a tariff of ours for a station that computes costs itself (2.1 I07)', () => {
  it('has the same prices under the same conditions, each dimension in its order', () => {
    const of = tariff(
      [
        element({}, flat('0.50', '19')),
        element({ startTime: '22:00', endTime: '06:00', daysOfWeek: ['MONDAY', 'SUNDAY'] }, energy('0.30', '19')),
        element({ maxKwh: '20.5', minPower: '11', maxCurrent: '32' }, energy('0.39', '19')),
        element({ minDuration: 3_600, startDate: '2026-12-01' }, time('1.20', '19'), parking('6', '7')),
        element({ reservation: 'RESERVATION' }, flat('2'), time('0.60')),
        element({ startTime: '08:00', endTime: '08:00' }, energy('0.49', '19')),
      ],
      {
        version: 7,
        startsAt: Date.UTC(2026, 10, 1),
        texts: [{ language: 'de', text: 'Tag und Nacht' }],
        minPrice: { beforeTaxes: '0.50' },
        maxPrice: { beforeTaxes: '50', afterTaxes: '59.5' },
      },
    )
    const taxes = [{ type: 'VAT', tax: '19' }]
    const late = { minTime: 3_600, validFromDate: '2026-12-01' }
    expect(toStationTariff(of)).toEqual({
      tariff: {
        id: 'a-tariff.7',
        currency: 'EUR',
        validFrom: '2026-11-01T00:00:00.000Z',
        description: [{ language: 'de', text: 'Tag und Nacht' }],
        energy: {
          prices: [
            {
              price: '0.30',
              conditions: { startTimeOfDay: '22:00', endTimeOfDay: '06:00', dayOfWeek: ['Monday', 'Sunday'] },
            },
            { price: '0.39', conditions: { maxEnergy: 20_500, minPower: 11_000, maxCurrent: 32 } },
            { price: '0.49' },
          ],
          taxes,
        },
        chargingTime: { prices: [{ price: '0.02', conditions: late }], taxes },
        idleTime: { prices: [{ price: '0.1', conditions: late }], taxes: [{ type: 'VAT', tax: '7' }] },
        reservationTime: { prices: [{ price: '0.01' }] },
        fixedFee: { prices: [{ price: '0.50' }], taxes },
        reservationFixed: { prices: [{ price: '2' }] },
        minCost: { exclTax: '0.50' },
        maxCost: { exclTax: '50', inclTax: '59.5' },
      },
    })
  })

  it('of which nobody knows the tax, or which has none, goes without', () => {
    for (const taxIncluded of ['YES', 'N/A'] as const)
      expect(toStationTariff(tariff([element({}, energy('0.30'))], { taxIncluded }))).toMatchObject({
        tariff: { energy: { prices: [{ price: '0.30' }] } },
      })
    const none = toStationTariff(tariff([element({}, energy('0.30', '19'))], { taxIncluded: 'N/A' }))
    expect(JSON.stringify(none)).not.toContain('taxes')
  })

  it.each([
    ['steps', tariff([element({}, energy('1', undefined, 500))]), ['energy: steps of 500']],
    [
      'an hour that is not exact',
      tariff([element({}, time('2'))]),
      ['chargingTime: 2 an hour is not exact by the minute'],
    ],
    [
      'a tax that is in its price',
      tariff([element({}, energy('1', '19'))], { taxIncluded: 'YES' }),
      ['energy: its tax is in its price'],
    ],
    [
      'different taxes',
      tariff([element({ maxKwh: '1' }, energy('1', '19')), element({}, energy('1', '7'))]),
      ['energy: prices with different taxes'],
    ],
    [
      'a price of what expires',
      tariff([element({ reservation: 'RESERVATION_EXPIRES' }, flat('4')), element({}, energy('1'))]),
      ['reservationFixed: another price where a reservation expires'],
    ],
    [
      'a fee that may come later',
      tariff([element({ startTime: '18:00' }, flat('1'))]),
      ['fixedFee: a fee under conditions'],
    ],
    [
      'an end',
      tariff([element({}, energy('1'))], { endsAt: Date.UTC(2027, 0, 1) }),
      ['it ends at 2027-01-01T00:00:00.000Z, and a station would go on with it'],
    ],
    [
      'a condition that never holds',
      tariff([element({ minKwh: '5', maxKwh: '5' }, energy('1'))]),
      ['energy: minEnergy is not below maxEnergy'],
    ],
    [
      'nothing that it could price',
      tariff([element({ reservation: 'RESERVATION' }, energy('1'))]),
      ['it has no price of anything'],
    ],
  ])('is not sent with %s', (_, of, impossible) => {
    expect(toStationTariff(of)).toEqual({ impossible })
  })
})
