import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Connection, Listen, ListenOptions } from '../../core/ports/gateway.ts'
import { headRoom, isForChargePoints, isTooLong, knock, type Refusal, respond } from './door.ts'

/** Sockets on Node (24 or newer), with `ws` for the frames. */
export const listen: Listen = async (gateway, options) => {
  const limits = { maxHeaderSize: 16_384, headersTimeout: 10_000, requestTimeout: 30_000 }
  const server = options.tls
    ? createTlsServer({ ...options.tls, ...limits, handshakeTimeout: 10_000 })
    : createServer(limits)
  const frames = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: headRoom(options.maxMessageBytes),
    clientTracking: true,
  })

  const headerOf =
    (request: IncomingMessage) =>
    (name: string): string | undefined => {
      const value = request.headers[name]
      return Array.isArray(value) ? value.join(', ') : value
    }
  const upgradeOf = (request: IncomingMessage) => ({
    target: request.url ?? '/',
    method: request.method ?? 'GET',
    header: headerOf(request),
    peer: request.socket.remoteAddress ?? '',
    secure: options.tls !== undefined,
  })

  server.on('request', (request, response) => {
    const target = request.url ?? '/'
    const answer = isForChargePoints(target)
      ? knock(gateway, upgradeOf(request)).then((admission) =>
          admission.admitted ? new Response(null, { status: 426 }) : respond(admission),
        )
      : fetched(request, response, options)
    answer.then((found) => reply(response, found)).catch(() => response.destroy())
  })

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    if (!isForChargePoints(request.url ?? '/'))
      return refuse(socket, { admitted: false, status: 404, reason: 'no socket here', headers: {} })
    void knock(gateway, upgradeOf(request)).then(
      (admission) => {
        if (!admission.admitted) return refuse(socket, admission)
        const { seat, protocol } = admission
        // `ws` would choose the first offer; the gateway has chosen already
        request.headers['sec-websocket-protocol'] = protocol
        frames.handleUpgrade(request, socket, head, (ws) => {
          const connection: Connection = {
            send: (text) => {
              ws.send(text, ignore)
              return ws.bufferedAmount
            },
            ping: () => ws.ping(undefined, undefined, ignore),
            close: (code, reason) => ws.close(code, reason),
            terminate: () => ws.terminate(),
          }
          const link = gateway.opened(seat, connection)
          ws.on('message', (data: Buffer, isBinary) => {
            if (isBinary) return gateway.heardBinary(link)
            const text = data.toString('utf8')
            if (isTooLong(text, options.maxMessageBytes)) return ws.close(1009, 'message is too long')
            return gateway.heard(link, text)
          })
          ws.on('pong', () => gateway.ponged(link))
          ws.on('close', (code) => gateway.closed(link, code))
          ws.on('error', ignore)
        })
      },
      () => socket.destroy(),
    )
  })

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(
      { host: options.hostname, port: options.port, backlog: 4096, ...(options.reusePort && { reusePort: true }) },
      () => resolve(),
    )
  })
  const { port } = server.address() as AddressInfo
  return {
    url: new URL(`http${options.tls ? 's' : ''}://${options.hostname}:${port}/`),
    pause: async () => void server.close(),
    async stop() {
      for (const ws of frames.clients) ws.terminate()
      server.closeAllConnections()
      await new Promise<void>((go) => void server.close(() => go()))
    },
  }
}

const ignore = (): void => {}

const refuse = (socket: Duplex, refusal: Refusal): void => {
  const headers = Object.entries({
    'content-type': 'text/plain; charset=utf-8',
    connection: 'close',
    ...refusal.headers,
  })
  const body = `${refusal.reason}\n`
  socket.end(
    `HTTP/1.1 ${refusal.status} Refused\r\n${headers.map(([k, v]) => `${k}: ${v}`).join('\r\n')}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

/** A request of Node's as the fetch API's, so that one application serves all runtimes. */
const fetched = async (
  request: IncomingMessage,
  response: ServerResponse,
  options: ListenOptions,
): Promise<Response> => {
  const left = new AbortController()
  response.on('close', () => left.abort())
  const method = request.method ?? 'GET'
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers))
    for (const one of [value ?? []].flat()) headers.append(name, one)
  const url = new URL(request.url ?? '/', `http${options.tls ? 's' : ''}://${request.headers.host ?? 'localhost'}`)
  const body = method === 'GET' || method === 'HEAD' ? null : (Readable.toWeb(request) as unknown as ReadableStream)
  return options.http(
    new Request(url, { method, headers, body, signal: left.signal, ...(body && { duplex: 'half' }) } as RequestInit),
    request.socket.remoteAddress ?? '',
  )
}

const reply = async (response: ServerResponse, found: Response): Promise<void> => {
  response.writeHead(found.status, Object.fromEntries(found.headers))
  const reader = found.body?.getReader()
  if (reader === undefined) return void response.end()
  response.on('close', () => void reader.cancel().catch(ignore))
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return void response.end()
    if (!response.write(value)) await new Promise<void>((go) => response.once('drain', go).once('close', go))
  }
}
