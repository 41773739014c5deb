import fc from 'fast-check'
import {
  dimensions,
  type PriceComponent,
  type PriceLimit,
  type Restrictions,
  type Tariff,
  type TariffElement,
  taxesIncluded,
  weekdays,
} from '../../core/pricing/tariff.ts'
import type { Stretch, StretchKind, Usage } from '../../core/pricing/usage.ts'

const some = <T>(values: fc.Arbitrary<T>, freq = 4): fc.Arbitrary<T | undefined> =>
  fc.option(values, { nil: undefined, freq })

/** Without the fields that are not there. */
const present = <T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T

/** A decimal text, below so many. */
const decimal = (below: number, places: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.integer({ min: 0, max: below - 1 }), fc.integer({ min: 0, max: 10 ** places - 1 }))
    .map(([whole, rest]) => (places === 0 ? `${whole}` : `${whole}.${String(rest).padStart(places, '0')}`))

const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom('00', '00', '30', '45'))
  .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${minute}`)

/** Around the nights in which Berlin puts its clocks forward and back, and a new year. */
const dates = [
  '2026-03-28',
  '2026-03-29',
  '2026-03-30',
  '2026-10-24',
  '2026-10-25',
  '2026-10-26',
  '2026-12-31',
  '2027-01-01',
]
const starts = dates.map((date) => Date.parse(`${date}T00:00:00Z`))

const restrictions: fc.Arbitrary<Restrictions> = fc
  .record({
    startTime: some(clock),
    endTime: some(clock),
    startDate: some(fc.constantFrom(...dates), 1),
    endDate: some(fc.constantFrom(...dates), 1),
    minKwh: some(decimal(4, 3), 1),
    maxKwh: some(decimal(8, 6), 1),
    minCurrent: some(decimal(30, 1), 1),
    maxCurrent: some(decimal(60, 1), 1),
    minPower: some(decimal(20, 3), 1),
    maxPower: some(decimal(40, 3), 1),
    minDuration: some(fc.integer({ min: 0, max: 3_600 }), 1),
    maxDuration: some(fc.integer({ min: 0, max: 7_200 }), 1),
    daysOfWeek: some(fc.subarray([...weekdays]), 1),
    reservation: some(fc.constantFrom('RESERVATION', 'RESERVATION_EXPIRES'), 1),
  })
  .map((fields) => present<Restrictions>(fields))

const component: fc.Arbitrary<PriceComponent> = fc
  .record({
    dimension: fc.constantFrom(...dimensions),
    price: fc.oneof(fc.constant('0'), decimal(5, 6), decimal(3, 2)),
    vat: some(fc.constantFrom('0', '7', '19', '21', '5.2', '13.333333')),
    stepSize: fc.constantFrom(0, 1, 1, 60, 500, 900),
  })
  .map((fields) => present<PriceComponent>(fields))

const element: fc.Arbitrary<TariffElement> = fc
  .record({
    components: fc.array(component, { minLength: 1, maxLength: 3 }),
    restrictions: some(fc.oneof(fc.constant({}), restrictions), 4),
  })
  .map((fields) => present<TariffElement>(fields))

const limit = (below: number): fc.Arbitrary<PriceLimit> =>
  fc
    .record({ beforeTaxes: some(decimal(below, 6)), afterTaxes: some(decimal(below, 2)) })
    .map((fields) => present<PriceLimit>(fields))

export const anyTariff: fc.Arbitrary<Tariff> = fc
  .record({
    id: fc.constant('a-tariff'),
    version: fc.constant(1),
    currency: fc.constantFrom('EUR', 'JPY', 'KWD'),
    taxIncluded: fc.constantFrom(...taxesIncluded),
    elements: fc.array(element, { minLength: 1, maxLength: 5 }),
    minPrice: some(limit(3), 1),
    maxPrice: some(limit(9), 1),
  })
  .map((fields) => present<Tariff>(fields))

interface Part {
  readonly kind: StretchKind
  readonly seconds: number
  /** mWh a second: so that a stretch can be cut at any second without a rest. */
  readonly rate: number
  readonly currentMa: number | undefined
  readonly powerMw: number | undefined
}

const part: fc.Arbitrary<Part> = fc.record({
  kind: fc.constantFrom('charging', 'charging', 'charging', 'parking'),
  seconds: fc.oneof(fc.integer({ min: 0, max: 7_200 }), fc.constantFrom(0, 900, 3_600)),
  rate: fc.oneof(fc.integer({ min: 0, max: 12_000 }), fc.constant(0), fc.integer({ min: -3_000, max: 0 })),
  currentMa: some(fc.integer({ min: 0, max: 64_000 }), 2),
  powerMw: some(fc.integer({ min: -10_000_000, max: 43_000_000 }), 1),
})

const before: fc.Arbitrary<readonly Part[]> = fc.oneof(
  { weight: 4, arbitrary: fc.constant([]) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('reserved', 'reservationExpired'), fc.integer({ min: 0, max: 5_400 }))
      .map(([kind, seconds]) => [{ kind, seconds, rate: 0, currentMa: undefined, powerMw: undefined }]),
  },
)

/** A session of whole seconds, each of which draws the same within a stretch; sometimes reserved before. */
export const anyUsage: fc.Arbitrary<Usage> = fc
  .record({
    zone: fc.constantFrom('Europe/Berlin', 'Europe/Berlin', 'UTC', 'Asia/Kolkata', 'America/St_Johns'),
    day: fc.constantFrom(...starts),
    second: fc.integer({ min: 0, max: 86_399 }),
    before,
    parts: fc.array(part, { minLength: 1, maxLength: 5 }),
  })
  .map(({ zone, day, second, before: reserved, parts }) => {
    let at = day + second * 1_000
    const stretches = [...reserved, ...parts].map(({ kind, seconds, rate, currentMa, powerMw }): Stretch => {
      const from = at
      at += seconds * 1_000
      const known = present<Pick<Stretch, 'currentMa' | 'powerMw'>>({ currentMa, powerMw })
      return { kind, from, until: at, energyMwh: seconds * rate, ...known }
    })
    return { zone, stretches }
  })
