import type { ConnectorStatusEnumType, InstallCertificateUseEnumType } from 'typed-ocpp/dist/ocpp21/types.js'
import type { Protocol2 } from '../../core/ocpp/version.ts'
import { Books } from '../charger/books.ts'
import { Unruly } from '../charger/chaos/unruly.ts'
import { CertificateStore } from '../charger/certificates.ts'
import { Diary } from '../charger/diary.ts'
import { Firmware } from '../charger/firmware.ts'
import { Line } from '../charger/line.ts'
import { machineTime, type Time } from '../charger/options.ts'
import type { Reservations } from '../charger/reservations.ts'
import { SecurityLog } from '../charger/security-log.ts'
import { Tidings } from '../charger/tidings.ts'
import { Uploads } from '../charger/uploads.ts'
import { Mailbox, type Post } from '../mailbox.ts'
import type { Member, Order } from '../member.ts'
import type { Chance } from '../random.ts'
import { anyOrder } from './any-order.ts'
import { clearBay, nextCar, pastTransaction, stay } from './cars.ts'
import { end } from './charging.ts'
import { ClockAligned } from './clock-aligned.ts'
import { controllersOf } from './controllers.ts'
import { Credentials } from './credentials.ts'
import { Der } from './der.ts'
import { DeviceModel } from './device-model.ts'
import { Dialogue } from './dialogue.ts'
import { Displays } from './displays.ts'
import { type Evse, followAll, makeEvses, notify, reservationsOf, statusOf } from './evse.ts'
import { firmwareOf } from './firmware-of.ts'
import { hardwareOf } from './hardware.ts'
import { mailboxOf } from './mailbox-of.ts'
import { mannersOf } from './manners.ts'
import { Monitors } from './monitors.ts'
import { Network } from './network.ts'
import type { StationOptions } from './options.ts'
import { Profiles } from './profiles.ts'
import { Publisher } from './publisher.ts'
import { Registration } from './registration.ts'
import { type Restart, reboot, started } from './reset.ts'
import { Streams } from './streams.ts'
import { Tariffs } from './tariffs.ts'
import { Tokens } from './tokens.ts'
import type { Transaction } from './transaction.ts'
import { variablesIn } from './variable.ts'
import { Timers } from '../charger/timers.ts'

/** A charging station as OCPP 2.0.1 and 2.1 describe it, from its own side, over a real socket. */
export class Station implements Member {
  readonly protocol: Protocol2
  readonly options: StationOptions
  readonly time: Time
  readonly evses: readonly Evse[]
  /** The station's own books: its transactions, and its CALLs. */
  readonly transactions: Transaction[] = []
  readonly books: Books
  readonly diary = new Diary()
  readonly network = new Network(this)
  readonly certificates = new CertificateStore<InstallCertificateUseEnumType>()
  readonly credentials: Credentials
  readonly tokens = new Tokens(this)
  readonly profiles = new Profiles()
  readonly reservations: Reservations
  readonly displays = new Displays(this)
  readonly tariffs = new Tariffs(this)
  readonly der = new Der(this)
  readonly monitors = new Monitors(this)
  readonly streams = new Streams(this)
  readonly model: DeviceModel
  readonly chaos: Unruly | undefined
  readonly mailbox: Mailbox
  readonly line = new Line(this)
  readonly dialogue: Dialogue
  readonly registration = new Registration(this)
  readonly tidings = new Tidings(this)
  readonly security: SecurityLog
  readonly uploads: Uploads
  readonly firmware: Firmware
  readonly publisher = new Publisher(this)
  readonly clock = new ClockAligned(this)
  celsius = 25
  /** False while it starts anew. */
  isUp = true
  isStopped = false
  /** Nobody may begin: its firmware is to be installed, or its time is over. */
  isClosed = false
  /** Ordered out of service as a whole (ChangeAvailability without an EVSE). */
  isOutOfService = false
  /** A reset that waits until nobody charges. */
  #restart: Restart | undefined
  #isAsked = false
  #awayFrom: number | undefined
  #serial = 0
  /** What the server has heard of each connector. */
  readonly #heard = new Map<number, ConnectorStatusEnumType>()
  readonly #timers: Timers

  constructor(options: StationOptions) {
    this.options = options
    const { identity, protocol, time = machineTime, timeoutMs = 30_000, chaos } = options
    this.protocol = protocol
    this.time = time
    this.#timers = new Timers(time)
    this.evses = makeEvses(options, time.now())
    this.credentials = new Credentials(this)
    this.books = new Books({ identity, timeoutMs, after: (ms, then) => this.after(ms, then) })
    this.security = new SecurityLog({ time, tidings: this.tidings })
    this.uploads = new Uploads({
      ...this.#tools,
      options,
      diary: this.diary,
      security: this.security,
      tellsCancelled: true,
    })
    this.firmware = new Firmware(firmwareOf(this))
    this.model = new DeviceModel([...variablesIn(controllersOf(this)), ...variablesIn(hardwareOf(this))])
    this.reservations = reservationsOf(this)
    this.dialogue = new Dialogue(this)
    this.chaos = chaos && new Unruly({ station: this, chaos, manners: mannersOf(this) })
    this.mailbox = new Mailbox(mailboxOf(this))
    this.monitors.start()
    for (let i = 0; i < options.backlog; i++) pastTransaction(this, options.backlog - i)
  }

