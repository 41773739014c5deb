import { createRoute, z } from '@hono/zod-openapi'
import { formatInstant, parseInstant } from '../../core/domain/instant.ts'
import { mergedTrace, parsePosition, positionText, type TraceEntry, traceKinds } from '../../core/domain/trace.ts'
import { BadCursor } from '../../core/ports/store.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound } from './problem.ts'
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

const identity = z.object({
  identity: z
    .string()
    .max(255)
    .openapi({ param: { name: 'identity', in: 'path' }, example: 'CP-1' }),
})
const id = z.object({
  id: z
    .string()
    .max(64)
    .openapi({ param: { name: 'id', in: 'path' } }),
})
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

const messageSchema = z
  .object({
    kind: z.string(),
    at: instant.describe("by the station's clock"),
    receivedAt: instant,
    protocol: z.string(),
    flags: z.array(z.string()),
    frame: z.unknown().describe('as it came; tokens as keyed pseudonyms; null for a reading'),
    reading: z.unknown().describe('the element of the MeterValues or StopTransaction that it came in; null for others'),
  })
  .openapi('SessionMessage')

const ms = (given: string | undefined): number | undefined =>
  given === undefined ? undefined : parseInstant(given)?.ms

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
    createRoute({
      method: 'put',
      path: `${at}/{identity}/trace`,
      tags: ['Charge points'],
      summary: 'Store its trace, or no longer',
      description:
        'Stored for SM_KEEP_FRAMES_DAYS; null: while there are fewer than 1,000 charge points. Its worker follows within a second. In memory the last frames of all stations are kept in any case (SM_TRACE_MB).',
      request: {
        params: identity,
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
    createRoute({
      method: 'get',
      path: `${at}/{identity}/frames`,
      tags: ['Charge points'],
      summary: 'The wire trace, newest first',
      description:
        'Frames with direction, latency and what became of them; between them sockets that opened and closed, deadlines, orders, and what was decided about tokens and boots. From the memory of the worker that holds the station, and from the store where its trace is kept. Tokens are keyed pseudonyms, secrets are gone.',
      request: {
        params: identity,
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
      const view = await store.chargePoints.find(ref)
      if (view === undefined) throw notFound('charge point')
      const below = cursor === undefined ? undefined : parsePosition(cursor)
      if (cursor !== undefined && below === undefined) throw new BadCursor('not a cursor of this list')
      const query = {
        limit: limit + 1,
        ...given({
          ...of,
          from: ms(from),
          to: ms(to),
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

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/sessions/{id}/messages',
      tags: ['Sessions'],
      summary: 'What a session is made of, as it was received',
      description: 'Its messages from the journal and its readings, in the order in which they came.',
      request: { params: id, query: z.object(pageQuery) },
      responses: { 200: json(pageSchema(messageSchema), 'Messages'), ...problems, ...missing },
    }),
    async (c) => {
      const session = await store.sessions.find(c.get('caller').tenant, c.req.valid('param').id)
      if (session === undefined) throw notFound('session')
      const { limit, cursor } = c.req.valid('query')
      const page = await store.sessions.messages(session, { limit, ...given({ cursor }) })
      const items = page.items.map(({ kind, at: told, receivedAt, protocol, flags, wire, reading }) => ({
        kind,
        at: formatInstant(told),
        receivedAt: formatInstant(receivedAt),
        protocol,
        flags: [...flags],
        frame: wire === undefined ? null : shownFrame(wire, digest),
        reading: reading === undefined ? null : shownFrame(reading, digest),
      }))
      return c.json({ items, next: page.next }, 200)
    },
  )
}
