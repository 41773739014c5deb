import { z } from '@hono/zod-openapi'
import { dayIn } from '../../core/domain/time-zone.ts'
import type { Permission } from '../../core/domain/permission.ts'
import type { Agreements, AgreementStore } from '../../core/ports/agreements.ts'
import { actOf, putOrThrow, removedOrThrow } from './acts.ts'
import {
  byAgreement,
  gapSchema,
  resaleContractBody,
  resaleContractFrom,
  resaleContractSchema,
  resaleContractView,
  roamingPriceBody,
  roamingPriceFrom,
  roamingPriceSchema,
  roamingPriceView,
  siteContractBody,
  siteContractFrom,
  siteContractSchema,
  siteContractView,
  windowFrom,
  windowQuery,
} from './agreement-schemas.ts'
import type { Api, ApiParts } from './parts.ts'
import { named } from './party-schemas.ts'
import { notFound } from './problem.ts'
import { route } from './route.ts'
import { given, json, missing, pageQuery, pageSchema, problems, unprocessable } from './schemas.ts'

const tags = ['Settlement']
const on = z.iso.date().optional().describe('only what counts on this day')

/** Contracts with site owners and of resale, prices for charging elsewhere: by names that the operator gives. */
export const agreementRoutes = (api: Api, parts: ApiParts): void => {
  gapRoute(api, parts)
  routesOf(api, parts, {
    path: '/api/v1/site-contracts',
    what: 'site contract',
    read: 'settlement.read',
    write: 'settlement.write',
    about:
      'What the owner of a site or station gets. On each day there is one for each subject. One that a closed month was settled with is ended, and a new one begins.',
    filter: { owner: named.optional(), site: named.optional().describe('of it, or of a station on it'), on },
    body: siteContractBody,
    schema: siteContractSchema,
    from: siteContractFrom,
    view: siteContractView,
    of: ({ site }) => site,
  })
  routesOf(api, parts, {
    path: '/api/v1/resale-contracts',
    what: 'resale contract',
    read: 'settlement.read',
    write: 'settlement.write',
    about: 'What a reseller pays to the platform, or a CPO to its reseller. On each day a buyer has one.',
    filter: { party: named.optional().describe('seller or buyer'), on },
    body: resaleContractBody,
    schema: resaleContractSchema,
    from: resaleContractFrom,
    view: resaleContractView,
    of: ({ resale }) => resale,
  })
  routesOf(api, parts, {
    path: '/api/v1/roaming-prices',
    what: 'roaming price',
    read: 'roaming.read',
    write: 'roaming.write',
    about:
      'What a driver of an EMP of ours pays for a CDR of a partner. One that names the contract goes before one that names the partner, and both before one that names neither. CDRs that have waited for a price get theirs.',
    filter: { on },
    body: roamingPriceBody,
    schema: roamingPriceSchema,
    from: roamingPriceFrom,
    view: roamingPriceView,
    of: ({ roaming }) => roaming,
  })
}

interface Kind<Body extends z.ZodType, Shown extends z.ZodType, Item extends { readonly id: string }> {
  readonly path: string
  readonly what: string
  readonly read: Permission
  readonly write: Permission
  readonly about: string
  readonly filter: {
    readonly owner?: z.ZodOptional<z.ZodString>
    readonly party?: z.ZodOptional<z.ZodString>
    readonly site?: z.ZodOptional<z.ZodString>
    readonly on: z.ZodOptional<z.ZodISODate>
  }
  readonly body: Body
  readonly schema: Shown
  readonly from: (id: string, body: z.infer<Body>) => Item
  readonly view: (item: Item) => z.infer<Shown>
  readonly of: (agreements: Agreements) => AgreementStore<Item>
}

/** The query of any of these lists. */
interface Asked {
  readonly limit: number
  readonly cursor?: string | undefined
  readonly owner?: string | undefined
  readonly party?: string | undefined
  readonly site?: string | undefined
  readonly on?: string | undefined
}

