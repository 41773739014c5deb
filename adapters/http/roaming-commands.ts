import { z } from '@hono/zod-openapi'
import type { Party } from '../../core/domain/party.ts'
import { parsePartyCode, partyKey, type PartyCode } from '../../core/domain/party-code.ts'
import { isRegistered, type RoamingPartner } from '../../core/domain/roaming-partner.ts'
import type { RoamingModule } from '../../core/ports/roaming.ts'
import type { Token as TokenObject } from '../../core/roaming/model.ts'
import { actorOf } from './actor.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound, Problem } from './problem.ts'
import {
  type RoamingCommandBody,
  roamingCommandBody,
  roamingCommandSchema,
  roamingCommandView,
  tokenForCommand,
  wordsOf,
} from './roaming-command-bodies.ts'
import { byPartner } from './roaming-schemas.ts'
import { route } from './route.ts'
import { given, json, missing, pageQuery, pageSchema, problems, unprocessable } from './schemas.ts'

const at = '/api/v1/roaming-partners/{id}/commands'
const tags = ['Roaming']

const fault = (pointer: string, detail: string): Problem =>
  new Problem(422, `${pointer.slice(1)}: ${detail}`, { faults: [{ pointer, detail }] })

/** What we want of charging stations of partners, for our drivers. */
export const roamingCommandRoutes = (api: Api, { store, asks, roaming, clock }: ApiParts): void => {
  const known = async (tenant: string, id: string): Promise<RoamingPartner> => {
    const partner = await store.roamingPartners.find({ tenant, partner: id })
    if (partner === undefined) throw notFound('roaming partner')
    return partner
  }

  /** The EMP of ours that wants it. */
  const empOf = async (tenant: string, wanted: string | undefined): Promise<Party> => {
    const { items } = await store.parties.list(tenant, { role: 'emp' }, { limit: 100 })
    const ours = items.filter(({ isOurs, code }) => isOurs === true && code !== undefined)
    const meant = wanted === undefined ? ours : ours.filter(({ code }) => code && keyOf(code) === partyKey(wanted))
    const [emp, ...others] = meant
    if (emp === undefined)
      throw fault('/from', wanted === undefined ? 'there is no EMP of ours' : 'it is no EMP of ours')
    if (others.length > 0) throw fault('/from', 'is needed: there are several EMPs of ours')
    return emp
  }

  const tokenOf = async (tenant: string, uid: string, emp: Party): Promise<TokenObject> => {
    const found = (await store.tokens.accepted(tenant, [uid])).find(({ issuer }) => issuer === '')
    const object = found && tokenForCommand(found, emp, clock.now())
    if (object === undefined) throw fault('/token', 'it is no token of ours that may charge under a contract')
    return object
  }

  /** Whose an object of the partner's is; undefined where it has told us of none of this name. */
  const ownerOf = async (
    { tenant, id: partner, roles }: RoamingPartner,
    module: RoamingModule,
    id: string,
  ): Promise<PartyCode | undefined> => {
    for (const { role, code } of roles)
      if (role === 'CPO' && (await roaming.received.find({ tenant, module, owner: code, id }, partner)) !== undefined)
        return code
    return undefined
  }

  const receiverOf = async (partner: RoamingPartner, body: RoamingCommandBody): Promise<PartyCode | undefined> => {
    const { to } = body
    if (to !== undefined) {
      const code = parsePartyCode(to)
      const isTheirs = partner.roles.some((one) => one.role === 'CPO' && keyOf(one.code) === partyKey(to))
      if ('fault' in code || !isTheirs) throw fault('/to', 'it is no CPO of this partner')
      return code
    }
    if ('location' in body) {
      const owner = await ownerOf(partner, 'locations', body.location)
      if (owner === undefined) throw fault('/location', 'the partner has told us of no such location')
      return owner
    }
    return 'session' in body ? ownerOf(partner, 'sessions', body.session) : undefined
  }

  api.openapi(
    route({
      method: 'post',
      path: at,
      'x-permission': 'roaming.operate',
      tags,
      summary: 'Have a partner’s charging station do something',
      description:
        'For a driver of ours: start, stop, reserve, unlock. The partner answers whether it passes it on; what its station makes of it comes later, at the latest by `deadline`. `?wait=` holds the answer until then.',
      request: {
        params: byPartner,
        query: z.object({ wait: z.coerce.number().min(0).max(120).default(0) }),
        body: { content: { 'application/json': { schema: roamingCommandBody } }, required: true },
      },
      responses: {
        201: json(roamingCommandSchema, 'The command as it stands'),
        ...problems,
        ...missing,
        ...unprocessable,
      },
    }),
    async (c) => {
      const { tenant } = c.get('caller')
      const partner = await known(tenant, c.req.valid('param').id)
      const body = c.req.valid('json')
      if (!isRegistered(partner)) throw new Problem(409, 'we are not registered with it')
      const emp = await empOf(tenant, body.from)
      const to = await receiverOf(partner, body)
      const token = 'token' in body ? await tokenOf(tenant, body.token, emp) : undefined
      const command = await asks.ask({
        tenant,
        partner: partner.id,
        type: body.type,
        body: wordsOf(body, token),
        by: actorOf(c.get('caller')),
        ...given({ from: emp.code, to }),
      })
      const { wait } = c.req.valid('query')
      return c.json(roamingCommandView(wait > 0 ? await asks.wait(command, wait * 1_000) : command), 201)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: at,
      'x-permission': 'roaming.read',
      tags,
      summary: 'What we have wanted of a partner, the newest first',
      request: { params: byPartner, query: z.object(pageQuery) },
      responses: { 200: json(pageSchema(roamingCommandSchema), 'Commands'), ...problems, ...missing },
    }),
    async (c) => {
      const { tenant } = c.get('caller')
      const { id } = await known(tenant, c.req.valid('param').id)
      const { limit, cursor } = c.req.valid('query')
      const page = await store.askedCommands.list(tenant, id, { limit, ...given({ cursor }) })
      return c.json({ items: page.items.map(roamingCommandView), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{command}`,
      'x-permission': 'roaming.read',
      tags,
      summary: 'One of these commands',
      request: {
        params: byPartner.extend({
          command: z
            .string()
            .max(64)
            .openapi({ param: { name: 'command', in: 'path' } }),
        }),
      },
      responses: { 200: json(roamingCommandSchema, 'The command'), ...problems, ...missing },
    }),
    async (c) => {
      const { tenant } = c.get('caller')
      const { id, command } = c.req.valid('param')
      const found = await store.askedCommands.find({ tenant, id: command })
      if (found?.partner !== id) throw notFound('command')
      return c.json(roamingCommandView(found), 200)
    },
  )
}

const keyOf = ({ country, party }: PartyCode): string => country + party
