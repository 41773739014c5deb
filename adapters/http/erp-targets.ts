import { z } from '@hono/zod-openapi'
import { clean, cleanDeep } from '../../core/domain/text.ts'
import type { ErpTarget, ErpTargetView } from '../../core/ports/deliveries.ts'
import { actorOf } from './actor.ts'
import { openedBy } from './opened-target.ts'
import { byTarget, replayBody, targetBody, targetSchema, targetView } from './erp-schemas.ts'
import type { Api, ApiParts, Caller } from './parts.ts'
import { notFound, Problem, wrongField } from './problem.ts'
import { route } from './route.ts'
import { secretsAfter, sealedSecrets } from './secrets.ts'
import { given, json, missing, pageQuery, pageSchema, problems, unprocessable } from './schemas.ts'

const at = '/api/v1/erp-targets'
const mostReplayed = 10_000

/** Where sealed documents are sent: the operator's books. */
export const erpTargetRoutes = (api: Api, { store, books, sealer, clock, log }: ApiParts): void => {
  const shown = (target: ErpTargetView) => targetView(target, Object.keys(books.secretsOf(target)))
  const known = async ({ tenant }: Caller, id: string): Promise<ErpTargetView> => {
    const target = await store.erpTargets.find({ tenant, target: id })
    if (target === undefined) throw notFound('target')
    return target
  }

  api.openapi(
    route({
      method: 'get',
      path: at,
      'x-permission': 'books.read',
      tags: ['ERP'],
      summary: 'Where documents are sent',
      request: { query: z.object(pageQuery) },
      responses: { 200: json(pageSchema(targetSchema), 'Targets, by name'), ...problems },
    }),
    async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const page = await store.erpTargets.list(c.get('caller').tenant, { limit, ...given({ cursor }) })
      return c.json({ items: page.items.map(shown), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{id}`,
      'x-permission': 'books.read',
      tags: ['ERP'],
      summary: 'One target, and how it has been answering',
      request: { params: byTarget },
      responses: { 200: json(targetSchema, 'The target'), ...problems, ...missing },
    }),
    async (c) => c.json(shown(await known(c.get('caller'), c.req.valid('param').id)), 200),
  )

  api.openapi(
    route({
      method: 'put',
      path: `${at}/{id}`,
      'x-permission': 'books.write',
      tags: ['ERP'],
      summary: 'Send documents somewhere',
      description:
        'From now on every document that is sealed goes there, once; `replay` sends those of before. Settings and secrets depend on the kind.',
      request: {
        params: byTarget,
        body: { content: { 'application/json': { schema: targetBody } }, required: true },
      },
      responses: { 200: json(targetSchema, 'Changed'), 201: json(targetSchema, 'Made'), ...problems, ...unprocessable },
    }),
    async (c) => {
      const caller = c.get('caller')
      const { id } = c.req.valid('param')
      const { kind, enabled, mostInFlight, ...body } = c.req.valid('json')
      if (!books.kinds.names.includes(kind)) throw wrongField('/kind', `must be one of ${books.kinds.names.join(', ')}`)
      const before = await store.erpTargets.find({ tenant: caller.tenant, target: id })
      const kept = before?.kind === kind ? books.secretsOf(before) : {}
      const secrets = secretsAfter(kept, body.secrets)
      const settings = cleanDeep(body.settings, 20_000) as ErpTarget['settings']
      const [fault, ...more] = books.kinds.faults(kind, { tenant: caller.tenant, settings, secrets })
      if (fault !== undefined) throw new Problem(422, `${fault.pointer}: ${fault.detail}`, { faults: [fault, ...more] })
      const target = {
        tenant: caller.tenant,
        id,
        kind,
        settings,
        ...sealedSecrets(sealer, secrets),
        enabled,
        mostInFlight,
        changedAt: clock.now(),
      }
      const isNew = await store.erpTargets.put(target, actorOf(caller))
      log.info('a target of the books was set', { target: id, kind, enabled })
      const view = shown(await known(caller, id))
      return isNew ? c.json(view, 201) : c.json(view, 200)
    },
  )

  api.openapi(
    route({
      method: 'delete',
      path: `${at}/{id}`,
      'x-permission': 'books.write',
      tags: ['ERP'],
      summary: 'Send nothing there any more',
      description:
        'What waits for it is cancelled, its secrets are forgotten; what was sent can still be read. 409 while something is on its way.',
      request: { params: byTarget },
      responses: { 204: { description: 'Removed' }, ...problems, ...missing, 409: unprocessable[409] },
    }),
    async (c) => {
      const caller = c.get('caller')
      const { id } = c.req.valid('param')
      const by = actorOf(caller)
      const removed = await store.erpTargets.remove({ tenant: caller.tenant, target: id }, by, clock.now())
      if (removed === 'missing') throw notFound('target')
      if (removed === 'busy') throw new Problem(409, 'a document is on its way to it: switch it off, and try again')
      return c.body(null, 204)
    },
  )

  api.openapi(
    route({
      method: 'post',
      path: `${at}/{id}/test`,
      'x-permission': 'books.operate',
      tags: ['ERP'],
      summary: 'Reach a target, with something that is no document',
      request: { params: byTarget },
      responses: {
        200: json(z.object({ reached: z.boolean(), said: z.string() }).openapi('ErpTest'), 'What happened'),
        ...problems,
        ...missing,
        409: unprocessable[409],
      },
    }),
    async (c) => {
      const target = await known(c.get('caller'), c.req.valid('param').id)
      try {
        const erp = books.open(target)
        if (erp.ping === undefined) throw new Problem(409, 'a target of this kind cannot be tested')
        return c.json({ reached: true, said: clean(await erp.ping(), 1_000) }, 200)
      } catch (error) {
        if (error instanceof Problem) throw error
        return c.json(
          { reached: false, said: clean(error instanceof Error ? error.message : String(error), 1_000) },
          200,
        )
      }
    },
  )

  api.openapi(
    route({
      method: 'post',
      path: `${at}/{id}/replay`,
      'x-permission': 'books.operate',
      tags: ['ERP'],
      summary: 'Send documents of these numbers',
      description:
        'Those that were never to go there, those that were refused or cancelled. What was accepted stays accepted, but with `again`; what is unclear is for a person to resolve.',
      request: {
        params: byTarget,
        body: { content: { 'application/json': { schema: replayBody } }, required: true },
      },
      responses: {
        200: json(
          z
            .object({ queued: z.number().int(), kept: z.number().int().describe('stay as they are') })
            .openapi('ErpReplayed'),
          'How many',
        ),
        ...problems,
        ...missing,
        ...unprocessable,
      },
    }),
    async (c) => {
      const caller = c.get('caller')
      const { fromNumber: from, toNumber: to, again, note } = c.req.valid('json')
      const target = await known(caller, c.req.valid('param').id)
      if (to < from) throw wrongField('/toNumber', 'must not be less than fromNumber')
      if (to - from >= mostReplayed) throw wrongField('/toNumber', `at most ${mostReplayed} numbers at a time`)
      const { guard } = openedBy(books, target)
      if (again && guard === 'none')
        throw wrongField(
          '/again',
          'its receiver takes a document as often as it comes: what was accepted is not sent again',
        )
      const word = { by: actorOf(caller), at: clock.now(), ...given({ note: note && clean(note, 500) }) }
      const ref = { tenant: caller.tenant, target: target.id }
      const replayed = await store.erpDeliveries.replay(
        ref,
        { from, to },
        (delivery) => books.replayed(delivery, { guard, again, at: word.at }),
        word,
      )
      return c.json(replayed, 200)
    },
  )
}
