import { z } from '@hono/zod-openapi'
import { days, ranges } from '../../core/domain/station-tariff.ts'
import { currency, decimal, instant } from './schemas.ts'

/** Tariffs that stations compute with themselves, as the API takes them (OCPP 2.1). */

const bound = z.number().int().min(0).max(1_000_000_000).optional()
const bounds = Object.fromEntries(
  ranges.flatMap((name) => [[`min${name}`, bound] as const, [`max${name}`, bound] as const]),
) as {
  readonly [Name in `${'min' | 'max'}${(typeof ranges)[number]}`]: typeof bound
}
const timeOfDay = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day like 08:00')
  .optional()
const date = z.iso.date().optional()

const conditions = z
  .strictObject({
    startTimeOfDay: timeOfDay,
    endTimeOfDay: timeOfDay,
    dayOfWeek: z.array(z.enum(days)).min(1).max(7).optional(),
    validFromDate: date,
    validToDate: date.describe('the first day on which it does not hold any more'),
    evseKind: z.enum(['AC', 'DC']).optional(),
    paymentBrand: z.string().min(1).max(20).optional(),
    paymentRecognition: z.string().min(1).max(20).optional(),
    ...bounds,
  })
  .describe('all of them must hold; by the local time of the station, in Wh, A, W and s')

const taxes = z
  .array(
    z.strictObject({
      type: z.string().min(1).max(20),
      tax: decimal.describe('per cent'),
      stack: z.number().int().min(0).max(10).optional(),
    }),
  )
  .min(1)
  .max(5)
  .optional()

const part = z
  .strictObject({
    prices: z
      .array(z.strictObject({ price: decimal, conditions: conditions.optional() }))
      .min(1)
      .max(100),
    taxes,
  })
  .describe('of its prices the first whose conditions hold')
  .optional()

const cost = z.strictObject({ exclTax: decimal.optional(), inclTax: decimal.optional(), taxes }).optional()

export const tariffBody = z
  .strictObject({
    id: z.string().min(1).max(60).describe('another content needs another id'),
    currency,
    validFrom: instant.optional(),
    description: z
      .array(z.strictObject({ text: z.string().min(1).max(1_024), language: z.string().min(2).max(8).optional() }))
      .min(1)
      .max(10)
      .optional(),
    energy: part.describe('per kWh'),
    chargingTime: part.describe('per minute'),
    idleTime: part.describe('per minute'),
    reservationTime: part.describe('per minute'),
    fixedFee: part,
    reservationFixed: part,
    minCost: cost,
    maxCost: cost,
  })
  .openapi('StationTariff')
