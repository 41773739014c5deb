import { z } from '@hono/zod-openapi'
import {
  type Brand,
  brandColours,
  colourFaults,
  type Hosts,
  hostUses,
  logoTypes,
  modes,
} from '../../core/domain/brand.ts'
import { colourPattern } from '../../core/domain/contrast.ts'
import { hostName } from '../../core/domain/host-name.ts'
import { logoFault, mostLogoBytes } from '../../core/domain/logo.ts'
import { actOf, putOrThrow } from './acts.ts'
import { bytesOf, logoPath } from './bodies.ts'
import type { Api, ApiParts, Caller } from './parts.ts'
import { notFound, Problem, wrongField } from './problem.ts'
import { route } from './route.ts'
import { given, json, missing, problems, unprocessable } from './schemas.ts'

const at = '/api/v1/brand'

const colour = z
  .string()
  .toLowerCase()
  .regex(colourPattern, 'must be a colour such as #0b5cad')
  .openapi({ example: '#0b5cad' })
const palette = z.strictObject(Object.fromEntries(brandColours.map((name) => [name, colour.optional()])))
const colours = z
  .strictObject(Object.fromEntries(modes.map((mode) => [mode, palette.optional()])))
  .describe('of the console, for light and dark screens; what is not given is as it is without a brand')
const host = z
  .string()
  .max(260)
  .transform((text, context) => {
    const name = hostName(text)
    if (name === undefined)
      context.addIssue({ code: 'custom', message: 'must be the name of a host, such as charge.example.com' })
    return name ?? z.NEVER
  })
const hosts = z.strictObject(Object.fromEntries(hostUses.map((use) => [use, host.optional()])))

const body = z.strictObject({
  name: z.string().trim().min(1).max(60).optional(),
  colours: colours.optional(),
  hosts: hosts
    .optional()
    .describe(
      'by a platform key: whoever runs the installation has seen to it that a name is the tenant’s, and leads here; absent: as they are',
    ),
})

const nullable = (names: readonly string[], value: z.ZodType) =>
  z.object(Object.fromEntries(names.map((name) => [name, value.nullable()])))
const shownColours = nullable(modes, z.record(z.string(), z.string()))
const logoSchema = z.object({ type: z.enum(logoTypes), sha256: z.string() })
const fields = { name: z.string().nullable(), colours: shownColours.nullable(), logo: logoSchema.nullable() }
const schema = z
  .object({
    tenant: z.string(),
    ...fields,
    hosts: nullable(hostUses, z.string()),
    shown: z.object(fields).describe('with what it has from its reseller where it says nothing itself'),
  })
  .openapi('Brand')

const picture = Object.fromEntries(
  logoTypes.map((type) => [type, { schema: z.string().openapi({ format: 'binary' }) }]),
)

