import { z } from '@hono/zod-openapi'
import { formatInstant } from '../../core/domain/instant.ts'
import type { Api, ApiParts } from './parts.ts'
import { route } from './route.ts'
import { given, instant, json, pageQuery, pageSchema, problems } from './schemas.ts'

const schema = z
  .object({
    id: z.number().int(),
    chargePoint: z.string(),
    event: z.string().openapi({ example: 'TamperDetectionActivated' }),
    critical: z.boolean().describe('told as a security.alarm too'),
    at: instant.describe("by the station's clock"),
    receivedAt: instant,
    info: z.string().nullable(),
  })
  .openapi('SecurityEvent')

/** What stations tell of their own safety. */
export const securityEventRoutes = (api: Api, { store }: ApiParts): void => {
  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/security-events',
      'x-permission': 'security.read',
      tags: ['Security'],
      summary: "Events of the stations' security logs, newest first",
      request: {
        query: z.object({
          ...pageQuery,
          chargePoint: z.string().optional(),
          event: z.string().optional(),
          critical: z.enum(['true', 'false']).optional(),
        }),
      },
      responses: { 200: json(pageSchema(schema), 'Events'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, chargePoint, event, critical } = c.req.valid('query')
      const filter = given({ chargePoint, event, critical: critical === undefined ? undefined : critical === 'true' })
      const page = await store.securityEvents.list(c.get('caller').tenant, filter, { limit, ...given({ cursor }) })
      const items = page.items.map(({ at, receivedAt, info, ...told }) => ({
        ...told,
        at: formatInstant(at),
        receivedAt: formatInstant(receivedAt),
        info: info ?? null,
      }))
      return c.json({ items, next: page.next }, 200)
    },
  )
}
