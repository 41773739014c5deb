import { Mailbox, type Post } from '../../bench/mailbox.ts'
import { type Chance, chance } from '../../bench/random.ts'
import type { Socket, StationSide } from './network.ts'
import { strikes, tell, violate, type World } from './world.ts'

const second = 1_000
const minute = 60 * second

/** What a station knows to have happened: the truth that the books are held to. */
export interface Charge {
  readonly connector: number
  readonly token: string
  readonly meterStart: number
  readonly startedAt: string
  /** The answer to the start; absent while there is none. */
  answer?: { readonly transactionId: number; readonly status: string }
  lost?: boolean
  readonly readings: { readonly at: string; readonly register: number; acknowledged: boolean }[]
  stop?: { readonly at: string; readonly meterStop: number; acknowledged: boolean; lost: boolean }
}

export interface Dial {
  /** Opens a socket to whoever serves just now; undefined = refused, or nobody is there. */
  (identity: string, side: StationSide): Promise<Socket | undefined>
}

/** A charge point that does what OCPP 1.6 says about retries and being offline (§3.7), with a clock of its own. */
export class Station implements StationSide {
  readonly identity: string
  readonly charges: Charge[] = []
  readonly ordered = new Map<string, number>()
  readonly #world: World
  readonly #luck: Chance
  readonly #dial: Dial
  readonly #mailbox: Mailbox
  readonly #connectors: number
  /** How far its clock is off, in ms. */
  readonly skew: number
  readonly #renewsIds: boolean
  readonly #ids = new WeakMap<Post, string>()
  readonly #busy = new Set<number>()
  /** Of each connector: their meters have nothing to do with each other. */
  readonly #registers: number[]
  #serial = 0
  #socket: Socket | undefined
  #stopped = false

