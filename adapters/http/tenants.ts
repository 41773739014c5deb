import { z } from '@hono/zod-openapi'
import { tenantFault } from '../../core/domain/charge-point.ts'
import { formatInstant } from '../../core/domain/instant.ts'
import { resellerOn, type Tenant, tenantKinds } from '../../core/domain/tenant.ts'
import type { Put } from '../../core/ports/market.ts'
import { actOf, putOrThrow } from './acts.ts'
import type { Api, ApiParts, Caller } from './parts.ts'
import { notFound, Problem } from './problem.ts'
import { route } from './route.ts'
import { given, instant, json, missing, pageQuery, pageSchema, problems, unprocessable } from './schemas.ts'

const at = '/api/v1/tenants'

/** A name as `tenantFault` has it. */
const tenantName = z
  .string()
  .refine(
    (name) => !tenantFault(name),
    'must be small letters, digits and hyphens, at most 63, and begin with no hyphen',
  )
const byTenant = z.object({
  tenant: tenantName.openapi({ param: { name: 'tenant', in: 'path' }, example: 'north' }),
})
const day = z.iso.date().openapi({ example: '2026-12-01' })
/** `always` stands for the entry that has no first day. */
const byFirstDay = byTenant.extend({
  from: z
    .union([day, z.literal('always')])
    .openapi({ param: { name: 'from', in: 'path' }, example: '2026-12-01' })
    .describe('the first day, by the calendar of the installation; always: ever since'),
})

const parentSchema = z.object({ reseller: z.string(), from: z.string().nullable(), until: z.string().nullable() })
const schema = z
  .object({
    tenant: z.string(),
    name: z.string(),
    kind: z.enum(tenantKinds),
    closedAt: instant.nullable(),
    parent: z.string().nullable().describe('the reseller that it is below today'),
    parents: z.array(parentSchema).describe('whom it was, is and will be below; a reseller sees what concerns itself'),
  })
  .openapi('TenantListed')

