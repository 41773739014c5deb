import { z } from '@hono/zod-openapi'
import { deliveryStates } from '../../core/domain/delivery.ts'
import type { DeliveryAct, StatementDeliveryView } from '../../core/ports/deliveries.ts'
import type { Wish } from '../../core/ports/books.ts'
import { byDelivery, targetOf, wordOn } from './delivery-word.ts'
import { statementDeliverySchema, statementDeliveryView, note } from './erp-schemas.ts'
import { openedBy } from './opened-target.ts'
import type { Api, ApiParts, Caller } from './parts.ts'
import { Problem } from './problem.ts'
import { route } from './route.ts'
import { given, json, missing, pageQuery, pageSchema, problems, unprocessable } from './schemas.ts'

const at = '/api/v1/statement-deliveries'
const retryBody = z.strictObject({ note: note.optional() }).openapi('StatementRetry')
const resolveBody = z
  .strictObject({ reference: z.string().trim().min(1).max(255).optional(), note })
  .openapi('StatementResolution')

/** Statements of closed months on their way to the operator's books. */
export const statementDeliveryRoutes = (api: Api, parts: ApiParts): void => {
  const { store } = parts
  api.openapi(
    route({
      method: 'get',
      path: at,
      'x-permission': 'books.read',
      tags: ['Settlement'],
      summary: 'Statements on their way to the books, and those that are there, the newest month first',
      description:
        'Of each month that was closed while its target wanted statements (`statements: true`). `state=refused` and `state=unclear` list what waits for a person.',
      request: {
        query: z.object({
          ...pageQuery,
          target: z.string().max(64).optional(),
          state: z.enum(deliveryStates).optional(),
        }),
      },
      responses: { 200: json(pageSchema(statementDeliverySchema), 'Deliveries, with every attempt'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, target, state } = c.req.valid('query')
      const filter = given({ target, state })
      const page = await store.statementDeliveries.list(c.get('caller').tenant, filter, { limit, ...given({ cursor }) })
      return c.json({ items: page.items.map(statementDeliveryView), next: page.next }, 200)
    },
  )

  /** A person's word on one delivery. */
  const said = async (
    caller: Caller,
    of: z.infer<typeof byDelivery>,
    act: { readonly action: DeliveryAct; readonly wish: Wish; readonly note: string | undefined },
  ): Promise<StatementDeliveryView> => {
    const { statements } = openedBy(parts.books, await targetOf(parts, caller, of.target))
    if (statements === undefined) throw new Problem(409, 'this target takes no statements any more')
    const { guard } = statements
    return wordOn(parts, caller, { ...act, list: store.statementDeliveries, of, guard, wishOf: () => act.wish })
  }

  api.openapi(
    route({
      method: 'post',
      path: `${at}/{target}/{document}/retry`,
      'x-permission': 'books.operate',
      tags: ['Settlement'],
      summary: 'Send a statement again',
      description:
        'One that was refused, cancelled, or waits; one that is unclear only where somebody has seen that it is not there. All its attempts count anew.',
      request: {
        params: byDelivery,
        body: { content: { 'application/json': { schema: retryBody } }, required: true },
      },
      responses: { 200: json(statementDeliverySchema, 'It will be sent'), ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const { note: why } = c.req.valid('json')
      const act = { action: 'statement-delivery.retried', wish: { type: 'retry' }, note: why } as const
      return c.json(statementDeliveryView(await said(c.get('caller'), c.req.valid('param'), act)), 200)
    },
  )

  api.openapi(
    route({
      method: 'post',
      path: `${at}/{target}/{document}/resolve`,
      'x-permission': 'books.operate',
      tags: ['Settlement'],
      summary: 'Say that a statement has arrived',
      description: 'Of one that is unclear, where somebody has seen it in the books.',
      request: {
        params: byDelivery,
        body: { content: { 'application/json': { schema: resolveBody } }, required: true },
      },
      responses: {
        200: json(statementDeliverySchema, 'It is in the books'),
        ...problems,
        ...missing,
        ...unprocessable,
      },
    }),
    async (c) => {
      const { reference, note: why } = c.req.valid('json')
      const wish = { type: 'arrived', ...given({ reference }) } as const
      const act = { action: 'statement-delivery.resolved', wish, note: why } as const
      return c.json(statementDeliveryView(await said(c.get('caller'), c.req.valid('param'), act)), 200)
    },
  )
}
