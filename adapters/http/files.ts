import { z } from '@hono/zod-openapi'
import { fileKinds, fileName, type StoredFile } from '../../core/domain/file.ts'
import { formatInstant } from '../../core/domain/instant.ts'
import { bytesOf } from './bodies.ts'
import { contentOf } from './content.ts'
import { byId } from './params.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound, Problem } from './problem.ts'
import { route } from './route.ts'
import { given, instant, json, missing, pageQuery, pageSchema, problems, unprocessable } from './schemas.ts'

const at = '/api/v1/files'
const bytes = { 'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) } }

const schema = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.enum(fileKinds),
    size: z.number().int().describe('bytes'),
    sha256: z.string().describe('hexadecimal digits'),
    chargePoint: z.string().nullable().describe('the station that it came from'),
    command: z.string().nullable().describe('the order that it was asked for by'),
    createdAt: instant,
  })
  .openapi('File')

const viewOf = ({ id, name, kind, size, sha256, ...more }: StoredFile): z.infer<typeof schema> => ({
  id,
  name,
  kind,
  size,
  sha256,
  chargePoint: more.identity ?? null,
  command: more.command ?? null,
  createdAt: formatInstant(more.createdAt),
})

/** Files as operators see them: what they bring for stations, and what came from stations. */
export const fileRoutes = (api: Api, parts: ApiParts): void => {
  const { store, clock, ids } = parts

  api.openapi(
    route({
      method: 'post',
      path: at,
      'x-permission': 'files.write',
      tags: ['Files'],
      summary: 'Bring a file for stations',
      description:
        'The body is the file itself, as application/octet-stream, up to SM_MAX_FILE_MB. An Idempotency-Key is held against name, kind and length, not against the bytes.',
      request: {
        query: z.object({ name: z.string().min(1).max(255), kind: z.enum(['firmware']).default('firmware') }),
        body: { content: bytes, required: true },
      },
      responses: { 201: json(schema, 'It is there'), ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      if (!/^application\/octet-stream *(;|$)/i.test(c.req.header('content-type') ?? ''))
        throw new Problem(415, 'send application/octet-stream')
      const { name, kind } = c.req.valid('query')
      const draft = {
        id: ids.uuid(),
        tenant: c.get('caller').tenant,
        name: fileName(name),
        kind,
        createdAt: clock.now(),
      }
      const file = await store.files.take(draft, bytesOf(c.req.raw, parts.mostFileBytes))
      if (file === 'empty') throw new Problem(400, 'the body is empty')
      if (file === 'overtaken') throw new Problem(409, 'the file was brought twice at once')
      return c.json(viewOf(file), 201)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: at,
      'x-permission': 'files.read',
      tags: ['Files'],
      summary: 'List files, newest first',
      request: {
        query: z.object({
          ...pageQuery,
          kind: z.enum(fileKinds).optional(),
          chargePoint: z.string().optional(),
        }),
      },
      responses: { 200: json(pageSchema(schema), 'Files'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, kind, chargePoint } = c.req.valid('query')
      const filter = given({ kind, chargePoint })
      const page = await store.files.list(c.get('caller').tenant, filter, { limit, ...given({ cursor }) })
      return c.json({ items: page.items.map(viewOf), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{id}`,
      'x-permission': 'files.read',
      tags: ['Files'],
      summary: 'One file, without its content',
      request: { params: byId },
      responses: { 200: json(schema, 'The file'), ...problems, ...missing },
    }),
    async (c) => {
      const file = await store.files.find(c.get('caller').tenant, c.req.valid('param').id)
      if (file === undefined) throw notFound('file')
      return c.json(viewOf(file), 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{id}/content`,
      'x-permission': 'files.read',
      tags: ['Files'],
      summary: 'The content of a file',
      description: 'Whole, or the part that a Range asks for. Its ETag is the SHA-256.',
      request: { params: byId },
      responses: {
        200: { description: 'The bytes', content: bytes },
        206: { description: 'The part that was asked for', content: bytes },
        ...problems,
        ...missing,
      },
    }),
    async (c) => {
      const file = await store.files.find(c.get('caller').tenant, c.req.valid('param').id)
      if (file === undefined) throw notFound('file')
      return contentOf(store.files, file, c.req.raw)
    },
  )

  api.openapi(
    route({
      method: 'delete',
      path: `${at}/{id}`,
      'x-permission': 'files.write',
      tags: ['Files'],
      summary: 'Remove a file',
      description: 'Stations that were sent for it find nothing any more.',
      request: { params: byId },
      responses: { 204: { description: 'Removed' }, ...problems, ...missing },
    }),
    async (c) => {
      if (!(await store.files.remove(c.get('caller').tenant, c.req.valid('param').id))) throw notFound('file')
      return c.body(null, 204)
    },
  )
}
