import { z } from '@hono/zod-openapi'
import { partyRoles } from '../../core/domain/party.ts'
import { actOf, putOrThrow, removedOrThrow } from './acts.ts'
import { byMarketId, named, partyBody, partyFrom, partySchema, partyView } from './party-schemas.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound } from './problem.ts'
import { route } from './route.ts'
import { given, json, missing, pageQuery, pageSchema, problems, unprocessable } from './schemas.ts'

const at = '/api/v1/parties'

/** Resellers, CPOs, site owners and mobility providers, by names that the operator gives. */
export const partyRoutes = (api: Api, parts: ApiParts): void => {
  const { parties } = parts.store

  api.openapi(
    route({
      method: 'get',
      path: at,
      'x-permission': 'market.read',
      tags: ['Market'],
      summary: 'List parties of the market',
      request: {
        query: z.object({ ...pageQuery, role: z.enum(partyRoles).optional(), reseller: named.optional() }),
      },
      responses: { 200: json(pageSchema(partySchema), 'Parties, by their ids'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, role, reseller } = c.req.valid('query')
      const filter = given({ role, reseller })
      const page = await parties.list(c.get('caller').tenant, filter, { limit, ...given({ cursor }) })
      return c.json({ items: page.items.map(partyView), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{id}`,
      'x-permission': 'market.read',
      tags: ['Market'],
      summary: 'One party',
      request: { params: byMarketId },
      responses: { 200: json(partySchema, 'The party'), ...problems, ...missing },
    }),
    async (c) => {
      const party = await parties.find(c.get('caller').tenant, c.req.valid('param').id)
      if (party === undefined) throw notFound('party')
      return c.json(partyView(party), 200)
    },
  )

  api.openapi(
    route({
      method: 'put',
      path: `${at}/{id}`,
      'x-permission': 'market.write',
      tags: ['Market'],
      summary: 'Add or change a party',
      description: 'What is not given is not there any more. Put as it is already, nothing happens.',
      request: {
        params: byMarketId,
        body: { content: { 'application/json': { schema: partyBody } }, required: true },
      },
      responses: {
        200: json(partySchema, 'As it is now'),
        201: json(partySchema, 'Added'),
        ...problems,
        ...unprocessable,
      },
    }),
    async (c) => {
      const caller = c.get('caller')
      const party = partyFrom(caller.tenant, c.req.valid('param').id, c.req.valid('json'))
      const { item, isNew } = putOrThrow(await parties.put(party, actOf(parts, caller)))
      return isNew ? c.json(partyView(item), 201) : c.json(partyView(item), 200)
    },
  )

  api.openapi(
    route({
      method: 'delete',
      path: `${at}/{id}`,
      'x-permission': 'market.write',
      tags: ['Market'],
      summary: 'Remove a party',
      description: 'Not one that has a role somewhere, or had one, or has CPOs below it.',
      request: { params: byMarketId },
      responses: { 204: { description: 'Removed' }, ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const caller = c.get('caller')
      removedOrThrow('party', await parties.remove(caller.tenant, c.req.valid('param').id, actOf(parts, caller)))
      return c.body(null, 204)
    },
  )
}
