import { z } from '@hono/zod-openapi'
import { formatInstant } from '../../core/domain/instant.ts'
import type { Api, ApiParts } from './parts.ts'
import { route } from './route.ts'
import { given, instant, json, pageQuery, pageSchema, problems } from './schemas.ts'
import { shownFrame } from './shown-frame.ts'

const schema = z
  .object({
    id: z.number().int(),
    chargePoint: z.string(),
    receivedAt: instant,
    action: z.string(),
    reason: z.string(),
    frame: z.unknown().describe('as it came; tokens as keyed pseudonyms'),
  })
  .openapi('QuarantinedMessage')

/** Billing messages that could not be taken: refused, kept, and to be looked at by somebody (INV-05). */
export const quarantineRoutes = (api: Api, { store, digest }: ApiParts): void => {
  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/quarantine',
      'x-permission': 'traces.read',
      tags: ['Quarantine'],
      summary: 'Billing messages that were refused, newest first',
      request: { query: z.object({ ...pageQuery, chargePoint: z.string().optional() }) },
      responses: { 200: json(pageSchema(schema), 'Messages with the reason for each'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, chargePoint } = c.req.valid('query')
      const { tenant } = c.get('caller')
      const page = await store.quarantine.list(tenant, given({ chargePoint }), { limit, ...given({ cursor }) })
      const items = page.items.map(({ receivedAt, wire, ...item }) => ({
        ...item,
        receivedAt: formatInstant(receivedAt),
        frame: shownFrame(wire, digest),
      }))
      return c.json({ items, next: page.next }, 200)
    },
  )
}
