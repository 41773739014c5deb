import { z } from '@hono/zod-openapi'
import type { Cdr } from '../../core/domain/cdr.ts'
import { formatInstant } from '../../core/domain/instant.ts'
import { wattHours } from '../../core/domain/units.ts'
import { lineKinds, type PriceLine, type Taxed } from '../../core/pricing/priced.ts'
import { totalsOf } from '../../core/pricing/price.ts'
import { dimensions } from '../../core/pricing/tariff.ts'
import { stretchKinds } from '../../core/pricing/usage.ts'

/** A price as the API shows it: amounts are decimal texts, volumes in Wh and seconds, null where nothing is known. */

export const taxed = z
  .object({ net: z.string(), tax: z.string(), gross: z.string() })
  .openapi('Taxed', { description: 'before tax, the tax, after it' })
const component = z
  .object({ dimension: z.enum(dimensions), element: z.number().int(), component: z.number().int() })
  .openapi('ComponentRef', { description: 'places in the tariff, from 0' })

export const lineSchema = z
  .object({
    kind: z.enum(lineKinds),
    component: component.nullable().describe('null: what a limit or the rounding adds'),
    price: z.string().nullable().describe('of a kWh, an hour, or the whole'),
    volume: z.number().nullable().describe('Wh or s that were used; 1 of what is fixed'),
    billed: z.number().nullable().describe('the same, rounded up to whole steps'),
    stepSize: z.number().int().nullable(),
    vat: z.string().nullable().describe('per cent; null: the tariff says nothing of tax'),
    net: z.string(),
    tax: z.string(),
    gross: z.string(),
  })
  .openapi('PriceLine')

const periodSchema = z
  .object({
    kind: z.enum(stretchKinds),
    from: z.iso.datetime(),
    until: z.iso.datetime(),
    energyWh: z.number(),
    prices: z.array(component).describe('what is not named is free'),
  })
  .openapi('PricedPeriod')

export const totalsSchema = z
  .object({
    fixed: taxed,
    energy: taxed,
    time: taxed,
    parking: taxed,
    reservation: taxed,
    adjustments: taxed.describe('what limits and rounding add'),
  })
  .openapi('Totals')

export const pricedFields = {
  currency: z.string().nullable(),
  totalCost: z.string().nullable().describe('after tax; null = not priced, and that is not zero'),
  total: taxed.nullable(),
  totals: totalsSchema.nullable().describe('the same sums by what they are for'),
  tariff: z
    .object({ id: z.string(), version: z.number().int() })
    .nullable()
    .describe('the version that was in force when the session started'),
  timeZone: z.string().nullable().describe('of the site: in it the hours of the tariff count'),
  lines: z.array(lineSchema).describe('one for each price that was asked; their sum is the total'),
  periods: z.array(periodSchema).describe('a new one wherever a price changes'),
}

const schema = z.object(pricedFields)

export const amounts = ({ net, tax, gross }: Taxed): Taxed => ({ net, tax, gross })

/** mWh are shown in Wh, ms in s; what is fixed is counted. */
export const volumeOf = ({ component: of }: PriceLine, volume: number): number => {
  if (of?.dimension === 'ENERGY') return wattHours(volume)
  return of?.dimension === 'FLAT' ? volume : volume / 1_000
}

export const lineOf = (line: PriceLine): z.infer<typeof lineSchema> => ({
  kind: line.kind,
  component: line.component === undefined ? null : { ...line.component },
  price: line.price ?? null,
  volume: line.volume === undefined ? null : volumeOf(line, line.volume),
  billed: line.billed === undefined ? null : volumeOf(line, line.billed),
  stepSize: line.stepSize ?? null,
  vat: line.vat ?? null,
  ...amounts(line),
})

export const pricedOf = ({ priced }: Pick<Cdr, 'priced'>): z.infer<typeof schema> => {
  if (priced === undefined)
    return {
      currency: null,
      totalCost: null,
      total: null,
      totals: null,
      tariff: null,
      timeZone: null,
      lines: [],
      periods: [],
    }
  const { tariff, total, zone, lines, periods } = priced
  return {
    currency: tariff.currency,
    totalCost: total.gross,
    total: amounts(total),
    totals: totalsOf(priced),
    tariff: { id: tariff.id, version: tariff.version },
    timeZone: zone,
    lines: lines.map(lineOf),
    periods: periods.map(({ kind, from, until, energyMwh, prices }) => ({
      kind,
      from: formatInstant(from),
      until: formatInstant(until),
      energyWh: wattHours(energyMwh),
      prices: prices.map((price) => ({ ...price })),
    })),
  }
}
