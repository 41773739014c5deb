import { z } from '@hono/zod-openapi'
import { parsePartyCode } from '../../core/domain/party-code.ts'
import { type Endpoint, isRegistered, type RoamingPartner } from '../../core/domain/roaming-partner.ts'
import { parseInstant } from '../../core/domain/instant.ts'
import type { ChoreKind } from '../../core/ports/roaming-chores.ts'
import { type RoamingModule, roamingModules } from '../../core/ports/roaming.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound, Problem } from './problem.ts'
import {
  choreSchema,
  choreView,
  exchangeResults,
  exchangeSchema,
  exchangeView,
  receivedSchema,
  receivedView,
  scorecardSchema,
  scorecardView,
} from './roaming-reading-schemas.ts'
import { byPartner } from './roaming-schemas.ts'
import { route } from './route.ts'
import { given, instant, json, missing, pageQuery, pageSchema, problems, unprocessable } from './schemas.ts'

const tags = ['Roaming']
const partnerFilter = z.string().max(64).optional()
const ms = (text: string | undefined): number | undefined => (text === undefined ? undefined : parseInstant(text)?.ms)
const moduleParam = z.enum(roamingModules).openapi({ param: { name: 'module', in: 'path' }, example: 'locations' })
const choreList = z.object({ items: z.array(choreSchema) })

