import { z } from '@hono/zod-openapi'
import { diagnose } from '../../core/domain/diagnosis.ts'
import { parseIccid } from '../../core/domain/iccid.ts'
import { simStates } from '../../core/domain/sim.ts'
import { sendingMs } from '../../core/domain/sim-command.ts'
import { dayOf } from '../../core/domain/instant.ts'
import { monthOf } from '../../core/domain/month.ts'
import type { SimView } from '../../core/ports/sims.ts'
import { actorOf } from './actor.ts'
import { byIdentity } from './params.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound, Problem } from './problem.ts'
import { route } from './route.ts'
import { given, json, missing, pageQuery, pageSchema, problems, unprocessable } from './schemas.ts'
import {
  diagnosisSchema,
  diagnosisView,
  simCommandBody,
  simCommandSchema,
  simCommandView,
  simSchema,
  simView,
  wholeSimSchema,
  wholeSimView,
} from './sim-schemas.ts'

const at = '/api/v1/sims'
const tags = ['SIM cards']

const byIccid = z.object({
  iccid: z
    .string()
    .max(40)
    .openapi({ param: { name: 'iccid', in: 'path' }, example: '89882806660000000001' }),
})

const ofCommand = byIccid.extend({
  command: z
    .string()
    .max(64)
    .openapi({ param: { name: 'command', in: 'path' } }),
})

/** SIM cards of charge points, why one that is silent is so, and what can be done about it. */
export const simRoutes = (api: Api, { store, clock, ids }: ApiParts): void => {
  /** In whichever of its spellings it was asked for. */
  const known = async (tenant: string, text: string): Promise<SimView> => {
    const iccid = parseIccid(text)
    if ('fault' in iccid) throw new Problem(404, `there is no such SIM: ${iccid.fault}`)
    const sim = await store.sims.find({ tenant, iccid: iccid.key })
    if (sim === undefined) throw notFound('SIM')
    return sim
  }

  const diagnosisOf = async (tenant: string, identity: string) => {
    const facts = await store.sims.facts({ tenant, identity })
    return facts && diagnosisView(identity, diagnose(facts, clock.now()), facts)
  }

  api.openapi(
    route({
      method: 'get',
      path: at,
      'x-permission': 'sims.read',
      tags,
      summary: 'SIM cards that charge points have reported, or that providers have',
      request: {
        query: z.object({
          ...pageQuery,
          provider: z.string().max(64).optional(),
          chargePoint: z.string().max(255).optional(),
          state: z.enum(simStates).optional(),
          placed: z.enum(['true', 'false']).optional().describe('in a charge point, or in none'),
        }),
      },
      responses: { 200: json(pageSchema(simSchema), 'SIM cards, by their ICCIDs'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, provider, chargePoint: station, state, placed } = c.req.valid('query')
      const isPlaced = placed === undefined ? undefined : placed === 'true'
      const filter = given({ provider, station, state, isPlaced })
      const page = await store.sims.list(c.get('caller').tenant, filter, { limit, ...given({ cursor }) })
      return c.json({ items: page.items.map(simView), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{iccid}`,
      'x-permission': 'sims.read',
      tags,
      summary: 'One SIM card: where it was, what it uses and costs, how it is connected',
      request: {
        params: byIccid,
        query: z.object({
          month: z
            .string()
            .regex(/^\d{4}-(?:0[1-9]|1[0-2])$/)
            .optional()
            .describe('of which usage is shown; absent: this one')
            .openapi({ example: '2026-11' }),
        }),
      },
      responses: { 200: json(wholeSimSchema, 'The SIM card'), ...problems, ...missing },
    }),
    async (c) => {
      const { tenant } = c.get('caller')
      const sim = await known(tenant, c.req.valid('param').iccid)
      const month = c.req.valid('query').month ?? monthOf(dayOf(clock.now()))
      const [stays, usage, costs, diagnosis] = await Promise.all([
        store.sims.stays(sim),
        store.sims.usage(sim, month),
        store.sims.costs(sim),
        sim.station === undefined ? undefined : diagnosisOf(tenant, sim.station),
      ])
      return c.json(wholeSimView({ sim, stays, month, usage, costs, diagnosis: diagnosis ?? null }), 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/charge-points/{identity}/diagnosis',
      'x-permission': 'sims.read',
      tags,
      summary: 'Why a charge point cannot be spoken to',
      description:
        'From what it, the provider of its SIM and this server know, each with its age. A command of the type `look` asks the provider anew.',
      request: { params: byIdentity },
      responses: { 200: json(diagnosisSchema, 'The cause, and what it rests on'), ...problems, ...missing },
    }),
    async (c) => {
      const diagnosis = await diagnosisOf(c.get('caller').tenant, c.req.valid('param').identity)
      if (diagnosis === undefined) throw notFound('charge point')
      return c.json(diagnosis, 200)
    },
  )

  api.openapi(
    route({
      method: 'post',
      path: `${at}/{iccid}/commands`,
      'x-permission': 'sims.operate',
      tags,
      summary: 'Have its provider do something',
      description:
        'Sent once, and never repeated: where nobody knows what became of it, it says so. With an `Idempotency-Key` the same request is one command.',
      request: {
        params: byIccid,
        body: { content: { 'application/json': { schema: simCommandBody } }, required: true },
      },
      responses: { 201: json(simCommandSchema, 'The command'), ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const caller = c.get('caller')
      const { tenant } = caller
      const { type } = c.req.valid('json')
      const sim = await known(tenant, c.req.valid('param').iccid)
      if (sim.provider === undefined) throw new Problem(409, 'no provider is known to have this SIM')
      if (type === 'wakeUp' && sim.station === undefined)
        throw new Problem(409, 'it is in no charge point: nobody would wake up')
      const createdAt = clock.now()
      const command = {
        tenant,
        id: ids.uuid(),
        iccid: sim.iccid,
        type,
        ...(sim.station !== undefined && { station: sim.station }),
        state: 'queued',
        createdAt,
        changedAt: createdAt,
        deadline: createdAt + sendingMs,
        isDoubtful: false,
      } as const
      await store.sims.command(command, actorOf(caller))
      return c.json(simCommandView(command), 201)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{iccid}/commands`,
      'x-permission': 'sims.read',
      tags,
      summary: 'What its provider was asked to do',
      request: { params: byIccid, query: z.object(pageQuery) },
      responses: { 200: json(pageSchema(simCommandSchema), 'Commands, the latest first'), ...problems, ...missing },
    }),
    async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const sim = await known(c.get('caller').tenant, c.req.valid('param').iccid)
      const page = await store.sims.commands(sim, { limit, ...given({ cursor }) })
      return c.json({ items: page.items.map(simCommandView), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{iccid}/commands/{command}`,
      'x-permission': 'sims.read',
      tags,
      summary: 'How far a command has come',
      request: { params: ofCommand },
      responses: { 200: json(simCommandSchema, 'The command'), ...problems, ...missing },
    }),
    async (c) => {
      const { iccid, command: id } = c.req.valid('param')
      const sim = await known(c.get('caller').tenant, iccid)
      const command = await store.sims.findCommand({ tenant: sim.tenant, iccid: sim.iccid, id })
      if (command === undefined) throw notFound('command')
      return c.json(simCommandView(command), 200)
    },
  )
}
