import { z } from '@hono/zod-openapi'
import { formatInstant } from '../../core/domain/instant.ts'
import { mergedTrace, parsePosition, positionText, type TraceEntry, traceKinds } from '../../core/domain/trace.ts'
import { BadCursor } from '../../core/ports/store.ts'
import { knownChargePoint } from './known.ts'
import { byIdentity, msOf } from './params.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound } from './problem.ts'
import { route } from './route.ts'
import {
  chargePointOf,
  chargePointSchema,
  given,
  instant,
  json,
  missing,
  pageQuery,
  pageSchema,
  problems,
} from './schemas.ts'
import { shownFrame } from './shown-frame.ts'

const at = '/api/v1/charge-points'
const text = z.string().min(1).max(255)

const frameSchema = z
  .object({
    at: instant,
    kind: z.enum(traceKinds),
    direction: z.enum(['in', 'out']).nullable().describe('of frames: in = the station said it'),
    action: z.string().nullable().describe('of an answer that of the CALL it answers'),
    messageId: z.string().nullable(),
    latencyMs: z.number().int().nullable().describe('of an answer: since its CALL'),
    verdict: z
      .string()
      .nullable()
      .describe(
        'taken, coalesced, id in use, malformed, unreadable, dropped, sent, answered, late, or the code of an error',
      ),
    size: z.number().int().describe('bytes'),
    frame: z.unknown().describe('as it was, but for tokens and secrets; of other entries their details'),
  })
  .openapi('Frame')

/** What was said on the wire, and what was made of it. */
export const traceRoutes = (api: Api, { store, commander, clock, digest }: ApiParts): void => {
  const shown = (entry: TraceEntry): z.infer<typeof frameSchema> => ({
    at: formatInstant(entry.at),
    kind: entry.kind,
    direction: entry.direction ?? null,
    action: entry.action ?? null,
    messageId: entry.messageId ?? null,
    latencyMs: entry.latencyMs ?? null,
    verdict: entry.verdict ?? null,
    size: entry.size,
    frame: shownFrame(entry.text, digest),
  })

  api.openapi(
    route({
      method: 'put',
      path: `${at}/{identity}/trace`,
      'x-permission': 'traces.write',
      tags: ['Charge points'],
      summary: 'Store its trace, or no longer',
      description:
        'Stored for SM_KEEP_FRAMES_DAYS; null: while there are fewer than 1,000 charge points. Its worker follows within a second. In memory the last frames of all stations are kept in any case (SM_TRACE_MB).',
      request: {
        params: byIdentity,
        body: {
          content: { 'application/json': { schema: z.strictObject({ on: z.boolean().nullable() }) } },
          required: true,
        },
      },
      responses: { 200: json(chargePointSchema, 'The charge point'), ...problems, ...missing },
    }),
    async (c) => {
      const ref = { tenant: c.get('caller').tenant, identity: c.req.valid('param').identity }
      const before = await store.chargePoints.find(ref)
      if (before === undefined) throw notFound('charge point')
      const on = c.req.valid('json').on ?? undefined
      if (!(await store.chargePoints.trace(before, on, clock.now()))) throw notFound('charge point')
      const { traced: _, ...view } = before
      return c.json(chargePointOf({ ...view, ...(on !== undefined && { traced: on }) }), 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{identity}/frames`,
      'x-permission': 'traces.read',
      tags: ['Charge points'],
      summary: 'The wire trace, newest first',
      description:
        'Frames with direction, latency and what became of them; between them sockets that opened and closed, deadlines, orders, and what was decided about tokens and boots. From the memory of the worker that holds the station, and from the store where its trace is kept. Tokens are keyed pseudonyms, secrets are gone.',
      request: {
        params: byIdentity,
        query: z.object({
          ...pageQuery,
          from: instant.optional(),
          to: instant.optional().describe('not included'),
          kind: z.enum(traceKinds).optional(),
          direction: z.enum(['in', 'out']).optional(),
          action: text.optional(),
          verdict: text.optional(),
          q: text.optional().describe('a text in the frame as it is shown, or a token'),
        }),
      },
      responses: { 200: json(pageSchema(frameSchema), 'Frames'), ...problems, ...missing },
    }),
    async (c) => {
      const { limit, cursor, from, to, q, ...of } = c.req.valid('query')
      const ref = { tenant: c.get('caller').tenant, identity: c.req.valid('param').identity }
      const view = await knownChargePoint(store, ref)
      const below = cursor === undefined ? undefined : parsePosition(cursor)
      if (cursor !== undefined && below === undefined) throw new BadCursor('not a cursor of this list')
      const query = {
        limit: limit + 1,
        ...given({
          ...of,
          from: msOf(from),
          to: msOf(to),
          below,
          texts: q === undefined ? undefined : [q, digest.pseudonym(q)],
        }),
      }
      const [remembered, stored] = await Promise.all([commander.trace(view, query), store.traces.newest(view, query)])
      const entries = mergedTrace(remembered, stored)
      const last = entries[limit - 1]
      const next = entries.length > limit && last !== undefined ? positionText(last) : null
      return c.json({ items: entries.slice(0, limit).map(shown), next }, 200)
    },
  )
}
