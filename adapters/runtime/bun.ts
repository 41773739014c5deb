import type { Connection, Listen } from '../../core/ports/gateway.ts'
import { widenBacklog } from './backlog.ts'
import { compressFrom, extensions, takenOffer } from './deflate.ts'
import { apologise, Hearing, headRoom, knock, respond } from './door.ts'

/** Seconds without a byte until the peer is cut: first for its request, then for our answer (server-sent events beat). */
const quietS = { request: 10, answer: 255 }

const lingerMs = 10_000

/** A station that does not read: beyond this the socket is closed, for Bun would drop single frames instead. */
const mostWaitingBytes = 16 * 1024 * 1024

/**
 * One compressor and one for the way back serve all sockets, and forget each message after it: a socket that compresses
 * takes no more memory than another. Their window is the longest there is, so who asks for a smaller one is served plain.
 */
const deflate = { settings: { compress: 'shared', decompress: 'shared' }, serverBits: 15 } as const

/**
 * Sockets on Bun: uWebSockets underneath. It resolves dots in `request.url`, so that only its routes see the path as it
 * came (what the gateway gets has none), and refuses `GET ws://host/…` with 400 before we hear of it.
 */
export const listen: Listen = async (gateway, options) => {
  const secure = options.tls !== undefined

  const upgrade = async (request: Request, server: Bun.Server<Hearing>): Promise<Response | undefined> => {
    server.timeout(request, quietS.answer)
    const admission = await knock(gateway, {
      target: targetOf(request.url),
      method: request.method,
      header: (name) => request.headers.get(name) ?? undefined,
      peer: server.requestIP(request)?.address ?? '',
      secure,
    })
    if (!admission.admitted) return respond(admission)
    const hearing = new Hearing(gateway, admission.seat, options.maxMessageBytes)
    const { protocol } = admission
    const headers = protocol === undefined ? {} : { 'sec-websocket-protocol': protocol }
    // where we name none Bun would name the first one offered
    if (protocol === undefined) request.headers.delete('sec-websocket-protocol')
    // and it would take up whatever is offered
    const offer =
      admission.compress === true ? takenOffer(request.headers.get(extensions), deflate.serverBits) : undefined
    if (offer === undefined) request.headers.delete(extensions)
    else request.headers.set(extensions, offer.text)
    if (server.upgrade(request, { data: hearing, headers })) return undefined
    hearing.closed(1006)
    return new Response(null, { status: 400 })
  }

  const server = Bun.serve<Hearing>({
    hostname: options.hostname,
    port: options.port,
    reusePort: options.reusePort,
    ...(options.tls && { tls: options.tls }),
    idleTimeout: quietS.request,
    // how much is too much is the application's business, which reads bodies as they come
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    development: false,
    routes: { '/ocpp': upgrade, '/ocpp/*': upgrade, '//ocpp': upgrade, '//ocpp/*': upgrade },

    fetch(request, server) {
      server.timeout(request, quietS.answer)
      if (request.url.startsWith('/')) return new Response('Host is invalid\n', { status: 400 })
      return options.http(request, server.requestIP(request)?.address ?? '')
    },
    error: apologise,

    websocket: {
      maxPayloadLength: headRoom(options.maxMessageBytes),
      idleTimeout: 0, // silence is the gateway's business
      sendPings: false,
      perMessageDeflate: deflate.settings,
      backpressureLimit: mostWaitingBytes,
      closeOnBackpressureLimit: true,
      open: (socket) => socket.data.opened(new BunConnection(socket)),
      message: (socket, data) => (typeof data === 'string' ? socket.data.text(data) : socket.data.binary()),
      pong: (socket) => socket.data.pong(),
      ping: (socket) => socket.data.ping(),
      close: (socket, code) => socket.data.closed(code),
    },
  })
  await widenBacklog(server.port ?? options.port)
  return {
    url: new URL(server.url),
    pause: async () => void server.stop(false),
    stop: () => server.stop(true),
  }
}

/** A class, because each socket has one: four closures would take six times the memory. */
class BunConnection implements Connection {
  readonly #socket: Bun.ServerWebSocket<Hearing>

  constructor(socket: Bun.ServerWebSocket<Hearing>) {
    this.#socket = socket
  }

  send(text: string): number {
    // where it was not negotiated Bun compresses nothing
    return this.#socket.sendText(text, text.length >= compressFrom) > 0 ? 0 : this.#socket.getBufferedAmount()
  }

  ping(): void {
    this.#socket.ping()
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason)
    // a peer that never answers the close would keep its descriptor for ever
    setTimeout(() => this.#socket.readyState !== WebSocket.CLOSED && this.#socket.terminate(), lingerMs).unref()
  }

  terminate(): void {
    this.#socket.terminate()
  }
}

/** The request target out of Bun's URL, which is absolute unless the Host header is unfit for one. */
const targetOf = (url: string): string => (url.startsWith('/') ? url : url.slice(url.indexOf('/', 8)))