/** All tenants for platform keys; for a reseller those below it today; for everybody else itself. */
export const tenantsRoutes = (api: Api, parts: ApiParts): void => {
  const { tenantRegister } = parts.store
  const isReseller = ({ tenant }: Caller): boolean => parts.tenantBook.find(tenant)?.kind === 'reseller'

  const viewOf = (tenant: Tenant, caller: Caller, today: string): z.infer<typeof schema> => {
    const parents = tenant.parents.filter(
      ({ reseller }) => caller.platform || !isReseller(caller) || reseller === caller.tenant,
    )
    return {
      tenant: tenant.tenant,
      name: tenant.name,
      kind: tenant.kind,
      closedAt: tenant.closedAt === undefined ? null : formatInstant(tenant.closedAt),
      parent: resellerOn({ parents }, today) ?? null,
      parents: parents.map(({ reseller, from, until }) => ({ reseller, from: from ?? null, until: until ?? null })),
    }
  }
  /** Who makes and moves tenants; whoever may not is told of no tenant that it does not see. */
  const platformOver = (caller: Caller, tenant: string): Caller => {
    if (caller.platform) return caller
    throw parts.tenantBook.mayEnter(caller, tenant)
      ? new Problem(403, 'tenants are made and moved with a platform key')
      : notFound('tenant')
  }
  /** What was put, once it holds here; elsewhere it does within two seconds. */
  const answered = async (put: Put<Tenant> | 'missing', caller: Caller) => {
    if (put === 'missing') throw notFound('tenant')
    const { item, isNew } = putOrThrow(put)
    await parts.tenantBook.refresh()
    return { view: viewOf(item, caller, await tenantRegister.dayAt(parts.clock.now())), isNew }
  }

  api.openapi(
    route({
      'x-permission': 'resellers.read',
      method: 'get',
      path: at,
      tags: ['Tenants'],
      summary: 'List tenants',
      description:
        'With a platform key all of them; with that of a reseller the CPOs that are below it today; else its own.',
      request: { query: z.object(pageQuery) },
      responses: { 200: json(pageSchema(schema), 'Tenants, by their names'), ...problems },
    }),
    async (c) => {
      const caller = c.get('caller')
      const { limit, cursor } = c.req.valid('query')
      const today = await tenantRegister.dayAt(parts.clock.now())
      if (!caller.platform && !isReseller(caller)) {
        const own = await tenantRegister.find(caller.tenant)
        return c.json({ items: own === undefined ? [] : [viewOf(own, caller, today)], next: null }, 200)
      }
      const filter = caller.platform ? {} : { below: caller.tenant, day: today }
      const page = await tenantRegister.list(filter, { limit, ...given({ cursor }) })
      return c.json({ items: page.items.map((tenant) => viewOf(tenant, caller, today)), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      'x-permission': 'resellers.read',
      method: 'get',
      path: `${at}/{tenant}`,
      tags: ['Tenants'],
      summary: 'One tenant',
      request: { params: byTenant },
      responses: { 200: json(schema, 'The tenant'), ...problems, ...missing },
    }),
    async (c) => {
      const caller = c.get('caller')
      const wanted = c.req.valid('param').tenant
      const tenant = await tenantRegister.find(wanted)
      if (tenant === undefined || !(caller.platform || parts.tenantBook.mayEnter(caller, wanted)))
        throw notFound('tenant')
      return c.json(viewOf(tenant, caller, await tenantRegister.dayAt(parts.clock.now())), 200)
    },
  )

  api.openapi(
    route({
      'x-permission': 'resellers.write',
      method: 'put',
      path: `${at}/{tenant}`,
      tags: ['Tenants'],
      summary: 'Make a tenant, or change it',
      description:
        'With a platform key. A tenant is never removed, but it can be closed: its charge points are let in no more (403), and its own keys and those of its reseller read and change nothing (409); platform keys still do, for what is left to settle. A new CPO may be put below a reseller at once, from today on; later it is moved.',
      request: {
        params: byTenant,
        body: {
          content: {
            'application/json': {
              schema: z.strictObject({
                name: z.string().trim().min(1).max(200),
                kind: z
                  .enum(tenantKinds)
                  .describe('cpo: has charge points; reseller: has CPOs below it; platform: runs the installation'),
                parent: tenantName
                  .optional()
                  .describe('of a new CPO; of one that is there: its reseller as it is today'),
                closed: z.boolean().default(false),
              }),
            },
          },
          required: true,
        },
      },
      responses: {
        200: json(schema, 'As it is now'),
        201: json(schema, 'Made'),
        ...problems,
        ...missing,
        ...unprocessable,
      },
    }),
    async (c) => {
      const caller = platformOver(c.get('caller'), c.req.valid('param').tenant)
      const { name, kind, parent, closed } = c.req.valid('json')
      const wanted = { name, kind, isClosed: closed, ...given({ parent }) }
      const put = await tenantRegister.put(c.req.valid('param').tenant, wanted, actOf(parts, caller))
      const { view, isNew } = await answered(put, caller)
      return isNew ? c.json(view, 201) : c.json(view, 200)
    },
  )

  api.openapi(
    route({
      'x-permission': 'resellers.write',
      method: 'post',
      path: `${at}/{tenant}/move`,
      tags: ['Tenants'],
      summary: 'Move a CPO on a day',
      description:
        'With a platform key. Whoever it is below then ends on that day, and the other begins; what was to come after is not any more. What the one sees and bills ends with the day before.',
      request: {
        params: byTenant,
        body: {
          content: {
            'application/json': {
              schema: z.strictObject({ reseller: tenantName.nullable().describe('null: below none'), day }),
            },
          },
          required: true,
        },
      },
      responses: { 200: json(schema, 'As it is now'), ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const caller = platformOver(c.get('caller'), c.req.valid('param').tenant)
      const { reseller, day: on } = c.req.valid('json')
      const to = { day: on, ...given({ reseller: reseller ?? undefined }) }
      const put = await tenantRegister.move(c.req.valid('param').tenant, to, actOf(parts, caller))
      return c.json((await answered(put, caller)).view, 200)
    },
  )

  api.openapi(
    route({
      'x-permission': 'resellers.write',
      method: 'put',
      path: `${at}/{tenant}/parents/{from}`,
      tags: ['Tenants'],
      summary: 'Put a CPO below a reseller from one day until another',
      description:
        'With a platform key. Never two on one day; of what has begun only the end can change, to today or later.',
      request: {
        params: byFirstDay,
        body: {
          content: {
            'application/json': {
              schema: z.strictObject({
                reseller: tenantName,
                until: day.optional().describe('the first day on which it is not any more'),
              }),
            },
          },
          required: true,
        },
      },
      responses: { 200: json(schema, 'As it is now'), ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const { tenant, from } = c.req.valid('param')
      const caller = platformOver(c.get('caller'), tenant)
      const { reseller, until } = c.req.valid('json')
      const parent = { reseller, ...given({ from: from === 'always' ? undefined : from, until }) }
      const put = await tenantRegister.putParent(tenant, parent, actOf(parts, caller))
      return c.json((await answered(put, caller)).view, 200)
    },
  )

  api.openapi(
    route({
      'x-permission': 'resellers.write',
      method: 'delete',
      path: `${at}/{tenant}/parents/{from}`,
      tags: ['Tenants'],
      summary: 'Take back what has not begun',
      request: { params: byFirstDay },
      responses: { 204: { description: 'Gone' }, ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const { tenant, from } = c.req.valid('param')
      const caller = platformOver(c.get('caller'), tenant)
      const removed = await tenantRegister.removeParent(
        tenant,
        from === 'always' ? undefined : from,
        actOf(parts, caller),
      )
      if (removed === 'missing') throw notFound('entry')
      if (removed === 'begun') throw new Problem(409, 'it has begun: what has been is kept; give it an end')
      await parts.tenantBook.refresh()
      return c.body(null, 204)
    },
  )
}
