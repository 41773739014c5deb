import { z } from '@hono/zod-openapi'
import { auditActions, type AuditEntry } from '../../core/domain/audit.ts'
import { formatInstant } from '../../core/domain/instant.ts'
import type { Api, ApiParts } from './parts.ts'
import { route } from './route.ts'
import { given, instant, json, pageQuery, pageSchema, problems } from './schemas.ts'

const schema = z
  .object({
    serial: z.number().int().describe('without gaps, from 1'),
    at: instant,
    actor: z.object({ key: z.string(), label: z.string() }).describe('the API key, by the label it had then'),
    action: z.enum(auditActions),
    subject: z.string().describe('what it was done to'),
    before: z.unknown(),
    after: z.unknown(),
    note: z.string().nullable(),
    previous: z.string().describe('the digest of the entry before'),
    digest: z.string().describe('SHA-256 over the digest before, tenant, serial and text'),
    intact: z.boolean().describe('false: this entry, or the one before it, is not what was written'),
  })
  .openapi('AuditEntry')

const entryOf = ({ at, before, after, note, isIntact, ...entry }: AuditEntry): z.infer<typeof schema> => ({
  ...entry,
  at: formatInstant(at),
  before: before ?? null,
  after: after ?? null,
  note: note ?? null,
  intact: isIntact,
})

/** Who did what, and what it was before (S-19). */
export const auditRoutes = (api: Api, { store }: ApiParts): void => {
  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/audit',
      'x-permission': 'audit.read',
      tags: ['Audit'],
      summary: 'What operators did, newest first',
      request: {
        query: z.object({
          ...pageQuery,
          action: z.enum(auditActions).optional(),
          subject: z.string().max(255).optional(),
        }),
      },
      responses: { 200: json(pageSchema(schema), 'Entries, each with the digest of the one before'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, action, subject } = c.req.valid('query')
      const filter = given({ action, subject })
      const page = await store.audit.list(c.get('caller').tenant, filter, { limit, ...given({ cursor }) })
      return c.json({ items: page.items.map(entryOf), next: page.next }, 200)
    },
  )
}
