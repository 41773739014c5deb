import { z } from '@hono/zod-openapi'
import { evseStates } from '../../core/domain/evse.ts'
import { actOf, putOrThrow, removedOrThrow } from './acts.ts'
import { evseBody, evseFrom, evseSchema, evseView } from './evse-schemas.ts'
import { byUid, named } from './party-schemas.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound } from './problem.ts'
import { route } from './route.ts'
import { given, json, missing, pageQuery, pageSchema, problems, unprocessable } from './schemas.ts'

const path = '/api/v1/evses'

/** Charging spots: what they are called in public, which plugs they are, and what connectors they have. */
export const evseRoutes = (api: Api, parts: ApiParts): void => {
  const { evses } = parts.store

  api.openapi(
    route({
      method: 'get',
      path,
      'x-permission': 'market.read',
      tags: ['Market'],
      summary: 'List EVSEs',
      request: {
        query: z.object({
          ...pageQuery,
          site: named.optional(),
          station: named.optional(),
          chargePoint: z.string().max(255).optional(),
          state: z.enum(evseStates).optional(),
        }),
      },
      responses: { 200: json(pageSchema(evseSchema), 'EVSEs by their uids, removed ones among them'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, site, station, chargePoint, state } = c.req.valid('query')
      const filter = given({ site, station, chargePoint, state })
      const page = await evses.list(c.get('caller').tenant, filter, { limit, ...given({ cursor }) })
      return c.json({ items: page.items.map(evseView), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${path}/{uid}`,
      'x-permission': 'market.read',
      tags: ['Market'],
      summary: 'One EVSE',
      request: { params: byUid },
      responses: { 200: json(evseSchema, 'The EVSE'), ...problems, ...missing },
    }),
    async (c) => {
      const evse = await evses.find(c.get('caller').tenant, c.req.valid('param').uid)
      if (evse === undefined) throw notFound('EVSE')
      return c.json(evseView(evse), 200)
    },
  )

  api.openapi(
    route({
      method: 'put',
      path: `${path}/{uid}`,
      'x-permission': 'chargePoints.write',
      tags: ['Market'],
      summary: 'Add or change an EVSE',
      description:
        'With all its connectors. What is not given is not there any more. Put as it is already, nothing happens. A uid that was removed is never used again.',
      request: { params: byUid, body: { content: { 'application/json': { schema: evseBody } }, required: true } },
      responses: {
        200: json(evseSchema, 'As it is now'),
        201: json(evseSchema, 'Added'),
        ...problems,
        ...unprocessable,
      },
    }),
    async (c) => {
      const caller = c.get('caller')
      const evse = evseFrom(caller.tenant, c.req.valid('param').uid, c.req.valid('json'))
      const { item, isNew } = putOrThrow(await evses.put(evse, actOf(parts, caller)))
      return isNew ? c.json(evseView(item), 201) : c.json(evseView(item), 200)
    },
  )

  api.openapi(
    route({
      method: 'delete',
      path: `${path}/{uid}`,
      'x-permission': 'chargePoints.write',
      tags: ['Market'],
      summary: 'Remove an EVSE',
      description: 'It stays as removed, for partners to hear of; its plug and its EVSEID are free.',
      request: { params: byUid },
      responses: { 204: { description: 'Removed' }, ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const caller = c.get('caller')
      removedOrThrow('EVSE', await evses.remove(caller.tenant, c.req.valid('param').uid, actOf(parts, caller)))
      return c.body(null, 204)
    },
  )
}
