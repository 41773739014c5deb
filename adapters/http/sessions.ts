import { z } from '@hono/zod-openapi'
import { formatInstant } from '../../core/domain/instant.ts'
import type { SampledValue } from '../../core/domain/meter.ts'
import { normalOf } from '../../core/domain/normal.ts'
import { sessionStates } from '../../core/domain/session.ts'
import { wattHours } from '../../core/domain/units.ts'
import { byId, msOf } from './params.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound } from './problem.ts'
import { route } from './route.ts'
import {
  given,
  instant,
  json,
  missing,
  pageQuery,
  pageSchema,
  problems,
  sampleSchema,
  sessionOf,
  sessionSchema,
} from './schemas.ts'
import { shownFrame } from './shown-frame.ts'

const span = { from: instant.optional(), to: instant.optional() }

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

/** A value as the station wrote it, and in its normal form. */
const valueOf = (sampled: SampledValue) => {
  const { measurand, value, unit, phase, context, location } = sampled
  const normal = normalOf(sampled)
  return {
    measurand,
    value,
    unit,
    phase: phase ?? null,
    context,
    location,
    normal: normal === undefined ? null : { value: Number(normal.value), unit: normal.unit },
  }
}

export const sessionRoutes = (api: Api, { store, digest }: ApiParts): void => {
  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/sessions',
      'x-permission': 'sessions.read',
      tags: ['Sessions'],
      summary: 'List sessions, newest first',
      request: {
        query: z.object({
          ...pageQuery,
          ...span,
          chargePoint: z.string().optional(),
          state: z.enum(sessionStates).optional(),
          token: z.string().optional(),
        }),
      },
      responses: { 200: json(pageSchema(sessionSchema), 'Sessions'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, chargePoint, state, token, from, to } = c.req.valid('query')
      const filter = given({ chargePoint, state, token, from: msOf(from), to: msOf(to) })
      const page = await store.sessions.list(c.get('caller').tenant, filter, { limit, ...given({ cursor }) })
      return c.json({ items: page.items.map(sessionOf), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/sessions/{id}',
      'x-permission': 'sessions.read',
      tags: ['Sessions'],
      summary: 'One session',
      request: { params: byId },
      responses: { 200: json(sessionSchema, 'The session'), ...problems, ...missing },
    }),
    async (c) => {
      const session = await store.sessions.find(c.get('caller').tenant, c.req.valid('param').id)
      if (session === undefined) throw notFound('session')
      return c.json(sessionOf(session), 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/sessions/{id}/samples',
      'x-permission': 'sessions.read',
      tags: ['Sessions'],
      summary: "A session's meter readings, by the station's clock",
      request: { params: byId, query: z.object(pageQuery) },
      responses: { 200: json(pageSchema(sampleSchema), 'Samples'), ...problems, ...missing },
    }),
    async (c) => {
      const session = await store.sessions.find(c.get('caller').tenant, c.req.valid('param').id)
      if (session === undefined) throw notFound('session')
      const { limit, cursor } = c.req.valid('query')
      const page = await store.sessions.samples(session, { limit, ...given({ cursor }) })
      const items = page.items.map(({ at, receivedAt, registerMwh, values }) => ({
        at: formatInstant(at),
        receivedAt: formatInstant(receivedAt),
        registerWh: registerMwh === undefined ? null : wattHours(registerMwh),
        values: values.map(valueOf),
      }))
      return c.json({ items, next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/sessions/{id}/messages',
      'x-permission': 'traces.read',
      tags: ['Sessions'],
      summary: 'What a session is made of, as it was received',
      description: 'Its messages from the journal and its readings, in the order in which they came.',
      request: { params: byId, query: z.object(pageQuery) },
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
