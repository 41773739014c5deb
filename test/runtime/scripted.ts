import type { Admission, Connection, Gateway, Link, Listen, Seat, UpgradeRequest } from '../../core/ports/gateway.ts'

/** What the scripted gateway and application have seen so far. */
export interface Seen {
  readonly admitted: number
  readonly opened: number
  readonly abandoned: number
  /** Close codes in the order they came. */
  readonly closed: readonly number[]
  readonly heard: number
  readonly binaries: number
  readonly pings: number
  /** Server-sent event streams whose reader went away. */
  readonly streamsLeft: number
  /** Bytes that waited in user space when the last flood met backpressure; 0 = it never did. */
  readonly waited: number
  /** Most memory that its process has had so far, in bytes. */
  readonly peakBytes: number
}

/** A listener with a scripted gateway behind it, driven over its URL and by these commands. */
export interface Peer {
  readonly url: URL
  tell(command: 'seen' | 'pause' | 'stop'): Promise<Seen>
}

/** What a peer is started with; `port` 0 = any. */
export interface PeerOptions {
  readonly port?: number
  readonly tls?: { readonly cert: string; readonly key: string }
  readonly maxMessageBytes?: number
}

interface ScriptedSeat extends Seat {
  readonly request: Pick<UpgradeRequest, 'target' | 'peer' | 'secure'>
}

interface ScriptedLink extends Link {
  readonly seat: ScriptedSeat
  readonly connection: Connection
}

const spoken = ['ocpp2.1', 'ocpp2.0.1', 'ocpp1.6']

const refusals: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  401: { 'www-authenticate': 'Basic realm="ocpp"' },
  429: { 'retry-after': '20' },
  503: { 'retry-after': '7' },
}

/** The last part of the path says how it behaves; everything unheard of echoes. Text frames may be orders. */
class ScriptedGateway implements Gateway {
  admitted = 0
  opens = 0
  abandons = 0
  hearings = 0
  binaries = 0
  pings = 0
  waited = 0
  readonly codes: number[] = []

  async admit(request: UpgradeRequest): Promise<Admission> {
    const identity = request.target.split('?', 1)[0]?.split('/').at(-1) ?? ''
    const status = /^refuse-(\d+)$/.exec(identity)?.[1]
    if (status !== undefined)
      return { admitted: false, status: Number(status), headers: refusals[status] ?? {}, reason: `refused ${status}` }
    if (identity === 'host')
      return { admitted: false, status: 404, headers: {}, reason: `asked for ${request.header('Host') ?? 'none'}` }
    if (identity === 'admit-throws') throw new Error('scripted: admit')
    if (identity === 'slow') await new Promise((go) => setTimeout(go, 400))
    const offered = (request.header('Sec-WebSocket-Protocol') ?? '').split(',').map((one) => one.trim())
    const protocol = offered.find((one) => spoken.includes(one))
    if (protocol === undefined && identity !== 'without-protocol')
      return { admitted: false, status: 400, headers: {}, reason: 'no sub-protocol of ours' }
    this.admitted++
    const { target, peer, secure } = request
    const seat: ScriptedSeat = { identity, request: { target, peer, secure } }
    const compress = protocol?.startsWith('ocpp2.') ?? false
    return { admitted: true, ...(protocol !== undefined && { protocol }), compress, seat }
  }

  opened(seat: ScriptedSeat, connection: Connection): Link {
    this.opens++
    if (seat.identity === 'opened-throws') throw new Error('scripted: opened')
    if (seat.identity === 'close-1008') connection.close(1008, 'scripted')
    if (seat.identity === 'terminate-at-once') connection.terminate()
    const link: ScriptedLink = { identity: seat.identity, seat, connection }
    return link
  }

  abandoned(): void {
    this.abandons++
  }

  heard({ seat, connection }: ScriptedLink, text: string): void {
    this.hearings++
    const [order, ...words] = text.split(' ')
    if (order === 'seat') connection.send(JSON.stringify(seat.request))
    else if (order === 'ping') connection.ping()
    else if (order === 'close') connection.close(Number(words[0]), words.slice(1).join(' '))
    else if (order === 'terminate') connection.terminate()
    else if (order === 'throw') throw new Error('scripted: heard')
    else if (order === 'flood') this.waited = flood(connection, Number(words[0]))
    else if (order === 'close-then-use') useAfterClose(connection)
    else connection.send(text)
  }

  heardBinary({ connection }: ScriptedLink): void {
    this.binaries++
    connection.close(1003, 'OCPP-J is text')
  }

  ponged({ connection }: ScriptedLink): void {
    connection.send('ponged')
  }

  pinged(): void {
    this.pings++
  }

  closed(_link: Link, code: number): void {
    this.codes.push(code)
  }
}

/** Sends until something waits in user space; answers how much then waited (0 = it never did). */
const flood = (connection: Connection, frames: number): number => {
  const frame = 'x'.repeat(64 * 1024)
  for (let sent = 0; sent < frames; sent++) {
    const waiting = connection.send(frame)
    if (waiting > 0) return waiting
  }
  return 0
}

/** None of these may throw: the 1000 that the client sees is the proof, a throw would have made it 1011. */
const useAfterClose = (connection: Connection): void => {
  connection.close(1000, 'first')
  connection.close(1001, 'second')
  connection.send('too late')
  connection.ping()
}

/** Everything outside `/ocpp`, as the API and the console would be. */
const application =
  (streamLeft: () => void) =>
  (request: Request, peer: string): Response | Promise<Response> => {
    const { pathname } = new URL(request.url)
    if (pathname === '/echo')
      return new Response(request.body, { status: 201, headers: { 'x-method': request.method, 'x-peer': peer } })
    if (pathname === '/cookies')
      return new Response('two', {
        headers: [
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
        ],
      })
    if (pathname === '/host') return new Response(`asked for ${request.headers.get('host') ?? 'none'}\n`)
    if (pathname === '/throws') throw new Error('scripted: application')
    if (pathname === '/rejects') return Promise.reject(new Error('scripted: application'))
    if (pathname === '/sse')
      return new Response(beats(streamLeft), { headers: { 'content-type': 'text/event-stream' } })
    return new Response(`application ${pathname}`, { status: 404 })
  }

const beats = (streamLeft: () => void): ReadableStream<Uint8Array> => {
  let count = 0
  let timer: ReturnType<typeof setInterval> | undefined
  return new ReadableStream({
    start(controller) {
      timer = setInterval(() => controller.enqueue(new TextEncoder().encode(`data: ${++count}\n\n`)), 50)
    },
    cancel() {
      clearInterval(timer)
      streamLeft()
    },
  })
}

/** Starts the scripted peer on one runtime's `listen`. */
export const startPeer = async (listen: Listen, options: PeerOptions): Promise<Peer> => {
  const gateway = new ScriptedGateway()
  let streamsLeft = 0
  const listener = await listen(gateway, {
    hostname: '127.0.0.1',
    port: options.port ?? 0,
    reusePort: options.port !== undefined,
    maxMessageBytes: options.maxMessageBytes ?? 65_536,
    ...(options.tls && { tls: options.tls }),
    http: application(() => streamsLeft++),
  })
  return {
    url: listener.url,
    async tell(command) {
      if (command === 'pause') await listener.pause()
      if (command === 'stop') await listener.stop()
      const { admitted, opens: opened, abandons: abandoned, codes, hearings: heard, binaries, pings, waited } = gateway
      const peakBytes = process.resourceUsage().maxRSS * 1_024
      return { admitted, opened, abandoned, closed: [...codes], heard, binaries, pings, streamsLeft, waited, peakBytes }
    },
  }
}
