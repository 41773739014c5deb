import type { Protocol } from '../../core/ocpp/version.ts'
import { chance } from '../random.ts'
import { sleep } from '../sleep.ts'
import { connect, Refused } from '../wire.ts'
import type { Kind, Progress, Rates, WindowData } from './orders.ts'
import { Pace } from './pace.ts'
import { idOf, readId, Station } from './station.ts'
import { Window } from './window.ts'
import type { Standing } from './wording.ts'

export interface CrewOptions {
  /** Stations take them by turns. */
  readonly urls: readonly string[]
  readonly from: number
  readonly count: number
  /** Of this generator among all, and of this run among others: its stations' addresses. */
  readonly number: number
  readonly run: number
  /** What the stations speak, by turns. */
  readonly protocols: readonly Protocol[]
}

/** With more from one address, old ones that still linger among them, the kernel's search for a free port is what is measured. */
const mostPerAddress = 4_000
const nowUs = (): number => performance.now() * 1_000

/** The socket went while something waited for an answer. */
class Gone extends Error {
  override readonly name = 'Gone'
}

/** The stations of one generator process, and what they are made to do. */
export class Crew {
  readonly #options: CrewOptions
  readonly #stations: readonly Station[]
  readonly #charging: Station[] = []
  readonly #others: Station[]
  readonly #luck
  #window = new Window()
  #away: number
  #greets = false
  #stopped: Promise<void> | undefined
  #stop: () => void = () => {}
  #arrivals = 0
  #turn = { charging: 0, others: 0 }

  constructor(options: CrewOptions) {
    this.#options = options
    this.#luck = chance(options.from + 1)
    this.#stations = Array.from({ length: options.count }, (_, i) => stationOf(options, options.from + i))
    this.#others = [...this.#stations]
    this.#away = options.count
  }

  async connect(inFlight: number, greets: boolean): Promise<void> {
    this.#greets = greets
    await this.#inParallel(this.#stations, inFlight, (station) => this.#comeBack(station, performance.now(), true))
  }

  async charge(count: number): Promise<void> {
    await this.#inParallel(this.#others.slice(0, count), 256, (station) => this.#begin(station))
  }

