import { createHash, randomBytes } from 'node:crypto'
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'

/**
 * A WebSocket client framed by hand on raw TCP (RFC 6455): thousands of them in one process cost little, and a bench
 * that loads a server must not be the slower side.
 */
export interface WireOptions {
  readonly url: string
  readonly identity: string
  /** Text, or the bytes themselves: a 1.6 AuthorizationKey is any bytes. */
  readonly password: string | Uint8Array
  readonly protocol: string
  /** PEM, for `wss:` only: whom to trust (absent = anybody), and who we are. */
  readonly tls?: { readonly ca?: readonly string[]; readonly cert?: string; readonly key?: string }
  /** Offers permessage-deflate (RFC 7692) and uses it where it gets it. */
  readonly deflate?: boolean
  /** Address to come from, of 127.0.0.0/8: one address has 28,000 ports towards one door. */
  readonly source?: string
  readonly opened: () => void
  readonly heard: (text: string) => void
  /** The socket is gone; 1006 = without a close frame. */
  readonly closed: (code: number) => void
}

export interface Wire {
  /** Whether permessage-deflate was negotiated; absent = it was not. */
  readonly deflates?: boolean
  send(text: string): void
  ping(): void
  close(code: number): void
  /** Drops the TCP connection, as a power cut would. */
  drop(): void
}

/** The server did not let us in. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: number
  readonly retryAfterS: number | undefined

  constructor(status: number, retryAfterS: number | undefined) {
    super(`refused with ${status}`)
    this.status = status
    this.retryAfterS = retryAfterS
  }
}

/** We did not let the server in: nobody we trust knows its certificate. */
export class Untrusted extends Error {
  override readonly name = 'Untrusted'
}

type Socket = Bun.Socket<undefined>

const decoder = new TextDecoder()

/** First bit of the three that are reserved: the message is compressed (RFC 7692 §6). */
const compressed = 0x40
const compressFrom = 1_024
/** What ends each piece of DEFLATE and is left away on the wire. */
const tail = Buffer.from([0, 0, 0xff, 0xff])

/** With the smallest window that a server may ask of us. */
const deflated = (text: string): Buffer =>
  deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH, windowBits: 10 }).subarray(0, -tail.length)

const read = (payload: Buffer, isDeflated: boolean): string =>
  decoder.decode(
    isDeflated ? inflateRawSync(Buffer.concat([payload, tail]), { finishFlush: constants.Z_SYNC_FLUSH }) : payload,
  )

const credentials = ({ identity, password }: WireOptions): Buffer =>
  Buffer.concat([Buffer.from(`${identity}:`), typeof password === 'string' ? Buffer.from(password) : password])

const trust = ({ tls: { ca, cert, key } = {} }: WireOptions): Bun.TLSOptions => ({
  rejectUnauthorized: ca !== undefined,
  ...(ca !== undefined && { ca: [...ca] }),
  ...(cert !== undefined && { cert }),
  ...(key !== undefined && { key }),
})

