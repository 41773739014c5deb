import type { Frame } from '../../../core/ocpp/frame.ts'
import type { Chance } from '../../random.ts'
import type { Charger } from '../charger.ts'
import type { Chaos } from './chaos.ts'
import type { Manners } from './manners.ts'
import { Whims } from './whims.ts'

type Answer = Extract<Frame, { readonly kind: 'result' | 'error' }>
type Call = [type: number, id: string, action: string, payload: Readonly<Record<string, unknown>>]

const jitterWh = 90
const longestAfterStopMs = 2_000
const laterMs = 8_000
const rememberedIds = 50

/** What bad manners take of a station, whatever version it speaks. */
export interface Prone extends Pick<Charger, 'options' | 'books' | 'time' | 'isAtWork' | 'after'> {
  readonly line: Pick<Charger['line'], 'breakOff' | 'send'>
  readonly dialogue: { say(text: string): boolean }
}

interface Parts {
  readonly station: Prone
  readonly chaos: Chaos
  readonly manners: Manners
}

/** A station's bad manners: it stands between what the station means to say and the socket. */
export class Unruly {
  readonly width: number
  readonly #charger: Prone
  readonly #manners: Manners
  readonly #chaos: Chaos
  readonly #whims: Whims
  readonly #usedIds: string[] = []
  /** By message id, what start it tells; and by start, the transaction it was answered. */
  readonly #starts = new Map<string, string>()
  readonly #transactions = new Map<string, unknown>()
  #isCalm = false
  #serial = 0

  constructor({ station, chaos, manners }: Parts) {
    this.#charger = station
    this.#manners = manners
    this.#chaos = chaos
    this.width = chaos.width
    this.#whims = new Whims({ station, chaos, manners, newId: () => this.#newId() })
  }

  start(): void {
    this.#whims.start()
  }

  /** From now on as the specification has it. */
  calm(): void {
    this.#isCalm = true
    this.#whims.stop()
  }

  /** Of the mailbox: a message id that was used before, where one is to be. */
  usedId(): string | undefined {
    if (!this.#isLucky('usedIds') || this.#usedIds.length === 0) return undefined
    const id = this.#chance.pick(this.#usedIds)
    return this.#charger.books.isOutstanding(id) ? undefined : id
  }

  /** Of the mailbox: says a CALL, after its own fashion. */
  send(text: string): boolean {
    if (this.#isLucky('drops', 0.5)) {
      this.#breakOff()
      return false
    }
    const said = this.#isLucky('untidy') ? this.#manners.untidied(text, this.#chance) : text
    const isSaid = this.#say(said)
    if (isSaid && this.#isLucky('doubles')) this.#repeat(said)
    if (this.#isLucky('drops', 0.5)) this.#breakOff()
    return isSaid
  }

  /** Of the dialogue: the server has answered. */
  answered(frame: Answer): void {
    this.#whims.answered(frame)
    this.#usedIds.push(frame.id)
    if (this.#usedIds.length > rememberedIds) this.#usedIds.shift()
    const start = this.#starts.get(frame.id)
    this.#starts.delete(frame.id)
    if (start === undefined || frame.kind === 'error') return
    const { transactionId } = frame.payload as { readonly transactionId?: unknown }
    const first = this.#transactions.get(start) ?? transactionId
    this.#transactions.set(start, first)
    if (first !== transactionId)
      this.#charger.books.complain(`one start was answered transaction ${String(first)}, then ${String(transactionId)}`)
  }

  answersLateBy(): number {
    return this.#isLucky('lateAnswers') ? this.#chance.integer(1, this.#chaos.latestMs) : 0
  }

  /** Of a session that begins: nobody will ever hear of its start. */
  losesStart(): boolean {
    return this.#isLucky('lostStarts')
  }

  /** By how much a reading trembles, in Wh. */
  jitterWh(): number {
    return this.#isLucky('jitters') ? this.#chance.integer(-jitterWh, jitterWh) : 0
  }

  /** Of a session that is over: after how long one more reading comes behind its stop, or undefined. */
  afterStopMs(): number | undefined {
    return this.#isLucky('afterStop') ? this.#chance.integer(1, longestAfterStopMs) : undefined
  }

  get #chance(): Chance {
    return this.#charger.options.chance
  }

  #isLucky(
    what: 'drops' | 'doubles' | 'untidy' | 'usedIds' | 'lateAnswers' | 'jitters' | 'afterStop' | 'lostStarts',
    part = 1,
  ): boolean {
    return !this.#isCalm && this.#chance.isLucky(this.#chaos[what] * part)
  }

  #breakOff(): void {
    this.#charger.line.breakOff(this.#chance.integer(1, this.#chaos.longestAwayMs))
  }

  #say(text: string): boolean {
    const [, id, action, payload] = JSON.parse(text) as Call
    if (action === 'StartTransaction') this.#starts.set(id, startOf(payload))
    return this.#charger.dialogue.say(text)
  }

  /** The very same bytes at once; or the same content under another id, at once or later. */
  #repeat(text: string): void {
    if (this.#chance.isLucky(0.3)) return void this.#say(text)
    const [type, , action, payload] = JSON.parse(text) as Call
    const again = (): boolean => this.#say(JSON.stringify([type, this.#newId(), action, payload]))
    if (action === 'BootNotification' || this.#chance.isLucky(0.5)) return void again()
    this.#charger.after(this.#chance.integer(1, laterMs), () => this.#charger.isAtWork && again())
  }

  #newId(): string {
    return `${this.#charger.options.identity.slice(-12)}-x${(++this.#serial).toString(36)}-${this.#chance.integer(0, 1e9).toString(36)}`
  }
}

/** What makes two starts the same one (handbook/reliability.md §6.3), the time to the millisecond. */
const startOf = ({ connectorId, idTag, meterStart, timestamp }: Call[3]): string =>
  [connectorId, idTag, meterStart, String(timestamp).slice(0, 23)].join('|')
