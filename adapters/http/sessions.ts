import { createRoute, z } from '@hono/zod-openapi'
import { formatInstant, parseInstant } from '../../core/domain/instant.ts'
import type { SampledValue } from '../../core/domain/meter.ts'
import { normalOf } from '../../core/domain/normal.ts'
import { sessionStates } from '../../core/domain/session.ts'
import { wattHours } from '../../core/domain/units.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound } from './problem.ts'
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

const id = z.object({
  id: z
    .string()
    .max(64)
    .openapi({ param: { name: 'id', in: 'path' } }),
})
const span = { from: instant.optional(), to: instant.optional() }
const ms = (text: string | undefined): number | undefined => (text === undefined ? undefined : parseInstant(text)?.ms)

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

export const sessionRoutes = (api: Api, { store }: ApiParts): void => {
  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/sessions',
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
      const filter = given({ chargePoint, state, token, from: ms(from), to: ms(to) })
      const page = await store.sessions.list(c.get('caller').tenant, filter, { limit, ...given({ cursor }) })
      return c.json({ items: page.items.map(sessionOf), next: page.next }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/sessions/{id}',
      tags: ['Sessions'],
      summary: 'One session',
      request: { params: id },
      responses: { 200: json(sessionSchema, 'The session'), ...problems, ...missing },
    }),
    async (c) => {
      const session = await store.sessions.find(c.get('caller').tenant, c.req.valid('param').id)
      if (session === undefined) throw notFound('session')
      return c.json(sessionOf(session), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/sessions/{id}/samples',
      tags: ['Sessions'],
      summary: "A session's meter readings, by the station's clock",
      request: { params: id, query: z.object(pageQuery) },
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
}
