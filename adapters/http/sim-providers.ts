import { z } from '@hono/zod-openapi'
import { cleanDeep } from '../../core/domain/text.ts'
import type { SimProviderRecord, SimProviderView } from '../../core/ports/sims.ts'
import { actorOf } from './actor.ts'
import type { Api, ApiParts, Caller } from './parts.ts'
import { notFound, Problem, wrongField } from './problem.ts'
import { route } from './route.ts'
import { secretsAfter, sealedSecrets } from './secrets.ts'
import { given, json, missing, pageQuery, pageSchema, problems, unprocessable } from './schemas.ts'
import { bySimProvider, simProviderBody, simProviderSchema, simProviderView } from './sim-schemas.ts'

const at = '/api/v1/sim-providers'
const tags = ['SIM cards']

/** Whoever SIM cards are bought from. */
export const simProviderRoutes = (api: Api, { store, sims, sealer, clock, log }: ApiParts): void => {
  const shown = (provider: SimProviderView) => simProviderView(provider, Object.keys(sims.secretsOf(provider)))
  const known = async ({ tenant }: Caller, id: string): Promise<SimProviderView> => {
    const provider = await store.simProviders.find({ tenant, provider: id })
    if (provider === undefined) throw notFound('SIM provider')
    return provider
  }

  api.openapi(
    route({
      method: 'get',
      path: at,
      'x-permission': 'sims.read',
      tags,
      summary: 'Providers of SIM cards',
      request: { query: z.object(pageQuery) },
      responses: { 200: json(pageSchema(simProviderSchema), 'Providers, by name'), ...problems },
    }),
    async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const page = await store.simProviders.list(c.get('caller').tenant, { limit, ...given({ cursor }) })
      return c.json({ items: page.items.map(shown), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{id}`,
      'x-permission': 'sims.read',
      tags,
      summary: 'One provider, and how it has been answering',
      request: { params: bySimProvider },
      responses: { 200: json(simProviderSchema, 'The provider'), ...problems, ...missing },
    }),
    async (c) => c.json(shown(await known(c.get('caller'), c.req.valid('param').id)), 200),
  )

  api.openapi(
    route({
      method: 'put',
      path: `${at}/{id}`,
      'x-permission': 'sims.write',
      tags,
      summary: 'Have SIM cards looked after',
      description:
        'Whichever of its SIMs charge points report are found there; `import` reads in all of them. Settings and secrets depend on the kind.',
      request: {
        params: bySimProvider,
        body: { content: { 'application/json': { schema: simProviderBody } }, required: true },
      },
      responses: {
        200: json(simProviderSchema, 'Changed'),
        201: json(simProviderSchema, 'Made'),
        ...problems,
        ...unprocessable,
      },
    }),
    async (c) => {
      const caller = c.get('caller')
      const { tenant } = caller
      const { id } = c.req.valid('param')
      const { kind, enabled, ...body } = c.req.valid('json')
      if (!sims.kinds.names.includes(kind)) throw wrongField('/kind', `must be one of ${sims.kinds.names.join(', ')}`)
      const before = await store.simProviders.find({ tenant, provider: id })
      const kept = before?.kind === kind ? sims.secretsOf(before) : {}
      const secrets = secretsAfter(kept, body.secrets)
      const settings = cleanDeep(body.settings, 5_000) as SimProviderRecord['settings']
      const [fault, ...more] = sims.kinds.faults(kind, { tenant, id, settings, secrets })
      if (fault !== undefined) throw new Problem(422, `${fault.pointer}: ${fault.detail}`, { faults: [fault, ...more] })
      const provider = {
        tenant,
        id,
        kind,
        settings,
        ...sealedSecrets(sealer, secrets),
        enabled,
        changedAt: clock.now(),
      }
      const isNew = await store.simProviders.put(provider, actorOf(caller))
      log.info('a SIM provider was set', { provider: id, kind, enabled })
      const view = shown(await known(caller, id))
      return isNew ? c.json(view, 201) : c.json(view, 200)
    },
  )

  api.openapi(
    route({
      method: 'delete',
      path: `${at}/{id}`,
      'x-permission': 'sims.write',
      tags,
      summary: 'Look after its SIM cards no more',
      description: 'Its secrets are forgotten; its SIMs stay with what is known of them, as those of no provider.',
      request: { params: bySimProvider },
      responses: { 204: { description: 'Removed' }, ...problems, ...missing },
    }),
    async (c) => {
      const caller = c.get('caller')
      const ref = { tenant: caller.tenant, provider: c.req.valid('param').id }
      if (!(await store.simProviders.remove(ref, actorOf(caller), clock.now()))) throw notFound('SIM provider')
      return c.body(null, 204)
    },
  )

  api.openapi(
    route({
      method: 'post',
      path: `${at}/{id}/import`,
      'x-permission': 'sims.operate',
      tags,
      summary: 'Read in all of its SIM cards',
      description: 'As fast as its limit allows; the provider shows how far it has come.',
      request: { params: bySimProvider },
      responses: { 202: json(simProviderSchema, 'Begun'), ...problems, ...missing, 409: unprocessable[409] },
    }),
    async (c) => {
      const caller = c.get('caller')
      const provider = await known(caller, c.req.valid('param').id)
      if (!provider.enabled) throw new Problem(409, 'this provider is switched off')
      await store.simProviders.wantImport({ tenant: caller.tenant, provider: provider.id }, clock.now())
      return c.json(shown(await known(caller, provider.id)), 202)
    },
  )
}
