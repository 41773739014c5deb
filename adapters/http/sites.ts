import { z } from '@hono/zod-openapi'
import { actOf, putOrThrow, removedOrThrow } from './acts.ts'
import { msOf } from './params.ts'
import { byMarketId, country } from './party-schemas.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound } from './problem.ts'
import { route } from './route.ts'
import { given, instant, json, missing, pageQuery, pageSchema, problems, unprocessable } from './schemas.ts'
import { siteBody, siteFrom, siteSchema, siteView } from './site-schemas.ts'

const path = '/api/v1/sites'
export const atQuery = { at: instant.optional().describe('who had which role then; else now') }

/** Places where charging stations stand. */
export const siteRoutes = (api: Api, parts: ApiParts): void => {
  const { store, clock } = parts

  api.openapi(
    route({
      method: 'get',
      path,
      'x-permission': 'market.read',
      tags: ['Market'],
      summary: 'List sites',
      request: { query: z.object({ ...pageQuery, ...atQuery, country: country.optional() }) },
      responses: { 200: json(pageSchema(siteSchema), 'Sites, by their ids'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, at, country: of } = c.req.valid('query')
      const filter = given({ country: of })
      const page = await store.sites.list(c.get('caller').tenant, filter, { limit, ...given({ cursor }) })
      const when = msOf(at) ?? clock.now()
      return c.json({ items: page.items.map((site) => siteView(site, when)), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${path}/{id}`,
      'x-permission': 'market.read',
      tags: ['Market'],
      summary: 'One site',
      request: { params: byMarketId, query: z.object(atQuery) },
      responses: { 200: json(siteSchema, 'The site, and who owns, operates and provides it'), ...problems, ...missing },
    }),
    async (c) => {
      const site = await store.sites.find(c.get('caller').tenant, c.req.valid('param').id)
      if (site === undefined) throw notFound('site')
      return c.json(siteView(site, msOf(c.req.valid('query').at) ?? clock.now()), 200)
    },
  )

  api.openapi(
    route({
      method: 'put',
      path: `${path}/{id}`,
      'x-permission': 'market.write',
      tags: ['Market'],
      summary: 'Add or change a site',
      description: 'What is not given is not there any more. Put as it is already, nothing happens.',
      request: { params: byMarketId, body: { content: { 'application/json': { schema: siteBody } }, required: true } },
      responses: {
        200: json(siteSchema, 'As it is now'),
        201: json(siteSchema, 'Added'),
        ...problems,
        ...unprocessable,
      },
    }),
    async (c) => {
      const caller = c.get('caller')
      const site = siteFrom(caller.tenant, c.req.valid('param').id, c.req.valid('json'))
      const { item, isNew } = putOrThrow(await store.sites.put(site, actOf(parts, caller)))
      const shown = siteView(item, clock.now())
      return isNew ? c.json(shown, 201) : c.json(shown, 200)
    },
  )

  api.openapi(
    route({
      method: 'delete',
      path: `${path}/{id}`,
      'x-permission': 'market.write',
      tags: ['Market'],
      summary: 'Remove a site',
      description: 'Not one with charging stations on it.',
      request: { params: byMarketId },
      responses: { 204: { description: 'Removed' }, ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const caller = c.get('caller')
      const removal = await store.sites.remove(caller.tenant, c.req.valid('param').id, actOf(parts, caller))
      removedOrThrow('site', removal)
      return c.body(null, 204)
    },
  )
}
