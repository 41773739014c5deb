import { z } from '@hono/zod-openapi'
import { type CampaignPlan, targetStates, type Wish, wishes } from '../../core/domain/campaign.ts'
import { identityFault } from '../../core/domain/charge-point.ts'
import type { CampaignView, TargetChoice } from '../../core/ports/store.ts'
import { campaignBody, campaignOf, campaignSchema, targetOf, targetSchema } from './campaign-schemas.ts'
import { byId, msOf } from './params.ts'
import type { Api, ApiParts } from './parts.ts'
import { type Fault, notFound, Problem } from './problem.ts'
import { faultOfOrder, type OrderBody, orderOf } from './order-body.ts'
import { route } from './route.ts'
import { given, json, missing, pageQuery, pageSchema, problems, unprocessable } from './schemas.ts'

type Body = z.infer<typeof campaignBody>

const at = '/api/v1/campaigns'
const dayMs = 86_400_000
const mostFaults = 100

const summaries: Readonly<Record<Wish, string>> = {
  pause: 'Order nobody else for now',
  resume: 'Go on after a pause',
  continue: 'Begin with the rest after the canary',
  cancel: 'Order nobody else any more',
}

export const campaignRoutes = (api: Api, { store, campaigns, clock, ids }: ApiParts): void => {
  const find = async (tenant: string, name: string): Promise<CampaignView> => {
    const view = await store.campaigns.find(tenant, name, clock.now())
    if (view === undefined) throw notFound('campaign')
    return view
  }

  api.openapi(
    route({
      method: 'post',
      path: at,
      'x-permission': 'campaigns.operate',
      tags: ['Campaigns'],
      summary: 'Give one order to many charge points',
      description:
        'Orders go out one by one at `ratePerS`, first to the canary. It stops by itself when `stopRule` is met; what is on its way then goes on until it is over, and is counted. A charge point that was not reached is no failure.',
      request: { body: { content: { 'application/json': { schema: campaignBody } }, required: true } },
      responses: { 201: json(campaignSchema, 'The campaign'), ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const { tenant } = c.get('caller')
      const body = c.req.valid('json')
      const now = clock.now()
      const plan = planOf(body, now)
      const { identities } = body.targets
      const faults = [
        ...faultsOf(body, plan),
        ...faultsOfTheOrder(body.order, plan.startAt),
        ...(identities === undefined
          ? []
          : faultsOfNames(identities, await store.chargePoints.registered(tenant, storable(identities)))),
      ]
      if (faults[0] !== undefined)
        throw new Problem(422, `${faults[0].pointer}: ${faults[0].detail}`, { faults: faults.slice(0, mostFaults) })
      const campaign = { id: ids.uuid(), tenant, name: body.name, plan, state: 'scheduled' as const, createdAt: now }
      const view = await store.campaigns.create(campaign, choiceOf(body.targets))
      if (view === undefined)
        throw new Problem(422, 'no charge point is like that', {
          faults: [{ pointer: '/targets', detail: 'no charge point is like that' }],
        })
      return c.json(campaignOf(view, now), 201)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: at,
      'x-permission': 'campaigns.read',
      tags: ['Campaigns'],
      summary: 'List campaigns, newest first',
      request: { query: z.object(pageQuery) },
      responses: { 200: json(pageSchema(campaignSchema), 'Campaigns'), ...problems },
    }),
    async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const now = clock.now()
      const page = await store.campaigns.list(c.get('caller').tenant, { limit, ...given({ cursor }) }, now)
      return c.json({ items: page.items.map((view) => campaignOf(view, now)), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{id}`,
      'x-permission': 'campaigns.read',
      tags: ['Campaigns'],
      summary: 'One campaign and how far it is',
      request: { params: byId },
      responses: { 200: json(campaignSchema, 'The campaign'), ...problems, ...missing },
    }),
    async (c) => c.json(campaignOf(await find(c.get('caller').tenant, c.req.valid('param').id), clock.now()), 200),
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{id}/targets`,
      'x-permission': 'campaigns.read',
      tags: ['Campaigns'],
      summary: "A campaign's charge points, in the order in which they are ordered",
      request: { params: byId, query: z.object({ ...pageQuery, state: z.enum(targetStates).optional() }) },
      responses: { 200: json(pageSchema(targetSchema), 'Charge points'), ...problems, ...missing },
    }),
    async (c) => {
      const { limit, cursor, state } = c.req.valid('query')
      const campaign = await find(c.get('caller').tenant, c.req.valid('param').id)
      const page = await store.campaigns.targets(campaign, given({ state }), { limit, ...given({ cursor }) })
      return c.json({ items: page.items.map(targetOf), next: page.next }, 200)
    },
  )

  for (const wish of wishes)
    api.openapi(
      route({
        method: 'post',
        path: `${at}/{id}/${wish}`,
        'x-permission': 'campaigns.operate',
        tags: ['Campaigns'],
        summary: summaries[wish],
        description:
          'Orders that have not been sent are taken back when it no longer runs; those that have been go on until they are over.',
        request: { params: byId },
        responses: { 200: json(campaignSchema, 'The campaign'), ...problems, ...missing, ...unprocessable },
      }),
      async (c) => {
        const ref = { tenant: c.get('caller').tenant, id: c.req.valid('param').id }
        const answered = await campaigns.ask(ref, wish)
        if (answered === undefined) throw notFound('campaign')
        if (!answered.granted) throw new Problem(409, answered.because)
        return c.json(campaignOf(await find(ref.tenant, ref.id), clock.now()), 200)
      },
    )
}

const minutesOf = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))

