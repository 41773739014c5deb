import type { Alarm } from '../core/domain/alarm.ts'
import { type ChargePointRef, refKey } from '../core/domain/charge-point.ts'
import type { Order } from '../core/domain/order.ts'
import type { Bus } from '../core/ports/bus.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { ChargingOf } from '../core/ports/charging.ts'
import type { CertificateOf } from '../core/ports/certificates.ts'
import type { ChargePointRecord, Credentials } from '../core/ports/credentials.ts'
import type { CurrentState } from '../core/ports/current-state.ts'
import type { Digest } from '../core/ports/digest.ts'
import type { Directory } from '../core/ports/directory.ts'
import type { Ids } from '../core/ports/ids.ts'
import type { Ledger } from '../core/ports/ledger.ts'
import type { Log } from '../core/ports/log.ts'
import type { OpenSessions } from '../core/ports/open-sessions.ts'
import type { Pressure } from '../core/ports/pressure.ts'
import type { CertificateRequests } from '../core/ports/certificate-requests.ts'
import type { Prices } from '../core/ports/prices.ts'
import type { PlugAndCharge } from '../core/ports/plug-and-charge.ts'
import type { Random } from '../core/ports/random.ts'
import type { RoamingAuthorizer } from '../core/ports/roaming-authorizer.ts'
import type { Secrets } from '../core/ports/secrets.ts'
import type { CommandStore } from '../core/ports/store.ts'
import type { Telemetry } from '../core/ports/telemetry.ts'
import type { TenantDoor } from '../core/ports/tenants.ts'
import type { Timers } from '../core/ports/timers.ts'
import type { TraceStore } from '../core/ports/trace-store.ts'
import type { Tokens } from '../core/ports/tokens.ts'
import type { VatNumbers } from '../core/ports/vat-numbers.ts'
import { Admissions } from './admission.ts'
import { Caller } from './caller.ts'
import { commandTopic } from './commander.ts'
import { Dialogue } from './dialogue.ts'
import { Gate } from './gate.ts'
import { ChargePointGateway } from './gateway.ts'
import { GroupCommit } from './journal.ts'
import { Orders } from './orders.ts'
import { Presence } from './presence.ts'
import { Registry } from './registry.ts'
import { Reporter } from './reporter.ts'
import { Trace } from './trace.ts'
import { Wheel } from './wheel.ts'

export interface WorkerSettings {
  /** What a BootNotification is told, in seconds. */
  readonly heartbeatS: number
  /** What it is told while it may not come in yet: when to ask again, in seconds. */
  readonly retryS: number
  /** A quiet socket is pinged once in this time, and dropped after one and a half of it. */
  readonly pingMs: number
  readonly callTimeoutMs: number
  /** Frames a second that a socket may send in the long run, billing messages aside; 0 = any. */
  readonly framesPerS: number
  readonly frameBurst: number
  /** Megabytes of memory in which the last frames of all are kept; 0 = none are. */
  readonly traceMb: number
  readonly mostBufferedBytes: number
  readonly allowedOrigins: readonly string[]
  /** An unknown identity is refused like a wrong password: 401 in place of 404 (BI-01). */
  readonly uniform401: boolean
  /** A socket without a sub-protocol of ours is opened and closed, in place of 400 (BI-07). */
  readonly ocppj101Close: boolean
  /** So many sockets fit in; what the process may open is for more than sockets. */
  readonly mostSockets: number
  /** The longest answer of a contract pool that is handed on before 2.1, in characters (handbook §6 no. 41). */
  readonly mostExi: number
  /** `vendor/model` in lower case, `*` for any: stations that do not come back after a clean close. */
  readonly abortModels: readonly string[]
  /** Where receipts of payments at stations are: `{receipt}` in it stands for the number of one. Absent = the stations make them. */
  readonly receiptUrl?: string
}

