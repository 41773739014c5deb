import { z } from '@hono/zod-openapi'
import { documentKinds } from '../../core/domain/document.ts'
import { formatInstant } from '../../core/domain/instant.ts'
import type { DocumentView } from '../../core/ports/documents.ts'
import { BadCursor } from '../../core/ports/store.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound } from './problem.ts'
import { route } from './route.ts'
import { given, instant, json, missing, pageQuery, pageSchema, problems } from './schemas.ts'

const at = '/api/v1/documents'
const number = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const byNumber = z.object({
  number: number.openapi({ param: { name: 'number', in: 'path', required: true }, example: 1 }),
})

const fields = {
  number: z.number().int().describe('from 1, without gaps'),
  id: z.string().describe('that of the CDR, or of the credit'),
  kind: z.enum(documentKinds),
  cdr: z.string().describe('the CDR that it is, or that it takes back'),
  digest: z.string().describe('SHA-256 of the bytes, hexadecimal digits'),
  sealedAt: instant,
}
const schema = z.object(fields).openapi('DocumentListed')
const whole = z
  .object({
    ...fields,
    content: z.unknown().describe('what the bytes say; whoever checks the digest asks for the bytes'),
  })
  .openapi('Document')

const viewOf = ({ number: of, id, kind, cdr, digest, sealedAt }: DocumentView): z.infer<typeof schema> => ({
  number: of,
  id,
  kind,
  cdr,
  digest,
  sealedAt: formatInstant(sealedAt),
})

/** What is in the books: issued CDRs and their credits, numbered and sealed. */
export const documentRoutes = (api: Api, { store }: ApiParts): void => {
  api.openapi(
    route({
      method: 'get',
      path: at,
      'x-permission': 'documents.read',
      tags: ['Documents'],
      summary: 'List sealed documents, by number',
      description:
        'Each issued CDR and each credit is one. Numbers have no gaps and come in the order of their commits: whoever follows asks for what is after the last one they have.',
      request: {
        query: z.object({
          ...pageQuery,
          after: number.optional().describe('only later numbers; the same as `cursor`'),
          kind: z.enum(documentKinds).optional(),
          cdr: z.string().max(64).optional(),
        }),
      },
      responses: { 200: json(pageSchema(schema), 'Documents'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, after, kind, cdr } = c.req.valid('query')
      const last = cursor === undefined ? after : number.safeParse(cursor).data
      if (cursor !== undefined && last === undefined) throw new BadCursor('not a cursor of this list')
      const found = await store.documents.list(c.get('caller').tenant, given({ kind, cdr, after: last }), {
        limit: limit + 1,
      })
      const items = found.slice(0, limit)
      return c.json({ items: items.map(viewOf), next: found.length > limit ? String(items.at(-1)?.number) : null }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{number}`,
      'x-permission': 'documents.read',
      tags: ['Documents'],
      summary: 'One document and what it says',
      request: { params: byNumber },
      responses: { 200: json(whole, 'The document'), ...problems, ...missing },
    }),
    async (c) => {
      const document = await store.documents.find(c.get('caller').tenant, c.req.valid('param').number)
      if (document === undefined) throw notFound('document')
      const content: unknown = JSON.parse(new TextDecoder().decode(document.bytes))
      return c.json({ ...viewOf(document), content }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{number}/bytes`,
      'x-permission': 'documents.read',
      tags: ['Documents'],
      summary: 'The bytes of a document, as they were sealed',
      description: 'UTF-8 JSON, never changed. Its ETag is the SHA-256.',
      request: { params: byNumber },
      responses: {
        200: { description: 'The bytes', content: { 'application/json': { schema: z.unknown() } } },
        304: { description: 'You have them' },
        ...problems,
        ...missing,
      },
    }),
    async (c) => {
      const document = await store.documents.find(c.get('caller').tenant, c.req.valid('param').number)
      if (document === undefined) throw notFound('document')
      const etag = `"${document.digest}"`
      const headers = { etag, 'cache-control': 'private, no-cache' }
      if (c.req.header('if-none-match') === etag) return new Response(null, { status: 304, headers })
      return new Response(Uint8Array.from(document.bytes), {
        headers: { ...headers, 'content-type': 'application/json', 'content-length': String(document.bytes.length) },
      })
    },
  )
}