  /** Says so many messages of each kind a second until it is told to be quiet. */
  open(perS: Rates, poisson: boolean, spins: boolean): void {
    const from = performance.now()
    const luck = poisson ? this.#luck : undefined
    const paces = Object.entries(perS)
      .filter(([, rate]) => rate > 0)
      .map(([kind, rate]) => ({ kind: kind as keyof Rates, pace: new Pace(rate, from, luck) }))
    this.#begins()
    let isOver = false
    void this.#stopped?.then(() => (isOver = true))
    const turn = (): void => {
      if (isOver) return
      const now = performance.now()
      for (const { kind, pace } of paces) pace.due(now, (at) => this.#say(kind, at * 1_000))
      if (spins) setImmediate(turn)
      else setTimeout(turn, 1)
    }
    turn()
  }

  closed(): void {
    this.#begins()
    let isOver = false
    const idle: Station[] = []
    for (const station of this.#charging)
      station.next = () => {
        if (isOver) return
        this.#meter(station, nowUs())
        const other = idle.pop()
        if (other !== undefined) this.#aside(other)
      }
    for (const station of this.#others) station.next = () => void (isOver || idle.push(station))
    for (const station of this.#charging) this.#meter(station, nowUs())
    for (const station of this.#others) this.#aside(station)
    void this.#stopped?.then(() => (isOver = true))
  }

  pairs(count: number): void {
    this.#begins()
    let isOver = false
    void this.#stopped?.then(() => (isOver = true))
    for (const station of this.#others.slice(0, count))
      void (async () => {
        while (!isOver) {
          await this.#begin(station)
          await this.#end(station)
        }
      })()
  }

  async quiet(): Promise<void> {
    this.#stop()
    this.#stopped = undefined
    // what never comes is not waited for: the window tells how many answers are missing
    for (const until = performance.now() + 20_000; performance.now() < until; await sleep(10))
      if (this.#stations.every(({ waiting, awaited }) => waiting === 0 && awaited === undefined)) break
    for (const station of this.#stations) station.next = undefined
  }

  /** All sockets are cut; each station comes back after a pause by chance, and again until it is let in. */
  async cut(spreadMs: number): Promise<void> {
    this.#spreadMs = spreadMs
    for (const { wire } of this.#stations) wire?.drop()
    do await sleep(20)
    while (this.#away > 0)
  }
  #spreadMs = 1_000

  /** Days are not waited for: what they kept is dated back, and said as fast as it is acknowledged. */
  async flush(stations: number, events: number): Promise<void> {
    await this.#inParallel(this.#others.slice(0, stations), stations, async (station) => {
      let at = Date.now() - events * 60_000
      const stamp = (): string => new Date((at += 60_000)).toISOString()
      for (let left = events; left > 0;) {
        const readings = Math.max(0, Math.min(8, left - 2))
        const { wording } = station
        wording.begun(station, await this.#keepAsking(station, 'start', wording.start(station, stamp())))
        for (let i = 0; i < readings; i++) {
          station.register += 500
          await this.#keepAsking(station, 'meter', wording.meter(station, stamp()))
        }
        await this.#keepAsking(station, 'stop', wording.stop(station, stamp()))
        left -= readings + 2
      }
    })
  }

  window(): WindowData {
    const data = this.#window.end(this.#away, this.unanswered)
    this.#window = new Window()
    for (const station of this.#stations) station.isTouched = station.wire === undefined
    return data
  }

  progress(): Progress {
    return this.#window.progress(this.#stations.length - this.#away)
  }

  get unanswered(): number {
    return this.#stations.reduce((sum, { waiting }) => sum + waiting, 0)
  }

  #begins(): void {
    this.#stopped = new Promise((go) => (this.#stop = go))
  }

  async #inParallel(stations: readonly Station[], most: number, work: (station: Station) => Promise<void>) {
    const queue = stations.values()
    const hands = Array.from({ length: Math.min(most, stations.length) }, async () => {
      for (const station of queue) await work(station)
    })
    await Promise.all(hands)
  }

  async #comeBack(station: Station, since: number, isFirst = false): Promise<void> {
    if (!isFirst) await sleep(this.#luck.between(0, this.#spreadMs))
    for (;;) {
      const againMs = await this.#arrive(station)
      if (againMs === undefined) break
      await sleep(againMs)
    }
    station.isHere = true
    this.#away--
    this.#window.back.record((performance.now() - since) * 1_000)
  }

  /** In how many ms to try again; undefined when it has come through. */
  async #arrive(station: Station): Promise<number | undefined> {
    const { urls, number, run } = this.#options
    const began = nowUs()
    try {
      station.wire = await connect({
        url: urls[station.index % urls.length] ?? '',
        identity: `BENCH-${station.index}`,
        password: `BENCH-password-${station.index}`.padEnd(16, '-'),
        protocol: station.protocol,
        source: `127.${run}.${number}.${1 + (Math.floor(this.#arrivals++ / mostPerAddress) % 250)}`,
        opened: () => {},
        heard: (text) => this.#heard(station, text),
        closed: () => this.#lost(station),
      })
      this.#window.handshake.record(nowUs() - began)
      if (this.#greets) await this.#greet(station)
      // it may have gone again while nothing waited for it to speak
      return station.wire === undefined ? 0 : undefined
    } catch (error) {
      if (error instanceof Refused) this.#window.refused++
      const toldS = error instanceof Refused ? (error.retryAfterS ?? 0) : 0
      return toldS * 1_000 + this.#luck.between(0, 1_000)
    }
  }

  async #greet(station: Station): Promise<void> {
    const { wording } = station
    await this.#ask(station, 'boot', wording.boot)
    for (const connector of wording.connectors)
      await this.#ask(station, 'status', wording.status(connector, 'Available'))
  }

  #lost(station: Station): void {
    const { awaited, isHere } = station
    station.wire = undefined
    station.isHere = false
    station.waiting = 0
    station.isTouched = true
    station.awaited = undefined
    awaited?.tell(undefined)
    this.#window.closed++
    // one that is still arriving tries on by itself
    if (!isHere) return
    this.#away++
    void this.#comeBack(station, performance.now())
  }

  #heard(station: Station, text: string): void {
    const id = readId(text)
    if (id === undefined) return this.#asked(station, text)
    station.waiting--
    if (text.startsWith('[4')) this.#window.errors++
    this.#window.took(id.kind, nowUs() - id.dueUs, !station.isTouched)
    const { awaited } = station
    if (awaited !== undefined && text.startsWith(awaited.id, text.indexOf('"') + 1)) {
      station.awaited = undefined
      awaited.tell(text)
    }
    station.next?.()
  }

  /** The server wants something: it is done. */
  #asked(station: Station, text: string): void {
    const [type, id] = JSON.parse(text) as [number, string]
    if (type === 2) station.wire?.send(JSON.stringify([3, id, { status: 'Accepted' }]))
  }

  #send(station: Station, kind: Kind, payload: string, dueUs: number): string {
    const id = idOf(kind, dueUs, station.serial++)
    station.waiting++
    station.wire?.send(`[2,"${id}","${station.wording.actions[kind]}",${payload}]`)
    return id
  }

  #ask(station: Station, kind: Kind, payload: string, dueUs = nowUs()): Promise<string> {
    return new Promise((go, fail) => {
      if (station.wire === undefined) return fail(new Gone())
      const tell = (text: string | undefined): void => (text === undefined ? fail(new Gone()) : go(text))
      station.awaited = { id: this.#send(station, kind, payload, dueUs), tell }
    })
  }

  /** Until it is answered, over as many sockets as it takes. */
  async #keepAsking(station: Station, kind: Kind, payload: string, dueUs?: number): Promise<string> {
    for (;;)
      try {
        return await this.#ask(station, kind, payload, dueUs)
      } catch (error) {
        if (!(error instanceof Gone)) throw error
        await sleep(50)
      }
  }

  #say(kind: keyof Rates, dueUs: number): void {
    this.#window.lag.record(nowUs() - dueUs)
    if (kind === 'turnover') return void this.#turnover(dueUs)
    const station = this.#pick(kind === 'meter' ? 'charging' : 'others')
    if (station === undefined) return void this.#window.dropped++
    if (kind === 'meter') this.#meter(station, dueUs)
    else if (kind === 'status') this.#status(station, dueUs)
    else this.#send(station, 'heartbeat', '{}', dueUs)
  }

  /** The next one that does not wait for an answer: a station has one question at a time. */
  #pick(from: 'charging' | 'others'): Station | undefined {
    const stations = from === 'charging' ? this.#charging : this.#others
    for (let tries = 0; tries < 16; tries++) {
      this.#turn[from] = (this.#turn[from] + 1) % Math.max(1, stations.length)
      const station = stations[this.#turn[from]]
      if (station?.isFree === true) return station
    }
    this.#window.pipelined++
    const busy = stations[this.#turn[from]]
    return busy?.isHere === true ? busy : undefined
  }

  #meter(station: Station, dueUs: number): void {
    station.register += 37
    this.#send(station, 'meter', station.wording.meter(station), dueUs)
  }

  #status(station: Station, dueUs: number): void {
    station.isPreparing = !station.isPreparing
    const standing = station.isPreparing ? 'Preparing' : 'Available'
    this.#send(station, 'status', station.wording.status(1, standing), dueUs)
  }

