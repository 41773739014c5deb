import { z } from '@hono/zod-openapi'
import { formatInstant } from '../../core/domain/instant.ts'
import { type WhatIf, whatIfStates } from '../../core/ports/what-ifs.ts'
import { byId, msOf } from './params.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound, Problem, wrongField } from './problem.ts'
import { route } from './route.ts'
import { given, instant, json, missing, problems, unprocessable } from './schemas.ts'
import { byTariff } from './tariffs.ts'

const dayMs = 86_400_000
const longestMs = 400 * dayMs

const bodySchema = z
  .strictObject({
    from: instant.optional(),
    to: instant.optional().describe('excluded'),
    month: z
      .string()
      .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month, 2026-10')
      .optional()
      .describe('in place of `from` and `to`; in UTC'),
    version: z.number().int().min(1).max(2_147_483_647).optional().describe('of the tariff; absent = the newest'),
    chargePoint: z.string().min(1).max(255).optional(),
    site: z.string().min(1).max(64).optional(),
  })
  .openapi('WhatIfOrder')

const sumSchema = z
  .object({
    currency: z.string(),
    accounts: z.number().int(),
    net: z.string(),
    tax: z.string(),
    gross: z.string(),
  })
  .openapi('CurrencySum')

const schema = z
  .object({
    id: z.string(),
    tariff: z.object({ id: z.string(), version: z.number().int() }),
    from: instant,
    to: instant,
    chargePoint: z.string().nullable(),
    site: z.string().nullable(),
    state: z.enum(whatIfStates),
    reason: z.string().nullable().describe('why it has failed'),
    done: z.number().int().describe('accounts that are priced'),
    of: z.number().int().nullable().describe('accounts that there are; null = not counted yet'),
    before: z.array(sumSchema).describe('what they say now, of those that are done'),
    after: z.array(sumSchema).describe('what they would say'),
    changed: z.number().int(),
    unpriced: z.number().int().describe('of those that are done, those that have no price now'),
    failed: z.number().int().describe('those that this tariff cannot price'),
    biggest: z
      .array(z.object({ cdr: z.string(), before: z.string().nullable(), after: z.string(), difference: z.string() }))
      .describe('the largest differences after tax, in the currency of the tariff'),
    createdAt: instant,
    changedAt: instant,
  })
  .openapi('WhatIf')

const viewOf = ({ tally, ...whatIf }: WhatIf): z.infer<typeof schema> => ({
  id: whatIf.id,
  tariff: { id: whatIf.tariff, version: whatIf.version },
  from: formatInstant(whatIf.from),
  to: formatInstant(whatIf.to),
  chargePoint: whatIf.chargePoint ?? null,
  site: whatIf.site ?? null,
  state: whatIf.state,
  reason: whatIf.reason ?? null,
  done: tally.done,
  of: whatIf.of ?? null,
  before: tally.before.map((sum) => ({ ...sum })),
  after: tally.after.map((sum) => ({ ...sum })),
  changed: tally.changed,
  unpriced: tally.unpriced,
  failed: tally.failed,
  biggest: tally.biggest.map(({ before, ...one }) => ({ ...one, before: before ?? null })),
  createdAt: formatInstant(whatIf.createdAt),
  changedAt: formatInstant(whatIf.changedAt),
})

const spanOf = ({ month, ...body }: z.infer<typeof bodySchema>): { readonly from: number; readonly to: number } => {
  const [from, to] = [msOf(body.from), msOf(body.to)]
  if (month !== undefined) {
    if (from !== undefined || to !== undefined) throw wrongField('/month', 'goes without from and to')
    const [year = 0, which = 0] = month.split('-').map(Number)
    return { from: Date.UTC(year, which - 1), to: Date.UTC(year, which) }
  }
  if (from === undefined || to === undefined) throw wrongField('', 'must have from and to, or month')
  if (to <= from) throw wrongField('/to', 'must be later than from')
  if (to - from > longestMs) throw wrongField('/to', 'must be within 400 days of from')
  return { from, to }
}

/** What accounts that are there would cost by another tariff, or another version of theirs. Nothing of them changes. */
export const whatIfRoutes = (api: Api, { store, clock, ids }: ApiParts): void => {
  const find = async (tenant: string, id: string): Promise<WhatIf> => {
    const whatIf = await store.whatIfs.find(tenant, id)
    if (whatIf === undefined) throw notFound('what-if')
    return whatIf
  }

  api.openapi(
    route({
      method: 'post',
      path: '/api/v1/tariffs/{id}/what-if',
      'x-permission': 'tariffs.write',
      tags: ['Tariffs'],
      summary: 'Price accounts by this tariff, on paper',
      description:
        'All issued CDRs that began in a time, whatever has priced them. Their sums grow while it goes on, page by page, in a process with the role `jobs`; no CDR ever changes by it.',
      request: {
        params: byTariff,
        body: { content: { 'application/json': { schema: bodySchema } }, required: true },
      },
      responses: { 202: json(schema, 'It waits for its turn'), ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const { tenant } = c.get('caller')
      const [{ id }, body] = [c.req.valid('param'), c.req.valid('json')]
      const { version, chargePoint, site } = body
      const span = spanOf(body)
      const found = await (version === undefined
        ? store.tariffs.find(tenant, id)
        : store.tariffs.version(tenant, id, version))
      if (found === undefined && version !== undefined && (await store.tariffs.find(tenant, id)) !== undefined)
        throw wrongField('/version', 'there is no such version')
      if (found === undefined) throw notFound('tariff')
      const whatIf = await store.whatIfs.create({
        id: ids.uuid(),
        tenant,
        tariff: found.tariff.id,
        version: found.tariff.version,
        ...span,
        ...given({ chargePoint, site }),
        createdAt: clock.now(),
      })
      return c.json(viewOf(whatIf), 202)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/what-ifs/{id}',
      'x-permission': 'tariffs.read',
      tags: ['Tariffs'],
      summary: 'How far a what-if is, and what it says so far',
      request: { params: byId },
      responses: { 200: json(schema, 'The what-if'), ...problems, ...missing },
    }),
    async (c) => c.json(viewOf(await find(c.get('caller').tenant, c.req.valid('param').id)), 200),
  )

  api.openapi(
    route({
      method: 'post',
      path: '/api/v1/what-ifs/{id}/cancel',
      'x-permission': 'tariffs.write',
      tags: ['Tariffs'],
      summary: 'Price no more of it',
      request: { params: byId },
      responses: { 200: json(schema, 'It goes no further'), ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const { tenant } = c.get('caller')
      const { id } = await find(tenant, c.req.valid('param').id)
      if (!(await store.whatIfs.cancel(tenant, id, clock.now()))) throw new Problem(409, 'this what-if is over')
      return c.json(viewOf(await find(tenant, id)), 200)
    },
  )
}
