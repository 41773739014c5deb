import { z } from '@hono/zod-openapi'
import { preferences } from '../../core/pricing/choice.ts'
import { knownRef } from './known.ts'
import { byIdentity, msOf } from './params.ts'
import type { Api, ApiParts } from './parts.ts'
import { route } from './route.ts'
import { given, instant, json, missing, problems } from './schemas.ts'
import { tariffSchema, tariffView } from './tariff-body.ts'

const question = z.object({
  evse: z.coerce.number().int().min(1).max(10_000).default(1),
  connector: z.coerce.number().int().min(1).max(10_000).default(1),
  at: instant.optional().describe('when it begins; absent: now'),
  token: z.string().max(255).optional().describe('absent: somebody without one'),
  contract: z.string().max(100).optional().describe('absent: that of the token'),
  preference: z.enum(preferences).optional(),
})
const answer = z.object({
  assignment: z.string().nullable().describe('null: nothing prices it, which is not the same as free'),
  tariff: tariffSchema.nullable(),
})

/** Which tariff a session at a charge point has, for a person to see why. */
export const tariffChoiceRoutes = (api: Api, { store, clock }: ApiParts): void => {
  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/charge-points/{identity}/tariff',
      'x-permission': 'tariffs.read',
      tags: ['Tariffs'],
      summary: 'Which tariff a session here has',
      request: { params: byIdentity, query: question },
      responses: { 200: json(answer, 'The version, and the assignment that says so'), ...problems, ...missing },
    }),
    async (c) => {
      const ref = { tenant: c.get('caller').tenant, identity: c.req.valid('param').identity }
      const { evse, connector, at, ...drivers } = c.req.valid('query')
      const session = {
        ...(await knownRef(store, ref)),
        evse,
        connector,
        at: msOf(at) ?? clock.now(),
        ...given(drivers),
      }
      const chosen = await store.tariffs.chosen(session)
      if (chosen === undefined) return c.json({ assignment: null, tariff: null }, 200)
      return c.json({ assignment: chosen.assignment, tariff: tariffView(chosen) }, 200)
    },
  )
}
