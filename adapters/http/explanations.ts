import { z } from '@hono/zod-openapi'
import { formatInstant } from '../../core/domain/instant.ts'
import type { Register } from '../../core/domain/session.ts'
import { wattHours } from '../../core/domain/units.ts'
import type { CdrView } from '../../core/ports/store.ts'
import {
  type ExplainedLine,
  type ExplainedPeriod,
  explain,
  type Explanation,
  meterings,
} from '../../core/pricing/explain.ts'
import { explanationText } from '../../core/pricing/explanation-text.ts'
import { dimensions, taxesIncluded } from '../../core/pricing/tariff.ts'
import { stretchKinds } from '../../core/pricing/usage.ts'
import { byId } from './params.ts'
import type { Api, ApiParts } from './parts.ts'
import { amounts, lineOf, lineSchema, taxed, totalsSchema, volumeOf } from './priced-schemas.ts'
import { notFound, Problem } from './problem.ts'
import { route } from './route.ts'
import { instant, missing, problems, unprocessable } from './schemas.ts'

const register = z.object({ at: instant, registerWh: z.number() })
const periodSchema = z.object({
  kind: z.enum(stretchKinds),
  from: instant,
  until: instant,
  energyWh: z.number(),
  meter: z
    .object({
      how: z.enum(meterings),
      readings: z.number().int().describe('of the session, taken within the period'),
      first: register.nullable().describe('the last register that was read before it, or at its start'),
      last: register.nullable().describe('the first one at its end, or after it'),
    })
    .describe(
      'metered: the difference of both registers; between: its share of that, as evenly as time went; shared: its share of what is billed, which the registers do not make; unread: there are none',
    ),
  asks: z
    .array(z.object({ line: z.number().int(), volume: z.number() }))
    .describe('which line was asked for how much of it: Wh, s, or 1 of what is fixed; lines from 0'),
  free: z.array(z.enum(dimensions)).describe('what was used and has no price'),
})
const explainedLine = lineSchema.extend({
  restrictions: z.record(z.string(), z.unknown()).nullable().describe('when its price counts; null: always'),
  parts: z.array(z.object({ period: z.number().int(), volume: z.number() })).describe('together the volume'),
  exact: z.string().nullable().describe('price times what is billed, before it is rounded: at most 12 decimals'),
})
const schema = z
  .object({
    cdr: z.string(),
    session: z.string(),
    text: z.string().describe('all of it in words'),
    tariff: z.object({
      id: z.string(),
      version: z.number().int(),
      currency: z.string(),
      taxIncluded: z.enum(taxesIncluded),
    }),
    because: z.string().nullable().describe('why this tariff; null: it was not kept'),
    timeZone: z.string(),
    rounding: z.object({
      lineDigits: z.number().int(),
      totalDigits: z.number().int(),
      mode: z.enum(['halfUp', 'halfEven']),
    }),
    startedAt: instant,
    endedAt: instant,
    energyWh: z.number(),
    periods: z.array(periodSchema),
    lines: z.array(explainedLine),
    total: taxed,
    totals: totalsSchema,
    notes: z.array(z.string()),
  })
  .openapi('Explanation')

const registerOf = (one: Register | undefined): z.infer<typeof register> | null =>
  one === undefined ? null : { at: formatInstant(one.at), registerWh: wattHours(one.mwh) }

const periodOf = (period: ExplainedPeriod, lines: readonly ExplainedLine[]): z.infer<typeof periodSchema> => {
  const { kind, from, until, energyMwh, meter, asks, free } = period
  return {
    kind,
    from: formatInstant(from),
    until: formatInstant(until),
    energyWh: wattHours(energyMwh),
    meter: { how: meter.how, readings: meter.readings, first: registerOf(meter.first), last: registerOf(meter.last) },
    asks: asks.flatMap(({ line, volume }) => {
      const asked = lines[line]
      return asked === undefined ? [] : [{ line, volume: volumeOf(asked, volume) }]
    }),
    free: [...free],
  }
}

const shown = ({ id, session }: CdrView, explanation: Explanation, text: string): z.infer<typeof schema> => {
  const { tariff, because, zone, rounding, startedAt, endedAt, energyMwh, periods, lines } = explanation
  return {
    cdr: id,
    session,
    text,
    tariff: {
      id: tariff.id,
      version: tariff.version,
      currency: tariff.currency,
      taxIncluded: tariff.taxIncluded,
    },
    because: because ?? null,
    timeZone: zone,
    rounding: { lineDigits: rounding.lineDigits, totalDigits: rounding.totalDigits, mode: rounding.mode },
    startedAt: formatInstant(startedAt),
    endedAt: formatInstant(endedAt),
    energyWh: wattHours(energyMwh),
    periods: periods.map((period) => periodOf(period, lines)),
    lines: lines.map((line) => ({
      ...lineOf(line),
      restrictions: line.restrictions === undefined ? null : { ...line.restrictions },
      parts: line.parts.map(({ period, volume }) => ({ period, volume: volumeOf(line, volume) })),
      exact: line.exact ?? null,
    })),
    total: amounts(explanation.total),
    totals: explanation.totals,
    notes: [...explanation.notes],
  }
}

/** What the state of a CDR means for its price. */
const states = {
  issued: [],
  held: ['it is held: nobody is billed for it'],
  credited: ['it has been taken back: among its readings are those that have come since'],
} as const

/** Whether a text is wanted rather than data. */
export const wantsText = (accept: string | undefined): boolean =>
  accept !== undefined && accept.includes('text/plain') && !accept.includes('application/json')

export const explanationRoutes = (api: Api, { store }: ApiParts): void =>
  void api.openapi(
    route({
      method: 'get',
      path: '/api/v1/cdrs/{id}/explain',
      'x-permission': 'cdrs.read',
      tags: ['CDRs'],
      summary: 'Why a CDR costs what it costs',
      description:
        'From the meter to the tax: periods, prices, steps, rounding, each with the numbers that make it, so that everybody can work it out again. With `Accept: text/plain` the text alone.',
      request: { params: byId },
      responses: {
        200: {
          description: 'The explanation',
          content: { 'application/json': { schema }, 'text/plain': { schema: z.string() } },
        },
        409: unprocessable[409],
        ...problems,
        ...missing,
      },
    }),
    async (c) => {
      const cdr = await store.cdrs.find(c.get('caller').tenant, c.req.valid('param').id)
      if (cdr === undefined) throw notFound('CDR')
      if (cdr.priced === undefined) throw new Problem(409, 'this CDR has no price: no tariff was for its session')
      const grounds = await store.cdrs.grounds(cdr)
      const explanation = explain(cdr.priced, { ...grounds, notes: [...cdr.notes, ...states[cdr.state]] })
      const text = explanationText(explanation, 'en')
      if (wantsText(c.req.header('accept'))) return c.text(text, 200)
      return c.json(shown(cdr, explanation, text), 200)
    },
  )
