import { z } from '@hono/zod-openapi'
import { formatInstant } from '../../core/domain/instant.ts'
import { parsePartyCode } from '../../core/domain/party-code.ts'
import { type RetailView, retailStates } from '../../core/ports/agreements.ts'
import { retailLineKinds, retailText } from '../../core/settlement/retail.ts'
import { wattHours } from '../../core/domain/units.ts'
import { roamingPriceSchema, roamingPriceView } from './agreement-schemas.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound, Problem } from './problem.ts'
import { wantsText } from './explanations.ts'
import { route } from './route.ts'
import { given, instant, json, missing, pageQuery, pageSchema, problems, unprocessable } from './schemas.ts'

const tags = ['Roaming']
const code = (name: string, example: string) =>
  z
    .string()
    .max(8)
    .openapi({ param: { name, in: 'path' }, example })

const byCdr = z.object({
  country: code('country', 'DE'),
  party: code('party', 'ABC'),
  id: z
    .string()
    .max(255)
    .openapi({ param: { name: 'id', in: 'path' } }),
})

const entrySchema = z
  .object({
    country: z.string(),
    party: z.string(),
    id: z.string(),
    partner: z.string(),
    state: z.enum(retailStates).describe('due: will be looked at; waiting: something is missing; priced: for good'),
    reason: z.string().nullable().describe('of one that waits: what is missing'),
    creditOf: z.string().nullable().describe('of a credit: the CDR that it takes back'),
    emp: z.string().nullable(),
    currency: z.string().nullable(),
    net: z.string().nullable(),
    tax: z.string().nullable(),
    gross: z.string().nullable(),
    receivedAt: instant,
    pricedAt: instant.nullable(),
  })
  .openapi('RetailPrice')

const retailSchema = entrySchema
  .extend({
    price: roamingPriceSchema.describe('as it was when this was priced'),
    cost: z
      .object({ net: z.string(), tax: z.string(), energyWh: z.number() })
      .describe('what the other CPO charges us'),
    lines: z
      .array(
        z.object({
          kind: z.enum(retailLineKinds),
          price: z.string().nullable().describe('what the price says'),
          of: z.string().nullable().describe('what that was multiplied with'),
          exact: z.string().nullable().describe('before any rounding'),
          amount: z.string(),
        }),
      )
      .describe('from what it cost to the net amount, which is their sum'),
    text: z.string(),
  })
  .openapi('RetailExplanation')

const entryView = (view: RetailView): z.infer<typeof entrySchema> => ({
  country: view.owner.country,
  party: view.owner.party,
  id: view.id,
  partner: view.partner,
  state: view.state,
  reason: view.reason ?? null,
  creditOf: view.creditOf ?? null,
  emp: view.emp ?? null,
  currency: view.retail?.cost.currency ?? null,
  net: view.retail?.total.net ?? null,
  tax: view.retail?.total.tax ?? null,
  gross: view.retail?.total.gross ?? null,
  receivedAt: formatInstant(view.cameAt),
  pricedAt: view.pricedAt === undefined ? null : formatInstant(view.pricedAt),
})

/** What drivers of our EMPs pay for charging at partners, and why. */
export const retailPriceRoutes = (api: Api, { store }: ApiParts): void => {
  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/retail-prices',
      'x-permission': 'roaming.read',
      tags,
      summary: "What drivers pay for partners' CDRs, and what waits for a price",
      request: {
        query: z.object({
          ...pageQuery,
          state: z.enum(retailStates).optional(),
          partner: z.string().max(64).optional(),
        }),
      },
      responses: { 200: json(pageSchema(entrySchema), 'In the order in which the CDRs came'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, ...filter } = c.req.valid('query')
      const page = await store.agreements.retail.list(c.get('caller').tenant, given(filter), {
        limit,
        ...given({ cursor }),
      })
      return c.json({ items: page.items.map(entryView), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/roaming/cdrs/{country}/{party}/{id}/retail',
      'x-permission': 'roaming.read',
      tags,
      summary: 'What a driver pays for the CDR of a partner, and why',
      description:
        'From what the other CPO charges to what is paid, each step with its numbers. With `Accept: text/plain` the text alone.',
      request: { params: byCdr },
      responses: {
        200: {
          description: 'The price',
          content: { 'application/json': { schema: retailSchema }, 'text/plain': { schema: z.string() } },
        },
        409: unprocessable[409],
        ...problems,
        ...missing,
      },
    }),
    async (c) => {
      const { country, party, id } = c.req.valid('param')
      const owner = parsePartyCode(`${country}*${party}`)
      const view = 'fault' in owner ? undefined : await store.agreements.retail.find(c.get('caller').tenant, owner, id)
      if (view === undefined) throw notFound('CDR')
      if (view.retail === undefined)
        throw new Problem(409, `this CDR has no price yet: ${view.reason ?? 'nobody has looked at it'}`)
      const text = retailText(view.retail)
      if (wantsText(c.req.header('accept'))) return c.text(text, 200)
      const { price, cost, lines } = view.retail
      return c.json(
        {
          ...entryView(view),
          price: roamingPriceView(price),
          cost: { net: cost.net, tax: cost.tax, energyWh: wattHours(cost.energyMwh) },
          lines: lines.map(({ kind, price: said = null, of = null, exact = null, amount }) => ({
            kind,
            price: said,
            of,
            exact,
            amount,
          })),
          text,
        },
        200,
      )
    },
  )
}
