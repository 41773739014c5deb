import { z } from '@hono/zod-openapi'
import { cdrStates, type Release } from '../../core/domain/cdr.ts'
import { clean } from '../../core/domain/text.ts'
import { milliWattHours, wattHours } from '../../core/domain/units.ts'
import { actorOf } from './actor.ts'
import { byId, msOf } from './params.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound, Problem, wrongField } from './problem.ts'
import { route } from './route.ts'
import {
  cdrOf,
  cdrSchema,
  given,
  instant,
  json,
  missing,
  pageQuery,
  pageSchema,
  problems,
  unprocessable,
} from './schemas.ts'

const note = z.string().trim().min(1).max(500).describe('why, for whoever reads the audit log')
const releaseBody = z
  .discriminatedUnion('as', [
    z.strictObject({ as: z.literal('measured'), note }),
    z.strictObject({ as: z.literal('proposed'), note }),
    z.strictObject({ as: z.literal('corrected'), energyWh: z.number().min(0).max(1_000_000_000), note }),
  ])
  .openapi('Release')

const releaseOf = (body: z.infer<typeof releaseBody>): Release => {
  if (body.as !== 'corrected') return { as: body.as }
  const energyMwh = milliWattHours(body.energyWh)
  if (energyMwh === undefined || wattHours(energyMwh) !== body.energyWh)
    throw wrongField('/energyWh', 'has more than three decimals')
  return { as: body.as, energyMwh }
}

export const cdrRoutes = (api: Api, { store, clock, log }: ApiParts): void => {
  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/cdrs',
      'x-permission': 'cdrs.read',
      tags: ['CDRs'],
      summary: 'List CDRs, newest first',
      description: 'Those that are held are not to be billed; `state=held` lists what waits for a look.',
      request: {
        query: z.object({
          ...pageQuery,
          from: instant.optional(),
          to: instant.optional(),
          chargePoint: z.string().optional(),
          session: z.string().optional(),
          state: z.enum(cdrStates).optional(),
        }),
      },
      responses: { 200: json(pageSchema(cdrSchema), 'CDRs'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, chargePoint, session, state, from, to } = c.req.valid('query')
      const filter = given({ chargePoint, session, state, from: msOf(from), to: msOf(to) })
      const page = await store.cdrs.list(c.get('caller').tenant, filter, { limit, ...given({ cursor }) })
      return c.json({ items: page.items.map(cdrOf), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/cdrs/{id}',
      'x-permission': 'cdrs.read',
      tags: ['CDRs'],
      summary: 'One CDR',
      request: { params: byId },
      responses: { 200: json(cdrSchema, 'The CDR'), ...problems, ...missing },
    }),
    async (c) => {
      const cdr = await store.cdrs.find(c.get('caller').tenant, c.req.valid('param').id)
      if (cdr === undefined) throw notFound('CDR')
      return c.json(cdrOf(cdr), 200)
    },
  )

  api.openapi(
    route({
      method: 'post',
      path: '/api/v1/cdrs/{id}/release',
      'x-permission': 'cdrs.write',
      tags: ['CDRs'],
      summary: 'Issue a CDR that is held',
      description:
        'As it was measured, as is proposed, or with an energy of your own. It is immutable from then on; the act is in the audit log. What the station tells later credits it, as any other.',
      request: {
        params: byId,
        body: { content: { 'application/json': { schema: releaseBody } }, required: true },
      },
      responses: { 200: json(cdrSchema, 'The CDR, issued'), ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const caller = c.get('caller')
      const body = c.req.valid('json')
      const order = {
        ...releaseOf(body),
        note: clean(body.note, 500),
        by: actorOf(caller),
        at: clock.now(),
      }
      const cdr = await store.cdrs.release(caller.tenant, c.req.valid('param').id, order)
      if (cdr === 'missing') throw notFound('CDR')
      if (cdr === 'notHeld') throw new Problem(409, 'this CDR is not held')
      if (cdr === 'nothingProposed') throw wrongField('/as', 'nothing is proposed for this CDR')
      if (cdr === 'priceDoesNotAddUp') throw new Problem(409, 'its price does not add up: it cannot be issued')
      log.info('CDR issued', { cdr: cdr.id, chargePoint: `${cdr.tenant}/${cdr.chargePoint}`, as: body.as })
      return c.json(cdrOf(cdr), 200)
    },
  )
}
