import { price } from '../../core/pricing/price.ts'
import type { Priced } from '../../core/pricing/priced.ts'
import type { Tariff } from '../../core/pricing/tariff.ts'
import type { Usage } from '../../core/pricing/usage.ts'

const quarter = 900_000

/** Four elements: a fee, a price by day, one up to an amount of energy, and one of all else with parking. */
export const aTariff: Tariff = {
  id: 'day-and-night',
  version: 1,
  currency: 'EUR',
  taxIncluded: 'NO',
  maxPrice: { beforeTaxes: '50', afterTaxes: '59.50' },
  elements: [
    { components: [{ dimension: 'FLAT', price: '0.50', vat: '19', stepSize: 1 }] },
    {
      components: [{ dimension: 'ENERGY', price: '0.49', vat: '19', stepSize: 1 }],
      restrictions: { startTime: '08:00', endTime: '20:00' },
    },
    {
      components: [
        { dimension: 'ENERGY', price: '0.39', vat: '19', stepSize: 1 },
        { dimension: 'TIME', price: '0.60', vat: '19', stepSize: 1 },
      ],
      restrictions: { maxKwh: '20' },
    },
    {
      components: [
        { dimension: 'ENERGY', price: '0.35', vat: '19', stepSize: 1 },
        { dimension: 'TIME', price: '1.20', vat: '19', stepSize: 60 },
        { dimension: 'PARKING_TIME', price: '3.00', vat: '19', stepSize: 60 },
      ],
    },
  ],
}

/** Sessions of ten stretches, eight of them charging, that begin all over a day. */
export const someUsages = (count: number): readonly Usage[] =>
  Array.from({ length: count }, (_, i) => {
    const begin = Date.UTC(2026, 10, 30) + Math.floor((i * 86_400) / count) * 1_000
    return {
      zone: 'Europe/Berlin',
      stretches: Array.from({ length: 10 }, (__, k) => ({
        kind: k < 8 ? ('charging' as const) : ('parking' as const),
        from: begin + k * quarter,
        until: begin + (k + 1) * quarter,
        energyMwh: k < 8 ? 2_500_000 + i * 37 : 0,
      })),
    }
  })

export const priceOf = (usage: Usage): Priced => price(aTariff, usage)
