import type { Frame } from '../../../core/ocpp/frame.ts'
import type { Charger } from '../charger.ts'
import type { Chaos } from './chaos.ts'
import { type Broken, brokenFrames } from './broken.ts'

type Answer = Extract<Frame, { readonly kind: 'result' | 'error' }>

const longestBurst = 6
const earlierMs = 30_000

/** What comes over an unruly station now and then, beside what it has to say. */
export class Whims {
  readonly #charger: Charger
  readonly #chaos: Chaos
  readonly #newId: () => string
  /** Broken frames that wait for their answer. */
  readonly #broken = new Map<string, Broken>()
  #cancel: (() => void) | undefined

  constructor(charger: Charger, chaos: Chaos, newId: () => string) {
    this.#charger = charger
    this.#chaos = chaos
    this.#newId = newId
  }

  start(): void {
    const { chance } = this.#charger.options
    this.#cancel = this.#charger.after(chance.between(0.1, 1.9) * this.#chaos.whimS * 1_000, () => {
      if (this.#charger.isAtWork) chance.pick(this.#all)()
      this.start()
    })
  }

  stop(): void {
    this.#cancel?.()
  }

  answered(frame: Answer): void {
    const broken = this.#broken.get(frame.id)
    this.#broken.delete(frame.id)
    const answer = frame.kind === 'result' ? 'result' : frame.code
    if (broken !== undefined && !broken.answers.includes(answer))
      this.#charger.books.complain(`${broken.name} was answered ${answer}, not ${broken.answers.join(' or ')}`)
  }

  get #all(): readonly (() => void)[] {
    return [
      () => this.#hangUp(),
      () => this.#burst(),
      () => this.#looksBack(),
      () => this.#stammers(),
      () => this.#jams(),
    ]
  }

  #hangUp(): void {
    const { line, options } = this.#charger
    line.breakOff(options.chance.integer(1, this.#chaos.longestAwayMs))
  }

  /** Several CALLs at once, none of them waiting for the one before. */
  #burst(): void {
    const { chance } = this.#charger.options
    for (let left = chance.integer(2, longestBurst); left > 0; left--) {
      const plug = chance.pick(this.#charger.plugs)
      const [action, payload] = chance.pick([
        ['Heartbeat', {}],
        ['StatusNotification', { connectorId: plug.number, status: plug.status, errorCode: plug.errorCode }],
        ['DataTransfer', { vendorId: 'com.example.unheard-of', data: '{"uptime":12}' }],
      ] as const)
      this.#say(action, payload)
    }
  }

  /** Statuses out of order: first the newer one, then the one before it. */
  #looksBack(): void {
    const { options, time } = this.#charger
    const plug = options.chance.pick(this.#charger.plugs)
    const said = { connectorId: plug.number, errorCode: plug.errorCode }
    this.#say('StatusNotification', { ...said, status: plug.status, timestamp: new Date(time.now()).toISOString() })
    const before = new Date(time.now() - earlierMs).toISOString()
    this.#say('StatusNotification', { ...said, status: 'Preparing', timestamp: before })
  }

  /** A frame that is plainly wrong, and a heartbeat behind it: whatever the frame is answered, the socket has to live on. */
  #stammers(): void {
    const { books, line, options } = this.#charger
    const broken = options.chance.pick(brokenFrames)
    const id = this.#newId()
    if (broken.answers.length > 0) {
      this.#broken.set(id, broken)
      books.sent(id, broken.name)
    }
    line.send(broken.frame(id))
    this.#say('Heartbeat', {})
  }

  /** A lock is stuck for the next one who wants it open, or comes free. */
  #jams(): void {
    const plug = this.#charger.options.chance.pick(this.#charger.plugs)
    plug.lock = plug.lock === 'jammed' ? 'works' : 'jammed'
  }

  #say(action: string, payload: object): void {
    this.#charger.dialogue.say(JSON.stringify([2, this.#newId(), action, payload]))
  }
}
