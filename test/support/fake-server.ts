import { check } from '../../core/ocpp/schema.ts'
import type { Protocol } from '../../core/ocpp/version.ts'
import type { connect, Wire, WireOptions } from '../../bench/wire.ts'
import { Refused } from '../../bench/wire.ts'

type Payload = Record<string, unknown>

export interface Said {
  readonly action: string
  readonly payload: Payload
}

/** Whatever a station says and answers has to be as the schema has it, to the letter. */
const faultOf = (protocol: Protocol, name: string, payload: unknown): string | undefined => {
  const checked = check(protocol, name, payload, 'strict')
  return checked.ok ? checked.untidy : checked.refusal.description
}

/**
 * A server of a few lines in place of the network: it takes one station's connection, answers what it says as it is set
 * up to, keeps it, and gives orders. A fault of form on the station's side is kept in `faults`.
 */
export class FakeServer {
  readonly #protocol: Protocol
  readonly said: Said[] = []
  /** What came over the socket, in its order: the action of a CALL, or that something was answered. */
  readonly heard: string[] = []
  readonly faults: string[] = []
  readonly dialled: WireOptions[] = []
  /** How the next connections are refused, with an HTTP status; undefined = they are not. */
  refusesWith: number | undefined
  /** What an action is answered; undefined = nothing comes. A string is the code of a CALLERROR. */
  readonly answers: Record<string, (payload: Payload) => object | string | undefined> = {
    BootNotification: () => ({ status: 'Accepted', currentTime: '2026-11-24T12:00:00Z', interval: 300 }),
    Heartbeat: () => ({ currentTime: '2026-11-24T12:00:00Z' }),
    Authorize: () => (this.#isOld ? { idTagInfo: { status: 'Accepted' } } : { idTokenInfo: { status: 'Accepted' } }),
    StartTransaction: () => ({ transactionId: ++this.#transaction, idTagInfo: { status: 'Accepted' } }),
    StopTransaction: () => ({ idTagInfo: { status: 'Accepted' } }),
    DataTransfer: () => ({ status: 'UnknownVendorId' }),
    SignCertificate: () => ({ status: 'Accepted' }),
    TransactionEvent: ({ idToken }) => (idToken === undefined ? {} : { idTokenInfo: { status: 'Accepted' } }),
    OpenPeriodicEventStream: () => ({ status: 'Accepted' }),
    PullDynamicScheduleUpdate: () => ({ status: 'Accepted', scheduleUpdate: { limit: 7 } }),
  }
  #transaction = 0
  #serial = 0
  #options: WireOptions | undefined
  readonly #waiting = new Map<string, (answer: Payload | string) => void>()

  constructor(protocol: Protocol = 'ocpp1.6') {
    this.#protocol = protocol
  }

  get #isOld(): boolean {
    return this.#protocol === 'ocpp1.6'
  }

  readonly dial: typeof connect = (options) => {
    this.dialled.push(options)
    if (this.refusesWith !== undefined) return Promise.reject(new Refused(this.refusesWith, undefined))
    this.#options = options
    const wire: Wire = {
      send: (text) => this.#options === options && this.#heard(text),
      ping: () => {},
      close: () => {},
      drop: () => this.#options === options && (this.#options = undefined),
    }
    return Promise.resolve(wire)
  }

  get isConnected(): boolean {
    return this.#options !== undefined
  }

  /** The network goes, and the station notices. */
  hangUp(): void {
    const options = this.#options
    this.#options = undefined
    options?.closed(1006)
  }

  /** Gives an order; the answer, or the code of the CALLERROR. */
  order(action: string, payload: object): Promise<Payload | string> {
    const id = `o-${++this.#serial}`
    const answered = new Promise<Payload | string>((give) => this.#waiting.set(id, give))
    this.#options?.heard(JSON.stringify([2, id, action, payload]))
    return answered.then((answer) => {
      const fault = typeof answer === 'string' ? undefined : faultOf(this.#protocol, `${action}Response`, answer)
      if (fault !== undefined) this.faults.push(`${action} was answered ${JSON.stringify(answer)}: ${fault}`)
      return answer
    })
  }

  /** Payloads of an action so far, oldest first. */
  of(action: string): readonly Payload[] {
    return this.said.filter((one) => one.action === action).map(({ payload }) => payload)
  }

  #heard(text: string): void {
    const [type, id, ...rest] = JSON.parse(text) as [number, string, ...never[]]
    this.heard.push(type === 2 || type === 6 ? String(rest[0]) : 'an answer')
    if (type === 3 || type === 4) {
      this.#waiting.get(id)?.(rest[0] as unknown as Payload | string)
      return void this.#waiting.delete(id)
    }
    const [action, payload] = rest as unknown as [string, Payload]
    this.said.push({ action, payload })
    const fault = faultOf(this.#protocol, type === 6 ? action : `${action}Request`, payload)
    if (fault !== undefined) this.faults.push(`${action} ${JSON.stringify(payload)}: ${fault}`)
    if (type === 6) return
    const make = this.answers[action]
    const answer = make === undefined ? {} : make(payload)
    if (answer === undefined) return
    const options = this.#options
    // never in the same turn: there is a network between them
    queueMicrotask(() => {
      if (this.#options !== options) return
      options?.heard(JSON.stringify(typeof answer === 'string' ? [4, id, answer, '', {}] : [3, id, answer]))
    })
  }
}