  #aside(station: Station): void {
    if (this.#luck.isLucky(0.8)) this.#send(station, 'heartbeat', '{}', nowUs())
    else this.#status(station, nowUs())
  }

  /** One session ends, another begins elsewhere. */
  async #turnover(dueUs: number): Promise<void> {
    const [ending, beginning] = [this.#pick('charging'), this.#pick('others')]
    await Promise.all([
      ending && this.#end(ending, dueUs).then(() => this.#stand(ending, 'Available')),
      beginning &&
        this.#stand(beginning, 'Preparing', dueUs)
          .then(() => this.#begin(beginning))
          .then(() => this.#stand(beginning, 'Charging')),
    ])
  }

  #stand(station: Station, is: Standing, dueUs?: number): Promise<string> {
    return this.#keepAsking(station, 'status', station.wording.status(1, is), dueUs)
  }

  async #begin(station: Station): Promise<void> {
    remove(this.#others, station)
    // an equal start would be the same session
    station.register++
    const { wording } = station
    wording.begun(station, await this.#keepAsking(station, 'start', wording.start(station)))
    this.#charging.push(station)
  }

  async #end(station: Station, dueUs?: number): Promise<void> {
    remove(this.#charging, station)
    await this.#keepAsking(station, 'stop', station.wording.stop(station), dueUs)
    this.#others.push(station)
  }
}

const remove = (from: Station[], station: Station): void => {
  const at = from.indexOf(station)
  const last = from.pop()
  if (at >= 0 && last !== undefined && at < from.length) from[at] = last
  else if (at < 0 && last !== undefined) from.push(last)
}

/** By its place among all, so that each process has as much of each. */
const stationOf = ({ protocols }: CrewOptions, index: number): Station =>
  new Station(index, protocols[index % protocols.length] ?? 'ocpp1.6')
