import { noQuirks, type RoamingPartner, usualAuthorization } from '../../core/domain/roaming-partner.ts'
import { actorOf } from './actor.ts'
import { newHubBody, overviewSchema, overviewView, settingsOf } from './hub-schemas.ts'
import type { Api, ApiParts, Caller } from './parts.ts'
import { notFound, Problem } from './problem.ts'
import { byPartner, partnerSchema, partnerView } from './roaming-schemas.ts'
import { route } from './route.ts'
import { given, json, missing, problems, unprocessable } from './schemas.ts'

const at = '/api/v1/roaming-partners'
const tags = ['Roaming']

/** Hubs that speak OICP (Hubject): there is no handshake, the first push tells whether it takes us. */
export const hubRoutes = (api: Api, { store, sealer, clock, log }: ApiParts): void => {
  const hub = async ({ tenant }: Caller, id: string) => {
    const ref = { tenant, partner: id }
    const partner = await store.roamingPartners.find(ref)
    if (partner?.protocol !== 'oicp') throw notFound('hub')
    return ref
  }

  api.openapi(
    route({
      method: 'post',
      path: `${at}/oicp`,
      'x-permission': 'roaming.write',
      tags,
      summary: 'Roam over a hub that speaks OICP 2.3',
      description:
        'Your EVSEs, their status and your CDRs go there from now on, the EVSEs all at once at first. The hub calls you at `/oicp/<tenant>/<id>`. The key is sealed, and cannot be read again.',
      request: { body: { content: { 'application/json': { schema: newHubBody } }, required: true } },
      responses: { 201: json(partnerSchema, 'Made'), ...problems, ...unprocessable },
    }),
    async (c) => {
      const caller = c.get('caller')
      const body = c.req.valid('json')
      const now = clock.now()
      const partner: RoamingPartner = {
        tenant: caller.tenant,
        id: body.id,
        state: 'registered',
        since: now,
        roles: [],
        endpoints: [],
        quirks: noQuirks,
        // it is asked about its drivers and never tells of them
        authorization: { ...usualAuthorization, asksUnknown: true },
        checks: [],
        registeredAt: now,
        changedAt: now,
        protocol: 'oicp',
        oicp: settingsOf(body, sealer),
        ...given({ name: body.name }),
      }
      if (!(await store.roamingPartners.create(partner, { at: now, by: actorOf(caller) })))
        throw new Problem(409, 'there is a partner of this id: choose another')
      log.info('a hub was registered', { partner: body.id })
      return c.json(partnerView(partner, now), 201)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{id}/oicp`,
      'x-permission': 'roaming.read',
      tags,
      summary: 'How it stands with a hub: what it has, what it has refused, and why',
      request: { params: byPartner },
      responses: { 200: json(overviewSchema, 'As it is now'), ...problems, ...missing },
    }),
    async (c) => {
      const ref = await hub(c.get('caller'), c.req.valid('param').id)
      return c.json(overviewView(await store.oicp.overview(ref)), 200)
    },
  )

  api.openapi(
    route({
      method: 'post',
      path: `${at}/{id}/oicp/full-load`,
      'x-permission': 'roaming.operate',
      tags,
      summary: 'Tell a hub everything again',
      description: 'All EVSEs and their status, in place of what it has; also what it has refused before.',
      request: { params: byPartner },
      responses: { 202: { description: 'It is on its way' }, ...problems, ...missing },
    }),
    async (c) => {
      await store.oicp.reload(await hub(c.get('caller'), c.req.valid('param').id))
      return c.body(null, 202)
    },
  )
}
