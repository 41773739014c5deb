import { z } from '@hono/zod-openapi'
import { type Delivery, deliveryStates } from '../../core/domain/delivery.ts'
import type { Wish } from '../../core/ports/books.ts'
import type { DeliveryAct, DeliveryView } from '../../core/ports/deliveries.ts'
import { wordOn } from './delivery-word.ts'
import { note, roamingDeliverySchema, roamingDeliveryView } from './erp-schemas.ts'
import type { Api, ApiParts, Caller } from './parts.ts'
import { route } from './route.ts'
import { given, json, missing, pageQuery, pageSchema, problems, unprocessable } from './schemas.ts'

const at = '/api/v1/roaming-deliveries'
const byDelivery = z.object({
  partner: z
    .string()
    .max(64)
    .openapi({ param: { name: 'partner', in: 'path' }, example: 'emp' }),
  document: z
    .string()
    .max(64)
    .openapi({ param: { name: 'document', in: 'path' } }),
})
const retryBody = z.strictObject({ note: note.optional() }).openapi('RoamingRetry')
const resolveBody = z
  .strictObject({ reference: z.string().trim().min(1).max(255).optional(), note })
  .openapi('RoamingResolution')

/** Accounts on their way to roaming partners. */
export const roamingDeliveryRoutes = (api: Api, parts: ApiParts): void => {
  const { store } = parts
  api.openapi(
    route({
      method: 'get',
      path: at,
      'x-permission': 'roaming.read',
      tags: ['Roaming'],
      summary: 'CDRs on their way to roaming partners, and those that are there, the highest number first',
      description: '`state=refused` and `state=unclear` list what waits for a person.',
      request: {
        query: z.object({
          ...pageQuery,
          partner: z.string().max(64).optional(),
          state: z.enum(deliveryStates).optional(),
        }),
      },
      responses: { 200: json(pageSchema(roamingDeliverySchema), 'Deliveries, with every attempt'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, partner: target, state } = c.req.valid('query')
      const filter = given({ target, state })
      const page = await store.roamingDeliveries.list(c.get('caller').tenant, filter, { limit, ...given({ cursor }) })
      return c.json({ items: page.items.map(roamingDeliveryView), next: page.next }, 200)
    },
  )

  /** A person's word on one delivery. */
  const said = (
    caller: Caller,
    { partner: target, document }: z.infer<typeof byDelivery>,
    act: {
      readonly action: DeliveryAct
      readonly wishOf: (delivery: Delivery) => Wish
      readonly note: string | undefined
    },
  ): Promise<DeliveryView> =>
    wordOn(parts, caller, { ...act, list: store.roamingDeliveries, of: { target, document }, guard: 'lookup' })

  api.openapi(
    route({
      method: 'post',
      path: `${at}/{partner}/{document}/retry`,
      'x-permission': 'roaming.operate',
      tags: ['Roaming'],
      summary: 'Send a CDR again',
      description:
        'One that was refused, cancelled, or waits. What could not be said in OCPI is looked at again. All its attempts count anew.',
      request: {
        params: byDelivery,
        body: { content: { 'application/json': { schema: retryBody } }, required: true },
      },
      responses: { 200: json(roamingDeliverySchema, 'It will be sent'), ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const { note: why } = c.req.valid('json')
      const wishOf = (): Wish => ({ type: 'retry' })
      const act = { action: 'roaming-delivery.retried', wishOf, note: why } as const
      return c.json(roamingDeliveryView(await said(c.get('caller'), c.req.valid('param'), act)), 200)
    },
  )

  api.openapi(
    route({
      method: 'post',
      path: `${at}/{partner}/{document}/resolve`,
      'x-permission': 'roaming.operate',
      tags: ['Roaming'],
      summary: 'Say that a CDR has arrived, or was settled otherwise',
      description:
        'Of one that is unclear: the partner has it. Of one that was refused or is held: it is not sent any more, because it was settled with the partner otherwise.',
      request: {
        params: byDelivery,
        body: { content: { 'application/json': { schema: resolveBody } }, required: true },
      },
      responses: {
        200: json(roamingDeliverySchema, 'Nothing more is sent'),
        ...problems,
        ...missing,
        ...unprocessable,
      },
    }),
    async (c) => {
      const { reference, note: why } = c.req.valid('json')
      const wishOf = ({ state }: Delivery): Wish =>
        state === 'refused' ? { type: 'cancel' } : { type: 'arrived', ...given({ reference }) }
      const act = { action: 'roaming-delivery.resolved', wishOf, note: why } as const
      return c.json(roamingDeliveryView(await said(c.get('caller'), c.req.valid('param'), act)), 200)
    },
  )
}
