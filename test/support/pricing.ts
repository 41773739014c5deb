import type { Decimal } from '../../core/domain/decimal.ts'
import type { PriceComponent, Restrictions, Tariff, TariffElement } from '../../core/pricing/tariff.ts'
import type { Stretch, StretchKind, Usage } from '../../core/pricing/usage.ts'

const minute = 60_000
const kWh = 1_000_000

type Priced = Omit<PriceComponent, 'dimension' | 'price'>

const component =
  (dimension: PriceComponent['dimension']) =>
  (price: Decimal, vat?: Decimal, stepSize = 1): PriceComponent => {
    const more: Priced = { stepSize, ...(vat !== undefined && { vat }) }
    return { dimension, price, ...more }
  }

export const flat = component('FLAT')
export const energy = component('ENERGY')
export const time = component('TIME')
export const parking = component('PARKING_TIME')

/** `element({ maxPower: '16' }, energy('0.20'))` */
export const element = (restrictions: Restrictions, ...components: readonly PriceComponent[]): TariffElement => ({
  components,
  ...(Object.keys(restrictions).length > 0 && { restrictions }),
})

export const tariff = (elements: readonly TariffElement[], more: Partial<Tariff> = {}): Tariff => ({
  id: 'a-tariff',
  version: 1,
  currency: 'EUR',
  taxIncluded: 'NO',
  elements,
  ...more,
})

export interface Part {
  readonly minutes: number
  readonly kWh?: number
  readonly amperes?: number
  readonly kW?: number
}

export type Told = readonly [StretchKind, Part]

/** One after the other, from a time on (ISO 8601). */
export const usage = (from: string, parts: readonly Told[], zone = 'Europe/Berlin'): Usage => {
  const stretches: Stretch[] = []
  let at = Date.parse(from)
  for (const [kind, part] of parts) {
    const until = at + Math.round(part.minutes * minute)
    stretches.push({
      kind,
      from: at,
      until,
      energyMwh: Math.round((part.kWh ?? 0) * kWh),
      ...(part.amperes !== undefined && { currentMa: part.amperes * 1_000 }),
      ...(part.kW !== undefined && { powerMw: part.kW * kWh }),
    })
    at = until
  }
  return { zone, stretches }
}

export const charging = (part: Part): Told => ['charging', part]
export const parked = (minutes: number, kWhs = 0): Told => ['parking', { minutes, kWh: kWhs }]
export const reserved = (minutes: number): Told => ['reserved', { minutes }]
export const expired = (minutes: number): Told => ['reservationExpired', { minutes }]
