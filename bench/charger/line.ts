import type { Protocol } from '../../core/ocpp/version.ts'
import { connect, Refused, Untrusted, type Wire, type WireOptions } from '../wire.ts'
import type { ChargerOptions, Time } from './options.ts'

const longestBackoffMs = 60_000

/** What the connection needs of its station, whatever version that speaks. */
export interface Caller {
  readonly protocol: Protocol
  readonly options: Pick<ChargerOptions, 'identity' | 'chance' | 'dial'>
  readonly time: Time
  readonly isStopped: boolean
  /** Seconds between pings; 0 = none. */
  readonly pingS: number
  readonly dialogue: { heard(text: string): void }
  readonly credentials: {
    readonly dialling: Pick<WireOptions, 'url' | 'password' | 'tls'> & { readonly identity?: string }
    /** It has not got through, for so many times in a row. */
    failed(times: number): void
  }
  readonly security: { note(type: string, info?: string): void }
  after(ms: number, then: () => void): () => void
  connected(): void
  disconnected(): void
}

/** What its version calls it. */
const events = {
  'ocpp1.6': { stranger: 'FailedToAuthenticationAtCentralSystem', certificate: 'InvalidCentralSystemCertificate' },
  'ocpp2.0.1': { stranger: 'FailedToAuthenticateAtCsms', certificate: 'InvalidCsmsCertificate' },
  'ocpp2.1': { stranger: 'FailedToAuthenticateAtCsms', certificate: 'InvalidCsmsCertificate' },
} as const

/** The station's connection: dialled again whenever it is gone, for as long as the station runs. */
export class Line {
  readonly #charger: Caller
  #wire: Wire | undefined
  #isDialling = false
  /** A time of being away that has been asked for: it does not dial before. */
  #awayUntil = 0
  #failures = 0
  #cancelPing: (() => void) | undefined

  constructor(charger: Caller) {
    this.#charger = charger
  }

  get isOpen(): boolean {
    return this.#wire !== undefined
  }

  /** What tells one connection from the next; undefined while there is none. */
  get socket(): object | undefined {
    return this.#wire
  }

  send(text: string): boolean {
    this.#wire?.send(text)
    return this.#wire !== undefined
  }

  /** Ends without another word, as a power cut would. */
  cut(): void {
    const wire = this.#wire
    this.#wire = undefined
    wire?.drop()
    this.#cancelPing?.()
  }

  /** The network is away for so many ms; the station goes on charging and queues. */
  breakOff(ms: number): void {
    const wasOpen = this.isOpen
    this.#awayUntil = Math.max(this.#awayUntil, this.#charger.time.now() + ms)
    this.cut()
    if (wasOpen) this.#charger.disconnected()
    this.#charger.after(Math.max(0, ms), () => void this.open())
  }

  async open(): Promise<void> {
    const charger = this.#charger
    if (charger.isStopped || this.isOpen || this.#isDialling) return
    if (this.#awayMs > 0) return this.#later(this.#awayMs)
    this.#isDialling = true
    let mine: Wire | undefined
    let isGone = false
    const heard = (text: string): void => {
      // what comes together with the handshake comes before we hold the wire
      if (mine === undefined) charger.after(0, () => heard(text))
      else if (mine === this.#wire) charger.dialogue.heard(text)
    }
    try {
      mine = await this.#dial(heard, () => {
        isGone = true
        this.#lost(mine)
      })
      if (isGone) throw new Error('let in, and shown out again')
    } catch (error) {
      return this.#again(error)
    } finally {
      this.#isDialling = false
    }
    if (charger.isStopped || this.#awayMs > 0) {
      mine.drop()
      return this.#later(this.#awayMs)
    }
    this.#wire = mine
    this.#failures = 0
    this.#pingLater(charger.pingS * 1_000)
    charger.connected()
  }

  get #awayMs(): number {
    return this.#awayUntil - this.#charger.time.now()
  }

  #dial(heard: (text: string) => void, closed: () => void): Promise<Wire> {
    const { options, credentials, protocol } = this.#charger
    const { identity, dial = connect } = options
    return dial({ identity, ...credentials.dialling, protocol, opened: () => {}, heard, closed })
  }

  #lost(wire: Wire | undefined): void {
    if (wire === undefined || this.#wire !== wire) return
    this.#wire = undefined
    this.#cancelPing?.()
    this.#charger.disconnected()
    this.#later(this.#backoffMs())
  }

  /** Random and doubling, as OCPP 2.x tells stations to (part 4 §5.4); or when the server says. */
  #again(error: unknown): void {
    const { credentials, security, protocol } = this.#charger
    const isFirst = this.#failures === 0
    if (isFirst && error instanceof Refused && error.status === 401) security.note(events[protocol].stranger)
    if (isFirst && error instanceof Untrusted) security.note(events[protocol].certificate, error.message)
    credentials.failed(++this.#failures)
    const retryAfterS = error instanceof Refused ? error.retryAfterS : undefined
    this.#later(retryAfterS === undefined ? this.#backoffMs() : retryAfterS * 1_000)
  }

  #backoffMs(): number {
    const doubled = 1_000 * 2 ** Math.max(0, this.#failures - 1)
    return Math.min(longestBackoffMs, doubled) * this.#charger.options.chance.between(0.5, 1.5)
  }

  #later(ms: number): void {
    this.#charger.after(Math.max(0, ms), () => void this.open())
  }

  #pingLater(everyMs: number): void {
    if (everyMs === 0) return
    this.#cancelPing = this.#charger.after(everyMs, () => {
      this.#wire?.ping()
      this.#pingLater(everyMs)
    })
  }
}
