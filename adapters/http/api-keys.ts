import { z } from '@hono/zod-openapi'
import { giftFault, type Grant, isPartys, keyRoles } from '../../core/domain/access.ts'
import { formatPartyCode, parsePartyCode } from '../../core/domain/party-code.ts'
import { parseInstant } from '../../core/domain/instant.ts'
import { installKey, newKeyText } from './keys.ts'
import { byId } from './params.ts'
import type { Api, ApiParts, Caller } from './parts.ts'
import { notFound, wrongField } from './problem.ts'
import { route } from './route.ts'
import {
  apiKeyOf,
  apiKeySchema,
  given,
  instant,
  json,
  missing,
  pageSchema,
  problems,
  scopeSchema,
  unprocessable,
} from './schemas.ts'

const at = '/api/v1/api-keys'
const body = z.strictObject({
  label: z.string().min(1).max(100),
  role: z.enum(keyRoles).default('operator'),
  scope: scopeSchema.default('tenant'),
  party: z.string().min(1).max(100).optional().describe('of a site owner its id, of an EMP its id or code: DE*ABC'),
  expiresAt: instant.optional(),
})

export const apiKeyRoutes = (api: Api, parts: ApiParts): void => {
  const { store, ids, clock } = parts

  api.openapi(
    route({
      method: 'get',
      path: at,
      'x-permission': 'apiKeys.read',
      tags: ['API keys'],
      summary: "The tenant's keys, and for a platform key the platform's",
      responses: { 200: json(pageSchema(apiKeySchema), 'Keys, without their secrets'), ...problems },
    }),
    async (c) => {
      const { tenant, platform } = c.get('caller')
      const keys = [...(platform ? await store.apiKeys.platform.list() : []), ...(await store.apiKeys.list(tenant))]
      return c.json({ items: keys.map(apiKeyOf), next: null }, 200)
    },
  )

  api.openapi(
    route({
      method: 'post',
      path: at,
      'x-permission': 'apiKeys.write',
      tags: ['API keys'],
      summary: 'Make a key',
      description:
        'Nobody hands on more than they have: neither a right, nor a wider scope. A key of a site owner or an EMP names its party, and sees what is that one’s.',
      request: { body: { content: { 'application/json': { schema: body } }, required: true } },
      responses: {
        201: json(apiKeySchema.extend({ key: z.string().describe('shown this once') }).openapi('NewApiKey'), 'The key'),
        ...problems,
        ...unprocessable,
      },
    }),
    async (c) => {
      const caller = c.get('caller')
      const { label, role, scope, party, expiresAt } = c.req.valid('json')
      const grant = { role, scope, ...given({ party: await partyOf(parts, caller, { role, scope, party }) }) }
      const fault = giftFault(caller, grant)
      if (fault !== undefined) throw wrongField('/role', fault, { status: 403 })
      const text = newKeyText(parts.randomBytes)
      const key = {
        id: ids.uuid(),
        ...(role !== 'platform' && { tenant: caller.tenant }),
        label,
        ...grant,
        ...given({ through: caller.home ?? caller.through }),
        createdAt: clock.now(),
        ...given({ expiresAt: expiresAt === undefined ? undefined : parseInstant(expiresAt)?.ms }),
      }
      await installKey(parts, key, text)
      return c.json({ ...apiKeyOf(key), key: text }, 201)
    },
  )

  api.openapi(
    route({
      method: 'delete',
      path: `${at}/{id}`,
      'x-permission': 'apiKeys.write',
      tags: ['API keys'],
      summary: 'Revoke a key',
      description: 'It stops working within two seconds.',
      request: {
        params: byId,
      },
      responses: { 204: { description: 'Revoked' }, ...problems, ...missing },
    }),
    async (c) => {
      const { tenant, platform } = c.get('caller')
      const { id } = c.req.valid('param')
      const now = clock.now()
      const isRevoked = await store.apiKeys.revoke(tenant, id, now)
      if (!isRevoked && !(platform && (await store.apiKeys.platform.revoke(id, now)))) throw notFound('API key')
      return c.body(null, 204)
    },
  )
}

/** Whose key it is to be, as the market names it; a problem where that is nobody, or where such a key is nobody's own. */
const partyOf = async (
  { store }: ApiParts,
  { tenant }: Caller,
  { role, scope, party }: { readonly [Name in keyof Grant]: Grant[Name] | undefined },
): Promise<string | undefined> => {
  if (role === undefined || !isPartys(role)) {
    if (party !== undefined) throw wrongField('/party', `a key of role ${role} is no party’s own`)
    if (role === 'platform' && scope !== 'tenant') throw wrongField('/scope', 'a key of the platform is for all of it')
    return undefined
  }
  if (party === undefined) throw wrongField('/party', `a key of role ${role} names whose it is`)
  if (scope !== 'tenant') throw wrongField('/scope', 'what such a key sees is what its party has, wherever that is')
  const found = await store.parties.find(tenant, party)
  if (found?.role === role) return found.id
  const code = role === 'emp' ? parsePartyCode(party) : undefined
  if (code === undefined || 'fault' in code)
    throw wrongField(
      '/party',
      role === 'emp'
        ? 'is no EMP among the parties, and no code of one (DE*ABC)'
        : 'is no site owner among the parties',
    )
  return formatPartyCode(code)
}
