import { describe, expect, it } from 'vitest'
import {
  isSameTariff,
  type StationTariff,
  type TariffConditions,
  tariffFault,
} from '../../../core/domain/station-tariff.ts'

const of = (conditions: TariffConditions, part: 'energy' | 'fixedFee' = 'energy'): StationTariff => ({
  id: 'T',
  currency: 'EUR',
  [part]: { prices: [{ price: '1', conditions }] },
})

describe('a tariff that a station computes with', () => {
  it.each([
    ['a night', of({ startTimeOfDay: '22:00', endTimeOfDay: '06:00' }), undefined],
    ['a range', of({ minEnergy: 0, maxEnergy: 1_000 }), undefined],
    ['a range that is open', of({ minPower: 22_000 }), undefined],
    ['how it is paid, of a fee', of({ paymentBrand: 'VISA' }, 'fixedFee'), undefined],
    ['nothing at all', { id: 'T', currency: 'EUR' }, 'it has no price of anything'],
    [
      'a time of day of no length',
      of({ startTimeOfDay: '08:00', endTimeOfDay: '08:00' }),
      'energy: a day part of no length',
    ],
    [
      'days that end before they begin',
      of({ validFromDate: '2026-02-01', validToDate: '2026-01-01' }),
      'energy: it ends before it begins',
    ],
    ['an empty range', of({ minTime: 60, maxTime: 60 }), 'energy: minTime is not below maxTime'],
    [
      'a range, of a fee',
      of({ maxIdleTime: 60 }, 'fixedFee'),
      'fixedFee: what is fixed does not depend on minIdleTime or maxIdleTime',
    ],
    ['how it is paid, of energy', of({ paymentBrand: 'VISA' }), 'energy: only what is fixed depends on how it is paid'],
  ] as const)('with %s', (_, tariff, fault) => {
    expect(tariffFault(tariff)).toBe(fault)
  })

  it('says the same in whatever order it is written, and not where a price differs', () => {
    const one = {
      id: 'T',
      energy: { prices: [{ price: '1', conditions: { minTime: 1, maxTime: 2 } }, { price: '2' }] },
    }
    const same = {
      energy: { prices: [{ conditions: { maxTime: 2, minTime: 1 }, price: '1' }, { price: '2' }] },
      id: 'T',
    }
    expect(isSameTariff(one, same)).toBe(true)
    expect(isSameTariff(one, { ...one, energy: { prices: one.energy.prices.toReversed() } })).toBe(false)
    expect(isSameTariff(one, { ...one, energy: { prices: [{ price: '1.0' }] } })).toBe(false)
  })
})
