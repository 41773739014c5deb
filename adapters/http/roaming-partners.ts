import { z } from '@hono/zod-openapi'
import type { AuditActor } from '../../core/domain/audit.ts'
import { isRegistered, type RoamingPartner, stateAt } from '../../core/domain/roaming-partner.ts'
import type { DeskRefusal, PartnerRef } from '../../core/ports/roaming-partners.ts'
import { actorOf } from './actor.ts'
import type { Api, ApiParts, Caller } from './parts.ts'
import { notFound, Problem } from './problem.ts'
import {
  byPartner,
  connectBody,
  newPartnerBody,
  partnerBody,
  partnerSchema,
  partnerView,
  quirksOf,
} from './roaming-schemas.ts'
import { route } from './route.ts'
import { given, json, missing, pageQuery, pageSchema, problems, unprocessable } from './schemas.ts'

const at = '/api/v1/roaming-partners'
const tags = ['Roaming']
const conflict = { 409: unprocessable[409] }

/** EMPs, CPOs and hubs that we roam with, and how they are registered. */
export const roamingPartnerRoutes = (api: Api, { store, partners, clock, log }: ApiParts): void => {
  const shown = (partner: RoamingPartner) => partnerView(partner, clock.now())
  const refOf = ({ tenant }: Caller, partner: string): PartnerRef => ({ tenant, partner })
  const known = async (ref: PartnerRef): Promise<RoamingPartner> => {
    const partner = await store.roamingPartners.find(ref)
    if (partner === undefined) throw notFound('roaming partner')
    return partner
  }
  /** What the desk says; a refusal as a problem. */
  const done = async <Result extends object>(ref: PartnerRef, said: Promise<Result | DeskRefusal>): Promise<Result> => {
    const result = await said
    if (typeof result !== 'string') return result
    if (result === 'incomplete')
      throw new Problem(422, 'its address and its token are needed: give both', {
        faults: [{ pointer: '/url', detail: 'is needed, and so is /token' }],
      })
    throw new Problem(409, `that is not possible now: it is ${stateAt(await known(ref), clock.now())}`)
  }
  const create = (
    ref: PartnerRef,
    body: { readonly name?: string } & Pick<RoamingPartner, 'quirks' | 'authorization'>,
    by: AuditActor,
  ) => {
    const now = clock.now()
    const partner: RoamingPartner = {
      tenant: ref.tenant,
      id: ref.partner,
      state: 'known',
      since: now,
      roles: [],
      endpoints: [],
      checks: [],
      changedAt: now,
      ...body,
    }
    return store.roamingPartners.create(partner, { at: now, by })
  }

  api.openapi(
    route({
      method: 'get',
      path: at,
      'x-permission': 'roaming.read',
      tags,
      summary: 'Whom we roam with',
      request: { query: z.object(pageQuery) },
      responses: { 200: json(pageSchema(partnerSchema), 'Partners, by their ids'), ...problems },
    }),
    async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const page = await store.roamingPartners.list(c.get('caller').tenant, { limit, ...given({ cursor }) })
      return c.json({ items: page.items.map(shown), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{id}`,
      'x-permission': 'roaming.read',
      tags,
      summary: 'One partner, and how its last handshake went, as far as that has come',
      request: { params: byPartner },
      responses: { 200: json(partnerSchema, 'The partner'), ...problems, ...missing },
    }),
    async (c) => c.json(shown(await known(refOf(c.get('caller'), c.req.valid('param').id))), 200),
  )

  api.openapi(
    route({
      method: 'post',
      path: at,
      'x-permission': 'roaming.write',
      tags,
      summary: 'Register with a partner',
      description:
        'Looks at its versions and what it offers, exchanges tokens with it, and answers when that is over: `state` says whether it is registered, `checks` what was found and why it failed. Meanwhile the partner can be read.',
      request: { body: { content: { 'application/json': { schema: newPartnerBody } }, required: true } },
      responses: { 201: json(partnerSchema, 'Made; registered or failed'), ...problems, ...unprocessable },
    }),
    async (c) => {
      const caller = c.get('caller')
      const { id, name, quirks, authorization, url, token } = c.req.valid('json')
      const ref = refOf(caller, id)
      const by = actorOf(caller)
      if (!(await create(ref, { quirks: quirksOf(quirks), authorization, ...given({ name }) }, by)))
        throw new Problem(409, 'there is a partner of this id: connect that, or choose another')
      const partner = await done(ref, partners.connect(ref, { url, token }, by))
      log.info('a roaming partner was connected', { partner: id, state: partner.state })
      return c.json(shown(partner), 201)
    },
  )

  api.openapi(
    route({
      method: 'put',
      path: `${at}/{id}`,
      'x-permission': 'roaming.write',
      tags,
      summary: 'Name a partner, and what it does otherwise than others',
      request: {
        params: byPartner,
        body: { content: { 'application/json': { schema: partnerBody } }, required: true },
      },
      responses: {
        200: json(partnerSchema, 'Changed'),
        201: json(partnerSchema, 'Made'),
        ...problems,
        ...unprocessable,
      },
    }),
    async (c) => {
      const caller = c.get('caller')
      const ref = refOf(caller, c.req.valid('param').id)
      const { name, quirks, authorization } = c.req.valid('json')
      const body = { quirks: quirksOf(quirks), authorization, ...given({ name }) }
      const by = actorOf(caller)
      const now = clock.now()
      const change = () =>
        store.roamingPartners.change(
          ref,
          (before) => {
            const { name: _, ...rest } = before
            return { partner: { ...rest, ...body, changedAt: now } }
          },
          { at: now, by },
        )
      const changed = await change()
      if (typeof changed !== 'string') return c.json(shown(changed), 200)
      if (await create(ref, body, by)) return c.json(shown(await known(ref)), 201)
      // somebody else has made it meanwhile, or it is another one's
      const again = await change()
      if (typeof again === 'string') throw new Problem(409, 'there is one whose id differs by case alone')
      return c.json(shown(again), 200)
    },
  )

  api.openapi(
    route({
      method: 'post',
      path: `${at}/{id}/invitation`,
      'x-permission': 'roaming.operate',
      tags,
      summary: 'Let a partner register with us',
      description:
        'The token is shown here and never again; one that was given before is no more. It is good for one registration.',
      request: { params: byPartner },
      responses: {
        201: json(
          z.object({ token: z.string(), url: z.string().describe('of our versions') }).openapi('RoamingInvitation'),
          'What to give to the partner, on a way that nobody else can read',
        ),
        ...problems,
        ...missing,
        ...conflict,
      },
    }),
    async (c) => {
      const caller = c.get('caller')
      const ref = refOf(caller, c.req.valid('param').id)
      await known(ref)
      return c.json({ ...(await done(ref, partners.invite(ref, actorOf(caller)))) }, 201)
    },
  )

  const act = (
    path: string,
    { summary, description }: { readonly summary: string; readonly description: string },
    work: (ref: PartnerRef, by: AuditActor) => Promise<RoamingPartner | DeskRefusal>,
  ): void => {
    api.openapi(
      route({
        method: 'post',
        path: `${at}/{id}/${path}`,
        'x-permission': 'roaming.operate',
        tags,
        summary,
        description,
        request: { params: byPartner },
        responses: { 200: json(partnerSchema, 'How it is now'), ...problems, ...missing, ...conflict },
      }),
      async (c) => {
        const caller = c.get('caller')
        const ref = refOf(caller, c.req.valid('param').id)
        await known(ref)
        return c.json(shown(await done(ref, work(ref, actorOf(caller)))), 200)
      },
    )
  }
  act(
    'rotate',
    {
      summary: 'New tokens both ways',
      description:
        'Looks again at what it offers; the old tokens are good until the new ones are used. It stays registered also where this fails: `checks` says why.',
    },
    (ref, by) => partners.rotate(ref, by),
  )
  act(
    'unregister',
    {
      summary: 'End a registration',
      description: 'The partner is told, if it can be; its token is no more in any case.',
    },
    (ref, by) => partners.unregister(ref, by),
  )

  api.openapi(
    route({
      method: 'post',
      path: `${at}/{id}/connect`,
      'x-permission': 'roaming.operate',
      tags,
      summary: 'Register with a partner, once more',
      request: {
        params: byPartner,
        body: { content: { 'application/json': { schema: connectBody } }, required: true },
      },
      responses: { 200: json(partnerSchema, 'Registered or failed'), ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const caller = c.get('caller')
      const ref = refOf(caller, c.req.valid('param').id)
      await known(ref)
      const body = given(c.req.valid('json'))
      return c.json(shown(await done(ref, partners.connect(ref, body, actorOf(caller)))), 200)
    },
  )

  api.openapi(
    route({
      method: 'delete',
      path: `${at}/{id}`,
      'x-permission': 'roaming.write',
      tags,
      summary: 'Forget a partner',
      description: '409 while it is registered: end that first.',
      request: { params: byPartner },
      responses: { 204: { description: 'Removed' }, ...problems, ...missing, ...conflict },
    }),
    async (c) => {
      const caller = c.get('caller')
      const ref = refOf(caller, c.req.valid('param').id)
      if (isRegistered(await known(ref))) throw new Problem(409, 'it is registered: end that first')
      await store.roamingPartners.remove(ref, {
        at: clock.now(),
        by: actorOf(caller),
        action: 'roaming-partner.removed',
      })
      return c.body(null, 204)
    },
  )
}
