import { z } from '@hono/zod-openapi'
import { formatInstant } from '../../core/domain/instant.ts'
import { type TrustAnchor, anchorUses } from '../../core/ports/trust-anchors.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound, Problem } from './problem.ts'
import { route } from './route.ts'
import { given, instant, json, missing, pageQuery, pageSchema, problems, unprocessable } from './schemas.ts'

const at = '/api/v1/trust-anchors'
const use = z
  .enum(anchorUses)
  .describe('whose root it is: of mobility operators (contracts), of the charging infrastructure, of car makers')
const byName = z.object({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)
    .openapi({ param: { name: 'name', in: 'path' }, example: 'hubject-mo-root' }),
})

const schema = z
  .object({
    name: z.string(),
    use,
    certificate: z.string().describe('PEM'),
    subject: z.string(),
    serial: z.string(),
    fingerprint: z.string().describe('SHA-256'),
    notBefore: instant,
    notAfter: instant,
  })
  .openapi('TrustAnchor')

const viewOf = ({ name, use: of, certificate, subject, serial, fingerprint, notBefore, notAfter }: TrustAnchor) => ({
  name,
  use: of,
  certificate,
  subject,
  serial,
  fingerprint,
  notBefore: formatInstant(notBefore),
  notAfter: formatInstant(notAfter),
})

/** The roots of Plug & Charge that an operator trusts; contract certificates are checked against those of mobility operators. */
export const trustAnchorRoutes = (api: Api, { store, authority, clock }: ApiParts): void => {
  api.openapi(
    route({
      method: 'get',
      path: at,
      'x-permission': 'certificates.read',
      tags: ['Certificates'],
      summary: 'The roots that are trusted in Plug & Charge',
      request: { query: z.object(pageQuery) },
      responses: { 200: json(pageSchema(schema), 'Roots, by name'), ...problems },
    }),
    async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const page = await store.trustAnchors.list(c.get('caller').tenant, { limit, ...given({ cursor }) })
      return c.json({ items: page.items.map(viewOf), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{name}`,
      'x-permission': 'certificates.read',
      tags: ['Certificates'],
      summary: 'One root that is trusted in Plug & Charge',
      request: { params: byName },
      responses: { 200: json(schema, 'The root'), ...problems, ...missing },
    }),
    async (c) => {
      const anchor = await store.trustAnchors.find(c.get('caller').tenant, c.req.valid('param').name)
      if (anchor === undefined) throw notFound('trust anchor')
      return c.json(viewOf(anchor), 200)
    },
  )

  api.openapi(
    route({
      method: 'put',
      path: `${at}/{name}`,
      'x-permission': 'certificates.write',
      tags: ['Certificates'],
      summary: 'Trust a root in Plug & Charge',
      request: {
        params: byName,
        body: {
          content: {
            'application/json': {
              schema: z.strictObject({ use, certificate: z.string().min(1).max(10_000).describe('PEM, one of them') }),
            },
          },
          required: true,
        },
      },
      responses: { 200: json(schema, 'Changed'), 201: json(schema, 'Trusted'), ...problems, ...unprocessable },
    }),
    async (c) => {
      const { use: of, certificate } = c.req.valid('json')
      const described = await authority.describe(certificate)
      const refuse = (detail: string): Problem =>
        new Problem(422, detail, { faults: [{ pointer: '/certificate', detail }] })
      if (described === undefined) throw refuse('this is no certificate that can be read')
      if ((certificate.match(/-----BEGIN /g) ?? []).length !== 1) throw refuse('one certificate, and nothing else')
      if (!described.isCa) throw refuse('this is no certificate of an authority')
      const { subject, serial, fingerprint, notBefore, notAfter } = described
      const anchor: TrustAnchor = {
        tenant: c.get('caller').tenant,
        name: c.req.valid('param').name,
        use: of,
        certificate,
        subject,
        serial,
        fingerprint,
        notBefore,
        notAfter,
      }
      const isNew = await store.trustAnchors.put(anchor, clock.now())
      return isNew ? c.json(viewOf(anchor), 201) : c.json(viewOf(anchor), 200)
    },
  )

  api.openapi(
    route({
      method: 'delete',
      path: `${at}/{name}`,
      'x-permission': 'certificates.write',
      tags: ['Certificates'],
      summary: 'Trust a root in Plug & Charge no more',
      request: { params: byName },
      responses: { 204: { description: 'Removed' }, ...problems, ...missing },
    }),
    async (c) => {
      if (!(await store.trustAnchors.remove(c.get('caller').tenant, c.req.valid('param').name)))
        throw notFound('trust anchor')
      return c.body(null, 204)
    },
  )
}
