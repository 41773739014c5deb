import type { Protocol } from '../../core/ocpp/version.ts'
import type { Incarnation } from './server.ts'
import { strikes, tell, type World } from './world.ts'

export interface StationSide {
  heard(text: string): void
  closed(socket: Socket): void
}

/** Looks at every frame on its way: what was asked, how often, and what the server says at the moment it says it. */
export interface Witness {
  asked(identity: string, text: string, times: number): void
  answered(identity: string, text: string): void
}

/** One TCP connection with its moods: late, lost, doubled, cut, or silently dead; the order is kept in each direction. */
export class Socket {
  readonly #world: World
  readonly #identity: string
  readonly #station: StationSide
  readonly #server: Incarnation
  readonly #witness: Witness
  #link: ReturnType<Incarnation['worker']['gateway']['opened']> | undefined
  #toServer = 0
  #toStation = 0
  #deaf = false
  #stationOpen = true
  #serverOpen = true

  constructor(world: World, identity: string, ends: { station: StationSide; server: Incarnation; witness: Witness }) {
    this.#world = world
    this.#identity = identity
    this.#station = ends.station
    this.#server = ends.server
    this.#witness = ends.witness
  }

  /** The opening handshake; false when the server refuses, or is not there. */
  async open(protocol: Protocol): Promise<boolean> {
    const { gateway } = this.#server.worker
    const headers: Readonly<Record<string, string>> = { 'sec-websocket-protocol': protocol }
    const admission = await gateway.admit({
      target: `/ocpp/${this.#identity}`,
      method: 'GET',
      header: (name) => headers[name],
      peer: '127.0.0.1',
      secure: false,
    })
    if (!admission.admitted) return false
    this.#link = gateway.opened(admission.seat as never, {
      send: (text) => {
        this.#witness.answered(this.#identity, text)
        this.#carry('station', text)
        return 0
      },
      ping: () => this.#later('server', () => this.#link && gateway.ponged(this.#link)),
      close: () => this.cut(),
      terminate: () => this.cut(),
    })
    this.#misfortunes()
    return true
  }

  get isOpen(): boolean {
    return this.#stationOpen
  }

  send(text: string): void {
    if (!this.#stationOpen) return
    const times = strikes(this.#world, 'duplicates') ? 2 : 1
    this.#witness.asked(this.#identity, text, times)
    for (let i = 0; i < times; i++) this.#carry('server', text)
  }

  /** Both ends learn of it, each in its own time. */
  cut(): void {
    const { time, luck } = this.#world
    time.after(luck.between(0, 2_000), () => this.#closeStation())
    time.after(luck.between(0, 2_000), () => this.#closeServer())
  }

  #carry(to: 'station' | 'server', text: string): void {
    if (this.#deaf) return
    if (to === 'station' && strikes(this.#world, 'lostReplies')) return
    this.#later(to, () => {
      if (this.#deaf) return
      if (to === 'station' && this.#stationOpen) this.#station.heard(text)
      if (to === 'server' && this.#serverOpen && this.#server.isAlive && this.#link !== undefined)
        this.#server.worker.gateway.heard(this.#link, text)
    })
  }

  #later(to: 'station' | 'server', then: () => void): void {
    const { time, luck } = this.#world
    const wait = luck.between(5, 80) + (strikes(this.#world, 'delays') ? luck.between(0, 20_000) : 0)
    const before = to === 'server' ? this.#toServer : this.#toStation
    const at = Math.max(before, time.now() + wait)
    if (to === 'server') this.#toServer = at
    else this.#toStation = at
    time.after(at - time.now(), then)
  }

  #misfortunes(): void {
    const { time, luck } = this.#world
    time.after(60_000, () => {
      if (!this.#stationOpen) return
      if (strikes(this.#world, 'drops')) return this.cut()
      if (strikes(this.#world, 'halfOpens')) {
        this.#deaf = true
        // the station's own pings find out
        return void time.after(luck.between(30_000, 90_000), () => this.#closeStation())
      }
      this.#misfortunes()
    })
  }

  /** The server's process is gone: its kernel tells the station. */
  orphaned(): void {
    this.#serverOpen = false
    this.#world.time.after(this.#world.luck.between(0, 5_000), () => this.#closeStation())
  }

  #closeStation(): void {
    if (!this.#stationOpen) return
    this.#stationOpen = false
    tell(this.#world, `${this.#identity} is cut off`)
    this.#station.closed(this)
    if (!this.#deaf) this.#world.time.after(this.#world.luck.between(0, 1_000), () => this.#closeServer())
  }

  #closeServer(): void {
    if (!this.#serverOpen) return
    this.#serverOpen = false
    if (this.#server.isAlive && this.#link !== undefined) this.#server.worker.gateway.closed(this.#link, 1006)
    if (!this.#deaf) this.#world.time.after(this.#world.luck.between(0, 1_000), () => this.#closeStation())
  }
}