/** How a tenant is shown: what it says itself, and what it has from its reseller. */
export const brandRoutes = (api: Api, parts: ApiParts): void => {
  const { brands } = parts.store

  const viewOf = (tenant: string, { hosts: known, ...own }: Brand): z.infer<typeof schema> => ({
    tenant,
    ...fieldsOf(own),
    hosts: Object.fromEntries(hostUses.map((use) => [use, known[use] ?? null])),
    shown: fieldsOf(parts.tenantBook.brandOf(tenant) ?? own),
  })

  api.openapi(
    route({
      'x-permission': 'tenant.read',
      method: 'get',
      path: at,
      tags: ['Tenant'],
      summary: 'How it is shown to people',
      responses: { 200: json(schema, 'The brand'), ...problems },
    }),
    async (c) => {
      const { tenant } = c.get('caller')
      return c.json(viewOf(tenant, await brands.find(tenant)), 200)
    },
  )

  api.openapi(
    route({
      'x-permission': 'tenant.write',
      method: 'put',
      path: at,
      tags: ['Tenant'],
      summary: 'Change its name, colours and hosts',
      description:
        'What is not given is not there any more, but for hosts and the logo. A CPO shows of its reseller’s brand what it says nothing about. Colours that text could not be read in are refused (WCAG 2.2 AA, 4.5:1).',
      request: { body: { content: { 'application/json': { schema: body } }, required: true } },
      responses: { 200: json(schema, 'As it is now'), ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const caller = c.get('caller')
      const { name, colours: wanted, hosts: named } = c.req.valid('json')
      const before = await brands.find(caller.tenant)
      const faults = colourFaults(wanted ?? {})
      const [first] = faults
      if (first !== undefined) throw new Problem(422, `${first.pointer}: ${first.detail}`, { faults })
      const put = {
        ...given({ name, colours: wanted }),
        hosts: named === undefined ? before.hosts : hostsFor(caller, given(named), before.hosts),
      }
      const { item } = putOrThrow(await brands.put(caller.tenant, put, actOf(parts, caller)))
      await parts.tenantBook.refresh()
      return c.json(viewOf(caller.tenant, item), 200)
    },
  )

  api.openapi(
    route({
      'x-permission': 'tenant.write',
      method: 'delete',
      path: at,
      tags: ['Tenant'],
      summary: 'Say nothing about how it is shown',
      description: 'Hosts stay.',
      responses: { 204: { description: 'Gone' }, ...problems, ...missing },
    }),
    async (c) => {
      const caller = c.get('caller')
      if (!(await brands.remove(caller.tenant, actOf(parts, caller)))) throw notFound('brand')
      await parts.tenantBook.refresh()
      return c.body(null, 204)
    },
  )

  api.openapi(
    route({
      'x-permission': 'tenant.read',
      method: 'get',
      path: logoPath,
      tags: ['Tenant'],
      summary: 'Its own logo',
      responses: { 200: { description: 'The picture', content: picture }, ...problems, ...missing },
    }),
    async (c) => {
      const logo = await brands.logo(c.get('caller').tenant)
      if (logo === undefined) throw notFound('logo')
      return new Response(Buffer.from(logo.bytes), {
        headers: { 'content-type': logo.type, 'cache-control': 'private, no-store' },
      })
    },
  )

  api.openapi(
    route({
      'x-permission': 'tenant.write',
      method: 'put',
      path: logoPath,
      tags: ['Tenant'],
      summary: 'Bring its logo',
      description: `The body is the picture itself, PNG or SVG, up to ${mostLogoBytes} bytes; of SVG what draws, and nothing that runs, moves or fetches.`,
      request: { body: { content: picture, required: true } },
      responses: { 204: { description: 'It is there' }, ...problems, ...unprocessable },
    }),
    async (c) => {
      const caller = c.get('caller')
      const type = logoTypes.find(
        (one) => (c.req.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() === one,
      )
      if (type === undefined) throw new Problem(415, `send ${logoTypes.join(' or ')}`)
      const bytes = Buffer.concat(await Array.fromAsync(bytesOf(c.req.raw, mostLogoBytes)))
      const fault = logoFault(type, bytes)
      if (fault !== undefined) throw wrongField('/', fault)
      await brands.putLogo(caller.tenant, { type, bytes }, actOf(parts, caller))
      await parts.tenantBook.refresh()
      return c.body(null, 204)
    },
  )

  api.openapi(
    route({
      'x-permission': 'tenant.write',
      method: 'delete',
      path: logoPath,
      tags: ['Tenant'],
      summary: 'Have no logo of its own',
      responses: { 204: { description: 'Gone' }, ...problems, ...missing },
    }),
    async (c) => {
      const caller = c.get('caller')
      if (!(await brands.putLogo(caller.tenant, undefined, actOf(parts, caller)))) throw notFound('logo')
      await parts.tenantBook.refresh()
      return c.body(null, 204)
    },
  )
}

const fieldsOf = ({ name, colours: shown, logo }: Omit<Brand, 'hosts'>) => ({
  name: name ?? null,
  colours: shown === undefined ? null : Object.fromEntries(modes.map((mode) => [mode, shown[mode] ?? null])),
  logo: logo === undefined ? null : { type: logo.type, sha256: logo.digest },
})

/** A name is somebody's: that it is this tenant's is for the platform to know, which sees to its certificate as well. */
const hostsFor = ({ platform }: Caller, wanted: Hosts, before: Hosts): Hosts => {
  const changed = hostUses.find((use) => wanted[use] !== before[use])
  if (changed !== undefined && !platform)
    throw wrongField(`/hosts/${changed}`, 'host names are set with a platform key', { status: 403 })
  return wanted
}
