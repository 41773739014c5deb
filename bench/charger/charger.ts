import { Mailbox, type Post } from '../mailbox.ts'
import type { Member, Order } from '../member.ts'
import type { Chance } from '../random.ts'
import { anyOrder } from './any-order.ts'
import { Books } from './books.ts'
import { Cards } from './cards.ts'
import { nextCar, pastSession, stay } from './cars.ts'
import { end } from './charging.ts'
import { CertificateStore } from './certificates.ts'
import { mannersOf } from './chaos/manners.ts'
import { Unruly } from './chaos/unruly.ts'
import { ClockAligned } from './clock-aligned.ts'
import { Configuration } from './configuration.ts'
import { Credentials } from './credentials.ts'
import { Dialogue } from './dialogue.ts'
import { Diary } from './diary.ts'
import { Firmware } from './firmware.ts'
import { firmwareOf } from './firmware-of.ts'
import { Line } from './line.ts'
import { mailboxOf } from './mailbox-of.ts'
import { type ChargerOptions, machineTime, type Time } from './options.ts'
import { close, makePlugs, type Plug, reservationsOf } from './plug.ts'
import { Profiles } from './profiles.ts'
import { Registration } from './registration.ts'
import type { Reservations } from './reservations.ts'
import { SecurityLog } from './security-log.ts'
import type { LedgerSession } from './session.ts'
import { started } from './reset.ts'
import { Tidings } from './tidings.ts'
import { Uploads } from './uploads.ts'
import { Timers } from './timers.ts'

/** A charge point as OCPP 1.6 and its security extension describe it, from the station's side, over a real socket. */
export class Charger implements Member {
  readonly protocol = 'ocpp1.6'
  readonly options: ChargerOptions
  readonly time: Time
  readonly plugs: readonly Plug[]
  /** The station's own books: its sessions, and its CALLs. */
  readonly sessions: LedgerSession[] = []
  readonly books: Books
  readonly diary = new Diary()
  readonly configuration: Configuration
  readonly profiles = new Profiles()
  readonly certificates = new CertificateStore()
  readonly reservations: Reservations
  readonly chaos: Unruly | undefined
  readonly mailbox: Mailbox
  readonly line = new Line(this)
  readonly dialogue = new Dialogue(this)
  readonly registration = new Registration(this)
  readonly tidings = new Tidings(this)
  readonly credentials: Credentials
  readonly cards = new Cards(this)
  readonly security: SecurityLog
  readonly uploads = new Uploads(this)
  readonly firmware: Firmware
  readonly clock = new ClockAligned(this)
  /** False while it starts anew. */
  isUp = true
  isStopped = false
  /** Nobody may begin: its firmware is to be installed, or its time is over. */
  isClosed = false
  /** Ordered out of service as a whole (ChangeAvailability of connector 0). */
  isOutOfService = false
  #isAsked = false
  readonly #timers: Timers

  constructor(options: ChargerOptions) {
    this.options = options
    const { identity, time = machineTime, timeoutMs = 30_000, chaos } = options
    this.time = time
    this.#timers = new Timers(time)
    this.plugs = makePlugs(options, time.now())
    this.configuration = new Configuration(options)
    this.credentials = new Credentials(this)
    this.security = new SecurityLog({ time, tidings: this.tidings })
    this.firmware = new Firmware(firmwareOf(this))
    this.books = new Books({ identity, timeoutMs, after: (ms, then) => this.after(ms, then) })
    this.reservations = reservationsOf(this)
    this.chaos = chaos === undefined ? undefined : new Unruly({ station: this, chaos, manners: mannersOf(this) })
    this.mailbox = new Mailbox(mailboxOf(this))
    for (let i = 0; i < options.backlog; i++) pastSession(this, options.backlog - i)
  }

  get pingS(): number {
    return this.configuration.number('WebSocketPingInterval')
  }

  /** Connected, and accepted by the server. */
  get isAtWork(): boolean {
    return this.line.isOpen && this.registration.isAccepted
  }

  start(): void {
    started(this)
    void this.line.open()
    this.clock.start()
    this.chaos?.start()
    if (this.options.autonomous) for (const plug of this.plugs) nextCar(this, plug)
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
    close(this)
    for (const plug of this.plugs) end(this, plug, 'Local')
  }

  /** Nothing is under way, and the server has acknowledged everything that was. */
  get isSettled(): boolean {
    return (
      this.plugs.every(({ session }) => session === undefined) &&
      this.mailbox.waiting === 0 &&
      this.books.outstanding === 0 &&
      this.sessions.every(({ stopAnswered }) => stopAnswered)
    )
  }

  after(ms: number, then: () => void): () => void {
    return this.#timers.after(ms, then)
  }

  /** Said now or never; before the server has accepted the boot only what it has asked for (OCPP 1.6 §4.2). */
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
    this.credentials.connected()
    this.mailbox.online()
    this.registration.boot()
  }

  /** Of the line: the connection is gone. */
  disconnected(): void {
    this.note('disconnected')
    this.registration.lost()
    this.books.dropped()
    this.mailbox.offline()
  }

  /** Of a plug: a session has begun. */
  sessionBegan(plug: Plug, session: LedgerSession): void {
    if (this.options.autonomous) stay(this, plug, session)
  }

  /** Of a plug: it can be had again. */
  plugIsFree(plug: Plug): void {
    if (this.options.autonomous) nextCar(this, plug)
  }
}
