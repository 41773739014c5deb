import type { Connection, Listen } from '../../core/ports/gateway.ts'
import { apologise, Hearing, isForChargePoints, knock, type Refusal, respond } from './door.ts'

/** Deno pings a socket that has been quiet this long by itself, and closes it after as long again without an answer. */
const quietS = 60

/** Sum of all header names and values; Deno itself draws the line much later. */
const mostHeaderBytes = 16_384

/** How long a peer may take to answer a close frame before the gateway is told that the socket is over. */
const closeMs = 10_000

/**
 * Sockets on Deno. What it does not let us do: ping (its own, after `quietS`, takes the place of ours, and `ping`
 * reports a pong for as long as Deno holds the peer to be alive); drop a socket without a close frame; stop listening
 * without dropping all sockets (a paused door answers 503 instead); cut a peer that sends its headers slowly (put a
 * proxy before it); compress (it takes up no offer of permessage-deflate, as RFC 7692 allows: every socket is plain).
 * Messages arrive whole, whatever their size; the limit is checked after.
 * `reusePort` needs `deno run --unstable-net`.
 */
export const listen: Listen = async (gateway, options) => {
  const secure = options.tls !== undefined
  const sockets = new Set<WebSocket>()
  const stopping = new AbortController()
  let paused = false

  const upgrade = async (request: Request, target: string, info: Deno.ServeHandlerInfo): Promise<Response> => {
    const header = (name: string): string | undefined => request.headers.get(name) ?? undefined
    // the signal is wired up by being looked at; after the peer has left it would be too late
    const { method, signal } = request
    const admission = await knock(gateway, { target, method, header, peer: peerOf(info), secure })
    if (!admission.admitted) return respond(admission)
    const hearing = new Hearing(gateway, admission.seat, options.maxMessageBytes)
    try {
      // for a peer that left while it was being admitted there would be no open, and no close either
      signal.throwIfAborted()
      const { socket, response } = Deno.upgradeWebSocket(request, {
        ...(admission.protocol !== undefined && { protocol: admission.protocol }),
        idleTimeout: quietS,
      })
      sockets.add(socket)
      socket.addEventListener('open', () => hearing.opened(connectionOf(socket, hearing)))
      socket.addEventListener('message', ({ data }) =>
        typeof data === 'string' ? hearing.text(data) : hearing.binary(),
      )
      socket.addEventListener('error', () => {})
      socket.addEventListener('close', ({ code }) => {
        sockets.delete(socket)
        hearing.closed(code === 0 ? 1006 : code)
      })
      return response
    } catch {
      hearing.closed(1006)
      return new Response(null, { status: 400 })
    }
  }

  const server = Deno.serve(
    {
      hostname: options.hostname,
      port: options.port,
      reusePort: options.reusePort,
      ...(options.tls && { cert: options.tls.cert, key: options.tls.key }),
      tcpBacklog: 4096,
      signal: stopping.signal,
      onListen: () => {},
      onError: apologise,
    },
    (request, info) => {
      if (paused) return respond(closedForNow)
      if (headerBytes(request.headers) > mostHeaderBytes) return new Response(null, { status: 431 })
      const target = targetOf(request)
      return isForChargePoints(target) ? upgrade(request, target, info) : options.http(request, peerOf(info))
    },
  )
  const { port } = server.addr as Deno.NetAddr
  return {
    url: new URL(`http${secure ? 's' : ''}://${options.hostname}:${port}/`),
    pause: async () => void (paused = true),
    async stop() {
      for (const socket of sockets) socket.close(1001, 'server stops')
      stopping.abort()
      await server.finished.catch(() => {})
    },
  }
}

const closedForNow: Refusal = {
  admitted: false,
  status: 503,
  headers: { 'retry-after': '5', connection: 'close' },
  reason: 'not taking connections',
}

const peerOf = ({ remoteAddr }: Deno.ServeHandlerInfo): string => ('hostname' in remoteAddr ? remoteAddr.hostname : '')

const connectionOf = (socket: WebSocket, hearing: Hearing): Connection => {
  const close = (code?: number, reason?: string): void => {
    if (socket.readyState !== WebSocket.OPEN) return
    socket.close(code, reason)
    setTimeout(() => hearing.closed(1006), closeMs)
  }
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text)
      return socket.bufferedAmount
    },
    ping: () => socket.readyState === WebSocket.OPEN && hearing.pong(),
    close,
    terminate: () => close(),
  }
}

const headerBytes = (headers: Headers): number => {
  let bytes = 0
  for (const [name, value] of headers) bytes += name.length + value.length + 4
  return bytes
}

/** The request target out of Deno's URL, which is the Host header put before it unless it came as a whole URL. */
const targetOf = ({ url, headers }: Request): string => {
  const origin = `${url.slice(0, url.indexOf('://'))}://${headers.get('host') ?? ''}`
  return url.startsWith(`${origin}/`) ? url.slice(origin.length) : url
}
