import { z } from '@hono/zod-openapi'
import { type Contract, contractStates } from '../../core/domain/contract.ts'
import { evcoKey, formatEvcoId, parseEvcoId } from '../../core/domain/evco-id.ts'
import { formatInstant } from '../../core/domain/instant.ts'
import { whitelists } from '../../core/domain/token.ts'
import type { ContractRefusal } from '../../core/ports/contracts.ts'
import { actOf } from './acts.ts'
import { msOf } from './params.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound, wrongField } from './problem.ts'
import { route } from './route.ts'
import { given, instant, json, missing, pageQuery, pageSchema, problems, unprocessable } from './schemas.ts'

const at = '/api/v1/contracts'
export const byContract = z.object({
  id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
    .openapi({ param: { name: 'id', in: 'path' }, example: 'fleet-42' }),
})
const emp = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._*-]{0,99}$/)
  .openapi({ example: 'DE*8AA' })
  .describe('the EMP: the id of a party, or its code')

const body = z.strictObject({
  emp,
  evcoId: z.string().max(100).nullish().describe('its EVCO ID (eMAID), which is its token too; it is never changed'),
  driver: z
    .string()
    .regex(/^[A-Za-z0-9._:-]{1,64}$/, 'must be a reference: letters, digits and . _ : - only')
    .nullish()
    .describe("the EMP's own reference to its customer: a pseudonym, never a name, an address or a plate"),
  validFrom: instant.optional().describe('absent: as it was, or from now on'),
  validUntil: instant.nullish().describe('excluded; null = until it is ended'),
  state: z
    .enum(contractStates)
    .default('active')
    .describe('suspended: its tokens are Blocked; ended: they are Expired'),
  whitelist: z
    .enum(whitelists)
    .default('ALLOWED')
    .describe(
      'what CPOs that we roam with may do with its tokens: ALWAYS = let them in without asking us, ALLOWED = as they like, ALLOWED_OFFLINE = ask us, and let them in where we cannot be reached, NEVER = ask us each time',
    ),
})

const schema = z
  .object({
    id: z.string(),
    emp: z.string(),
    evcoId: z.string().nullable(),
    driver: z.string().nullable(),
    validFrom: instant,
    validUntil: instant.nullable(),
    state: z.enum(contractStates),
    whitelist: z.enum(whitelists),
  })
  .openapi('Contract')

const viewOf = (contract: Contract): z.infer<typeof schema> => ({
  id: contract.id,
  emp: contract.emp,
  evcoId: contract.evcoId ?? null,
  driver: contract.driver ?? null,
  validFrom: formatInstant(contract.validFrom),
  validUntil: contract.validUntil === undefined ? null : formatInstant(contract.validUntil),
  state: contract.state,
  whitelist: contract.whitelist,
})

const refusals: Readonly<Record<ContractRefusal, readonly [string, string, { readonly status: number }?]>> = {
  unknownEmp: ['/emp', 'is no EMP among the parties, and no code of one (DE*ABC)'],
  otherEmp: [
    '/emp',
    'a contract with another EMP is another contract: end this one, and make that one',
    { status: 409 },
  ],
  otherEvcoId: ['/evcoId', 'an EVCO ID is never changed: end this contract, and make another', { status: 409 }],
  evcoIdTaken: ['/evcoId', 'another contract has this EVCO ID, as its own or as a token', { status: 409 }],
  endsBeforeItBegins: ['/validUntil', 'is not after validFrom'],
}

/** As it is shown to people, whatever it was written like. */
const evcoIdOf = (id: string, text: string | undefined): string | undefined => {
  const named = evcoKey(id)
  if (named !== undefined && named !== evcoKey(text ?? ''))
    throw wrongField('/id', 'an id that is an EVCO ID is that of the contract itself')
  if (text === undefined) return undefined
  const parsed = parseEvcoId(text)
  if ('fault' in parsed) throw wrongField('/evcoId', parsed.fault)
  return formatEvcoId(parsed)
}

/** EV contracts: whose tokens they are that drivers present, and which EMP they charge for. */
export const contractRoutes = (api: Api, { store, clock }: ApiParts): void => {
  api.openapi(
    route({
      method: 'get',
      path: at,
      'x-permission': 'contracts.read',
      tags: ['Contracts'],
      summary: 'List contracts',
      request: {
        query: z.object({
          ...pageQuery,
          emp: emp.optional(),
          state: z.enum(contractStates).optional(),
          evcoId: z.string().max(100).optional().describe('in any spelling'),
          token: z.string().max(255).optional().describe('those that this one is or was a token of'),
        }),
      },
      responses: { 200: json(pageSchema(schema), 'Contracts, by id'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, ...filter } = c.req.valid('query')
      const page = await store.contracts.list(c.get('caller').tenant, given(filter), { limit, ...given({ cursor }) })
      return c.json({ items: page.items.map(viewOf), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{id}`,
      'x-permission': 'contracts.read',
      tags: ['Contracts'],
      summary: 'One contract',
      request: { params: byContract },
      responses: { 200: json(schema, 'The contract'), ...problems, ...missing },
    }),
    async (c) => {
      const contract = await store.contracts.find(c.get('caller').tenant, c.req.valid('param').id)
      if (contract === undefined) throw notFound('contract')
      return c.json(viewOf(contract), 200)
    },
  )

  api.openapi(
    route({
      method: 'put',
      path: `${at}/{id}`,
      'x-permission': 'contracts.write',
      tags: ['Contracts'],
      summary: 'Make or change a contract',
      description: 'Its EMP and its EVCO ID stay what they are. What was charged under it stays charged under it.',
      request: { params: byContract, body: { content: { 'application/json': { schema: body } }, required: true } },
      responses: { 200: json(schema, 'Changed'), 201: json(schema, 'Made'), ...problems, ...unprocessable },
    }),
    async (c) => {
      const [caller, { id }, wanted] = [c.get('caller'), c.req.valid('param'), c.req.valid('json')]
      const contract = {
        id,
        emp: wanted.emp,
        state: wanted.state,
        whitelist: wanted.whitelist,
        ...given({
          evcoId: evcoIdOf(id, wanted.evcoId ?? undefined),
          driver: wanted.driver ?? undefined,
          validFrom: msOf(wanted.validFrom),
          validUntil: msOf(wanted.validUntil ?? undefined),
        }),
      }
      const act = actOf({ clock }, caller)
      const put = await store.contracts.put(caller.tenant, contract, act)
      if (typeof put === 'string') throw wrongField(...refusals[put])
      return put.created ? c.json(viewOf(put.contract), 201) : c.json(viewOf(put.contract), 200)
    },
  )

  api.openapi(
    route({
      method: 'delete',
      path: `${at}/{id}`,
      'x-permission': 'contracts.write',
      tags: ['Contracts'],
      summary: 'Remove a contract that nobody was charged under',
      request: { params: byContract },
      responses: { 204: { description: 'Removed' }, ...problems, ...missing, 409: unprocessable[409] },
    }),
    async (c) => {
      const [caller, { id }] = [c.get('caller'), c.req.valid('param')]
      const act = actOf({ clock }, caller)
      const removed = await store.contracts.remove(caller.tenant, id, act)
      if (removed === 'missing') throw notFound('contract')
      if (removed === 'charged')
        throw wrongField('/state', 'sessions are charged under it: end it instead', { status: 409 })
      return c.body(null, 204)
    },
  )
}