export const defaultSettings: WorkerSettings = {
  heartbeatS: 300,
  retryS: 60,
  pingMs: 60_000,
  callTimeoutMs: 30_000,
  framesPerS: 20,
  frameBurst: 200,
  traceMb: 64,
  mostBufferedBytes: 1024 * 1024,
  allowedOrigins: [],
  uniform401: false,
  ocppj101Close: false,
  mostSockets: Number.POSITIVE_INFINITY,
  mostExi: 5_600,
  abortModels: [],
}

/** What a worker bears without being called pressed. */
const bearable = { loopDelayMs: 100, commitMs: 1_000 }

/** Everything from outside that a worker needs, handed in (D-9). */
export interface Outside {
  /** The worker's own name; a new one at every start. */
  readonly name: string
  readonly clock: Clock
  readonly timers: Timers
  readonly random: Random
  readonly ids: Ids
  readonly digest: Digest
  readonly ledger: Ledger
  readonly currentState: CurrentState
  readonly credentials: Credentials
  readonly tokens: Tokens
  readonly commands: CommandStore
  readonly directory: Directory
  readonly bus: Bus
  readonly telemetry: Telemetry
  readonly log: Log
  readonly trusts: (address: string) => boolean
  /** Whose a host is, and whether a tenant is closed; absent = there is the default one. */
  readonly tenants?: TenantDoor
  readonly certificateOf: CertificateOf
  readonly openSessions: OpenSessions
  readonly pressure: Pressure
  readonly secrets: Secrets
  readonly certificateRequests: CertificateRequests
  readonly prices: Prices
  readonly vatNumbers: VatNumbers
  readonly plugAndCharge: PlugAndCharge
  /** Hears of a charge point that is here now and for which orders wait. */
  readonly ordersWait: (ref: ChargePointRef) => void
  /** Gives an order of our own to a charge point: one that no operator has asked for. */
  readonly orderFor: (ref: ChargePointRef, order: Order) => void
  /** Hears of a charge point of 2.x that has booted with this firmware: what it has may not be known yet. */
  readonly inventoryOf: (ref: ChargePointRef, firmware: string | undefined) => void
  readonly chargingOf: ChargingOf
  /** Asks the EMPs of drivers who are none of our own; absent = nobody is asked. */
  readonly roaming?: RoamingAuthorizer
  /** Where the frames of chosen charge points are kept for longer; absent = nowhere. */
  readonly traces?: TraceStore
  /** Whether those are chosen as well of whom nobody has said anything. */
  readonly tracesAll?: () => boolean
  /** Hears of every state that a machine comes into: for whoever looks on. */
  readonly onState?: (change: StateChange) => void
}

export interface StateChange {
  readonly machine: 'charge-point' | 'connector' | 'session' | 'command'
  /** The charge point, the number of its connector, the session's id, or what is ordered. */
  readonly of: string
  readonly state: string
}

/** One worker: the sockets it holds, their actors, and the journal they share. Nothing here is shared with another worker. */
export class Worker {
  readonly name: string
  readonly settings: WorkerSettings
  readonly clock: Clock
  readonly timers: Wheel
  readonly random: Random
  readonly ids: Ids
  readonly digest: Digest
  readonly tokens: Tokens
  readonly commands: CommandStore
  readonly directory: Directory
  readonly bus: Bus
  readonly telemetry: Telemetry
  readonly log: Log
  readonly secrets: Secrets
  readonly certificateRequests: CertificateRequests
  readonly prices: Prices
  readonly vatNumbers: VatNumbers
  readonly plugAndCharge: PlugAndCharge
  readonly ordersWait: Outside['ordersWait']
  readonly orderFor: Outside['orderFor']
  readonly inventoryOf: Outside['inventoryOf']
  readonly chargingOf: ChargingOf
  readonly roaming: RoamingAuthorizer | undefined
  readonly #credentials: Credentials
  readonly journal: GroupCommit
  readonly reporter: Reporter
  readonly trace: Trace
  readonly #onState: Outside['onState']
  readonly gate: Gate
  readonly admissions: Admissions
  readonly registry: Registry
  readonly presence: Presence
  readonly dialogue: Dialogue
  readonly caller: Caller
  readonly gateway: ChargePointGateway
  readonly #orders: Orders
  #draining = false

