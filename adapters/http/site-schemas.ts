import { z } from '@hono/zod-openapi'
import { formatInstant, parseInstant } from '../../core/domain/instant.ts'
import {
  coordinateFault,
  latitude,
  longitude,
  openingFault,
  type OpeningTimes,
  type Site,
  type SiteView,
  timeOfDay,
} from '../../core/domain/site.ts'
import { dayIn, timeZone } from '../../core/domain/time-zone.ts'
import type { Given } from '../../core/ports/market.ts'
import { addressBody, addressOf, addressView, line } from './party-schemas.ts'
import { instant } from './schemas.ts'
import { holdersSchema, holdersView } from './tenure-schemas.ts'

const coordinate = (form: RegExp, most: 90 | 180, example: string) =>
  z
    .string()
    .regex(form, `must be degrees with 5 to 7 digits behind the point, as text like ${example}`)
    .superRefine((text, context) => {
      const fault = form.test(text) ? coordinateFault(text, most) : undefined
      if (fault !== undefined) context.addIssue({ code: 'custom', message: fault })
    })
    .openapi({ example })

export const coordinates = z.strictObject({
  latitude: coordinate(latitude, 90, '52.520008'),
  longitude: coordinate(longitude, 180, '13.404954'),
})

const zone = z
  .string()
  .refine((text) => timeZone(text) !== undefined, 'must be an IANA time zone such as Europe/Berlin')
  .openapi({ example: 'Europe/Berlin' })

const hours = z.string().regex(timeOfDay, 'must be a time of day like 08:00, at most 24:00')
const span = z.strictObject({ from: instant, until: instant })

const openingBody = z
  .strictObject({
    always: z.boolean().default(false).describe('day and night'),
    regular: z
      .array(
        z.strictObject({
          weekday: z.number().int().min(1).max(7).describe('1 = Monday'),
          from: hours,
          until: hours,
        }),
      )
      .max(50)
      .default([]),
    openings: z.array(span).max(50).default([]).describe('beside the regular ones'),
    closings: z.array(span).max(50).default([]),
  })
  .superRefine((body, context) => {
    const fault = openingFault(openingOf(body))
    if (fault !== undefined)
      context.addIssue({ code: 'custom', path: fault.at.split('/').slice(1), message: fault.detail })
  })
  .openapi('OpeningTimes')

type Opening = {
  readonly always: boolean
  readonly regular: OpeningTimes['regular']
  readonly openings: readonly z.infer<typeof span>[]
  readonly closings: readonly z.infer<typeof span>[]
}

const openingOf = ({ openings, closings, ...rest }: Opening): OpeningTimes => {
  const spans = (texts: Opening['openings']) =>
    texts.map(({ from, until }) => ({ from: parseInstant(from)?.ms ?? 0, until: parseInstant(until)?.ms ?? 0 }))
  return { ...rest, openings: spans(openings), closings: spans(closings) }
}

export const siteBody = z.strictObject({
  name: line(255),
  address: addressBody,
  coordinates,
  timeZone: zone.describe('by which prices of the day and days of contracts go'),
  openingTimes: openingBody.nullish().describe('null: nobody has said'),
  published: z.boolean().default(true).describe('whether partners may show it'),
})

export const siteSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    address: z.object({
      street: z.string(),
      postalCode: z.string().nullable(),
      city: z.string(),
      country: z.string(),
    }),
    coordinates: z.object({ latitude: z.string(), longitude: z.string() }),
    timeZone: z.string(),
    openingTimes: z
      .object({
        always: z.boolean(),
        regular: z.array(z.object({ weekday: z.number().int(), from: z.string(), until: z.string() })),
        openings: z.array(z.object({ from: instant, until: instant })),
        closings: z.array(z.object({ from: instant, until: instant })),
      })
      .nullable(),
    published: z.boolean(),
    ...holdersSchema,
    changedAt: instant,
  })
  .openapi('Site')

const spansView = (spans: OpeningTimes['openings']) =>
  spans.map(({ from, until }) => ({ from: formatInstant(from), until: formatInstant(until) }))

/** A site as it is, with who has which role at a time (ms since 1970 UTC). */
export const siteView = (site: SiteView, at: number): z.infer<typeof siteSchema> => {
  const { openingTimes: times } = site
  return {
    id: site.id,
    name: site.name,
    address: addressView(site.address),
    coordinates: { ...site.coordinates },
    timeZone: site.zone,
    openingTimes:
      times === undefined
        ? null
        : {
            always: times.always,
            regular: [...times.regular],
            openings: spansView(times.openings),
            closings: spansView(times.closings),
          },
    published: site.published,
    ...holdersView([site.tenures], dayIn(site.zone, at)),
    changedAt: formatInstant(site.changedAt),
  }
}

export const siteFrom = (tenant: string, id: string, body: z.infer<typeof siteBody>): Given<Site> => ({
  tenant,
  id,
  name: body.name,
  address: addressOf(body.address),
  coordinates: body.coordinates,
  zone: timeZone(body.timeZone) ?? body.timeZone,
  published: body.published,
  ...(body.openingTimes != null && { openingTimes: openingOf(body.openingTimes) }),
})
