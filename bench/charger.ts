import { commands, type CommandAnswer } from './commands.ts'
import { Mailbox } from './mailbox.ts'
import { Meter, type Outlet } from './power.ts'
import type { Chance } from './random.ts'
import { connect, Refused, type Wire } from './wire.ts'

export interface ChargerOptions {
  readonly url: string
  readonly identity: string
  readonly password: string
  readonly connectors: number
  readonly outlet: Outlet
  readonly tokens: readonly string[]
  readonly chance: Chance
  /** How long a session lasts, in seconds. */
  readonly sessionS: readonly [number, number]
  readonly pauseS: readonly [number, number]
  readonly meterEveryS: number
  /** How much faster than real the energy flows, so that a session of half a minute is worth looking at. */
  readonly speed: number
  /** Share of sessions during which the network is away for a while. */
  readonly offline: number
  /** Sessions from hours ago that wait in the queue at the start. */
  readonly backlog: number
  /** Whether cars come by themselves; a test may want to send them. */
  readonly autonomous: boolean
  readonly retryMs?: number
  readonly timeoutMs?: number
  readonly attempts?: number
}

/** One session as the station itself knows it: the truth that the server's books are held against. */
export interface LedgerSession {
  readonly connector: number
  readonly idTag: string
  readonly meterStart: number
  readonly startedAt: number
  transactionId: number | undefined
  meterStop: number | undefined
  stoppedAt: number | undefined
  reason: string | undefined
  startAnswered: boolean
  stopAnswered: boolean
}

export interface Plug {
  readonly number: number
  readonly meter: Meter
  status: string
  available: boolean
  /** An order to leave service that waits for the session's end. */
  pending: boolean | undefined
  session: LedgerSession | undefined
  cancel: (() => void) | undefined
}

const stamp = (ms: number): string => new Date(ms).toISOString()

/** A charge point as the specification describes it, from the station's side, over a real socket. */
export class Charger {
  readonly options: ChargerOptions
  readonly plugs: readonly Plug[]
  /** The station's own books. */
  readonly sessions: LedgerSession[] = []
  readonly mailbox: Mailbox
  #wire: Wire | undefined
  #stopped = false
  #backoffMs = 1_000
  #heartbeat: (() => void) | undefined
  #serial = 0
  readonly #timers = new Set<ReturnType<typeof setTimeout>>()
  readonly configuration = new Map([
    ['HeartbeatInterval', '300'],
    ['MeterValueSampleInterval', '5'],
    ['NumberOfConnectors', '1'],
    ['AuthorizeRemoteTxRequests', 'false'],
  ])

  constructor(options: ChargerOptions) {
    this.options = options
    const { chance, outlet } = options
    this.configuration.set('NumberOfConnectors', String(options.connectors))
    this.plugs = Array.from({ length: options.connectors }, (_, i) => ({
      number: i + 1,
      meter: new Meter(outlet, chance.integer(100_000, 900_000), chance.between(0.1, 0.5), Date.now()),
      status: 'Available',
      available: true,
      pending: undefined,
      session: undefined,
      cancel: undefined,
    }))
    this.mailbox = new Mailbox({
      send: (text) => this.#send(text),
      after: (ms, then) => this.after(ms, then),
      newId: () =>
        `${options.identity.slice(-12)}-${(++this.#serial).toString(36)}-${chance.integer(0, 1e9).toString(36)}`,
      timeoutMs: options.timeoutMs ?? 30_000,
      retryMs: options.retryMs ?? 60_000,
      attempts: options.attempts ?? 3,
    })
    for (let i = 0; i < options.backlog; i++) this.#pastSession(options.backlog - i)
  }

  get isOnline(): boolean {
    return this.#wire !== undefined
  }

  start(): void {
    void this.#connect()
    if (this.options.autonomous) for (const plug of this.plugs) this.#nextCar(plug)
  }