/** What partners have told us, what was exchanged with them, and what is done about them from time to time. */
export const roamingReadingRoutes = (api: Api, { store, roaming, clock, log }: ApiParts): void => {
  const known = async (tenant: string, partner: string): Promise<RoamingPartner> => {
    const found = await store.roamingPartners.find({ tenant, partner })
    if (found === undefined) throw notFound('roaming partner')
    return found
  }

  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/roaming/exchanges',
      'x-permission': 'roaming.read',
      tags,
      summary: 'The roaming ledger: every push and pull, the newest first',
      request: {
        query: z.object({
          ...pageQuery,
          partner: partnerFilter,
          module: z.string().max(64).optional(),
          result: z.enum(exchangeResults).optional(),
          object: z.string().max(200).optional(),
          from: instant.optional(),
          to: instant.optional(),
        }),
      },
      responses: { 200: json(pageSchema(exchangeSchema), 'Exchanges'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, from, to, ...filter } = c.req.valid('query')
      const { tenant } = c.get('caller')
      const bounds = given({ from: ms(from), to: ms(to) })
      const page = await roaming.reports.exchanges(
        tenant,
        { ...given(filter), ...bounds },
        { limit, ...given({ cursor }) },
      )
      return c.json({ items: page.items.map(exchangeView), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/roaming/{module}',
      'x-permission': 'roaming.read',
      tags,
      summary: 'What partners have told us: locations, tariffs, sessions, cdrs or tokens',
      request: { params: z.object({ module: moduleParam }), query: z.object({ ...pageQuery, partner: partnerFilter }) },
      responses: {
        200: json(pageSchema(receivedSchema), 'In the order in which they came first'),
        ...problems,
        ...missing,
      },
    }),
    async (c) => {
      const { limit, cursor, partner } = c.req.valid('query')
      const page = await roaming.received.list(
        c.get('caller').tenant,
        c.req.valid('param').module,
        given({ partner }),
        { limit, ...given({ cursor }) },
      )
      return c.json({ items: page.items.map(receivedView), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/roaming/{module}/{country}/{party}/{id}',
      'x-permission': 'roaming.read',
      tags,
      summary: 'One object of a partner',
      request: {
        params: z.object({
          module: moduleParam,
          country: z
            .string()
            .max(8)
            .openapi({ param: { name: 'country', in: 'path' }, example: 'DE' }),
          party: z
            .string()
            .max(8)
            .openapi({ param: { name: 'party', in: 'path' }, example: 'ABC' }),
          id: z
            .string()
            .max(255)
            .openapi({ param: { name: 'id', in: 'path' } }),
        }),
      },
      responses: { 200: json(receivedSchema, 'As it is'), ...problems, ...missing },
    }),
    async (c) => {
      const { module, country, party, id } = c.req.valid('param')
      const owner = parsePartyCode(`${country}*${party}`)
      const found =
        'fault' in owner
          ? undefined
          : await roaming.received.find({ tenant: c.get('caller').tenant, module, owner, id })
      if (found === undefined) throw notFound('object')
      return c.json(receivedView(found), 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/roaming-partners/{id}/scorecard',
      'x-permission': 'roaming.read',
      tags,
      summary: 'How it goes with a partner',
      request: { params: byPartner },
      responses: { 200: json(scorecardSchema, 'Over the last 1, 7 and 30 days'), ...problems, ...missing },
    }),
    async (c) => {
      const { tenant } = c.get('caller')
      const { id } = await known(tenant, c.req.valid('param').id)
      return c.json(scorecardView(await roaming.reports.scorecard(tenant, id, clock.now())), 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/roaming-partners/{id}/chores',
      'x-permission': 'roaming.read',
      tags,
      summary: 'Pulls and reconciliations of a partner, and how far they have come',
      request: { params: byPartner },
      responses: { 200: json(choreList, 'One for each kind and module'), ...problems, ...missing },
    }),
    async (c) => {
      const { tenant } = c.get('caller')
      const { id } = await known(tenant, c.req.valid('param').id)
      return c.json({ items: (await roaming.chores.list(tenant, id)).map(choreView) }, 200)
    },
  )

  const order = (
    path: 'pull' | 'reconcile',
    about: { readonly kind: ChoreKind; readonly side: Endpoint['role']; readonly summary: string },
    body: z.ZodType<{ readonly module?: RoamingModule | undefined; readonly from?: string | undefined }>,
  ): void => {
    const { kind, side, summary } = about
    api.openapi(
      route({
        method: 'post',
        path: `/api/v1/roaming-partners/{id}/${path}`,
        'x-permission': 'roaming.operate',
        tags,
        summary,
        description: 'Answers at once; how far it has come is in `chores`. One that is under way begins anew.',
        request: { params: byPartner, body: { content: { 'application/json': { schema: body } }, required: true } },
        responses: {
          202: json(choreList, 'It will be done'),
          ...problems,
          ...missing,
          ...unprocessable,
        },
      }),
      async (c) => {
        const { tenant } = c.get('caller')
        const partner = await known(tenant, c.req.valid('param').id)
        const { module, from } = c.req.valid('json')
        const offered = modulesFor(kind).filter((one) =>
          partner.endpoints.some((endpoint) => endpoint.module === one && endpoint.role === side),
        )
        const wanted = module === undefined ? offered : offered.filter((one) => one === module)
        if (!isRegistered(partner) || wanted.length === 0)
          throw new Problem(409, 'it is not registered, or has no such module')
        const since = ms(from)
        const wish = { whole: since === undefined, ...given({ from: since }) }
        const items = []
        for (const one of wanted)
          items.push(await roaming.chores.want({ tenant, partner: partner.id, kind, module: one }, wish, clock.now()))
        log.info('a chore of roaming was asked for', { partner: partner.id, kind, modules: wanted.join(', ') })
        return c.json({ items: items.map(choreView) }, 202)
      },
    )
  }
  order(
    'pull',
    {
      kind: 'pull',
      side: 'SENDER',
      summary: 'Read lists of a partner: all of them whole, or one, or what has changed since',
    },
    z
      .strictObject({
        module: z.enum(['locations', 'tariffs', 'sessions', 'cdrs']).optional(),
        from: instant.optional(),
      })
      .openapi('RoamingPull'),
  )
  order(
    'reconcile',
    {
      kind: 'reconcile',
      side: 'RECEIVER',
      summary: 'Look whether a partner has what we have told it, and tell it again what it lacks',
    },
    z
      .strictObject({ module: z.enum(['locations', 'tariffs', 'sessions', 'cdrs', 'tokens']).optional() })
      .openapi('RoamingReconcile'),
  )
}

const modulesFor = (kind: ChoreKind): readonly RoamingModule[] =>
  kind === 'pull'
    ? ['locations', 'tariffs', 'sessions', 'cdrs']
    : ['locations', 'tariffs', 'sessions', 'cdrs', 'tokens']
