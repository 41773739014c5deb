import { Mailbox, type Post } from '../../bench/mailbox.ts'
import { type Chance, chance } from '../../bench/random.ts'
import type { Protocol } from '../../core/ocpp/version.ts'
import { type Begun, type Charge, languages, startOrders, type StartOrder, type Tongue, type Voice } from './charge.ts'
import type { Socket, StationSide } from './network.ts'
import { tongue1 } from './tongue-1.ts'
import { tongue2 } from './tongue-2.ts'
import { strikes, tell, violate, type World } from './world.ts'

const second = 1_000
const minute = 60 * second

export interface Dial {
  /** Opens a socket to whoever serves just now; undefined = refused, or nobody is there. */
  (identity: string, protocol: Protocol, side: StationSide): Promise<Socket | undefined>
}

/** What comes after each version: from 1.6 nothing is taken along, from 2.0.1 to 2.1 everything goes on. */
const successors: Partial<Record<Protocol, Protocol>> = { 'ocpp1.6': 'ocpp2.0.1', 'ocpp2.0.1': 'ocpp2.1' }

/** A charge point that does what its version says about retries and being offline, with a clock of its own. */
export class Station implements StationSide {
  readonly identity: string
  readonly charges: Charge[] = []
  readonly ordered = new Map<string, number>()
  readonly #world: World
  readonly #luck: Chance
  readonly #dial: Dial
  readonly #connectors: number
  /** How far its clock is off, in ms. */
  readonly skew: number
  readonly #renewsIds: boolean
  /** Of 2.x: it boots when it has booted, and not whenever it connects (B10). */
  readonly #bootsOnce: boolean
  readonly #ids = new WeakMap<Post, string>()
  readonly #busy = new Set<number>()
  /** Of each connector: their meters have nothing to do with each other. */
  readonly #registers: number[]
  #protocol: Protocol
  #mailbox: Mailbox
  #tongue: Tongue
  #serial = 0
  #socket: Socket | undefined
  #hasBooted = false
  /** On this socket it may say what it likes. */
  #isAccepted = false
  #stopped = false

  constructor(world: World, index: number, dial: Dial) {
    const luck = chance(world.luck.integer(1, 2 ** 31), index)
    this.identity = `CP-${index}`
    this.#world = world
    this.#luck = luck
    this.#dial = dial
    this.#connectors = luck.integer(1, 2)
    this.skew = luck.isLucky(0.7)
      ? 0
      : luck.pick([-400 * 1_440 * minute, -3 * minute, 3 * minute, 40 * minute, 400 * 1_440 * minute])
    this.#renewsIds = luck.isLucky(0.5)
    this.#bootsOnce = luck.isLucky(0.5)
    this.#registers = [0, 1, 2].map(() => luck.integer(1_000, 9_000_000))
    this.#protocol = luck.pick(languages)
    this.#mailbox = this.#newMailbox()
    this.#tongue = this.#newTongue()
  }

