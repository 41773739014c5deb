import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { availableParallelism } from 'node:os'
import type { Duplex } from 'node:stream'
import { type PerMessageDeflateOptions, type WebSocket, WebSocketServer } from 'ws'
import type { Connection, Listen, UpgradeRequest } from '../../core/ports/gateway.ts'
import { compressFrom, extensions, type Offer, takenOffer } from './deflate.ts'
import { Hearing, headRoom, isForChargePoints, knock, respond } from './door.ts'
import { serveFetch } from './fetched.ts'

/**
 * Milliseconds a peer may take for what; `connectionsCheckingInterval` is how often Node looks. A file may come over a
 * slow line for an hour, but one that says nothing is cut.
 */
const patience = { headersTimeout: 10_000, requestTimeout: 3_600_000, connectionsCheckingInterval: 2_000 }
const quietMs = 255_000

/** A text in more pieces is no station's (BI-23); `ws` closes with 1008. */
const mostFragments = 64

/**
 * Log2 of the window, either way, and bytes that zlib hands out at a time: `ws` keeps both for each socket from its first
 * compressed message on. What is left is some 15 KB of a socket that has heard one, and 80 KB more of one that has been
 * told one: Node's zlib looks matches up in a table of 64 KB, whatever `memLevel` says.
 */
const deflate = { bits: 10, chunkSize: 4_096 }

const deflateSettings: PerMessageDeflateOptions = {
  threshold: compressFrom,
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
  serverMaxWindowBits: deflate.bits,
  zlibDeflateOptions: { memLevel: 1, chunkSize: deflate.chunkSize },
  zlibInflateOptions: { chunkSize: deflate.chunkSize },
  // of all sockets together
  concurrencyLimit: availableParallelism(),
}

/** Sockets on Node (24 or newer), with `ws` for the frames. It sees the request target exactly as it came. */
export const listen: Listen = async (gateway, options) => {
  const secure = options.tls !== undefined
  const sockets = new Set<Duplex>()
  const chosen = new WeakMap<IncomingMessage, string>()
  const framing = (perMessageDeflate: PerMessageDeflateOptions | false): WebSocketServer =>
    new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate,
      maxPayload: headRoom(options.maxMessageBytes),
      maxFragments: mostFragments,
      // the gateway has chosen already; `ws` would take the first one offered
      handleProtocols: (_, request) => chosen.get(request) ?? false,
    })
  const plain = framing(false)
  const compressed = framing(deflateSettings)
  const compressedSmall = framing({ ...deflateSettings, clientMaxWindowBits: deflate.bits })
  /** The window of a client is asked for only where it says that it can be: `ws` refuses the others with 400. */
  const framesFor = (offer: Offer | undefined): WebSocketServer => {
    if (offer === undefined) return plain
    return (offer.clientBits ?? 0) < deflate.bits ? compressed : compressedSmall
  }

  const upgrade = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    socket.on('error', () => socket.destroy())
    const admission = await knock(gateway, upgradeOf(request, secure))
    if (!admission.admitted) return refuse(socket, respond(admission))
    const hearing = new Hearing(gateway, admission.seat, options.maxMessageBytes)
    if (admission.protocol !== undefined) chosen.set(request, admission.protocol)
    const offer = admission.compress === true ? takenOffer(request.headers[extensions], deflate.bits) : undefined
    // the offers that are not taken up are not shown to `ws`, which answers 400 to what it does not know
    request.headers[extensions] = offer?.text
    let isOpen = false
    framesFor(offer).handleUpgrade(request, socket, head, (ws) => {
      isOpen = true
      ws.on('message', (data, isBinary) => (isBinary ? hearing.binary() : hearing.text((data as Buffer).toString())))
      ws.on('pong', () => hearing.pong())
      ws.on('ping', () => hearing.ping())
      ws.on('error', () => {})
      ws.on('close', (code) => hearing.closed(code))
      hearing.opened(connectionOf(ws))
    })
    if (!isOpen) hearing.closed(1006)
  }

  const answer = (request: IncomingMessage, response: ServerResponse): Promise<void> =>
    serveFetch({ request, response, secure }, async (asked) => {
      if (!isForChargePoints(request.url ?? '/')) return options.http(asked, request.socket.remoteAddress ?? '')
      const admission = await knock(gateway, upgradeOf(request, secure))
      if (!admission.admitted) return respond(admission)
      gateway.abandoned(admission.seat)
      return new Response(null, { status: 426 })
    })

  const settings = {
    ...patience,
    maxHeaderSize: 16_384,
    shouldUpgradeCallback: (request: IncomingMessage) => isForChargePoints(request.url ?? '/'),
  }
  const server = options.tls
    ? createTlsServer({ ...options.tls, ...settings, handshakeTimeout: 10_000 })
    : createServer(settings)
  // `ws` takes the time limit off the sockets that it gets
  server.setTimeout(quietMs)
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('request', (request, response) => void answer(request, response).catch(() => response.destroy()))
  server.on('upgrade', (request, socket, head) => void upgrade(request, socket, head).catch(() => socket.destroy()))

  await new Promise<void>((go, fail) => {
    server.once('error', fail)
    server.listen({ host: options.hostname, port: options.port, backlog: 4096, reusePort: options.reusePort }, go)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: new URL(`http${secure ? 's' : ''}://${options.hostname}:${port}/`),
    pause: async () => void server.close(),
    stop: () =>
      new Promise<void>((go) => {
        server.close(() => go())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

const connectionOf = (ws: WebSocket): Connection => ({
  send: (text) => {
    ws.send(text, () => {})
    return ws.bufferedAmount
  },
  ping: () => ws.ping(undefined, undefined, () => {}),
  close: (code, reason) => ws.close(code, reason),
  terminate: () => ws.terminate(),
})

const upgradeOf = (request: IncomingMessage, secure: boolean): UpgradeRequest => ({
  target: request.url ?? '/',
  method: request.method ?? 'GET',
  header: (name) => request.headersDistinct[name.toLowerCase()]?.join(', '),
  peer: request.socket.remoteAddress ?? '',
  secure,
})

/** On an upgrade Node hands over the bare socket: the response is written by hand. */
const refuse = async (socket: Duplex, answer: Response): Promise<void> => {
  const body = await answer.text()
  const headers = [...answer.headers, ['content-length', `${Buffer.byteLength(body)}`], ['connection', 'close']]
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
  socket.end(`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\n${lines}\r\n${body}`)
  // a peer that does not hang up in turn is cut
  setTimeout(() => socket.destroy(), 10_000).unref()
}
