import { AsyncLocalStorage } from 'node:async_hooks'
import type { StoredFile } from '../../core/domain/file.ts'
import type { FileStore } from '../../core/ports/files.ts'
import { Problem } from './problem.ts'

/**
 * A file as an answer: whole, or the part that is asked for (RFC 9110 §14). Shown by no browser, kept by no cache. On Bun
 * a GET of more than one piece says no Content-Length but comes in chunks (oven-sh/bun#10507); its HEAD says it.
 */
export const contentOf = (store: FileStore, file: StoredFile, request: Request): Response => {
  const etag = `"${file.sha256}"`
  const wanted = rangeOf(request.headers, etag, file.size)
  if (wanted === 'unsatisfiable')
    throw new Problem(416, 'there is no such part', { headers: { 'content-range': `bytes */${file.size}` } })
  const { from, to } = wanted ?? { from: 0, to: file.size }
  const headers = {
    'content-type': 'application/octet-stream',
    'content-length': String(to - from),
    'content-disposition': `attachment; filename="${plain(file.name)}"; filename*=UTF-8''${percented(file.name)}`,
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-store',
    etag,
    ...(wanted && { 'content-range': `bytes ${from}-${to - 1}/${file.size}` }),
  }
  const body = request.method === 'HEAD' ? null : streamOf(store.read(file, { from, to }))
  return new Response(body, { status: wanted ? 206 : 200, headers })
}

interface Range {
  readonly from: number
  readonly to: number
}

/** One part; several at once, another unit, or a part of an older file are answered with the whole, as the standard allows. */
const rangeOf = (headers: Headers, etag: string, size: number): Range | 'unsatisfiable' | undefined => {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.get('range')?.trim() ?? '') ?? []
  if (first === '' && last === '') return undefined
  if ((headers.get('if-range') ?? etag) !== etag) return undefined
  const from = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const to = first === '' || last === '' ? size : Math.min(size, Number(last) + 1)
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined
  return from < to ? { from, to } : 'unsatisfiable'
}

const plain = (name: string): string => name.replaceAll(/[^ -~]|["\\%]/g, '_')

/** RFC 8187 §3.2.1. */
const percented = (name: string): string =>
  encodeURIComponent(name).replaceAll(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

/**
 * Read as it is sent: who goes away in the middle is read for no longer. The sending is the runtime's own doing; what is read
 * is read under the sight of whoever asked.
 */
export const streamOf = (source: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> => {
  const iterator = source[Symbol.asyncIterator]()
  const asBefore = AsyncLocalStorage.snapshot()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await asBefore(() => iterator.next())
      if (done === true) controller.close()
      else controller.enqueue(value)
    },
    cancel: async () => void (await iterator.return?.()),
  })
}

/** Many small texts as few pieces of bytes. */
export const inPieces = async function* (texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  let piece = ''
  for await (const text of texts) {
    piece += text
    if (piece.length < 65_536) continue
    yield new TextEncoder().encode(piece)
    piece = ''
  }
  yield new TextEncoder().encode(piece)
}
