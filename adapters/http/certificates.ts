import { z } from '@hono/zod-openapi'
import { certificateStates } from '../../core/domain/certificate.ts'
import { formatInstant } from '../../core/domain/instant.ts'
import { knownChargePoint } from './known.ts'
import { byIdentity } from './params.ts'
import type { Api, ApiParts } from './parts.ts'
import { route } from './route.ts'
import { given, instant, json, missing, pageQuery, pageSchema, problems } from './schemas.ts'

const hexadecimal = z.string().regex(/^[0-9a-f]+$/)

const authoritySchema = z
  .object({
    certificate: z.string().describe('PEM'),
    subject: z.string(),
    serial: hexadecimal,
    fingerprint: hexadecimal.describe('SHA-256'),
    notBefore: instant,
    notAfter: instant,
    source: z.enum(['own', 'settings']).describe('made here for this tenant, or given by SM_CA_CERT for all'),
  })
  .openapi('Authority')

const certificateSchema = z
  .object({
    serial: hexadecimal,
    fingerprint: hexadecimal.describe('SHA-256'),
    certificate: z.string().describe('PEM, with those of authorities between it and the root'),
    notBefore: instant,
    notAfter: instant,
    issuedAt: instant,
    state: z.enum(certificateStates),
  })
  .openapi('Certificate')

/** Who signs the certificates of charge points, and which it has signed. */
export const certificateRoutes = (api: Api, { store, authority }: ApiParts): void => {
  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/authority',
      'x-permission': 'certificates.read',
      tags: ['Certificates'],
      summary: 'The root that signs for charge points',
      description: 'What proxies check client certificates by (security profile 3). Made when it is first asked for.',
      responses: { 200: json(authoritySchema, 'The root'), ...problems, ...missing },
    }),
    async (c) => {
      const root = await authority.root(c.get('caller').tenant)
      const { certificate, subject, serial, fingerprint, source } = root
      const [notBefore, notAfter] = [formatInstant(root.notBefore), formatInstant(root.notAfter)]
      return c.json({ certificate, subject, serial, fingerprint, notBefore, notAfter, source }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/charge-points/{identity}/certificates',
      'x-permission': 'chargePoints.read',
      tags: ['Certificates'],
      summary: 'Certificates that were signed for a charge point, newest first',
      request: {
        params: byIdentity,
        query: z.object(pageQuery),
      },
      responses: { 200: json(pageSchema(certificateSchema), 'Certificates'), ...problems, ...missing },
    }),
    async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const { identity } = c.req.valid('param')
      const view = await knownChargePoint(store, { tenant: c.get('caller').tenant, identity })
      const page = await store.certificates.list(view, { limit, ...given({ cursor }) })
      const items = page.items.map(({ serial, fingerprint, chain, state, ...times }) => ({
        serial,
        fingerprint,
        certificate: chain,
        notBefore: formatInstant(times.notBefore),
        notAfter: formatInstant(times.notAfter),
        issuedAt: formatInstant(times.issuedAt),
        state,
      }))
      return c.json({ items, next: page.next }, 200)
    },
  )
}
