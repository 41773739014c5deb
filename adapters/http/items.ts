import { z } from '@hono/zod-openapi'
import { formatInstant } from '../../core/domain/instant.ts'
import { itemKinds } from '../../core/domain/item.ts'
import { knownChargePoint } from './known.ts'
import { byIdentity } from './params.ts'
import type { Api, ApiParts } from './parts.ts'
import { route } from './route.ts'
import { given, instant, json, missing, pageQuery, pageSchema, problems } from './schemas.ts'

const itemSchema = z
  .object({
    key: z.string(),
    body: z.record(z.string(), z.unknown()).describe('as the station said it, or as it was told'),
    reportedAt: instant,
  })
  .openapi('Item')

/** Whatever a station of OCPP 2.x has in lists: the variables of its device model, monitors, messages on its display, … */
export const itemRoutes = (api: Api, { store, clock }: ApiParts): void => {
  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/charge-points/{identity}/items/{kind}',
      'x-permission': 'chargePoints.read',
      tags: ['Device model'],
      summary: 'What it has of one kind, as it last said',
      description:
        'Read anew by the orders that ask for it: refreshInventory for variables, getMonitors for monitors, …',
      request: {
        params: byIdentity.extend({
          kind: z.enum(itemKinds).openapi({ param: { name: 'kind', in: 'path' }, example: 'variable' }),
        }),
        query: z.object({
          ...pageQuery,
          prefix: z.string().max(500).optional().describe('of the keys that are shown'),
        }),
      },
      responses: { 200: json(pageSchema(itemSchema), 'Items, by key'), ...problems, ...missing },
    }),
    async (c) => {
      const { identity, kind } = c.req.valid('param')
      const { prefix, limit, cursor } = c.req.valid('query')
      const view = await knownChargePoint(store, { tenant: c.get('caller').tenant, identity })
      const { items, next } = await store.mirrors.items(
        view,
        { kind, ...given({ prefix }), at: clock.now() },
        { limit, ...given({ cursor }) },
      )
      return c.json({ items: items.map((i) => ({ ...i, reportedAt: formatInstant(i.reportedAt) })), next }, 200)
    },
  )
}