const routesOf = <Body extends z.ZodType, Shown extends z.ZodType, Item extends { readonly id: string }>(
  api: Api,
  parts: ApiParts,
  { path, what, read, write, about, filter, body, schema, from, view, of }: Kind<Body, Shown, Item>,
): void => {
  // what a handler answers follows the schema by its type: `view` makes it
  const shown = (item: Item) => view(item) as never
  const store = (): AgreementStore<Item> => of(parts.store.agreements)

  api.openapi(
    route({
      method: 'get',
      path,
      'x-permission': read,
      tags,
      summary: `List ${what}s`,
      request: { query: z.object({ ...pageQuery, ...filter }) },
      responses: { 200: json(pageSchema(schema), 'By their names'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, owner, party = owner, site, on: day } = c.req.valid('query') as Asked
      const page = await store().list(c.get('caller').tenant, given({ party, site, on: day }), {
        limit,
        ...given({ cursor }),
      })
      return c.json({ items: page.items.map(shown), next: page.next } as never, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${path}/{id}`,
      'x-permission': read,
      tags,
      summary: `One ${what}`,
      request: { params: byAgreement },
      responses: { 200: json(schema, 'As it is'), ...problems, ...missing },
    }),
    async (c) => {
      const item = await store().find(c.get('caller').tenant, c.req.valid('param').id)
      if (item === undefined) throw notFound(what)
      return c.json(shown(item), 200)
    },
  )

  api.openapi(
    route({
      method: 'put',
      path: `${path}/{id}`,
      'x-permission': write,
      tags,
      summary: `Make or change a ${what}`,
      description: about,
      request: { params: byAgreement, body: { content: { 'application/json': { schema: body } }, required: true } },
      responses: {
        200: json(schema, 'As it is now'),
        201: json(schema, 'Made'),
        ...problems,
        ...unprocessable,
      },
    }),
    async (c) => {
      const caller = c.get('caller')
      // the types of what was checked are lost where the schema is any
      const { id } = c.req.valid('param' as never) as z.infer<typeof byAgreement>
      const item = from(id, c.req.valid('json' as never) as z.infer<Body>)
      const put = putOrThrow(await store().put(caller.tenant, item, actOf(parts, caller)))
      return put.isNew ? c.json(shown(put.item), 201) : c.json(shown(put.item), 200)
    },
  )

  api.openapi(
    route({
      method: 'delete',
      path: `${path}/{id}`,
      'x-permission': write,
      tags,
      summary: `Remove a ${what}, as if it had never been`,
      request: { params: byAgreement },
      responses: { 204: { description: 'Removed' }, ...problems, ...missing, 409: unprocessable[409] },
    }),
    async (c) => {
      const caller = c.get('caller')
      removedOrThrow(what, await store().remove(caller.tenant, c.req.valid('param').id, actOf(parts, caller)))
      return c.body(null, 204)
    },
  )
}

/** Before the contracts by their names: it is none of them. */
const gapRoute = (api: Api, { store, clock }: ApiParts): void =>
  void api.openapi(
    route({
      method: 'get',
      path: '/api/v1/site-contracts/gaps',
      'x-permission': 'settlement.read',
      tags,
      summary: 'Where a site or station has an owner, and no contract with it',
      description:
        'Days of a time, by owner. A page is of so many sites, each with its stations. Whoever operates what it owns needs none.',
      request: { query: windowQuery.extend(pageQuery) },
      responses: { 200: json(pageSchema(gapSchema), 'Gaps, by their sites'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, ...asked } = c.req.valid('query')
      const window = windowFrom(asked, dayIn('UTC', clock.now()))
      const page = await store.agreements.site.gaps(c.get('caller').tenant, window, { limit, ...given({ cursor }) })
      const items = page.items.map(({ stations, contract = null, ...gap }) => ({
        ...gap,
        stations: stations === undefined ? null : [...stations],
        contract,
      }))
      return c.json({ items, next: page.next }, 200)
    },
  )
