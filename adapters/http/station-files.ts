import { fileName, type Ticket } from '../../core/domain/file.ts'
import { bytesOf } from './bodies.ts'
import { contentOf } from './content.ts'
import { boundaryOf, firstFile } from './multipart.ts'
import type { Api, ApiParts } from './parts.ts'
import { Problem } from './problem.ts'

type Upload = Extract<Ticket, { direction: 'upload' }>
type Download = Extract<Ticket, { direction: 'download' }>

/** Of a multipart body, what is not the file. */
const formBytes = 64 * 1024

const nothing = (): Problem => new Problem(404, 'there is nothing at this path', { headers: { connection: 'close' } })
const over = (): Problem =>
  new Problem(403, 'this address has served its purpose', { headers: { connection: 'close' } })
const notSo = (method: string, allow: string): Problem =>
  new Problem(405, `${method} is not possible here`, { headers: { allow, connection: 'close' } })

/**
 * What stations send and fetch, by addresses that were made for one file each (S-13). Whoever has the address needs
 * nothing else; whoever has it not learns nothing, and is never sent elsewhere (N01.FR.26).
 */
export const stationFileRoutes = (api: Api, parts: ApiParts): void => {
  const { store, tickets, sights, clock, ids, log } = parts

  const receive = async (ticket: Upload, request: Request, path: string): Promise<Response> => {
    const boundary = boundaryOf(request.headers.get('content-type') ?? '')
    const { name, content } =
      boundary === undefined
        ? { name: decoded(path), content: bytesOf(request, parts.mostFileBytes) }
        : await firstFile(bytesOf(request, parts.mostFileBytes + formBytes), boundary)
    const { id, tenant, identity, kind, command } = ticket
    const file = await store.files.take(
      {
        id: ids.uuid(),
        ticket: id,
        tenant,
        identity,
        kind,
        name: fileName(name, ticket.name),
        createdAt: clock.now(),
        ...(command !== undefined && { command }),
      },
      content,
    )
    if (file === 'empty') throw new Problem(400, 'the body is empty')
    if (file === 'overtaken') throw over()
    log.info('a file was received', { chargePoint: `${tenant}/${identity}`, file: file.id, kind, size: file.size })
    return new Response('received\n', { headers: { 'content-type': 'text/plain; charset=utf-8' } })
  }

  const send = async (ticket: Download, request: Request): Promise<Response> => {
    const file = await store.files.find(ticket.tenant, ticket.file)
    if (file === undefined) throw nothing()
    return contentOf(store.files, file, request)
  }

  api.all('/files/*', async (c) => {
    const { method } = c.req
    const [, secret = '', path = ''] = /^\/files\/([\w-]{43})(?:\/(.*))?$/.exec(c.req.path) ?? []
    const ticket = secret === '' ? undefined : await tickets.find(secret)
    if (ticket === undefined) throw nothing()
    if (ticket.until <= clock.now()) throw over()
    if (ticket.direction === 'download') {
      if (method !== 'GET' && method !== 'HEAD') throw notSo(method, 'GET, HEAD')
      return sights.during('whole', () => send(ticket, c.req.raw))
    }
    if (ticket.usedAt !== undefined) throw over()
    if (method !== 'PUT' && method !== 'POST') throw notSo(method, 'PUT, POST')
    return sights.during('whole', () => receive(ticket, c.req.raw, path))
  })
}

const decoded = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
