import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Mishap } from '../contracts/erp.ts'

/** A request as it came, whole. */
export interface HeardRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export interface GivenAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface HttpReceiver {
  readonly url: string
  /** The next request that brings something goes wrong like this, once. */
  readonly next: (mishap: Mishap) => void
  /** Connections to where a redirect has led. */
  readonly elsewhere: () => number
  readonly close: () => Promise<void>
}

interface Options {
  /** What an honest receiver does with a request, and answers. */
  readonly answer: (request: HeardRequest) => GivenAnswer
  /** Whether a request brings something; only these go wrong. */
  readonly brings?: (request: HeardRequest) => boolean
}

const slowMs = 1_500

/** An HTTP/1.1 server on bare sockets, which can go wrong where a well-made one could not. */
export const startHttpReceiver = async ({ answer, brings = () => true }: Options): Promise<HttpReceiver> => {
  let mishap: Mishap | undefined
  let strayed = 0
  const sockets = new Set<Socket>()
  const elsewhere = await listening((socket) => {
    strayed++
    socket.destroy()
  })

  const heard = (socket: Socket, request: HeardRequest): void => {
    const wrong = brings(request) ? mishap : undefined
    if (wrong !== undefined) mishap = undefined
    if (wrong === undefined) return write(socket, answer(request))
    if (wrong === 'busy') return write(socket, { status: 429, headers: { 'retry-after': '2' } })
    if (wrong === 'broken') return write(socket, { status: 500, body: 'out of memory' })
    if (wrong === 'redirect')
      return write(socket, { status: 307, headers: { location: `http://127.0.0.1:${portOf(elsewhere)}/` } })
    const { status, body = '' } = answer(request)
    if (wrong === 'resetAfter') socket.resetAndDestroy()
    else if (wrong === 'brokenAfter') write(socket, { status: 500, body: 'out of memory' })
    else if (wrong === 'wrongBody') write(socket, { status, body: '<html>Welcome!</html>' })
    else if (wrong === 'slow') setTimeout(() => write(socket, { status, body }), slowMs)
    else if (wrong === 'truncated') {
      socket.write(`HTTP/1.1 ${status} X\r\ncontent-length: ${body.length + 50}\r\n\r\n${body.slice(0, -1)}`)
      setTimeout(() => socket.destroy(), 20)
    } else {
      socket.write(`HTTP/1.1 ${status} X\r\ncontent-length: 1000000000\r\n\r\n`)
      flood(socket)
    }
  }

  const server = await listening((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    if (mishap === 'resetBefore') {
      mishap = undefined
      return void socket.resetAndDestroy()
    }
    let bytes = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      const request = requestIn(bytes)
      if (request === undefined) return
      bytes = Buffer.alloc(0)
      heard(socket, request)
    })
  })
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    next: (wanted) => void (mishap = wanted),
    elsewhere: () => strayed,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await Promise.all([closed(server), closed(elsewhere)])
    },
  }
}

const requestIn = (bytes: Buffer): HeardRequest | undefined => {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const [method = '', path = ''] = first.split(' ')
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
  const body = bytes.subarray(end + 4)
  return body.length < Number(headers['content-length'] ?? 0) ? undefined : { method, path, headers, body }
}

const write = (socket: Socket, { status, headers = {}, body = '' }: GivenAnswer): void => {
  const lines = Object.entries({ 'content-length': String(Buffer.byteLength(body)), connection: 'close', ...headers })
  socket.end(`HTTP/1.1 ${status} X\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`)
}

const flood = (socket: Socket): void => {
  if (socket.destroyed) return
  socket.write('x'.repeat(16_384))
  setTimeout(() => flood(socket), 1)
}

const listening = (heard: (socket: Socket) => void): Promise<Server> =>
  new Promise((go) => {
    const server = createServer(heard)
    server.listen(0, '127.0.0.1', () => go(server))
  })
const portOf = (server: Server): number => (server.address() as AddressInfo).port
const closed = (server: Server): Promise<void> =>
  new Promise((go) => {
    server.close(() => go())
  })
