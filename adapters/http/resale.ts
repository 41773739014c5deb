import { z } from '@hono/zod-openapi'
import { wattHours } from '../../core/domain/units.ts'
import type { PortBill } from '../../core/ports/tenants.ts'
import type { Api, ApiParts } from './parts.ts'
import { route } from './route.ts'
import { given, json, missing, month, pageQuery, pageSchema, problems } from './schemas.ts'

const at = '/api/v1/resale'

const standing = z
  .object({
    cpo: z.string(),
    name: z.string(),
    chargePoints: z.number().int(),
    online: z.number().int(),
    openSessions: z.number().int(),
    energyWh: z.number().describe('of the CDRs of the last 24 hours'),
  })
  .openapi('CpoStanding')

const port = z.object({
  cpo: z.string(),
  chargePoint: z.string(),
  evse: z.number().int(),
  days: z.array(z.number().int()).describe('of the month, on which its charge point had a socket'),
})
const bill = z.object({
  contract: z.string().describe('by its id among the resale contracts'),
  seller: z.string(),
  buyer: z.string(),
  ports: z.number().int(),
  currency: z.string(),
  perPort: z.string().nullable().describe('of the tier that this number of ports falls in'),
  isMinimum: z.boolean().describe('it would have been less than the minimum'),
  net: z.string(),
  tax: z.string(),
})
const counted = pageSchema(port)
  .extend({
    month: z.string(),
    reseller: z.string(),
    ports: z.number().int().describe('all of them, on however many pages'),
    cpos: z.array(z.object({ cpo: z.string(), name: z.string(), ports: z.number().int() })),
    bills: z.array(bill).describe('what its resale contracts make of them: with the platform, and with its CPOs'),
  })
  .openapi('CountedPorts')

const dayMs = 86_400_000

const billView = ({ contract: { id, seller, buyer, currency }, ports, fee }: PortBill): z.infer<typeof bill> => ({
  contract: id,
  seller,
  buyer,
  ports,
  currency,
  perPort: fee.perPort ?? null,
  isMinimum: fee.isMinimum ?? false,
  net: fee.net,
  tax: fee.tax,
})

/** What a reseller sees of those below it as a whole, and what it is billed by. */
export const resaleRoutes = (api: Api, parts: ApiParts): void => {
  const { resale, tenantRegister } = parts.store
  const nameOf = (tenant: string): string => parts.tenantBook.find(tenant)?.name ?? tenant

  api.openapi(
    route({
      'x-permission': 'resellers.read',
      method: 'get',
      path: at,
      tags: ['Resellers'],
      summary: 'How it stands with the CPOs that are below it today',
      description: 'Of a tenant that is no reseller there are none.',
      request: { query: z.object({ ...pageQuery, limit: z.coerce.number().int().min(1).max(100).default(20) }) },
      responses: { 200: json(pageSchema(standing), 'CPOs, by their names'), ...problems },
    }),
    async (c) => {
      const { tenant: reseller } = c.get('caller')
      const { limit, cursor } = c.req.valid('query')
      const now = parts.clock.now()
      const day = await tenantRegister.dayAt(now)
      const page = await tenantRegister.list({ below: reseller, day }, { limit, ...given({ cursor }) })
      const items: z.infer<typeof standing>[] = []
      for (const { tenant, name } of page.items) {
        const { energyMwh, ...figures } = await resale.figures(tenant, now - dayMs)
        items.push({ cpo: tenant, name, ...figures, energyWh: wattHours(energyMwh) })
      }
      return c.json({ items, next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      'x-permission': 'resellers.read',
      method: 'get',
      path: `${at}/{month}`,
      tags: ['Resellers'],
      summary: 'The ports that a reseller is billed for in a month, port by port',
      description:
        'A port is an EVSE of a charge point. It counts for a month in which its charge point had a socket on at least one day, by the calendar of the installation; a charge point that has reported no EVSE counts as one. Where its CPO has moved within the month it counts once, for the reseller below which it was connected on more days, of two that are equal the first.',
      request: {
        params: z.object({ month: month.openapi({ param: { name: 'month', in: 'path' } }) }),
        query: z.object(pageQuery),
      },
      responses: { 200: json(counted, 'Ports, by CPO, charge point and EVSE'), ...problems, ...missing },
    }),
    async (c) => {
      const { tenant: reseller } = c.get('caller')
      const { month: of } = c.req.valid('param')
      const { limit, cursor } = c.req.valid('query')
      const cpos = await resale.counts(reseller, of)
      const bills = await resale.bills(reseller, of)
      const page = await resale.ports(reseller, of, { limit, ...given({ cursor }) })
      return c.json(
        {
          month: of,
          reseller,
          ports: cpos.reduce((sum, { ports }) => sum + ports, 0),
          cpos: cpos.map(({ cpo, ports }) => ({ cpo, name: nameOf(cpo), ports })),
          bills: bills.map(billView),
          items: page.items.map(({ days, ...one }) => ({ ...one, days: [...days] })),
          next: page.next,
        },
        200,
      )
    },
  )
}
