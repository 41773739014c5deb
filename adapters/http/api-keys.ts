import { createRoute, z } from '@hono/zod-openapi'
import { parseInstant } from '../../core/domain/instant.ts'
import { installKey, newKeyText } from './keys.ts'
import { byId } from './params.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound } from './problem.ts'
import {
  apiKeyOf,
  apiKeySchema,
  given,
  instant,
  json,
  missing,
  pageSchema,
  problems,
  unprocessable,
} from './schemas.ts'

const at = '/api/v1/api-keys'
const body = z.strictObject({ label: z.string().min(1).max(100), expiresAt: instant.optional() })

export const apiKeyRoutes = (api: Api, parts: ApiParts): void => {
  const { store, ids, clock } = parts

  api.openapi(
    createRoute({
      method: 'get',
      path: at,
      tags: ['API keys'],
      summary: "The tenant's keys, and for a platform key the platform's",
      responses: { 200: json(pageSchema(apiKeySchema), 'Keys, without their secrets'), ...problems },
    }),
    async (c) => {
      const { tenant, platform } = c.get('caller')
      const keys = [...(platform ? await store.apiKeys.platform.list() : []), ...(await store.apiKeys.list(tenant))]
      return c.json({ items: keys.map(apiKeyOf), next: null }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: at,
      tags: ['API keys'],
      summary: 'Make a key',
      request: { body: { content: { 'application/json': { schema: body } }, required: true } },
      responses: {
        201: json(apiKeySchema.extend({ key: z.string().describe('shown this once') }).openapi('NewApiKey'), 'The key'),
        ...problems,
        ...unprocessable,
      },
    }),
    async (c) => {
      const { label, expiresAt } = c.req.valid('json')
      const text = newKeyText(parts.randomBytes)
      const key = {
        id: ids.uuid(),
        tenant: c.get('caller').tenant,
        label,
        createdAt: clock.now(),
        ...given({ expiresAt: expiresAt === undefined ? undefined : parseInstant(expiresAt)?.ms }),
      }
      await installKey(parts, key, text)
      return c.json({ ...apiKeyOf(key), key: text }, 201)
    },
  )

  api.openapi(
    createRoute({
      method: 'delete',
      path: `${at}/{id}`,
      tags: ['API keys'],
      summary: 'Revoke a key',
      description: 'It stops working within two seconds.',
      request: {
        params: byId,
      },
      responses: { 204: { description: 'Revoked' }, ...problems, ...missing },
    }),
    async (c) => {
      const { tenant, platform } = c.get('caller')
      const { id } = c.req.valid('param')
      const now = clock.now()
      const isRevoked = await store.apiKeys.revoke(tenant, id, now)
      if (!isRevoked && !(platform && (await store.apiKeys.platform.revoke(id, now)))) throw notFound('API key')
      return c.body(null, 204)
    },
  )
}
