import { z } from '@hono/zod-openapi'
import type { TariffView } from '../../core/ports/tariffs.ts'
import { actOf } from './acts.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound } from './problem.ts'
import { route } from './route.ts'
import { given, json, missing, pageQuery, pageSchema, problems, unprocessable } from './schemas.ts'
import { contentOf, findingSchema, findingsOf, tariffBody, tariffSchema, tariffView } from './tariff-body.ts'

const at = '/api/v1/tariffs'

export const byTariff = z.object({
  id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,35}$/, 'must be 1 to 36 letters, digits, points, hyphens or underscores')
    .openapi({ param: { name: 'id', in: 'path' }, example: 'day-and-night' }),
})
const byVersion = byTariff.extend({
  version: z.coerce
    .number()
    .int()
    .min(1)
    .max(2_147_483_647)
    .openapi({ param: { name: 'version', in: 'path' } }),
})
const findings = z.object({ findings: z.array(findingSchema) })
const body = { content: { 'application/json': { schema: tariffBody } }, required: true }

/** Tariffs in versions: a session is priced by the one that was in force when it began. */
export const tariffRoutes = (api: Api, { store, clock }: ApiParts): void => {
  const find = async (tenant: string, id: string): Promise<TariffView> => {
    const view = await store.tariffs.find(tenant, id)
    if (view === undefined) throw notFound('tariff')
    return view
  }

  api.openapi(
    route({
      method: 'get',
      path: at,
      'x-permission': 'tariffs.read',
      tags: ['Tariffs'],
      summary: 'List tariffs',
      request: { query: z.object(pageQuery) },
      responses: { 200: json(pageSchema(tariffSchema), 'The newest version of each, by id'), ...problems },
    }),
    async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const page = await store.tariffs.list(c.get('caller').tenant, { limit, ...given({ cursor }) })
      return c.json({ items: page.items.map(tariffView), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{id}`,
      'x-permission': 'tariffs.read',
      tags: ['Tariffs'],
      summary: 'The newest version of a tariff',
      request: { params: byTariff },
      responses: { 200: json(tariffSchema, 'The tariff'), ...problems, ...missing },
    }),
    async (c) => c.json(tariffView(await find(c.get('caller').tenant, c.req.valid('param').id)), 200),
  )

  api.openapi(
    route({
      method: 'put',
      path: `${at}/{id}`,
      'x-permission': 'tariffs.write',
      tags: ['Tariffs'],
      summary: 'Make a tariff, or a new version of it',
      description:
        'In the shape of OCPI 2.3.0. Another content is another version, the same is none. Sessions that have begun are priced by the version of their start. The answer says what is odd about it.',
      request: { params: byTariff, body },
      responses: {
        200: json(tariffSchema, 'The newest version'),
        201: json(tariffSchema, 'Made'),
        ...problems,
        ...unprocessable,
      },
    }),
    async (c) => {
      const caller = c.get('caller')
      const act = actOf({ clock }, caller)
      const ref = { tenant: caller.tenant, id: c.req.valid('param').id }
      const { isNew, ...view } = await store.tariffs.put(ref, contentOf(c.req.valid('json')), act)
      return isNew ? c.json(tariffView(view), 201) : c.json(tariffView(view), 200)
    },
  )

  api.openapi(
    route({
      method: 'delete',
      path: `${at}/{id}`,
      'x-permission': 'tariffs.write',
      tags: ['Tariffs'],
      summary: 'Remove a tariff',
      description:
        'Its assignments end with it. What it said stays in its versions: sessions that began before are priced by them.',
      request: { params: byTariff },
      responses: { 204: { description: 'Removed' }, ...problems, ...missing },
    }),
    async (c) => {
      const caller = c.get('caller')
      const act = actOf({ clock }, caller)
      if (!(await store.tariffs.remove(caller.tenant, c.req.valid('param').id, act))) throw notFound('tariff')
      return c.body(null, 204)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{id}/versions`,
      'x-permission': 'tariffs.read',
      tags: ['Tariffs'],
      summary: 'Every version of a tariff, newest first',
      description: 'Also of one that is removed.',
      request: { params: byTariff, query: z.object(pageQuery) },
      responses: { 200: json(pageSchema(tariffSchema), 'Versions'), ...problems, ...missing },
    }),
    async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const { tenant } = c.get('caller')
      const page = await store.tariffs.versions(tenant, c.req.valid('param').id, { limit, ...given({ cursor }) })
      if (page.items.length === 0 && cursor === undefined) throw notFound('tariff')
      return c.json({ items: page.items.map(tariffView), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{id}/versions/{version}`,
      'x-permission': 'tariffs.read',
      tags: ['Tariffs'],
      summary: 'One version of a tariff',
      request: { params: byVersion },
      responses: { 200: json(tariffSchema, 'The version'), ...problems, ...missing },
    }),
    async (c) => {
      const { id, version } = c.req.valid('param')
      const view = await store.tariffs.version(c.get('caller').tenant, id, version)
      if (view === undefined) throw notFound('version of a tariff')
      return c.json(tariffView(view), 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{id}/lint`,
      'x-permission': 'tariffs.read',
      tags: ['Tariffs'],
      summary: 'What is odd about a tariff',
      request: { params: byTariff },
      responses: { 200: json(findings, 'Findings, none where it is as it should be'), ...problems, ...missing },
    }),
    async (c) => {
      const { tariff } = await find(c.get('caller').tenant, c.req.valid('param').id)
      return c.json({ findings: findingsOf(tariff) }, 200)
    },
  )

  api.openapi(
    route({
      method: 'post',
      path: `${at}/lint`,
      'x-permission': 'tariffs.read',
      tags: ['Tariffs'],
      summary: 'What would be odd about a tariff',
      description: 'Nothing is stored.',
      request: { body },
      responses: { 200: json(findings, 'Findings, none where it is as it should be'), ...problems, ...unprocessable },
    }),
    (c) => c.json({ findings: findingsOf({ id: '', version: 1, ...contentOf(c.req.valid('json')) }) }, 200),
  )
}
