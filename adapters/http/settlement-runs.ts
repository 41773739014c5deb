import { z } from '@hono/zod-openapi'
import type { NotBegun } from '../../core/ports/settlement.ts'
import { actorOf } from './actor.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound, Problem } from './problem.ts'
import { route } from './route.ts'
import { given, json, missing, month, pageQuery, pageSchema, problems, unprocessable } from './schemas.ts'
import { byMonth, runSchema, runView } from './settlement-schemas.ts'

const at = '/api/v1/settlement-runs'

const refusalOf = (refused: NotBegun): string => {
  if (refused.not === 'early') return 'this month is not over yet'
  return refused.not === 'gap'
    ? `months are closed in their order: ${refused.month} comes first`
    : `${refused.month} is closed: nothing can be posted into a month before it`
}

/** Months are brought to their end: posted, charged, sealed. */
export const settlementRunRoutes = (api: Api, { store, clock }: ApiParts): void => {
  api.openapi(
    route({
      method: 'post',
      path: at,
      'x-permission': 'settlement.write',
      tags: ['Settlement'],
      summary: 'Settle a month',
      description:
        'Posts what is not posted yet, charges what the month itself costs, and closes it with a digest of all of it. It goes on by itself, in a process with the role `jobs`, whatever dies on the way. Asked again, it is the same run.',
      request: {
        body: {
          content: { 'application/json': { schema: z.strictObject({ month }).openapi('SettlementOrder') } },
          required: true,
        },
      },
      responses: { 202: json(runSchema, 'The run of this month'), ...problems, ...unprocessable },
    }),
    async (c) => {
      const caller = c.get('caller')
      const ref = { tenant: caller.tenant, month: c.req.valid('json').month }
      const run = await store.settlement.start(ref, actorOf(caller), clock.now())
      if ('not' in run) throw new Problem(409, refusalOf(run))
      return c.json(runView(run), 202)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: at,
      'x-permission': 'settlement.read',
      tags: ['Settlement'],
      summary: 'List settlement runs, the newest month first',
      request: { query: z.object(pageQuery) },
      responses: { 200: json(pageSchema(runSchema), 'Runs'), ...problems },
    }),
    async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const page = await store.settlement.list(c.get('caller').tenant, { limit, ...given({ cursor }) })
      return c.json({ items: page.items.map(runView), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{month}`,
      'x-permission': 'settlement.read',
      tags: ['Settlement'],
      summary: 'How far the settlement of a month is',
      request: { params: byMonth },
      responses: { 200: json(runSchema, 'The run'), ...problems, ...missing },
    }),
    async (c) => {
      const run = await store.settlement.find({ tenant: c.get('caller').tenant, month: c.req.valid('param').month })
      if (run === undefined) throw notFound('settlement run')
      return c.json(runView(run), 200)
    },
  )
}
