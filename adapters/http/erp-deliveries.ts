import { z } from '@hono/zod-openapi'
import { deliveryStates } from '../../core/domain/delivery.ts'
import type { DeliveryView, DeliveryAct } from '../../core/ports/deliveries.ts'
import type { Wish } from '../../core/ports/books.ts'
import { byDelivery, targetOf, wordOn } from './delivery-word.ts'
import { deliverySchema, deliveryView, note } from './erp-schemas.ts'
import { openedBy } from './opened-target.ts'
import type { Api, ApiParts, Caller } from './parts.ts'
import { route } from './route.ts'
import { given, json, missing, pageQuery, pageSchema, problems, unprocessable } from './schemas.ts'

const at = '/api/v1/erp-deliveries'
const retryBody = z.strictObject({ note: note.optional() }).openapi('ErpRetry')
const resolveBody = z
  .strictObject({ reference: z.string().trim().min(1).max(255).optional(), note })
  .openapi('ErpResolution')

/** Documents on their way to the operator's books. */
export const erpDeliveryRoutes = (api: Api, parts: ApiParts): void => {
  const { store } = parts
  api.openapi(
    route({
      method: 'get',
      path: at,
      'x-permission': 'books.read',
      tags: ['ERP'],
      summary: 'Documents on their way to the books, and those that are there, the highest number first',
      description: '`state=refused` and `state=unclear` list what waits for a person.',
      request: {
        query: z.object({
          ...pageQuery,
          target: z.string().max(64).optional(),
          state: z.enum(deliveryStates).optional(),
        }),
      },
      responses: { 200: json(pageSchema(deliverySchema), 'Deliveries, with every attempt'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, target, state } = c.req.valid('query')
      const filter = given({ target, state })
      const page = await store.erpDeliveries.list(c.get('caller').tenant, filter, { limit, ...given({ cursor }) })
      return c.json({ items: page.items.map(deliveryView), next: page.next }, 200)
    },
  )

  /** A person's word on one delivery. */
  const said = async (
    caller: Caller,
    of: z.infer<typeof byDelivery>,
    act: { readonly action: DeliveryAct; readonly wish: Wish; readonly note: string | undefined },
  ): Promise<DeliveryView> => {
    const { guard } = openedBy(parts.books, await targetOf(parts, caller, of.target))
    return wordOn(parts, caller, { ...act, list: store.erpDeliveries, of, guard, wishOf: () => act.wish })
  }

  api.openapi(
    route({
      method: 'post',
      path: `${at}/{target}/{document}/retry`,
      'x-permission': 'books.operate',
      tags: ['ERP'],
      summary: 'Send a document again',
      description:
        'One that was refused, cancelled, or waits; one that is unclear only where somebody has seen that it is not there. All its attempts count anew.',
      request: {
        params: byDelivery,
        body: { content: { 'application/json': { schema: retryBody } }, required: true },
      },
      responses: { 200: json(deliverySchema, 'It will be sent'), ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const { note: why } = c.req.valid('json')
      const act = { action: 'erp-delivery.retried', wish: { type: 'retry' }, note: why } as const
      return c.json(deliveryView(await said(c.get('caller'), c.req.valid('param'), act)), 200)
    },
  )

  api.openapi(
    route({
      method: 'post',
      path: `${at}/{target}/{document}/resolve`,
      'x-permission': 'books.operate',
      tags: ['ERP'],
      summary: 'Say that a document has arrived',
      description: 'Of one that is unclear, where somebody has seen it in the books.',
      request: {
        params: byDelivery,
        body: { content: { 'application/json': { schema: resolveBody } }, required: true },
      },
      responses: { 200: json(deliverySchema, 'It is in the books'), ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const { reference, note: why } = c.req.valid('json')
      const wish = { type: 'arrived', ...given({ reference }) } as const
      const act = { action: 'erp-delivery.resolved', wish, note: why } as const
      return c.json(deliveryView(await said(c.get('caller'), c.req.valid('param'), act)), 200)
    },
  )
}
