import { createHash } from 'node:crypto'
import { fileEvent, type FileKind, type StoredFile } from '../../../core/domain/file.ts'
import type { FileDraft, FileStore } from '../../../core/ports/files.ts'
import type { Sql, Transaction } from '../connect.ts'
import { insertEvents } from '../insert-events.ts'
import { present } from '../rows.ts'
import { asTenant } from '../tenant.ts'
import { addTicket, ticketBy } from './file-tickets.ts'
import { isUuid, pageOf, uuidOfCursor } from './paging.ts'

/** Bytes a row: a file comes and goes through memory in pieces of this size. */
const chunkBytes = 256 * 1024

interface Row {
  readonly id: string
  readonly tenant: string
  readonly name: string
  readonly kind: FileKind
  readonly size: number
  readonly sha256: string
  readonly identity: string | null
  readonly command: string | null
  readonly created_ms: number
}

const columns = `id, tenant, name, kind, size, sha256, identity, command, ms(created_at) as created_ms`

const fileOf = ({ identity, command, created_ms: createdAt, ...row }: Row): StoredFile => ({
  ...row,
  createdAt,
  ...present({ identity, command }),
})

export const fileStore = (app: Sql): FileStore => ({
  list: (tenant, { kind = null, chargePoint = null }, page) =>
    asTenant(app, tenant, async (tx) => {
      const before = uuidOfCursor(page.cursor)
      const rows = await tx<Row[]>`select ${tx.unsafe(columns)} from files
        where tenant = ${tenant} and (${before}::uuid is null or id < ${before}::uuid)
          and (${kind}::text is null or kind = ${kind}::text) and (${chargePoint}::text is null or identity = ${chargePoint}::text)
        order by id desc limit ${page.limit + 1}`
      return pageOf(rows, page, (row) => [row.id], fileOf)
    }),

  find: (tenant, id) =>
    asTenant(app, tenant, async (tx) => {
      if (!isUuid(id)) return undefined
      const [row] = await tx<Row[]>`select ${tx.unsafe(columns)} from files where id = ${id}`
      return row && fileOf(row)
    }),

  read: (file, range = { from: 0, to: file.size }) => read(app, file, range),

  async take(draft, content) {
    let isKept = false
    try {
      if (draft.ticket !== undefined && !(await begin(app, draft, draft.ticket))) return 'overtaken'
      const taken = await takeIn(app, draft, content)
      isKept = typeof taken === 'object'
      return taken
    } finally {
      // should the database be gone too, retention finds the pieces
      if (!isKept) await asTenant(app, draft.tenant, (tx) => dropChunks(tx, draft.id)).catch(() => {})
    }
  },

  remove: (tenant, id) =>
    asTenant(app, tenant, async (tx) => {
      if (!isUuid(id)) return false
      const { count } = await tx`delete from files where id = ${id}`
      if (count > 0) await dropChunks(tx, id)
      return count > 0
    }),

  addTicket: (ticket, hash) => addTicket(app, ticket, hash),
  ticketBy: (hash) => ticketBy(app, hash),
})

async function* read(
  app: Sql,
  { id, tenant }: StoredFile,
  { from, to }: { readonly from: number; readonly to: number },
): AsyncGenerator<Uint8Array> {
  for (let at = from; at < to;) {
    const position = Math.floor(at / chunkBytes)
    const start = position * chunkBytes
    const [row] = await asTenant(
      app,
      tenant,
      (tx) => tx<{ bytes: Buffer }[]>`select bytes from file_chunks where file = ${id} and position = ${position}`,
    )
    if (row === undefined) throw new Error('a piece of this file is not there any more')
    const piece = row.bytes.subarray(at - start, to - start)
    yield piece
    at += piece.length
  }
}

/** The newest upload with a ticket is the one that counts; what an older one has brought so far is nothing. */
const begin = (app: Sql, { id, tenant }: FileDraft, ticket: string): Promise<boolean> =>
  asTenant(app, tenant, async (tx) => {
    const [row] = await tx<{ attempt: string | null }[]>`
      select attempt from file_tickets where id = ${ticket} and direction = 'upload' and used_at is null for update`
    if (row === undefined) return false
    if (row.attempt !== null) await dropChunks(tx, row.attempt)
    await tx`update file_tickets set attempt = ${id} where id = ${ticket}`
    return true
  })

const dropChunks = async (tx: Transaction, file: string): Promise<void> => {
  await tx`delete from file_chunks where file = ${file}`
}

/** Whether the upload of this draft is the one that counts; where it is, no other can begin before this is committed. */
const counts = async (tx: Transaction, { id, ticket }: FileDraft): Promise<boolean> => {
  if (ticket === undefined) return true
  const rows =
    await tx`select 1 from file_tickets where id = ${ticket} and attempt = ${id} and used_at is null for update`
  return rows.length > 0
}

const takeIn = async (
  app: Sql,
  draft: FileDraft,
  content: AsyncIterable<Uint8Array>,
): Promise<StoredFile | 'empty' | 'overtaken'> => {
  const digest = createHash('sha256')
  let size = 0
  let position = 0
  for await (const bytes of inChunks(content)) {
    digest.update(bytes)
    size += bytes.length
    const isIn = await asTenant(app, draft.tenant, async (tx) => {
      if (!(await counts(tx, draft))) return false
      await tx`insert into file_chunks (file, position, tenant, bytes) values (${draft.id}, ${position}, ${draft.tenant}, ${bytes})`
      return true
    })
    if (!isIn) return 'overtaken'
    position++
  }
  if (size === 0) return 'empty'
  const { ticket, ...file } = draft
  return finish(app, { ...file, size, sha256: digest.digest('hex') }, { ticket, chunks: position })
}

const finish = (
  app: Sql,
  file: StoredFile,
  { ticket, chunks }: { readonly ticket: string | undefined; readonly chunks: number },
): Promise<StoredFile | 'overtaken'> =>
  asTenant(app, file.tenant, async (tx) => {
    if (ticket !== undefined) {
      const { count } = await tx`update file_tickets set used_at = at_ms(${file.createdAt})
        where id = ${ticket} and attempt = ${file.id} and used_at is null`
      if (count === 0) return 'overtaken'
    }
    const { count } = await tx`insert into files (id, tenant, name, kind, size, sha256, identity, command, created_at)
      select ${file.id}, ${file.tenant}, ${file.name}, ${file.kind}, ${file.size}, ${file.sha256}, ${file.identity ?? null}, ${file.command ?? null}, at_ms(${file.createdAt})
      where (select count(*) from file_chunks where file = ${file.id}) = ${chunks}`
    if (count === 0) throw new Error('pieces of this file were removed before it was complete')
    if (ticket !== undefined) await insertEvents(tx, [fileEvent(file)])
    return file
  })

/** The same bytes in pieces of one size, the last one smaller. */
async function* inChunks(content: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = []
  let length = 0
  for await (const bytes of content) {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + chunkBytes - length)
      held.push(part)
      length += part.length
      at += part.length
      if (length < chunkBytes) continue
      yield Buffer.concat(held)
      held = []
      length = 0
    }
  }
  if (length > 0) yield Buffer.concat(held)
}
