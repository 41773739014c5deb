import type { Connection, Link, Listen } from '../../core/ports/gateway.ts'
import { isForChargePoints, isTooLong, knock, respond } from './door.ts'

/**
 * Sockets on Deno. Its WebSocket has no ping of its own: the runtime pings by itself (`idleTimeout`) and closes a
 * socket that does not answer. Messages arrive whole, whatever their size; the limit is checked after.
 */
export const listen: Listen = async (gateway, options) => {
  const stopping = new AbortController()
  const sockets = new Set<WebSocket>()
  const server = Deno.serve(
    {
      hostname: options.hostname,
      port: options.port,
      ...(options.reusePort && { reusePort: true }),
      ...(options.tls && { cert: options.tls.cert, key: options.tls.key }),
      signal: stopping.signal,
      onListen: () => {},
      onError: () => new Response(null, { status: 500 }),
    },
    async (request, info) => {
      const peer = 'hostname' in info.remoteAddr ? info.remoteAddr.hostname : ''
      const target = request.url
      if (!isForChargePoints(target)) return options.http(request, peer)
      const admission = await knock(gateway, {
        target,
        method: request.method,
        header: (name) => request.headers.get(name) ?? undefined,
        peer,
        secure: options.tls !== undefined,
      })
      if (!admission.admitted) return respond(admission)
      const { seat, protocol } = admission
      const { socket, response } = Deno.upgradeWebSocket(request, { protocol, idleTimeout: 60 })
      sockets.add(socket)
      let link: Link | undefined
      socket.addEventListener('open', () => {
        const connection: Connection = {
          send: (text) => {
            if (socket.readyState === WebSocket.OPEN) socket.send(text)
            return socket.bufferedAmount
          },
          // Deno's own ping keeps the socket's promise: what it hears counts as heard
          ping: () => link !== undefined && socket.readyState === WebSocket.OPEN && gateway.ponged(link),
          close: (code, reason) => socket.close(code, reason),
          terminate: () => socket.close(),
        }
        link = gateway.opened(seat, connection)
      })
      socket.addEventListener('message', ({ data }) => {
        if (link === undefined) return
        if (typeof data !== 'string') return gateway.heardBinary(link)
        if (isTooLong(data, options.maxMessageBytes)) return socket.close(1009, 'message is too long')
        gateway.heard(link, data)
      })
      socket.addEventListener('close', ({ code }) => {
        sockets.delete(socket)
        if (link !== undefined) gateway.closed(link, code)
      })
      socket.addEventListener('error', () => {})
      return response
    },
  )
  const { port } = server.addr as Deno.NetAddr
  return {
    url: new URL(`http${options.tls ? 's' : ''}://${options.hostname}:${port}/`),
    pause: async () => void server.shutdown().catch(() => {}),
    async stop() {
      for (const socket of sockets) socket.close()
      stopping.abort()
      await server.finished.catch(() => {})
    },
  }
}
