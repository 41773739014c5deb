import { z } from '@hono/zod-openapi'
import { isCurrency } from '../../core/domain/currencies.ts'
import { decimalPattern } from '../../core/domain/decimal.ts'
import { formatInstant, parseInstant } from '../../core/domain/instant.ts'
import type { TariffContent, TariffView } from '../../core/ports/tariffs.ts'
import { lint } from '../../core/pricing/lint.ts'
import { tariffFaults } from '../../core/pricing/tariff-faults.ts'
import {
  dimensions,
  type Tariff,
  type TariffElement,
  tariffTypes,
  taxesIncluded,
  weekdays,
} from '../../core/pricing/tariff.ts'
import { msOf } from './params.ts'
import { given, instant } from './schemas.ts'

/** Tariffs as the API takes and shows them: the shape of OCPI 2.3.0 in our spelling, prices as texts. */

/** A text that must follow a rule, which a refusal names. */
const ruled = (rule: string, holds: (text: string) => boolean, error: string) =>
  z.string('must be a text').refine(holds, { error, params: { rule } })

export const decimalText = ruled(
  'sixDecimals',
  (text) => decimalPattern.test(text),
  'must be a number of up to 9 digits before the point and 6 behind it, as text',
).openapi({ example: '0.45' })

const vat = ruled(
  'perCent',
  (text) => decimalPattern.test(text) && Number(text) <= 100,
  'must be per cent, from 0 to 100, as text',
).openapi({ example: '19' })

const time = ruled(
  'timeOfDay',
  (text) => /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(text),
  'must be a time of day from 00:00 to 23:59; the end of the day is 00:00',
).openapi({ example: '08:00' })

const date = ruled(
  'calendarDay',
  (text) => /^\d{4}-\d\d-\d\d$/.test(text) && parseInstant(`${text}T00:00:00Z`) !== undefined,
  'must be a day of the calendar, such as 2026-11-27',
).openapi({ example: '2026-11-27' })

const currency = ruled('iso4217', isCurrency, 'must be a currency of ISO 4217, in capitals').openapi({ example: 'EUR' })

/** No U+0000, no lone surrogates: the store takes neither. */
export const isKept = (text: string): boolean => text.isWellFormed() && !text.includes('\u0000')

const componentSchema = z
  .strictObject({
    dimension: z.enum(dimensions, { error: `must be one of ${dimensions.join(', ')}` }),
    price: decimalText.describe('of a kWh (ENERGY), an hour (TIME, PARKING_TIME), once (FLAT)'),
    vat: vat.optional().describe('absent: nothing is said of tax, which is not the same as 0'),
    stepSize: z
      .number()
      .int()
      .min(0)
      .max(1_000_000)
      .default(1)
      .describe('Wh or s that are billed as a whole; 0 and 1: nothing is rounded up'),
  })
  .openapi('PriceComponent')

const seconds = z.number().int().min(0).max(31_536_000)

const restrictionsSchema = z
  .strictObject({
    startTime: time.optional().describe('by the clock of the site'),
    endTime: time.optional().describe('excluded; before the start: it goes on after midnight'),
    startDate: date.optional(),
    endDate: date.optional().describe('excluded'),
    minKwh: decimalText.optional().describe('of the session so far'),
    maxKwh: decimalText.optional(),
    minCurrent: decimalText.optional().describe('A, the sum of all phases'),
    maxCurrent: decimalText.optional(),
    minPower: decimalText.optional().describe('kW'),
    maxPower: decimalText.optional(),
    minDuration: seconds.optional().describe('s of the session so far'),
    maxDuration: seconds.optional(),
    daysOfWeek: z
      .array(z.enum(weekdays, { error: `must be one of ${weekdays.join(', ')}` }))
      .min(1)
      .max(7)
      .optional(),
    reservation: z.enum(['RESERVATION', 'RESERVATION_EXPIRES']).optional(),
  })
  .openapi('TariffRestrictions')

const limit = z
  .strictObject({ beforeTaxes: decimalText.optional(), afterTaxes: decimalText.optional() })
  .refine((bounds) => Object.keys(bounds).length > 0, {
    error: 'must have a price before or after taxes',
    params: { rule: 'limitIsOne' },
  })