const planOf = (body: Body, now: number): CampaignPlan => {
  const { order, canary, window } = body
  const startAt = msOf(body.startAt) ?? now
  return {
    order: orderOf(order),
    deadlineMs: order.deadlineS * 1_000,
    ratePerS: body.ratePerS,
    jitter: body.jitter,
    stopRule: body.stopRule,
    retryOffline: body.retryOffline,
    startAt,
    ...given({
      // those that are never seen again must not keep it from ending
      endAt: msOf(body.endAt) ?? (body.retryOffline ? startAt + dayMs : undefined),
      canary: canary && {
        of: canary.count === undefined ? { share: canary.share ?? 1 } : { count: canary.count },
        needsGo: canary.needsGo,
      },
      window: window && { from: minutesOf(window.from), to: minutesOf(window.to) },
    }),
  }
}

const choiceOf = ({ identities, filter }: Body['targets']): TargetChoice =>
  identities === undefined ? given({ ...filter }) : { identities }

/** What no single field can say about itself. */
const faultsOfTheOrder = (order: OrderBody, at: number): readonly Fault[] => {
  const fault = faultOfOrder(order, at)
  return fault === undefined ? [] : [{ ...fault, pointer: `/order${fault.pointer}` }]
}

const faultsOf = ({ order, targets, canary, window }: Body, { startAt, endAt }: CampaignPlan): readonly Fault[] => {
  const faults: (Fault | false)[] = [
    order.type === 'stopCharging' && {
      pointer: '/order/type',
      detail: 'a session is at one charge point: give that one the order',
    },
    Object.keys(targets).length !== 1 && { pointer: '/targets', detail: 'give one of identities, filter and all' },
    targets.filter !== undefined &&
      Object.keys(targets.filter).length === 0 && {
        pointer: '/targets/filter',
        detail: 'name at least one field, or say all',
      },
    canary !== undefined &&
      (canary.share === undefined) === (canary.count === undefined) && {
        pointer: '/canary',
        detail: 'give share or count',
      },
    endAt !== undefined && endAt <= startAt && { pointer: '/endAt', detail: 'must be after the start' },
    window !== undefined &&
      window.from === window.to && { pointer: '/window/to', detail: 'must be another time than from' },
  ]
  return faults.filter((fault) => fault !== false)
}

const storable = (identities: readonly string[]): readonly string[] =>
  identities.filter((identity) => identityFault(identity) === undefined)

/** Each charge point is named once, and registered. */
const faultsOfNames = (identities: readonly string[], registered: ReadonlySet<string>): readonly Fault[] => {
  const seen = new Set<string>()
  return identities.flatMap((identity, i) => {
    const key = identity.toLowerCase()
    const isRepeated = seen.has(key)
    seen.add(key)
    const detail = isRepeated ? 'is there twice' : registered.has(key) ? undefined : 'there is no such charge point'
    return detail === undefined ? [] : [{ pointer: `/targets/identities/${i}`, detail }]
  })
}
