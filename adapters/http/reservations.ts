import { z } from '@hono/zod-openapi'
import { formatInstant } from '../../core/domain/instant.ts'
import { type Reservation, reservationStates } from '../../core/domain/reservation.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound } from './problem.ts'
import { route } from './route.ts'
import { given, instant, json, missing, pageQuery, pageSchema, problems } from './schemas.ts'

const schema = z
  .object({
    id: z.number().int(),
    chargePoint: z.string(),
    evse: z.number().int().describe('0 = any'),
    token: z.string(),
    groupId: z.string().nullable(),
    expiresAt: instant,
    state: z.enum(reservationStates),
    reason: z.string().nullable(),
    session: z.string().nullable().describe('the session that used it'),
    command: z.string(),
    createdAt: instant,
  })
  .openapi('Reservation')

const viewOf = (reservation: Reservation): z.infer<typeof schema> => ({
  id: reservation.id,
  chargePoint: reservation.identity,
  evse: reservation.evse,
  token: reservation.token,
  groupId: reservation.groupId ?? null,
  expiresAt: formatInstant(reservation.expiresAt),
  state: reservation.state,
  reason: reservation.reason ?? null,
  session: reservation.session ?? null,
  command: reservation.command,
  createdAt: formatInstant(reservation.createdAt),
})

/** Connectors that are kept for somebody. They are made, and let go of, by orders. */
export const reservationRoutes = (api: Api, { store }: ApiParts): void => {
  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/reservations',
      'x-permission': 'commands.read',
      tags: ['Reservations'],
      summary: 'List reservations, newest first',
      request: {
        query: z.object({
          ...pageQuery,
          chargePoint: z.string().optional(),
          state: z.enum(reservationStates).optional(),
        }),
      },
      responses: { 200: json(pageSchema(schema), 'Reservations'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, chargePoint, state } = c.req.valid('query')
      const page = await store.reservations.list(c.get('caller').tenant, given({ chargePoint, state }), {
        limit,
        ...given({ cursor }),
      })
      return c.json({ items: page.items.map(viewOf), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/reservations/{id}',
      'x-permission': 'commands.read',
      tags: ['Reservations'],
      summary: 'One reservation',
      request: {
        params: z.object({
          id: z.coerce
            .number()
            .int()
            .min(1)
            .max(2_147_483_647)
            .openapi({ param: { name: 'id', in: 'path' } }),
        }),
      },
      responses: { 200: json(schema, 'The reservation'), ...problems, ...missing },
    }),
    async (c) => {
      const reservation = await store.reservations.find(c.get('caller').tenant, c.req.valid('param').id)
      if (reservation === undefined) throw notFound('reservation')
      return c.json(viewOf(reservation), 200)
    },
  )
}