  constructor(outside: Outside, settings: WorkerSettings) {
    const { clock, log, telemetry, credentials, digest, random, trusts, certificateOf } = outside
    this.name = outside.name
    this.#credentials = credentials
    this.settings = settings
    this.clock = clock
    this.timers = new Wheel(clock, outside.timers)
    this.random = random
    this.ids = outside.ids
    this.digest = digest
    this.tokens = outside.tokens
    this.commands = outside.commands
    this.directory = outside.directory
    this.bus = outside.bus
    this.telemetry = telemetry
    this.log = log
    this.secrets = outside.secrets
    this.certificateRequests = outside.certificateRequests
    this.prices = outside.prices
    this.vatNumbers = outside.vatNumbers
    this.plugAndCharge = outside.plugAndCharge
    this.ordersWait = outside.ordersWait
    this.orderFor = outside.orderFor
    this.inventoryOf = outside.inventoryOf
    this.chargingOf = outside.chargingOf
    this.roaming = outside.roaming
    this.journal = new GroupCommit({ ledger: outside.ledger, clock, timers: this.timers, telemetry, log })
    this.reporter = new Reporter({
      currentState: outside.currentState,
      timers: this.timers,
      log,
      fulfilled: this.commandsChanged,
    })
    this.#onState = outside.onState
    this.trace = new Trace({
      clock,
      digest,
      log,
      timers: this.timers,
      telemetry,
      megabytes: settings.traceMb,
      first: random.integer(0, 1_000_000_000),
      store: outside.traces,
      storesAll: outside.tracesAll ?? (() => false),
    })
    this.gate = new Gate({
      clock,
      timers: this.timers,
      pressure: () =>
        Math.max(outside.pressure.loopDelayMs() / bearable.loopDelayMs, this.journal.delayMs / bearable.commitMs),
    })
    const { allowedOrigins, uniform401, ocppj101Close } = settings
    this.admissions = new Admissions({
      credentials,
      digest,
      clock,
      timers: this.timers,
      random,
      telemetry,
      log,
      gate: this.gate,
      openSessions: outside.openSessions,
      trusts,
      tenants: outside.tenants,
      certificateOf,
      allowedOrigins,
      uniform401,
      ocppj101Close,
      alarm: this.alarm,
      closedBecause: () => this.refusesBecause(),
    })
    this.registry = new Registry(this)
    this.presence = new Presence(this)
    this.dialogue = new Dialogue(this)
    this.gateway = new ChargePointGateway(this)
    this.caller = new Caller({
      clock,
      timers: this.timers,
      ids: outside.ids,
      timeoutMs: settings.callTimeoutMs,
      send: (link, text) => this.gateway.send(link, text),
      called: (link, call) => this.trace.called(link, call),
    })
    this.#orders = new Orders(this)
    telemetry.gauge('ocpp.connections', () => this.registry.size)
    telemetry.gauge('ocpp.connect.waiting', () => this.gate.waiting)
    telemetry.gauge('ocpp.ingest.pending', () => this.journal.pending)
    telemetry.gauge('eventloop.delay.worst', () => outside.pressure.loopDelayMs())
  }