  /** Ends without another word, as a power cut would. */
  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    this.#wire?.drop()
  }

  after(ms: number, then: () => void): () => void {
    if (this.#stopped) return () => {}
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      then()
    }, ms)
    this.#timers.add(timer)
    return () => {
      clearTimeout(timer)
      this.#timers.delete(timer)
    }
  }

  /** The network is away for a while; the station goes on charging and queues. */
  disconnect(ms: number): void {
    const wire = this.#wire
    this.#wire = undefined
    wire?.drop()
    this.mailbox.offline()
    this.#heartbeat?.()
    this.after(ms, () => void this.#connect())
  }

  // --- Charging ------------------------------------------------------------------------------------------------------

  /** A car arrives, its driver shows a card, and if the card is good the session begins. */
  plugIn(plug: Plug, idTag: string): void {
    if (plug.session !== undefined || !plug.available) return
    this.report(plug, 'Preparing')
    if (!this.isOnline) return this.begin(plug, idTag)
    this.mailbox.post({
      action: 'Authorize',
      payload: () => ({ idTag }),
      answered: ({ idTagInfo }) => {
        if ((idTagInfo as { status?: string } | undefined)?.status === 'Accepted') this.begin(plug, idTag)
        else this.report(plug, 'Available')
      },
    })
  }

  begin(plug: Plug, idTag: string): void {
    if (plug.session !== undefined) return
    const now = Date.now()
    plug.meter.rest(now)
    const session: LedgerSession = {
      connector: plug.number,
      idTag,
      meterStart: plug.meter.wattHours,
      startedAt: now,
      transactionId: undefined,
      meterStop: undefined,
      stoppedAt: undefined,
      reason: undefined,
      startAnswered: false,
      stopAnswered: false,
    }
    plug.session = session
    this.sessions.push(session)
    this.#billStart(session, () => this.end(plug, 'DeAuthorized'))
    this.report(plug, 'Charging')
    const { chance, meterEveryS, sessionS, offline } = this.options
    const tick = (): void => {
      if (plug.session !== session) return
      this.#billMeter(plug, session)
      plug.cancel = this.after(meterEveryS * 1_000, tick)
    }
    plug.cancel = this.after(meterEveryS * 1_000, tick)
    if (!this.options.autonomous) return
    const lasts = chance.between(...sessionS) * 1_000
    this.after(
      lasts,
      () => plug.session === session && this.end(plug, chance.isLucky(0.3) ? 'EVDisconnected' : 'Local'),
    )
    if (chance.isLucky(offline)) this.after(lasts * 0.4, () => this.disconnect(lasts * 0.3))
  }

  end(plug: Plug, reason: string): void {
    const { session } = plug
    if (session === undefined) return
    const now = Date.now()
    plug.cancel?.()
    plug.meter.charge(session.startedAt, now, this.options.speed)
    session.meterStop = plug.meter.wattHours
    session.stoppedAt = now
    session.reason = reason
    plug.session = undefined
    this.#billStop(session)
    this.report(plug, 'Finishing')
    this.after(1_500, () => {
      if (plug.session !== undefined) return
      if (plug.pending !== undefined) plug.available = plug.pending
      plug.pending = undefined
      this.report(plug, plug.available ? 'Available' : 'Unavailable')
      if (this.options.autonomous) this.#nextCar(plug)
    })
  }

  report(plug: Plug, status: string): void {
    plug.status = status
    this.#status(plug.number, status)
  }

  reportAll(connector?: number): void {
    if (connector === undefined || connector === 0) this.#status(0, 'Available')
    for (const plug of this.plugs)
      if (connector === undefined || connector === plug.number) this.#status(plug.number, plug.status)
  }

  heartbeat(): void {
    this.mailbox.post({ action: 'Heartbeat', payload: () => ({}), answered: () => {} })
  }

  meterNow(connector?: number): void {
    for (const plug of this.plugs)
      if (plug.session !== undefined && (connector === undefined || connector === plug.number))
        this.#billMeter(plug, plug.session)
  }

  boot(): void {
    const { identity, outlet } = this.options
    this.mailbox.post({
      action: 'BootNotification',
      payload: () => ({
        chargePointVendor: 'Stationmaster',
        chargePointModel: `Simulator ${outlet.name}`.slice(0, 20),
        chargePointSerialNumber: identity.slice(-25),
        firmwareVersion: '1.0.0',
      }),
      answered: ({ status, interval }) => {
        const seconds = typeof interval === 'number' && interval > 0 ? interval : 60
        if (status !== 'Accepted') return void this.after(seconds * 1_000, () => this.boot())
        this.configuration.set('HeartbeatInterval', String(seconds))
        this.#beat()
        this.reportAll()
        this.mailbox.accepted()
        return undefined
      },
    })
  }

  /** Stops what runs, goes away, and comes back with a boot. */
  reset(kind: string): void {
    for (const plug of this.plugs) this.end(plug, kind === 'Hard' ? 'HardReset' : 'SoftReset')
    this.after(300, () => this.disconnect(1_000))
  }

  #nextCar(plug: Plug): void {
    const { chance, pauseS, tokens } = this.options
    this.after(chance.between(...pauseS) * 1_000, () => {
      if (plug.session !== undefined) return
      if (plug.available) this.plugIn(plug, chance.pick(tokens))
      // a card that was refused, or a plug out of service: another car tries later
      this.after(5_000, () => plug.session === undefined && plug.status !== 'Finishing' && this.#nextCar(plug))
    })
  }

  // --- Messages ------------------------------------------------------------------------------------------------------

  #status(connectorId: number, status: string): void {
    const at = Date.now()
    this.mailbox.post({
      action: 'StatusNotification',
      payload: () => ({ connectorId, status, errorCode: 'NoError', timestamp: stamp(at) }),
      answered: () => {},
    })
  }

  #billStart(session: LedgerSession, refused: () => void): void {
    const { connector, idTag, meterStart, startedAt } = session
    this.mailbox.bill({
      action: 'StartTransaction',
      payload: () => ({ connectorId: connector, idTag, meterStart, timestamp: stamp(startedAt) }),
      answered: ({ transactionId, idTagInfo }) => {
        session.transactionId = typeof transactionId === 'number' ? transactionId : -1
        session.startAnswered = true
        if ((idTagInfo as { status?: string } | undefined)?.status !== 'Accepted' && session.stoppedAt === undefined)
          refused()
      },
      // the server never told its id: the specification's −1 (errata 3.18)
      lost: () => (session.transactionId = -1),
    })
  }

  #billMeter(plug: Plug, session: LedgerSession): void {
    const at = Date.now()
    const { speed, outlet } = this.options
    const watts = plug.meter.charge(session.startedAt, at, speed)
    const volts = outlet.phases > 0 ? 230 : 400
    const amperes = (watts / volts / Math.max(1, outlet.phases)).toFixed(1)
    const sampledValue = [
      { value: String(plug.meter.wattHours), measurand: 'Energy.Active.Import.Register', unit: 'Wh' },
      { value: String(watts), measurand: 'Power.Active.Import', unit: 'W' },
      { value: amperes, measurand: 'Current.Import', unit: 'A', phase: 'L1' },
      { value: amperes, measurand: 'Current.Import', unit: 'A', phase: 'L2' },
      { value: String(volts), measurand: 'Voltage', unit: 'V' },
      { value: String(Math.round(plug.meter.soc * 100)), measurand: 'SoC', unit: 'Percent', location: 'EV' },
    ]
    this.mailbox.bill({
      action: 'MeterValues',
      payload: () => ({
        connectorId: plug.number,
        transactionId: session.transactionId ?? -1,
        meterValue: [{ timestamp: stamp(at), sampledValue }],
      }),
      answered: () => {},
    })
  }

  #billStop(session: LedgerSession): void {
    this.mailbox.bill({
      action: 'StopTransaction',
      payload: () => ({
        transactionId: session.transactionId ?? -1,
        idTag: session.idTag,
        meterStop: session.meterStop,
        timestamp: stamp(session.stoppedAt ?? Date.now()),
        reason: session.reason,
      }),
      answered: () => (session.stopAnswered = true),
    })
  }

  /** A session from before: its messages wait in the queue with their true times. */
  #pastSession(hoursAgo: number): void {
    const { chance, tokens } = this.options
    const [plug] = this.plugs
    if (plug === undefined) return
    const startedAt = Math.floor(Date.now() / 1_000) * 1_000 - Math.round(hoursAgo * 3_600_000)
    const lasts = chance.integer(15, 50) * 60_000
    const meterStart = plug.meter.wattHours - hoursAgo * 40_000
    const session: LedgerSession = {
      connector: plug.number,
      idTag: chance.pick(tokens),
      meterStart,
      startedAt,
      transactionId: undefined,
      meterStop: meterStart + Math.round((lasts / 3_600_000) * 11_000),
      stoppedAt: startedAt + lasts,
      reason: 'EVDisconnected',
      startAnswered: false,
      stopAnswered: false,
    }
    this.sessions.push(session)
    this.#billStart(session, () => {})
    this.#billStop(session)
  }

  #beat(): void {
    this.#heartbeat?.()
    this.#heartbeat = this.after(Number(this.configuration.get('HeartbeatInterval')) * 1_000, () => {
      this.heartbeat()
      this.#beat()
    })
  }

  // --- The socket ----------------------------------------------------------------------------------------------------

  #send(text: string): boolean {
    this.#wire?.send(text)
    return this.#wire !== undefined
  }

  async #connect(): Promise<void> {
    if (this.#stopped || this.#wire !== undefined) return
    const { url, identity, password } = this.options
    let mine: Wire | undefined
    try {
      mine = await connect({
        url,
        identity,
        password,
        protocol: 'ocpp1.6',
        opened: () => {},
        heard: (text) => this.#heard(text),
        closed: () => this.#lost(mine),
      })
    } catch (error) {
      return this.#again(error instanceof Refused ? error.retryAfterS : undefined)
    }
    if (this.#stopped) return mine.drop()
    this.#wire = mine
    this.#backoffMs = 1_000
    this.mailbox.online()
    this.boot()
  }

  #lost(wire: Wire | undefined): void {
    if (wire === undefined || this.#wire !== wire) return
    this.#wire = undefined
    this.mailbox.offline()
    this.#again(undefined)
  }

  /** Random and doubling, as OCPP 2.x tells stations to (part 4 §5.4). */
  #again(retryAfterS: number | undefined): void {
    const wait =
      retryAfterS === undefined ? this.#backoffMs * this.options.chance.between(0.5, 1.5) : retryAfterS * 1_000
    this.#backoffMs = Math.min(60_000, this.#backoffMs * 2)
    this.after(wait, () => void this.#connect())
  }

  #heard(text: string): void {
    const [type, id, ...rest] = JSON.parse(text) as [number, string, ...unknown[]]
    if (type === 3) return this.mailbox.result(id, rest[0] as Record<string, unknown>)
    if (type === 4) return this.mailbox.error(id)
    if (type !== 2) return
    const command = commands[String(rest[0])]
    if (command === undefined) return void this.#send(JSON.stringify([4, id, 'NotImplemented', '', {}]))
    const { answer, then }: CommandAnswer = command(this, rest[1] as Record<string, unknown>)
    this.#send(JSON.stringify([3, id, answer]))
    then?.()
  }
}
