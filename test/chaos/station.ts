import type { Chance } from '../../bench/random.ts'
import { connect, type Wire } from '../../bench/wire.ts'

export const password = 'a-password-of-the-station'
/** After this a station gives its socket up: it cannot know that it is half open. */
const patienceMs = 6_000
const noon = Date.UTC(2026, 10, 24, 12)

interface Message {
  readonly action: 'StartTransaction' | 'MeterValues' | 'StopTransaction'
  readonly payload: Readonly<Record<string, unknown>>
  id: string
}

/** One charge as the station's own log has it: the truth that everything else is held against. */
export interface Charge {
  readonly meterStart: number
  readonly meterStop: number
  transaction?: number
  /** Its stop has been acknowledged. */
  isOver: boolean
}

type Answer = Readonly<Record<string, unknown>>

/**
 * A station over a line that breaks: it says one thing after another, each until it is acknowledged, under the same
 * message id or a new one, on the same socket or a new one, and now and then twice.
 */
export class ChaosStation {
  readonly identity: string
  readonly charges: Charge[] = []
  readonly faults: string[] = []
  frames = 0
  acknowledged = 0
  #resting = false
  #wire: Wire | undefined
  #serial = 0
  readonly #url: string
  readonly #luck: Chance
  readonly #waiting = new Map<string, (answer: Answer | undefined) => void>()

  constructor(identity: string, url: string, luck: Chance) {
    this.identity = identity
    this.#url = url
    this.#luck = luck
  }

  get isConnected(): boolean {
    return this.#wire !== undefined
  }

  /** Finishes the charge it is at, and begins none any more. */
  rest(): void {
    this.#resting = true
  }

  /** Charges until it is told to rest. */
  async live(): Promise<void> {
    for (let n = 0; !this.#resting; n++) {
      await this.#sleep(50, 400)
      await this.#charge(n)
    }
    this.#wire?.close(1000)
  }

  async #charge(n: number): Promise<void> {
    const at = (second: number): string => new Date(noon + n * 60_000 + second * 1_000).toISOString()
    const meterStart = n * 100
    const charge: Charge = { meterStart, meterStop: meterStart + this.#luck.integer(1, 99), isOver: false }
    this.charges.push(charge)
    const started = await this.#deliver('StartTransaction', {
      connectorId: 1,
      idTag: 'CARD1',
      meterStart,
      timestamp: at(0),
    })
    const transactionId = Number(started['transactionId'])
    charge.transaction = transactionId
    for (let reading = 1; reading <= 2; reading++) {
      await this.#sleep(50, 400)
      const sampledValue = [{ value: String(meterStart + (reading * (charge.meterStop - meterStart)) / 3) }]
      const meterValue = [{ timestamp: at(reading * 10), sampledValue }]
      await this.#deliver('MeterValues', { connectorId: 1, transactionId, meterValue })
    }
    await this.#sleep(50, 400)
    const { meterStop } = charge
    await this.#deliver('StopTransaction', { transactionId, meterStop, timestamp: at(40), idTag: 'CARD1' })
    charge.isOver = true
  }

  async #deliver(action: Message['action'], payload: Message['payload']): Promise<Answer> {
    const message: Message = { action, payload, id: this.#nextId() }
    for (;;) {
      const answer = await this.#say(message)
      if (answer !== undefined) {
        this.acknowledged++
        // a repetition on a whim, as of a station that has missed the answer: it gets the same one (INV-10)
        if (this.#luck.isLucky(0.05)) await this.#repeat(message, answer)
        return answer
      }
      if (this.#luck.isLucky(0.5)) message.id = this.#nextId()
    }
  }

  async #repeat(message: Message, first: Answer): Promise<void> {
    const again = await this.#say({ ...message, id: this.#nextId() })
    if (again !== undefined && JSON.stringify(again) !== JSON.stringify(first))
      this.faults.push(`${message.action} was answered ${JSON.stringify(first)}, then ${JSON.stringify(again)}`)
  }

  /** Undefined where no answer came: the socket broke, was refused, or the station lost patience. */
  async #say({ action, payload, id }: Message): Promise<Answer | undefined> {
    const wire = await this.#connected()
    if (wire === undefined) return undefined
    this.frames++
    const answer = await new Promise<Answer | undefined>((give) => {
      const late = setTimeout(() => give(undefined), patienceMs)
      this.#waiting.set(id, (given) => {
        clearTimeout(late)
        give(given)
      })
      wire.send(JSON.stringify([2, id, action, payload]))
    })
    this.#waiting.delete(id)
    if (answer === undefined && this.#wire === wire) {
      this.#wire = undefined
      wire.drop()
    }
    return answer
  }

  async #connected(): Promise<Wire | undefined> {
    if (this.#wire !== undefined) return this.#wire
    let isGivenUp = false
    const opening = connect({
      url: this.#url,
      identity: this.identity,
      password,
      protocol: 'ocpp1.6',
      opened: () => {},
      heard: (text) => this.#heard(text),
      closed: () => this.#closed(),
    })
    opening.then(
      (wire) => isGivenUp && wire.drop(),
      () => {},
    )
    const timeout = new Promise<undefined>((go) => void setTimeout(() => go(undefined), patienceMs))
    const wire = await Promise.race([opening.catch(() => undefined), timeout])
    isGivenUp = wire === undefined
    this.#wire = wire
    if (wire === undefined) await this.#sleep(300, 1_500)
    return wire
  }

  #heard(text: string): void {
    const [type, id, ...rest] = JSON.parse(text) as [number, string, ...unknown[]]
    if (type === 4) this.faults.push(`was answered an error: ${text}`)
    if (type === 3) this.#waiting.get(id)?.(rest[0] as Answer)
  }

  #closed(): void {
    this.#wire = undefined
    for (const give of this.#waiting.values()) give(undefined)
  }

  #nextId(): string {
    return `${this.identity}-${++this.#serial}`
  }

  #sleep(least: number, most: number): Promise<void> {
    return new Promise((go) => void setTimeout(go, this.#luck.between(least, most)))
  }
}