export const connect = async (options: WireOptions): Promise<Wire> => {
  const url = new URL(options.url)
  const secure = url.protocol === 'wss:'
  const key = randomBytes(16).toString('base64')
  const expected = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  const path = `${url.pathname.replace(/\/$/, '')}/${encodeURIComponent(options.identity)}`
  const request = [
    `GET ${path} HTTP/1.1`,
    `Host: ${url.host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Key: ${key}`,
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Protocol: ${options.protocol}`,
    `Authorization: Basic ${credentials(options).toString('base64')}`,
    ...(options.deflate === true ? ['Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits'] : []),
    '\r\n',
  ].join('\r\n')

  const { promise, resolve, reject } = Promise.withResolvers<Wire>()
  let pending: Buffer = Buffer.alloc(0)
  let upgraded = false
  let over = false
  let unsent: Uint8Array[] = []
  let fragments: Buffer[] = []
  let isDeflated = false

  const end = (code: number): void => {
    if (over) return
    over = true
    if (upgraded) options.closed(code)
    else reject(new Error('the connection closed during the handshake'))
  }
  const write = (socket: Socket, bytes: Uint8Array): void => {
    // what is left over is copied: the next frame is made where this one was
    if (unsent.length > 0) return void unsent.push(bytes.slice())
    const written = socket.write(bytes)
    if (written < bytes.length) unsent.push(bytes.slice(Math.max(0, written)))
  }
  const handshake = (socket: Socket): void => {
    const at = pending.indexOf('\r\n\r\n')
    if (at < 0) return
    const [statusLine = '', ...lines] = pending.subarray(0, at).toString('latin1').split('\r\n')
    const headers = new Map(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    )
    const status = Number(statusLine.split(' ')[1])
    if (status !== 101 || headers.get('sec-websocket-accept') !== expected) {
      over = true
      const after = headers.get('retry-after')
      reject(new Refused(status, after === undefined ? undefined : Number(after)))
      return void socket.end()
    }
    pending = pending.subarray(at + 4)
    upgraded = true
    const deflates = headers.has('sec-websocket-extensions')
    resolve({
      deflates,
      send: (text) =>
        write(socket, deflates && text.length >= compressFrom ? frame(compressed | 1, deflated(text)) : frame(1, text)),
      ping: () => write(socket, frame(9, '')),
      close: (code) => {
        const payload = Buffer.alloc(2)
        payload.writeUInt16BE(code)
        write(socket, frame(8, payload))
      },
      drop: () => socket.terminate(),
    })
    options.opened()
  }
  const frames = (socket: Socket): void => {
    while (pending.length >= 2 && !over) {
      const [first = 0, second = 0] = pending
      let length = second & 0x7f
      let at = 2
      if (length === 126) {
        if (pending.length < 4) return
        length = pending.readUInt16BE(2)
        at = 4
      } else if (length === 127) {
        if (pending.length < 10) return
        length = Number(pending.readBigUInt64BE(2))
        at = 10
      }
      if (pending.length < at + length) return
      const payload = pending.subarray(at, at + length)
      pending = pending.subarray(at + length)
      const opcode = first & 0x0f
      if (opcode === 9) write(socket, frame(10, payload))
      else if (opcode === 8) {
        const code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005
        write(socket, frame(8, payload.subarray(0, 2)))
        // the end of the connection may be told before this returns, and says less
        end(code)
        socket.end()
      } else if (opcode === 1 || opcode === 0) {
        if (opcode === 1) isDeflated = (first & compressed) !== 0
        if ((first & 0x80) !== 0 && fragments.length === 0) options.heard(read(payload, isDeflated))
        else {
          fragments.push(Buffer.from(payload))
          if ((first & 0x80) === 0) continue
          const whole = Buffer.concat(fragments)
          fragments = []
          options.heard(read(whole, isDeflated))
        }
      }
    }
  }

  await Bun.connect({
    hostname: url.hostname,
    port: Number(url.port || (secure ? 443 : 80)),
    ...(options.source !== undefined && { localAddress: options.source }),
    ...(secure && { tls: trust(options) }),
    socket: {
      open: (socket) => void (secure || socket.write(request)),
      data(socket, data) {
        pending = pending.length === 0 ? data : Buffer.concat([pending, data])
        if (!upgraded) handshake(socket)
        if (upgraded) frames(socket)
        if (pending.length > 0) pending = Buffer.from(pending)
      },
      drain(socket) {
        const waiting = unsent
        unsent = []
        for (const bytes of waiting) write(socket, bytes)
      },
      handshake(socket, _, fault) {
        if (options.tls?.ca !== undefined && fault !== null) return reject(new Untrusted(fault.message))
        socket.write(request)
      },
      close: () => end(1006),
      error: () => end(1006),
      connectError: (_, error) => reject(error),
    },
  }).catch((error: unknown) => reject(error instanceof Error ? error : new Error(String(error))))
  return promise
}

const masks = new Uint32Array(randomBytes(4_096).buffer.slice(0, 4_096))
let nextMask = 0

const longest = 1024 * 1024
/** Where the payload of a frame begins while it is being made: behind the longest header, on a whole word. */
const at = 16
const scratch = new Uint8Array(at + longest * 3)
const words = new Uint32Array(scratch.buffer)
const encoder = new TextEncoder()
const payloadRoom = scratch.subarray(at)

/**
 * One frame from client to server: masked, as it must be, with a mask nobody can foresee. It is made in one place for
 * all sockets and holds until the next one is made; masked a word at a time, for there are a hundred thousand a second.
 */
const frame = (opcode: number, payload: Uint8Array | string): Uint8Array => {
  let length: number
  if (typeof payload === 'string') length = encoder.encodeInto(payload, payloadRoom).written
  else {
    payloadRoom.set(payload)
    ;({ length } = payload)
  }
  nextMask = (nextMask + 1) % masks.length
  const mask = masks[nextMask] ?? 0
  words[at / 4 - 1] = mask
  const last = (at + length + 3) >> 2
  for (let word = at / 4; word < last; word++) words[word] = (words[word] ?? 0) ^ mask
  const start = at - 4 - (length < 126 ? 2 : length < 65_536 ? 4 : 10)
  scratch[start] = 0x80 | opcode
  if (length < 126) scratch[start + 1] = 0x80 | length
  else if (length < 65_536) {
    scratch[start + 1] = 0x80 | 126
    scratch[start + 2] = length >> 8
    scratch[start + 3] = length & 0xff
  } else {
    scratch[start + 1] = 0x80 | 127
    new DataView(scratch.buffer).setBigUint64(start + 2, BigInt(length))
  }
  return scratch.subarray(start, at + length)
}
