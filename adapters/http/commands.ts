import { z } from '@hono/zod-openapi'
import type { ChargePointRef } from '../../core/domain/charge-point.ts'
import { withoutSecrets } from '../../core/ocpp/mask.ts'
import { knownRef } from './known.ts'
import { byId, byIdentity } from './params.ts'
import type { Api, ApiParts } from './parts.ts'
import { faultOfOrder, orderBody, orderOf } from './order-body.ts'
import { notFound, Problem } from './problem.ts'
import { route } from './route.ts'
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

const callAnswer = z
  .object({
    messageId: z.string(),
    result: z.unknown().optional(),
    error: z.object({ code: z.string(), description: z.string(), details: z.unknown() }).optional(),
  })
  .openapi('CallAnswer')

export const commandRoutes = (api: Api, { store, commander, clock }: ApiParts): void => {
  const known = (ref: ChargePointRef): Promise<ChargePointRef> => knownRef(store, ref)

  api.openapi(
    route({
      method: 'post',
      path: '/api/v1/charge-points/{identity}/commands',
      'x-permission': 'commands.operate',
      tags: ['Commands'],
      summary: 'Give an order',
      description:
        'Accepted by the station is not done: the command succeeds with its effect (a session that began, a boot that followed), or says why not. `?wait=` holds the answer until then.',
      request: {
        params: byIdentity,
        query: z.object({ wait: z.coerce.number().min(0).max(120).default(0) }),
        body: { content: { 'application/json': { schema: orderBody } }, required: true },
      },
      responses: { 201: json(commandSchema, 'The command as it stands'), ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const ref = await known({ tenant: c.get('caller').tenant, identity: c.req.valid('param').identity })
      const body = c.req.valid('json')
      const fault = faultOfOrder(body, clock.now())
      if (fault !== undefined) throw new Problem(422, fault.detail, { faults: [fault] })
      const manner = { waits: body.whenOffline === 'wait' }
      const command = await commander.order(ref, orderOf(body), body.deadlineS * 1_000, manner)
      const { wait } = c.req.valid('query')
      return c.json(commandView(wait > 0 ? await commander.wait(command, wait * 1_000) : command), 201)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/charge-points/{identity}/commands',
      'x-permission': 'commands.read',
      tags: ['Commands'],
      summary: "A charge point's commands, newest first",
      request: { params: byIdentity, query: z.object(pageQuery) },
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
    route({
      method: 'get',
      path: '/api/v1/commands/{id}',
      'x-permission': 'commands.read',
      tags: ['Commands'],
      summary: 'One command',
      request: {
        params: byId,
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
    route({
      method: 'post',
      path: '/api/v1/commands/{id}/cancel',
      'x-permission': 'commands.operate',
      tags: ['Commands'],
      summary: 'Take an order back',
      description: 'As long as it was not sent: 409 afterwards, for what a station has been told it may do.',
      request: {
        params: byId,
      },
      responses: { 200: json(commandSchema, 'The command'), ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const command = await store.commands.find(c.get('caller').tenant, c.req.valid('param').id)
      if (command === undefined) throw notFound('command')
      const cancelled = await commander.cancel(command)
      if (cancelled === undefined) throw new Problem(409, `it is too late: the command is ${command.state}`)
      return c.json(commandView(cancelled), 200)
    },
  )

  api.openapi(
    route({
      method: 'post',
      path: '/api/v1/charge-points/{identity}/ocpp/{action}',
      'x-permission': 'commands.operate',
      tags: ['Commands'],
      summary: 'Send any OCPP action',
      description:
        'Any CSMS-initiated action of the version that the station speaks, as it is; the answer is the station’s own, result or error.',
      request: {
        params: byIdentity.extend({
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
          return c.json({ messageId: outcome.messageId, result: withoutSecrets(outcome.payload) }, 200)
        case 'error':
          return c.json(
            {
              messageId: outcome.messageId,
              error: { code: outcome.code, description: outcome.description, details: withoutSecrets(outcome.details) },
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
