import { z } from '@hono/zod-openapi'
import type { TenantView } from '../../core/ports/store.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound } from './problem.ts'
import { route } from './route.ts'
import { given, json, missing, problems, unprocessable } from './schemas.ts'

const registration = z
  .enum(['accepted', 'pending', 'rejected'])
  .describe('what the first BootNotification of charge points is told that are registered without a word about it')
const organisation = z.string().min(1).max(64)

const schema = z
  .object({
    tenant: z.string(),
    name: z.string(),
    registration,
    organisation: organisation
      .nullable()
      .describe('O in the certificates of its stations, CpoName in their configuration'),
  })
  .openapi('Tenant')

const viewOf = ({ organisation: name, ...tenant }: TenantView): z.infer<typeof schema> => ({
  ...tenant,
  organisation: name ?? null,
})

/** What holds for all charge points of the tenant whose key is used. */
export const tenantRoutes = (api: Api, { store }: ApiParts): void => {
  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/tenant',
      'x-permission': 'tenant.read',
      tags: ['Tenant'],
      summary: 'What holds for all charge points',
      responses: { 200: json(schema, 'The tenant'), ...problems, ...missing },
    }),
    async (c) => {
      const tenant = await store.tenants.find(c.get('caller').tenant)
      if (tenant === undefined) throw notFound('tenant')
      return c.json(viewOf(tenant), 200)
    },
  )

  api.openapi(
    route({
      method: 'put',
      path: '/api/v1/tenant',
      'x-permission': 'tenant.write',
      tags: ['Tenant'],
      summary: 'Change what holds for all charge points',
      request: {
        body: {
          content: {
            'application/json': {
              schema: z.strictObject({
                name: z.string().min(1).max(200).optional(),
                registration: registration.optional(),
                organisation: organisation.optional(),
              }),
            },
          },
          required: true,
        },
      },
      responses: { 200: json(schema, 'The tenant'), ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const tenant = await store.tenants.change(c.get('caller').tenant, given(c.req.valid('json')))
      if (tenant === undefined) throw notFound('tenant')
      return c.json(viewOf(tenant), 200)
    },
  )
}
