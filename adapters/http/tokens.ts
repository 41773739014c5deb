import { z } from '@hono/zod-openapi'
import { parseInstant } from '../../core/domain/instant.ts'
import { type Token, tokenStatuses, tokenTypes } from '../../core/domain/token.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound } from './problem.ts'
import { route } from './route.ts'
import {
  given,
  instant,
  json,
  missing,
  pageQuery,
  pageSchema,
  problems,
  tokenSchema,
  tokenView,
  unprocessable,
  decimal,
} from './schemas.ts'

export const byUid = z.object({
  uid: z
    .string()
    .trim()
    .min(1)
    .max(255)
    .openapi({ param: { name: 'uid', in: 'path' }, example: '04A1B2C3D4E5F6' }),
})
export const byIssuer = z.object({ issuer: z.string().max(100).default('') })
const at = '/api/v1/tokens'

export const tokenBody = z.strictObject({
  status: z.enum(tokenStatuses).default('Accepted'),
  type: z.enum(tokenTypes).default('RFID'),
  groupId: z.string().min(1).max(36).nullish(),
  expiresAt: instant.nullish(),
  contract: z.string().min(1).max(100).nullish(),
  mostSessions: z.number().int().min(1).max(1_000_000).nullish().describe('at the same time; null = any number'),
  cacheS: z
    .number()
    .int()
    .min(1)
    .max(100_000_000)
    .nullish()
    .describe('seconds that an offline station may rely on an answer; null = as long as the token is valid'),
  credit: decimal
    .nullish()
    .describe(
      'prepaid: what is left on it, in the currency of the stations. 0 = NoCredit; OCPP 2.1 is told not to go beyond',
    ),
})

export const tokenFrom = (name: string, by: string, body: z.infer<typeof tokenBody>): Token => ({
  uid: name,
  issuer: by,
  type: body.type,
  status: body.status,
  ...given({
    groupId: body.groupId ?? undefined,
    contract: body.contract ?? undefined,
    mostSessions: body.mostSessions ?? undefined,
    cacheS: body.cacheS ?? undefined,
    credit: body.credit ?? undefined,
    expiresAt: body.expiresAt == null ? undefined : parseInstant(body.expiresAt)?.ms,
  }),
})

export const tokenRoutes = (api: Api, { store, clock }: ApiParts): void => {
  api.openapi(
    route({
      method: 'get',
      path: at,
      'x-permission': 'tokens.read',
      tags: ['Tokens'],
      summary: 'List tokens',
      request: { query: z.object({ ...pageQuery, issuer: z.string().max(100).optional() }) },
      responses: { 200: json(pageSchema(tokenSchema), 'Tokens'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, issuer: by } = c.req.valid('query')
      const page = await store.tokens.list(c.get('caller').tenant, { limit, ...given({ cursor, issuer: by }) })
      return c.json({ items: page.items.map(tokenView), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{uid}`,
      'x-permission': 'tokens.read',
      tags: ['Tokens'],
      summary: 'One token',
      request: { params: byUid, query: byIssuer },
      responses: { 200: json(tokenSchema, 'The token'), ...problems, ...missing },
    }),
    async (c) => {
      const token = await store.tokens.find(
        c.get('caller').tenant,
        c.req.valid('param').uid,
        c.req.valid('query').issuer,
      )
      if (token === undefined) throw notFound('token')
      return c.json(tokenView(token), 200)
    },
  )

  api.openapi(
    route({
      method: 'put',
      path: `${at}/{uid}`,
      'x-permission': 'tokens.write',
      tags: ['Tokens'],
      summary: 'Register or change a token',
      request: {
        params: byUid,
        query: byIssuer,
        body: { content: { 'application/json': { schema: tokenBody } }, required: true },
      },
      responses: {
        200: json(tokenSchema, 'Changed'),
        201: json(tokenSchema, 'Registered'),
        ...problems,
        ...unprocessable,
      },
    }),
    async (c) => {
      const token = tokenFrom(c.req.valid('param').uid, c.req.valid('query').issuer, c.req.valid('json'))
      const [result] = await store.tokens.put(c.get('caller').tenant, [token], clock.now())
      // under the spelling it was registered with
      const shown = tokenView({ ...token, uid: result?.uid ?? token.uid })
      return result?.created === true ? c.json(shown, 201) : c.json(shown, 200)
    },
  )

  api.openapi(
    route({
      method: 'delete',
      path: `${at}/{uid}`,
      'x-permission': 'tokens.write',
      tags: ['Tokens'],
      summary: 'Remove a token',
      request: { params: byUid, query: byIssuer },
      responses: { 204: { description: 'Removed' }, ...problems, ...missing },
    }),
    async (c) => {
      if (
        !(await store.tokens.remove(
          c.get('caller').tenant,
          c.req.valid('param').uid,
          c.req.valid('query').issuer,
          clock.now(),
        ))
      )
        throw notFound('token')
      return c.body(null, 204)
    },
  )
}