const shape = {
  currency,
  type: z.enum(tariffTypes).optional().describe('absent: for every session'),
  taxIncluded: z.enum(taxesIncluded).describe('whether the prices have their tax in them; N/A: there is none'),
  elements: z
    .array(
      z
        .strictObject({
          components: z.array(componentSchema).min(1).max(dimensions.length),
          restrictions: restrictionsSchema.optional(),
        })
        .openapi('TariffElement'),
    )
    .min(1)
    .max(100)
    .describe('in order: of each dimension the first one counts whose restrictions hold'),
  minPrice: limit.optional(),
  maxPrice: limit.optional(),
  startsAt: instant.optional(),
  endsAt: instant.optional().describe('excluded'),
  texts: z
    .array(
      z.strictObject({
        language: ruled('iso639', (text) => /^[a-z]{2}$/.test(text), 'must be two letters of ISO 639-1, such as en'),
        text: ruled('storableText', isKept, 'has characters that cannot be stored').min(1).max(512),
      }),
    )
    .max(50)
    .optional(),
}

export const tariffBody = z
  .strictObject(shape)
  .superRefine((body, context) => {
    for (const { path, rule, detail } of tariffFaults(contentOf(body)))
      context.addIssue({ code: 'custom', path: [...path], message: detail, params: { rule } })
  })
  .openapi('TariffBody')

/** The tariff without the fields that nobody has given. */
export const contentOf = ({ startsAt, endsAt, ...body }: z.infer<z.ZodObject<typeof shape>>): TariffContent => ({
  currency: body.currency,
  taxIncluded: body.taxIncluded,
  elements: body.elements.map(({ components, restrictions }) => ({
    components: components.map(({ vat: rate, ...component }) => ({ ...component, ...given({ vat: rate }) })),
    ...(restrictions !== undefined && { restrictions: given(restrictions) }),
  })),
  ...given({
    type: body.type,
    minPrice: body.minPrice && given(body.minPrice),
    maxPrice: body.maxPrice && given(body.maxPrice),
    startsAt: msOf(startsAt),
    endsAt: msOf(endsAt),
    texts: body.texts,
  }),
})

export const findingSchema = z
  .object({
    rule: z.string(),
    pointer: z.string().describe('JSON pointer of the place; empty: the whole'),
    detail: z.string(),
  })
  .openapi('TariffFinding')

export const tariffSchema = z
  .object({
    id: z.string(),
    version: z.number().int().describe('another content is another version'),
    ...shape,
    elements: z.array(z.object({ components: z.array(componentSchema), restrictions: restrictionsSchema.optional() })),
    createdAt: instant,
    countsSince: instant.describe('sessions that began before are priced by the version before'),
    removedAt: instant.nullable(),
    lint: z.array(findingSchema).describe('what is odd about it; nothing is refused for that'),
  })
  .openapi('Tariff')

export const findingsOf = (tariff: Tariff): z.infer<typeof findingSchema>[] =>
  lint(tariff).map(({ rule, element, component, detail }) => ({
    rule,
    pointer: [
      element === undefined ? '' : `/elements/${element}`,
      component === undefined ? '' : `/components/${component}`,
    ].join(''),
    detail,
  }))

export const tariffView = ({ tariff, createdAt, since, removedAt }: TariffView): z.infer<typeof tariffSchema> => {
  const { startsAt, endsAt, elements, texts, ...rest } = tariff
  return {
    ...rest,
    elements: elements.map(elementView),
    ...given({
      startsAt: startsAt === undefined ? undefined : formatInstant(startsAt),
      endsAt: endsAt === undefined ? undefined : formatInstant(endsAt),
      texts: texts === undefined ? undefined : [...texts],
    }),
    createdAt: formatInstant(createdAt),
    countsSince: formatInstant(since),
    removedAt: removedAt === undefined ? null : formatInstant(removedAt),
    lint: findingsOf(tariff),
  }
}

const elementView = ({ components, restrictions }: TariffElement) => {
  if (restrictions === undefined) return { components: [...components] }
  const { daysOfWeek, ...others } = restrictions
  const days = daysOfWeek === undefined ? {} : { daysOfWeek: [...daysOfWeek] }
  return { components: [...components], restrictions: { ...others, ...days } }
}