  start(): void {
    void this.#connect()
    this.#wear()
    for (let connector = 1; connector <= this.#connectors; connector++) this.#idle(connector)
  }

  get isTwo(): boolean {
    return this.#protocol !== 'ocpp1.6'
  }

  /** No new sessions, no heartbeats; what is under way ends, what waits is delivered. */
  get isSettled(): boolean {
    const isOver = (charge: Charge): boolean => charge.isForgotten === true || this.#tongue.isSettled(charge)
    return this.#busy.size === 0 && this.#mailbox.waiting === 0 && this.charges.every(isOver)
  }

  retire(): void {
    this.#stopped = true
    this.#socket?.cut()
  }

  heard(text: string): void {
    const [type, id, third, fourth] = JSON.parse(text) as [number, string, never, never]
    if (type === 3) this.#mailbox.result(id, third)
    else if (type === 4) this.#refused(id, third, text)
    else this.#ordered(id, third, fourth)
  }

  closed(socket: Socket): void {
    if (socket !== this.#socket) return
    this.#socket = undefined
    this.#isAccepted = false
    this.#mailbox.offline()
    this.#reconnect()
  }

  /** What is before its boot is refused (B01.FR.10): the one error that a station of 2.x may hear, when we have lost its boot. */
  #refused(id: string, code: string, text: string): void {
    if (code !== 'SecurityError' || !this.isTwo || !this.#bootsOnce)
      violate(this.#world, `${this.identity} was answered an error: ${text}`)
    this.#mailbox.error(id)
  }

  #ordered(id: string, action: string, payload: StartOrder): void {
    const answer = (is: object): void => this.#socket?.send(JSON.stringify([3, id, is]))
    if (action === 'TriggerMessage') {
      answer({ status: 'Accepted' })
      return this.#boot(this.#socket)
    }
    if (!startOrders.includes(action))
      return answer(
        this.#tongue.answerTo(action, payload as Readonly<Record<string, unknown>>) ?? { status: 'NotSupported' },
      )
    const token = payload.idTag ?? payload.idToken?.idToken ?? ''
    this.ordered.set(token, (this.ordered.get(token) ?? 0) + 1)
    const connector = payload.connectorId ?? payload.evseId ?? 1
    if (this.#busy.has(connector) || connector > this.#connectors) return answer({ status: 'Rejected' })
    answer({ status: 'Accepted' })
    const { remoteStartId } = payload
    this.#charge(connector, token, remoteStartId === undefined ? {} : { remoteStart: remoteStartId })
  }

  #newMailbox(): Mailbox {
    return new Mailbox({
      send: (text) => {
        this.#socket?.send(text)
        return this.#socket !== undefined
      },
      after: (ms, then) => this.#world.time.after(ms, then),
      newId: (post) => this.#idOf(post),
      timeoutMs: 30 * second,
      retryMs: minute,
      attempts: 3,
    })
  }

  #newTongue(): Tongue {
    const voice: Voice = {
      identity: this.identity,
      world: this.#world,
      luck: this.#luck,
      charges: this.charges,
      mailbox: () => this.#mailbox,
      clock: () => new Date(this.#world.time.now() + this.skew).toISOString(),
      isOnline: () => this.#isAccepted,
    }
    return this.isTwo ? tongue2(voice) : tongue1(voice)
  }

  #idOf(post: Post): string {
    const known = this.#renewsIds ? undefined : this.#ids.get(post)
    const id = known ?? `${this.identity}-${++this.#serial}`
    this.#ids.set(post, id)
    return id
  }

  /** Now and then it gets the next version, and comes again with that one. */
  #wear(): void {
    this.#world.time.after(minute, () => {
      const next = successors[this.#protocol]
      if (next !== undefined && strikes(this.#world, 'upgrades')) this.#upgrade(next)
      if (this.#world.time.now() < this.#world.calmFrom) this.#wear()
    })
  }

  #upgrade(next: Protocol): void {
    const wasTwo = this.isTwo
    this.#protocol = next
    this.#hasBooted = false
    tell(this.#world, `${this.identity} speaks ${next} from now on`)
    if (!wasTwo) {
      for (const charge of this.charges) charge.isForgotten = true
      this.#busy.clear()
      this.#mailbox.offline()
      this.#mailbox = this.#newMailbox()
      this.#tongue = this.#newTongue()
    }
    this.#socket?.cut()
  }

  async #connect(): Promise<void> {
    if (this.#stopped) return
    const socket = await this.#dial(this.identity, this.#protocol, this)
    if (socket?.isOpen !== true) return this.#reconnect()
    this.#socket = socket
    tell(this.#world, `${this.identity} is connected`)
    this.#mailbox.online()
    if (this.isTwo && this.#bootsOnce && this.#hasBooted) this.#accepted()
    else this.#boot(socket)
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
      payload: () => this.#tongue.bootPayload,
      answered: () => {
        answered = true
        this.#hasBooted = true
        this.#accepted()
      },
    })
    this.#world.time.after(minute, () => {
      if (!answered && this.#socket === socket && socket !== undefined) this.#boot(socket)
    })
  }

  #accepted(): void {
    this.#isAccepted = true
    this.#mailbox.accepted()
    this.#tongue.connected()
    if (!this.isTwo) return
    for (let connector = 1; connector <= this.#connectors; connector++)
      this.#status(connector, this.#busy.has(connector) ? 'Charging' : 'Available')
  }

  #beat(socket: Socket): void {
    this.#world.time.after(5 * minute, () => {
      if (this.#socket !== socket) return
      if (this.#maySpeak) this.#mailbox.post({ action: 'Heartbeat', payload: () => ({}), answered: () => {} })
      if (strikes(this.#world, 'reboots')) {
        this.#hasBooted = false
        return socket.cut()
      }
      this.#beat(socket)
    })
  }

  /** Before its boot is accepted a station of 2.x says nothing else (B01.FR.10); one of 1.6 does not know that. */
  get #maySpeak(): boolean {
    return !this.isTwo || this.#isAccepted
  }

  #idle(connector: number): void {
    this.#world.time.after(this.#luck.between(10 * second, 12 * minute), () => {
      if (this.#world.time.now() >= this.#world.calmFrom) return
      if (!this.#busy.has(connector)) this.#charge(connector, this.#luck.pick(['CARD1', 'card2', 'CARD3', 'STRANGER']))
      this.#idle(connector)
    })
  }

  #status(connector: number, status: 'Charging' | 'Available'): void {
    if (!this.#maySpeak) return
    this.#mailbox.post({
      action: 'StatusNotification',
      payload: () => this.#tongue.statusPayload(connector, status),
      answered: () => {},
    })
  }

  #charge(connector: number, token: string, ordered?: Begun['ordered']): void {
    this.#busy.add(connector)
    this.#status(connector, 'Charging')
    const register = this.#registerOf(connector)
    const charge = this.#tongue.begin({ connector, token, register, ...(ordered !== undefined && { ordered }) })
    this.charges.push(charge)
    this.#meter(charge, this.#luck.integer(0, 6))
  }

  #meter(charge: Charge, left: number): void {
    this.#world.time.after(this.#luck.between(20 * second, 4 * minute), () => {
      this.#registers[charge.connector] = this.#registerOf(charge.connector) + this.#luck.integer(1, 2_000)
      if (charge.isForgotten === true) return
      if (left === 0) return this.#stop(charge)
      this.#tongue.meter(charge, this.#registerOf(charge.connector))
      this.#meter(charge, left - 1)
    })
  }

  #registerOf(connector: number): number {
    return this.#registers[connector] ?? 0
  }

  #stop(charge: Charge): void {
    this.#tongue.stop(charge, this.#registerOf(charge.connector))
    this.#status(charge.connector, 'Available')
    this.#busy.delete(charge.connector)
  }
}
