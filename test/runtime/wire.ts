import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

/** A WebSocket frame as it was on the wire. */
export interface Frame {
  readonly opcode: number
  readonly final: boolean
  /** The three reserved bits: 4 = the message is compressed (RFC 7692 §6). */
  readonly reserved: number
  readonly payload: Buffer
}

/** The head of an HTTP response. */
export interface Head {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
}

/** Opcodes of RFC 6455 §5.2. */
export const op = { more: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const

/** How a frame may break the rules. */
export interface Bent {
  readonly final?: boolean
  readonly masked?: boolean
  readonly reserved?: number
}

/** A client's frame, byte by byte; masked with zeros unless told otherwise. */
export const frame = (opcode: number, payload: Buffer | string, bent: Bent = {}): Buffer => {
  const { final = true, masked = true, reserved = 0 } = bent
  const body = Buffer.from(payload)
  const first = (final ? 0x80 : 0) | (reserved << 4) | opcode
  const mask = masked ? 0x80 : 0
  const head =
    body.length < 126
      ? Buffer.from([first, mask | body.length])
      : body.length < 65_536
        ? Buffer.from([first, mask | 126, body.length >> 8, body.length & 0xff])
        : Buffer.concat([Buffer.from([first, mask | 127, 0, 0, 0, 0]), be32(body.length)])
  return Buffer.concat([head, Buffer.alloc(masked ? 4 : 0), body])
}

const be32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** A connection that shows every byte: nothing between the test and the socket, no rule kept that we do not keep here. */
export class Wire {
  readonly #socket: Socket
  #bytes = Buffer.alloc(0)
  #wake: () => void = () => {}
  /** Whether the other side has ended the connection, orderly or not. */
  ended = false

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', (bytes) => {
      this.#bytes = Buffer.concat([this.#bytes, bytes])
      this.#wake()
    })
    const over = (): void => {
      this.ended = true
      this.#wake()
    }
    socket.on('error', over).on('end', over).on('close', over)
  }

  /** Rejects when the connection is refused. */
  static connect(url: URL): Promise<Wire> {
    return new Promise((go, fail) => {
      const to = { host: '127.0.0.1', port: Number(url.port) }
      const socket: Socket =
        url.protocol === 'https:' ? connectTls({ ...to, rejectUnauthorized: false }) : connectTcp(to)
      socket.once('error', fail)
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => go(new Wire(socket)))
    })
  }

  write(bytes: Buffer | string): void {
    this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
  }

  hangUp(): void {
    this.#socket.destroy()
  }

  pause(): void {
    this.#socket.pause()
  }

  async head(): Promise<Head> {
    await this.#until('a response', () => this.#bytes.includes('\r\n\r\n'))
    const at = this.#bytes.indexOf('\r\n\r\n')
    const [first = '', ...lines] = this.#bytes.subarray(0, at).toString('latin1').split('\r\n')
    this.#bytes = this.#bytes.subarray(at + 4)
    const headers = new Map(
      lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    )
    return { status: Number(first.split(' ')[1]), headers }
  }

  /** All that came after the head until `text` was in it. */
  async textUntil(text: string): Promise<string> {
    await this.#until(`"${text}"`, () => this.#bytes.includes(text))
    return this.#bytes.toString()
  }

  /** The next frame; undefined when the connection ended without one. */
  async frame(): Promise<Frame | undefined> {
    await this.#until('a frame', () => this.ended || sizeOf(this.#bytes) !== undefined)
    const size = sizeOf(this.#bytes)
    if (size === undefined) return undefined
    const [head, length] = size
    const first = this.#bytes[0] ?? 0
    const payload = this.#bytes.subarray(head, head + length)
    this.#bytes = this.#bytes.subarray(head + length)
    return { opcode: first & 0xf, final: first >= 0x80, reserved: (first >> 4) & 7, payload }
  }

  /** The next text; any other frame fails the test. */
  async text(): Promise<string> {
    const next = await this.frame()
    if (next?.opcode !== op.text) throw new Error(`a text was due, not ${JSON.stringify(next)}`)
    return next.payload.toString()
  }

  /** The code of the close frame that comes next, or 'dropped' when the connection ends without one. */
  async closeCode(): Promise<number | 'dropped'> {
    const next = await this.frame()
    if (next === undefined) return 'dropped'
    if (next.opcode !== op.close) throw new Error(`a close was due, not ${JSON.stringify(next)}`)
    return next.payload.length < 2 ? 1005 : next.payload.readUInt16BE()
  }

  async end(withinMs = 5_000): Promise<void> {
    await this.#until('the end', () => this.ended, withinMs)
  }

  async #until(what: string, isSo: () => boolean, withinMs = 5_000): Promise<void> {
    const deadline = Date.now() + withinMs
    while (!isSo()) {
      const left = deadline - Date.now()
      if (left <= 0 || (this.ended && what !== 'the end'))
        throw new Error(
          `${what} did not come; there was ${JSON.stringify(this.#bytes.toString('latin1').slice(0, 300))}`,
        )
      let timer: ReturnType<typeof setTimeout> | undefined
      await new Promise<void>((go) => {
        this.#wake = go
        timer = setTimeout(go, left)
      })
      clearTimeout(timer)
    }
  }
}

/** Length of the head and of the payload, once the bytes hold a whole frame. */
const sizeOf = (bytes: Buffer): readonly [number, number] | undefined => {
  if (bytes.length < 2) return undefined
  const short = (bytes[1] ?? 0) & 0x7f
  const head = short === 127 ? 10 : short === 126 ? 4 : 2
  if (bytes.length < head) return undefined
  const length = short === 127 ? bytes.readUInt32BE(6) : short === 126 ? bytes.readUInt16BE(2) : short
  return bytes.length < head + length ? undefined : [head, length]
}

const handshake: Readonly<Record<string, string>> = {
  Host: 'cpms.example',
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol': 'ocpp1.6',
}

/** An opening handshake as text; `change` replaces headers, undefined leaves one out. */
export const knocking = (
  target: string,
  change: Readonly<Record<string, string | undefined>> = {},
  method = 'GET',
): string => {
  const headers = Object.entries({ ...handshake, ...change }).filter(([, value]) => value !== undefined)
  return `${method} ${target} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
}

/** Knocks and answers the head of the response; the wire stays open. */
export const knockAt = async (
  url: URL,
  target: string,
  change: Readonly<Record<string, string | undefined>> = {},
): Promise<readonly [Head, Wire]> => {
  const wire = await Wire.connect(url)
  wire.write(knocking(target, change))
  return [await wire.head(), wire]
}

/** An open charge point's socket. */
export const open = async (url: URL, identity = 'echo'): Promise<Wire> => {
  const [{ status }, wire] = await knockAt(url, `/ocpp/${identity}`)
  if (status !== 101) throw new Error(`not admitted: ${status}`)
  return wire
}
