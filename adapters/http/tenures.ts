import { z } from '@hono/zod-openapi'
import { actOf, putOrThrow } from './acts.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound } from './problem.ts'
import { route } from './route.ts'
import { json, missing, problems, unprocessable } from './schemas.ts'
import { byRole, fromQuery, tenureBody, tenureFrom, tenureSchema, tenureView } from './tenure-schemas.ts'

const subjects = [
  { kind: 'site', path: '/api/v1/sites', what: 'site' },
  { kind: 'station', path: '/api/v1/charging-stations', what: 'charging station' },
] as const

/** Who owns, operates and provides sites and charging stations, from day to day. */
export const tenureRoutes = (api: Api, parts: ApiParts): void => {
  for (const subject of subjects) routesOf(api, parts, subject)
}

const routesOf = (api: Api, parts: ApiParts, { kind, path, what }: (typeof subjects)[number]): void => {
  const { tenures } = parts.store

  api.openapi(
    route({
      method: 'get',
      path: `${path}/{id}/roles/{role}`,
      'x-permission': 'market.read',
      tags: ['Market'],
      summary: `Who has had a role at a ${what}, the earliest first`,
      request: { params: byRole },
      responses: { 200: json(z.object({ items: z.array(tenureSchema) }), 'Tenures'), ...problems, ...missing },
    }),
    async (c) => {
      const { id, role } = c.req.valid('param')
      const all = await tenures.of({ tenant: c.get('caller').tenant, kind, id })
      if (all === undefined) throw notFound(what)
      return c.json({ items: all.filter((tenure) => tenure.role === role).map(tenureView) }, 200)
    },
  )

  api.openapi(
    route({
      method: 'put',
      path: `${path}/{id}/roles/{role}`,
      'x-permission': 'market.write',
      tags: ['Market'],
      summary: `Give a role at a ${what} to a party for a time`,
      description:
        'The tenure that begins on that day; others of the same role must not have a day in common with it. To hand over, first end the one that holds, then put the next.',
      request: { params: byRole, body: { content: { 'application/json': { schema: tenureBody } }, required: true } },
      responses: {
        200: json(tenureSchema, 'As it is now'),
        201: json(tenureSchema, 'Given'),
        ...problems,
        ...missing,
        ...unprocessable,
      },
    }),
    async (c) => {
      const caller = c.get('caller')
      const { id, role } = c.req.valid('param')
      const tenure = tenureFrom(role, c.req.valid('json'))
      const put = await tenures.put({ tenant: caller.tenant, kind, id }, tenure, actOf(parts, caller))
      if (put === 'missing') throw notFound(what)
      const { item, isNew } = putOrThrow(put)
      return isNew ? c.json(tenureView(item), 201) : c.json(tenureView(item), 200)
    },
  )

  api.openapi(
    route({
      method: 'delete',
      path: `${path}/{id}/roles/{role}`,
      'x-permission': 'market.write',
      tags: ['Market'],
      summary: `Take back a role at a ${what}, as if it had never been given`,
      request: { params: byRole, query: fromQuery },
      responses: { 204: { description: 'Taken back' }, ...problems, ...missing },
    }),
    async (c) => {
      const caller = c.get('caller')
      const { id, role } = c.req.valid('param')
      const subject = { tenant: caller.tenant, kind, id }
      if (!(await tenures.remove(subject, role, c.req.valid('query').from, actOf(parts, caller))))
        throw notFound('tenure')
      return c.body(null, 204)
    },
  )
}