  constructor(world: World, index: number, dial: Dial) {
    const luck = chance(world.luck.integer(1, 2 ** 31), index)
    this.identity = `CP-${index}`
    this.#world = world
    this.#luck = luck
    this.#dial = dial
    this.#connectors = luck.integer(1, 2)
    this.skew = luck.isLucky(0.7) ? 0 : luck.pick([-3 * minute, 3 * minute, 40 * minute, 400 * 1_440 * minute])
    this.#renewsIds = luck.isLucky(0.5)
    this.#registers = [0, 1, 2].map(() => luck.integer(1_000, 9_000_000))
    this.#mailbox = new Mailbox({
      send: (text) => {
        this.#socket?.send(text)
        return this.#socket !== undefined
      },
      after: (ms, then) => world.time.after(ms, then),
      newId: (post) => this.#idOf(post),
      timeoutMs: 30 * second,
      retryMs: minute,
      attempts: 3,
    })
  }

  start(): void {
    void this.#connect()
    for (let connector = 1; connector <= this.#connectors; connector++) this.#idle(connector)
  }

  /** No new sessions, no heartbeats; what is under way ends, what waits is delivered. */
  get isSettled(): boolean {
    return this.#busy.size === 0 && this.#mailbox.waiting === 0 && this.charges.every(isSettled)
  }

  retire(): void {
    this.#stopped = true
    this.#socket?.cut()
  }

  heard(text: string): void {
    const [type, id, third, fourth] = JSON.parse(text) as [number, string, never, never]
    if (type === 3) this.#mailbox.result(id, third)
    else if (type === 4) {
      violate(this.#world, `${this.identity} was answered an error: ${text}`)
      this.#mailbox.error(id)
    } else this.#ordered(id, third, fourth)
  }

  closed(socket: Socket): void {
    if (socket !== this.#socket) return
    this.#socket = undefined
    this.#mailbox.offline()
    this.#reconnect()
  }

  #ordered(id: string, action: string, payload: { readonly idTag?: string; readonly connectorId?: number }): void {
    const answer = (status: string): void => this.#socket?.send(JSON.stringify([3, id, { status }]))
    if (action === 'TriggerMessage') {
      answer('Accepted')
      return this.#boot(this.#socket)
    }
    if (action !== 'RemoteStartTransaction') return answer('NotSupported')
    const token = payload.idTag ?? ''
    this.ordered.set(token, (this.ordered.get(token) ?? 0) + 1)
    const connector = payload.connectorId ?? 1
    if (this.#busy.has(connector) || connector > this.#connectors) return answer('Rejected')
    answer('Accepted')
    this.#charge(connector, token)
  }

  #idOf(post: Post): string {
    const known = this.#renewsIds ? undefined : this.#ids.get(post)
    const id = known ?? `${this.identity}-${++this.#serial}`
    this.#ids.set(post, id)
    return id
  }

  #clock(): string {
    return new Date(this.#world.time.now() + this.skew).toISOString()
  }

  async #connect(): Promise<void> {
    if (this.#stopped) return
    const socket = await this.#dial(this.identity, this)
    if (socket?.isOpen !== true) return this.#reconnect()
    this.#socket = socket
    tell(this.#world, `${this.identity} is connected`)
    this.#mailbox.online()
    this.#boot(socket)
    this.#beat(socket)
  }

  #reconnect(): void {
    if (!this.#stopped) this.#world.time.after(this.#luck.between(second, minute), () => void this.#connect())
  }

  /** Asked again until it is answered: before that, nothing of billing may be sent. */
  #boot(socket: Socket | undefined): void {
    let answered = false
    this.#mailbox.post({
      action: 'BootNotification',
      payload: () => ({ chargePointVendor: 'Sim', chargePointModel: 'S1' }),
      answered: () => {
        answered = true
        this.#mailbox.accepted()
      },
    })
    this.#world.time.after(minute, () => {
      if (!answered && this.#socket === socket && socket !== undefined) this.#boot(socket)
    })
  }

  #beat(socket: Socket): void {
    this.#world.time.after(5 * minute, () => {
      if (this.#socket !== socket) return
      this.#mailbox.post({ action: 'Heartbeat', payload: () => ({}), answered: () => {} })
      if (strikes(this.#world, 'reboots')) return socket.cut()
      this.#beat(socket)
    })
  }

  #idle(connector: number): void {
    this.#world.time.after(this.#luck.between(10 * second, 12 * minute), () => {
      if (this.#world.time.now() >= this.#world.calmFrom) return
      if (!this.#busy.has(connector)) this.#charge(connector, this.#luck.pick(['CARD1', 'card2', 'CARD3', 'STRANGER']))
      this.#idle(connector)
    })
  }

  #status(connector: number, status: string): void {
    this.#mailbox.post({
      action: 'StatusNotification',
      payload: () => ({ connectorId: connector, errorCode: 'NoError', status }),
      answered: () => {},
    })
  }

  #charge(connector: number, token: string): void {
    this.#busy.add(connector)
    this.#status(connector, 'Charging')
    const charge: Charge = {
      connector,
      token,
      meterStart: this.#registerOf(connector),
      startedAt: this.#clock(),
      readings: [],
    }
    this.charges.push(charge)
    this.#mailbox.bill({
      action: 'StartTransaction',
      payload: () => ({
        connectorId: connector,
        idTag: token,
        meterStart: charge.meterStart,
        timestamp: charge.startedAt,
      }),
      answered: (payload) => {
        const { transactionId, idTagInfo } = payload as { transactionId: number; idTagInfo: { status: string } }
        charge.answer = { transactionId, status: idTagInfo.status }
      },
      lost: () => (charge.lost = true),
    })
    const readings = this.#luck.integer(0, 6)
    this.#meter(charge, readings)
  }

  #meter(charge: Charge, left: number): void {
    this.#world.time.after(this.#luck.between(20 * second, 4 * minute), () => {
      this.#registers[charge.connector] = this.#registerOf(charge.connector) + this.#luck.integer(1, 2_000)
      if (left === 0) return this.#stop(charge)
      const reading = { at: this.#clock(), register: this.#registerOf(charge.connector), acknowledged: false }
      charge.readings.push(reading)
      this.#mailbox.bill({
        action: 'MeterValues',
        payload: () => ({
          connectorId: charge.connector,
          transactionId: charge.answer?.transactionId ?? -1,
          meterValue: [{ timestamp: reading.at, sampledValue: [{ value: String(reading.register) }] }],
        }),
        answered: () => (reading.acknowledged = true),
      })
      this.#meter(charge, left - 1)
    })
  }

  #registerOf(connector: number): number {
    return this.#registers[connector] ?? 0
  }

  #stop(charge: Charge): void {
    const meterStop = this.#registerOf(charge.connector)
    const stop = { at: this.#clock(), meterStop, acknowledged: false, lost: false }
    charge.stop = stop
    this.#mailbox.bill({
      action: 'StopTransaction',
      payload: () => ({
        transactionId: charge.answer?.transactionId ?? -1,
        idTag: charge.token,
        meterStop: stop.meterStop,
        timestamp: stop.at,
        reason: 'Local',
      }),
      answered: () => (stop.acknowledged = true),
      lost: () => (stop.lost = true),
    })
    this.#status(charge.connector, 'Available')
    this.#busy.delete(charge.connector)
  }
}

const isSettled = ({ stop, answer, lost }: Charge): boolean =>
  (answer !== undefined || lost === true) && stop !== undefined && (stop.acknowledged || stop.lost)
