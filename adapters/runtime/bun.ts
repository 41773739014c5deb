import type { Connection, Link, Listen, Seat } from '../../core/ports/gateway.ts'
import { headRoom, isForChargePoints, isTooLong, knock, respond } from './door.ts'

interface Data {
  readonly seat: Seat
  link?: Link
}

/** Sockets on Bun: uWebSockets underneath. Oversize beyond the head-room is dropped by it without a close frame. */
export const listen: Listen = async (gateway, options) => {
  const server = Bun.serve<Data>({
    hostname: options.hostname,
    port: options.port,
    reusePort: options.reusePort,
    ...(options.tls && { tls: options.tls }),
    idleTimeout: 0,

    async fetch(request, server) {
      const peer = server.requestIP(request)?.address ?? ''
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
      if (server.upgrade(request, { data: { seat }, headers: { 'sec-websocket-protocol': protocol } })) return undefined
      gateway.abandoned(seat)
      return new Response(null, { status: 400 })
    },

    websocket: {
      maxPayloadLength: headRoom(options.maxMessageBytes),
      idleTimeout: 960,
      sendPings: false,
      perMessageDeflate: false,
      backpressureLimit: 4 * 1024 * 1024,
      open(socket) {
        const connection: Connection = {
          send: (text) => {
            const sent = socket.sendText(text)
            return sent === -1 ? socket.getBufferedAmount() : 0
          },
          ping: () => void socket.ping(),
          close: (code, reason) => socket.close(code, reason),
          terminate: () => socket.terminate(),
        }
        socket.data.link = gateway.opened(socket.data.seat, connection)
      },
      message(socket, message) {
        const { link } = socket.data
        if (link === undefined) return
        if (typeof message !== 'string') return gateway.heardBinary(link)
        if (isTooLong(message, options.maxMessageBytes)) return socket.close(1009, 'message is too long')
        gateway.heard(link, message)
      },
      pong(socket) {
        if (socket.data.link !== undefined) gateway.ponged(socket.data.link)
      },
      close(socket, code) {
        if (socket.data.link !== undefined) gateway.closed(socket.data.link, code)
      },
    },
  })
  return {
    url: new URL(server.url),
    pause: async () => void server.stop(false),
    stop: () => server.stop(true),
  }
}
