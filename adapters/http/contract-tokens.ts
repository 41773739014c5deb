import { z } from '@hono/zod-openapi'
import type { ContractToken } from '../../core/domain/contract.ts'
import { evcoKey } from '../../core/domain/evco-id.ts'
import { formatInstant } from '../../core/domain/instant.ts'
import { tokenTypes } from '../../core/domain/token.ts'
import { actOf } from './acts.ts'
import { byContract } from './contracts.ts'
import { msOf } from './params.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound, wrongField } from './problem.ts'
import { route } from './route.ts'
import { given, instant, json, missing, pageQuery, pageSchema, problems, unprocessable } from './schemas.ts'
import { byIssuer, byUid } from './tokens.ts'

const at = '/api/v1/contracts/{id}/tokens'
const byBoth = byContract.extend(byUid.shape)

const body = z.strictObject({
  type: z.enum(tokenTypes).default('RFID').describe('MAC: of a vehicle (Autocharge); OTHER: a plate, or anything else'),
  from: instant.optional().describe('absent: as it was, or from now on'),
  until: instant.nullish().describe('excluded; null = as long as the contract lasts'),
})

const schema = z
  .object({
    uid: z.string(),
    issuer: z.string().describe('empty = ourselves'),
    type: z.enum(tokenTypes),
    from: instant,
    until: instant.nullable(),
  })
  .openapi('ContractToken')

const viewOf = ({ uid, issuer, type, from, until }: ContractToken): z.infer<typeof schema> => ({
  uid,
  issuer,
  type,
  from: formatInstant(from),
  until: until === undefined ? null : formatInstant(until),
})

/** Which tokens a contract has, and had: one may be swapped for another while the contract goes on. */
export const contractTokenRoutes = (api: Api, { store, clock }: ApiParts): void => {
  api.openapi(
    route({
      method: 'get',
      path: at,
      'x-permission': 'contracts.read',
      tags: ['Contracts'],
      summary: 'The tokens of a contract, also those that were',
      description: 'Its EVCO ID is one by itself, and is not listed.',
      request: { params: byContract, query: z.object(pageQuery) },
      responses: { 200: json(pageSchema(schema), 'Tokens, by uid and time'), ...problems, ...missing },
    }),
    async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const { id } = c.req.valid('param')
      const page = await store.contracts.tokens(c.get('caller').tenant, id, { limit, ...given({ cursor }) })
      if (page === undefined) throw notFound('contract')
      return c.json({ items: page.items.map(viewOf), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'put',
      path: `${at}/{uid}`,
      'x-permission': 'contracts.write',
      tags: ['Contracts'],
      summary: 'Say when a token belongs to a contract',
      description:
        'It is good with its contract from then on; it need not be registered beside. At any moment it belongs to one contract at most: 409 where it is one of another meanwhile.',
      request: {
        params: byBoth,
        query: byIssuer,
        body: { content: { 'application/json': { schema: body } }, required: true },
      },
      responses: {
        200: json(schema, 'Changed'),
        201: json(schema, 'It belongs to it'),
        ...problems,
        ...missing,
        ...unprocessable,
      },
    }),
    async (c) => {
      const [caller, { id, uid }, { type, from, until }] = [c.get('caller'), c.req.valid('param'), c.req.valid('json')]
      if (type === 'EVCO' && evcoKey(uid) !== undefined)
        throw wrongField('/type', 'an EVCO ID is a token of the contract that has it, and of no other')
      const times = given({ from: msOf(from), until: msOf(until ?? undefined) })
      const token = { issuer: c.req.valid('query').issuer, uid, type, ...times }
      const act = actOf({ clock }, caller)
      const put = await store.contracts.putToken(caller.tenant, id, token, act)
      if (put === 'missing') throw notFound('contract')
      if (put === 'endsBeforeItBegins')
        throw wrongField('/until', 'is not after the time from which it belongs to the contract')
      if (!('token' in put)) {
        const taken = put.takenBy === undefined ? 'another contract' : `contract ${put.takenBy}`
        throw wrongField('/from', `it is a token of ${taken} then: end that first`, { status: 409 })
      }
      return put.created ? c.json(viewOf(put.token), 201) : c.json(viewOf(put.token), 200)
    },
  )

  api.openapi(
    route({
      method: 'delete',
      path: `${at}/{uid}`,
      'x-permission': 'contracts.write',
      tags: ['Contracts'],
      summary: 'End the time of a token in a contract',
      description:
        'What was charged with it stays charged to this contract; it is good no more, until it is given to one.',
      request: {
        params: byBoth,
        query: byIssuer.extend({ at: instant.optional().describe('absent: now') }),
      },
      responses: { 204: { description: 'It belongs to it no more' }, ...problems, ...missing },
    }),
    async (c) => {
      const [caller, { id, uid }, query] = [c.get('caller'), c.req.valid('param'), c.req.valid('query')]
      const act = actOf({ clock }, caller)
      const token = { issuer: query.issuer, uid, at: msOf(query.at) ?? act.at }
      if (!(await store.contracts.endToken(caller.tenant, id, token, act))) throw notFound('token of this contract')
      return c.body(null, 204)
    },
  )
}