  async start(): Promise<void> {
    await this.bus.serve(this.name, (message) => this.#orders.answer(message))
    this.presence.start()
  }

  /** A charge point's record was written: what is new about it counts at once, also for a socket that is open (BI-14). */
  async recordChanged(ref: ChargePointRef): Promise<void> {
    const link = this.registry.find(ref)
    if (link === undefined) return
    const record = await this.#credentials.find(ref.tenant, ref.identity)
    const before = link.record
    if (record === undefined) return this.registry.dismiss(link, 1008, 'it was removed')
    if (record.blocked) return this.registry.dismiss(link, 1008, 'it was blocked')
    // one that has taken the password that was sent to it has not been locked out by anybody
    if (!isSame(record.verifier, before.verifier) && !isSame(record.verifier, before.next))
      return this.registry.dismiss(link, 1008, 'its credentials have changed')
    link.record = link.booted ? { ...record, ...namesOf(before) } : record
    this.registry.changed(ref, record.registration)
  }

  /** Their operator is closed: its charge points are not let in again, and those that are in go. */
  tenantsClosed(tenants: readonly string[]): void {
    for (const link of this.registry.links())
      if (tenants.includes(link.seat.ref.tenant)) this.registry.dismiss(link, 1008, 'its operator is closed')
  }

  /** Somebody should look at this charge point: an event for those who follow, and a line in the log. */
  readonly alarm = (ref: ChargePointRef, alarm: Alarm, detail: string): void => {
    this.log.warn('security alarm', { chargePoint: refKey(ref), alarm, detail })
    this.reporter.report({ kind: 'alarm', ...ref, epoch: 0, at: this.clock.now(), alarm, detail })
  }

  /** A machine has come into a state. */
  saw(machine: StateChange['machine'], of: string, state: unknown): void {
    if (this.#onState !== undefined && typeof state === 'string') this.#onState({ machine, of, state })
  }

  /** One of its sessions was closed without a stop, by whoever swept the deadline. */
  sessionInferred(ref: ChargePointRef, session: string, because: string): void {
    const link = this.registry.find(ref)
    if (link !== undefined) this.registry.inferred(link, session, because)
  }

  readonly commandsChanged = (commands: readonly string[]): void => {
    for (const id of commands) this.bus.publish(commandTopic(id), '')
  }

  /** Whether one more socket would be one too many. */
  get isFull(): boolean {
    return this.registry.size >= this.settings.mostSockets
  }

  /** Whether there is so much room again that it will not be full at once. */
  get hasRoom(): boolean {
    return this.registry.size < this.settings.mostSockets * 0.98
  }

  /** Why nobody can be here just now, or nothing. */
  closedBecause(): string | undefined {
    if (this.#draining) return 'this server is going down'
    if (this.journal.outageMs > 15_000) return 'the store does not commit'
    return undefined
  }

  /** Why one more is not let in just now, or nothing. */
  refusesBecause(): string | undefined {
    return this.closedBecause() ?? (this.isFull ? 'this server holds as many charge points as it can' : undefined)
  }

  /** Lets nobody in any more, answers what is in flight, and closes every socket within `overMs` (INV-62). */
  async drain(overMs: number): Promise<void> {
    this.#draining = true
    const until = this.clock.monotonic() + overMs
    // what has been heard is answered before its socket is closed
    while ([...this.registry.links()].some((link) => link.inbound.length > 0) && this.clock.monotonic() < until)
      await new Promise<void>((go) => this.timers.after(20, go))
    await this.presence.dismissAll(1012, 'this server restarts', Math.max(0, until - this.clock.monotonic()))
    this.trace.hurry()
    const isBusy = (): boolean => this.journal.pending + this.reporter.pending + this.trace.pending > 0
    while (isBusy() && this.clock.monotonic() < until) await new Promise<void>((go) => this.timers.after(20, go))
    this.presence.stop()
    this.timers.stop()
  }
}

/** What a station has called itself on its socket: the row may not have it yet. */
const namesOf = ({ vendor, model, firmware, serial }: ChargePointRecord): Partial<ChargePointRecord> => ({
  ...(vendor !== undefined && { vendor }),
  ...(model !== undefined && { model }),
  ...(firmware !== undefined && { firmware }),
  ...(serial !== undefined && { serial }),
})

type Verifier = NonNullable<ChargePointRecord['verifier']>

const isSame = (a: Verifier | undefined, b: Verifier | undefined): boolean =>
  a?.salt.toString() === b?.salt.toString() && a?.hash.toString() === b?.hash.toString()
