import { createRoute, z } from '@hono/zod-openapi'
import type { ChargePointRef } from '../../core/domain/charge-point.ts'
import type { Order } from '../../core/domain/command.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound, Problem } from './problem.ts'
import {
  commandSchema,
  commandView,
  given,
  json,
  missing,
  pageQuery,
  pageSchema,
  problems,
  unprocessable,
} from './schemas.ts'

const identity = z.object({
  identity: z
    .string()
    .max(255)
    .openapi({ param: { name: 'identity', in: 'path' }, example: 'CP-1' }),
})
const evse = z.number().int().min(0).max(10_000)
const connector = z.number().int().min(1).max(100).optional()
const deadlineS = z.number().int().min(1).max(86_400).default(60).describe('how long it may take, effect included')

export const orderBody = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('startCharging'),
      deadlineS,
      evse: evse.optional(),
      connector,
      token: z.string().min(1).max(255),
    }),
    z.strictObject({ type: z.literal('stopCharging'), deadlineS, session: z.string() }),
    z.strictObject({ type: z.literal('reset'), deadlineS, kind: z.enum(['hard', 'soft']).default('soft') }),
    z.strictObject({ type: z.literal('unlock'), deadlineS, evse, connector }),
    z.strictObject({
      type: z.literal('setAvailability'),
      deadlineS,
      evse: evse.default(0),
      connector,
      available: z.boolean(),
    }),
    z.strictObject({
      type: z.literal('setConfig'),
      deadlineS,
      key: z.string().min(1).max(50),
      value: z.string().max(2_048),
    }),
    z.strictObject({
      type: z.literal('getConfig'),
      deadlineS,
      keys: z.array(z.string().min(1).max(50)).max(100).optional(),
    }),
    z.strictObject({ type: z.literal('clearCache'), deadlineS }),
    z.strictObject({
      type: z.literal('trigger'),
      deadlineS,
      message: z.string().min(1).max(50),
      evse: evse.optional(),
    }),
    z.strictObject({
      type: z.literal('vendorCall'),
      deadlineS,
      vendor: z.string().min(1).max(255),
      message: z.string().max(50).optional(),
      data: z.string().max(60_000).optional(),
    }),
  ])
  .openapi('Order')

const callAnswer = z
  .object({
    messageId: z.string(),
    result: z.unknown().optional(),
    error: z.object({ code: z.string(), description: z.string(), details: z.unknown() }).optional(),
  })
  .openapi('CallAnswer')

export const commandRoutes = (api: Api, { store, commander }: ApiParts): void => {
  const known = async (ref: ChargePointRef): Promise<ChargePointRef> => {
    const view = await store.chargePoints.find(ref)
    if (view === undefined) throw notFound('charge point')
    return { tenant: view.tenant, identity: view.identity }
  }

  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/charge-points/{identity}/commands',
      tags: ['Commands'],
      summary: 'Give an order',
      description:
        'Accepted by the station is not done: the command succeeds with its effect (a session that began, a boot that followed), or says why not. `?wait=` holds the answer until then.',
      request: {
        params: identity,
        query: z.object({ wait: z.coerce.number().min(0).max(120).default(0) }),
        body: { content: { 'application/json': { schema: orderBody } }, required: true },
      },
      responses: { 201: json(commandSchema, 'The command as it stands'), ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const ref = await known({ tenant: c.get('caller').tenant, identity: c.req.valid('param').identity })
      const { deadlineS: seconds, ...order } = c.req.valid('json')
      const command = await commander.order(ref, order as Order, seconds * 1_000)
      const { wait } = c.req.valid('query')
      return c.json(commandView(wait > 0 ? await commander.wait(command, wait * 1_000) : command), 201)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/charge-points/{identity}/commands',
      tags: ['Commands'],
      summary: "A charge point's commands, newest first",
      request: { params: identity, query: z.object(pageQuery) },
      responses: { 200: json(pageSchema(commandSchema), 'Commands'), ...problems, ...missing },
    }),
    async (c) => {
      const ref = await known({ tenant: c.get('caller').tenant, identity: c.req.valid('param').identity })
      const { limit, cursor } = c.req.valid('query')
      const page = await store.commands.list(ref, { limit, ...given({ cursor }) })
      return c.json({ items: page.items.map(commandView), next: page.next }, 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'get',
      path: '/api/v1/commands/{id}',
      tags: ['Commands'],
      summary: 'One command',
      request: {
        params: z.object({
          id: z
            .string()
            .max(64)
            .openapi({ param: { name: 'id', in: 'path' } }),
        }),
      },
      responses: { 200: json(commandSchema, 'The command'), ...problems, ...missing },
    }),
    async (c) => {
      const command = await store.commands.find(c.get('caller').tenant, c.req.valid('param').id)
      if (command === undefined) throw notFound('command')
      return c.json(commandView(command), 200)
    },
  )

  api.openapi(
    createRoute({
      method: 'post',
      path: '/api/v1/charge-points/{identity}/ocpp/{action}',
      tags: ['Commands'],
      summary: 'Send any OCPP action',
      description:
        'Any CSMS-initiated action of the version that the station speaks, as it is; the answer is the station’s own, result or error.',
      request: {
        params: identity.extend({
          action: z
            .string()
            .max(50)
            .openapi({ param: { name: 'action', in: 'path' }, example: 'GetConfiguration' }),
        }),
        query: z.object({ timeout: z.coerce.number().min(1).max(120).default(35) }),
        body: { content: { 'application/json': { schema: z.record(z.string(), z.unknown()) } }, required: true },
      },
      responses: {
        200: json(callAnswer, "The station's answer"),
        ...problems,
        ...missing,
        ...unprocessable,
        504: { description: 'No answer in time; it may have been carried out' },
      },
    }),
    async (c) => {
      const { identity: name, action } = c.req.valid('param')
      const ref = await known({ tenant: c.get('caller').tenant, identity: name })
      const outcome = await commander.call(ref, action, c.req.valid('json'), c.req.valid('query').timeout * 1_000)
      switch (outcome.type) {
        case 'result':
          return c.json({ messageId: outcome.messageId, result: outcome.payload }, 200)
        case 'error':
          return c.json(
            {
              messageId: outcome.messageId,
              error: { code: outcome.code, description: outcome.description, details: outcome.details },
            },
            200,
          )
        case 'notDelivered':
          throw new Problem(409, `not delivered: ${outcome.reason}`)
        case 'invalid':
          throw new Problem(422, outcome.reason)
        case 'timeoutUnknown':
          throw new Problem(504, 'the charge point did not answer; it may have carried it out')
      }
    },
  )
}
