import type { Admission, Connection, Gateway, Link, Seat, UpgradeRequest } from '../../core/ports/gateway.ts'

/** What the three runtimes have in common: who is let in (RFC 6455 §4.2), and how an open socket is listened to. */

// stations write `//ocpp//CP1`, and some the whole URL; what only means `/ocpp` once dots or percent signs are resolved does not count
const ocpp = /^(?:[A-Za-z][\w+.-]*:\/\/[^/?#]*)?\/+ocpp(?:[/?#]|$)/

/** Whether a request target is a charge point's, as opposed to the API's. */
export const isForChargePoints = (target: string): boolean => ocpp.test(target)

export type Refusal = Extract<Admission, { readonly admitted: false }>

const refused = (status: number, reason: string, headers: Readonly<Record<string, string>> = {}): Refusal => ({
  admitted: false,
  status,
  reason,
  headers,
})

const lists = (header: string | undefined, token: string): boolean =>
  (header ?? '').split(',').some((one) => one.trim().toLowerCase() === token)

const aKey = /^[\d+/A-Za-z]{22}==$/

/** Looks at the handshake itself, then asks the gateway. Never rejects. */
export const knock = async (gateway: Gateway, request: UpgradeRequest): Promise<Admission> => {
  if (request.method !== 'GET') return refused(405, 'charge points connect with GET', { allow: 'GET' })
  if (!lists(request.header('upgrade'), 'websocket') || !lists(request.header('connection'), 'upgrade'))
    return refused(426, 'this is a WebSocket endpoint', { upgrade: 'websocket', connection: 'upgrade' })
  if (request.header('sec-websocket-version') !== '13')
    return refused(426, 'WebSocket version 13 is spoken here', { 'sec-websocket-version': '13' })
  if (!aKey.test(request.header('sec-websocket-key') ?? '')) return refused(400, 'Sec-WebSocket-Key is missing')
  try {
    return await gateway.admit(request)
  } catch (fault) {
    complain(fault)
    return refused(500, 'internal error')
  }
}

/** A refusal as a response: its status, its headers, and one line of why. */
export const respond = ({ status, reason, headers }: Refusal): Response =>
  new Response(`${reason}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers } })

/** Our application failed to answer: that is all the other side needs to know. */
export const apologise = (fault: unknown): Response => {
  complain(fault)
  return new Response('internal error\n', { status: 500, headers: { 'content-type': 'text/plain; charset=utf-8' } })
}

/** The last resort for faults that nobody above has caught: they are never thrown into a runtime. */
const complain = (fault: unknown): void => {
  const trace = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)
  process.stderr.write(`${JSON.stringify({ level: 'error', event: 'fault in a socket handler', reason: trace })}\n`)
}

const utf8 = new TextEncoder()

/** Whether a text is longer than `most` bytes of UTF-8; counted only where the length in characters leaves it open. */
const isTooLong = (text: string, most: number): boolean =>
  text.length > most || (text.length * 3 > most && utf8.encode(text).length > most)

/** How much more than the allowed size a runtime may take in before it drops the socket, so that we can close it properly. */
export const headRoom = (most: number): number => Math.max(most * 16, 1024 * 1024)

/**
 * One admitted seat and what its runtime hears of it, from the upgrade to the end. Here all runtimes keep the same
 * promises to the gateway: `closed` comes exactly once and last, or else `abandoned` does; nothing is heard after we
 * have hung up over what was said; and no throw of the gateway's gets out (the socket is closed with 1011 instead).
 */
export class Hearing {
  readonly #gateway: Gateway
  readonly #seat: Seat
  readonly #maxMessageBytes: number
  #state: 'waiting' | 'opening' | 'open' | 'deaf' | 'over' = 'waiting'
  #connection: Connection | undefined
  #link: Link | undefined
  #early: number | undefined

  constructor(gateway: Gateway, seat: Seat, maxMessageBytes: number) {
    this.#gateway = gateway
    this.#seat = seat
    this.#maxMessageBytes = maxMessageBytes
  }

  opened(connection: Connection): void {
    if (this.#state !== 'waiting') return connection.terminate()
    this.#state = 'opening'
    this.#connection = connection
    this.#guard(() => (this.#link = this.#gateway.opened(this.#seat, connection)))
    if (this.#link === undefined) return this.#abandon()
    this.#state = 'open'
    // a gateway that hangs up at once hears `closed` only after it has a link to hear it of
    if (this.#early !== undefined) this.closed(this.#early)
  }

  text(text: string): void {
    const link = this.#link
    if (link === undefined || this.#state !== 'open') return
    if (isTooLong(text, this.#maxMessageBytes)) return this.#hangUp(1009, 'message is too long')
    this.#guard(() => this.#gateway.heard(link, text))
  }

  binary(): void {
    const link = this.#link
    if (link !== undefined && this.#state === 'open') this.#guard(() => this.#gateway.heardBinary(link))
  }

  pong(): void {
    const link = this.#link
    if (link !== undefined && this.#state === 'open') this.#guard(() => this.#gateway.ponged(link))
  }

  ping(): void {
    const link = this.#link
    if (link !== undefined && this.#state === 'open') this.#guard(() => this.#gateway.pinged(link))
  }

  closed(code: number): void {
    const link = this.#link
    if (this.#state === 'over') return
    if (this.#state === 'waiting') return this.#abandon()
    if (link === undefined || this.#state === 'opening') return void (this.#early ??= code)
    this.#state = 'over'
    this.#guard(() => this.#gateway.closed(link, code))
  }

  #abandon(): void {
    this.#state = 'over'
    this.#guard(() => this.#gateway.abandoned(this.#seat))
  }

  #hangUp(code: number, reason: string): void {
    if (this.#state === 'open') this.#state = 'deaf'
    this.#connection?.close(code, reason)
  }

  #guard(tell: () => void): void {
    try {
      tell()
    } catch (fault) {
      complain(fault)
      this.#hangUp(1011, 'internal error')
    }
  }
}
