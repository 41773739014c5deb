import { z } from '@hono/zod-openapi'
import { deliveryStates } from '../../core/domain/delivery.ts'
import type { Wish } from '../../core/ports/books.ts'
import type { DeliveryAct, DeliveryList, DeliveryView, ErpTarget } from '../../core/ports/deliveries.ts'
import type { ErpGuard } from '../../core/ports/erp.ts'
import { byDelivery, targetOf, wordOn } from './delivery-word.ts'
import { note } from './erp-schemas.ts'
import type { Api, ApiParts, Caller } from './parts.ts'
import { route } from './route.ts'
import { given, json, missing, pageQuery, pageSchema, problems, unprocessable } from './schemas.ts'

/** What is on its way to the operator's books: the same routes for each kind of it. */
interface Kind<View extends DeliveryView, Shown extends object> {
  readonly at: string
  readonly tag: string
  /** One of them, in a sentence. */
  readonly what: string
  readonly summary: string
  readonly description: string
  readonly schema: z.ZodType<Shown>
  readonly view: (delivery: View) => Shown
  /** As the reference calls what is sent to them. */
  readonly bodies: { readonly retry: string; readonly resolve: string }
  readonly list: DeliveryList<View>
  readonly acts: { readonly retried: DeliveryAct; readonly resolved: DeliveryAct }
  /** A problem where the target takes none of them. */
  readonly guardOf: (target: ErpTarget) => ErpGuard
}

/** A list of them, and a person's word on one. */
export const booksDeliveryRoutes = <View extends DeliveryView, Shown extends object>(
  api: Api,
  parts: ApiParts,
  kind: Kind<View, Shown>,
): void => {
  const { at, tag, what, schema, bodies, list, acts } = kind
  const tags = [tag]
  const retryBody = z.strictObject({ note: note.optional() }).openapi(bodies.retry)
  const resolveBody = z
    .strictObject({ reference: z.string().trim().min(1).max(255).optional(), note })
    .openapi(bodies.resolve)

  api.openapi(
    route({
      method: 'get',
      path: at,
      'x-permission': 'books.read',
      tags,
      summary: kind.summary,
      description: kind.description,
      request: {
        query: z.object({
          ...pageQuery,
          target: z.string().max(64).optional(),
          state: z.enum(deliveryStates).optional(),
        }),
      },
      responses: { 200: json(pageSchema(schema), 'Deliveries, with every attempt'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, target, state } = c.req.valid('query')
      const filter = given({ target, state })
      const page = await list.list(c.get('caller').tenant, filter, { limit, ...given({ cursor }) })
      return c.json({ items: page.items.map(kind.view), next: page.next }, 200)
    },
  )

  // what JSON makes of a shape is not worked out by the compiler where the shape is any
  const said = async (
    caller: Caller,
    of: z.infer<typeof byDelivery>,
    act: { readonly action: DeliveryAct; readonly wish: Wish; readonly note: string | undefined },
  ): Promise<never> => {
    const guard = kind.guardOf(await targetOf(parts, caller, of.target))
    return kind.view(await wordOn(parts, caller, { ...act, list, of, guard, wishOf: () => act.wish })) as never
  }

  api.openapi(
    route({
      method: 'post',
      path: `${at}/{target}/{document}/retry`,
      'x-permission': 'books.operate',
      tags,
      summary: `Send a ${what} again`,
      description:
        'One that was refused, cancelled, or waits; one that is unclear only where somebody has seen that it is not there. All its attempts count anew.',
      request: {
        params: byDelivery,
        body: { content: { 'application/json': { schema: retryBody } }, required: true },
      },
      responses: { 200: json(schema, 'It will be sent'), ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const { note: why } = c.req.valid('json')
      const act = { action: acts.retried, wish: { type: 'retry' }, note: why } as const
      return c.json(await said(c.get('caller'), c.req.valid('param'), act), 200)
    },
  )

  api.openapi(
    route({
      method: 'post',
      path: `${at}/{target}/{document}/resolve`,
      'x-permission': 'books.operate',
      tags,
      summary: `Say that a ${what} has arrived`,
      description: 'Of one that is unclear, where somebody has seen it in the books.',
      request: {
        params: byDelivery,
        body: { content: { 'application/json': { schema: resolveBody } }, required: true },
      },
      responses: { 200: json(schema, 'It is in the books'), ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const { reference, note: why } = c.req.valid('json')
      const wish = { type: 'arrived', ...given({ reference }) } as const
      const act = { action: acts.resolved, wish, note: why } as const
      return c.json(await said(c.get('caller'), c.req.valid('param'), act), 200)
    },
  )
}