  get #tools(): Pick<Station, 'after' | 'note' | 'time' | 'tidings'> {
    const { time, tidings } = this
    return { time, tidings, after: (ms, then) => this.after(ms, then), note: (text) => this.note(text) }
  }

  /** Connected, and accepted by the server. */
  get isAtWork(): boolean {
    return this.line.isOpen && this.registration.isAccepted
  }

  get pingS(): number {
    return this.model.number('OCPPCommCtrlr/WebSocketPingInterval')
  }

  start(): void {
    started(this)
    void this.line.open()
    this.clock.start()
    this.chaos?.start()
    if (this.options.autonomous) for (const evse of this.evses) nextCar(this, evse)
  }

  /** Ends without another word, as a power cut would. */
  stop(): void {
    this.isStopped = true
    this.#timers.stop()
    this.line.cut()
  }

  anyOrder(chance: Chance): Order {
    return anyOrder(this, chance)
  }

  windDown(): void {
    this.isClosed = true
    for (const evse of this.evses) {
      evse.cancelCar?.()
      end(this, evse, 'StopAuthorized', 'Local')
    }
  }

  /** Nothing is under way, and the server has acknowledged everything that was. */
  get isSettled(): boolean {
    return (
      this.evses.every(({ transaction }) => transaction === undefined) &&
      this.mailbox.waiting === 0 &&
      this.books.outstanding === 0 &&
      this.sessions.every(({ stopAnswered }) => stopAnswered)
    )
  }

  get sessions(): readonly Transaction[] {
    return this.transactions
  }

  after(ms: number, then: () => void): () => void {
    return this.#timers.after(ms, then)
  }

  /** Of a message or of a transaction, unlike any other of this station's (2.0.1 errata 4.6). */
  newId(): string {
    const { identity, chance } = this.options
    return `${identity.slice(-12)}-${(++this.#serial).toString(36)}-${chance.integer(0, 1e9).toString(36)}`
  }

  /** Said now or never; before the server has accepted the boot only what it has asked for (B02.FR.09). */
  post(post: Post): void {
    if (this.isAtWork || (this.line.isOpen && this.#isAsked)) this.mailbox.post(post)
    else post.lost?.()
  }

  asked(say: () => void): void {
    this.#isAsked = true
    say()
    this.#isAsked = false
  }

  note(text: string): void {
    this.diary.write(this.time.now(), text)
  }

  /** Of the line: a connection stands. */
  connected(): void {
    this.note('connected')
    this.mailbox.online()
    this.registration.connected()
  }

  /** Of the line: the connection is gone. */
  disconnected(): void {
    this.note('disconnected')
    this.#awayFrom ??= this.time.now()
    this.registration.lost()
    this.books.dropped()
    this.mailbox.offline()
  }

  /**
   * Accepted, with a boot or because it was before. Connectors are told of anew after a boot or a long time away, else
   * those only that have changed meanwhile (B04.FR.01, B04.FR.02).
   */
  registered(isBooted: boolean): void {
    const awayMs = this.#awayFrom === undefined ? 0 : this.time.now() - this.#awayFrom
    this.#awayFrom = undefined
    const isAll = isBooted || awayMs > this.model.number('OCPPCommCtrlr/OfflineThreshold') * 1_000
    for (const evse of this.evses) if (isAll || this.#heard.get(evse.id) !== statusOf(this, evse)) notify(this, evse)
    this.mailbox.accepted()
    this.tidings.flush()
    if (isBooted) this.firmware.accepted()
  }

  /** The server has acknowledged how a connector stands. */
  statusHeard(evse: number, status: ConnectorStatusEnumType): void {
    this.#heard.set(evse, status)
  }

  /** When nobody charges any more, or now; true where that is now. */
  restartWhenIdle(restart: Restart): boolean {
    const isIdle = this.evses.every(({ transaction }) => transaction === undefined)
    if (!isIdle) this.#restart = restart
    return isIdle
  }

  transactionBegan(evse: Evse, transaction: Transaction): void {
    if (this.options.autonomous) stay(this, evse, transaction)
  }

  transactionEnded(evse: Evse): void {
    const restart = this.#restart
    if (restart !== undefined && this.restartWhenIdle(restart)) {
      this.#restart = undefined
      void reboot(this, restart)
    }
    if (this.options.autonomous) clearBay(this, evse)
  }

  setAvailable(evse: Evse, isAvailable: boolean): void {
    const isBusy = evse.transaction !== undefined
    evse.pending = isBusy && !isAvailable ? false : undefined
    if (isBusy && !isAvailable) return
    evse.available = isAvailable
    if (!isAvailable) this.reservations.drop(evse.id)
    followAll(this)
  }
}
