import type { Frame } from '../../../core/ocpp/frame.ts'
import type { Chaos } from './chaos.ts'
import type { Broken } from './broken.ts'
import type { Manners } from './manners.ts'
import type { Prone } from './unruly.ts'

type Answer = Extract<Frame, { readonly kind: 'result' | 'error' }>

const longestBurst = 6

interface Parts {
  readonly station: Prone
  readonly chaos: Chaos
  readonly manners: Manners
  readonly newId: () => string
}

/** What comes over an unruly station now and then, beside what it has to say. */
export class Whims {
  readonly #charger: Prone
  readonly #manners: Manners
  readonly #chaos: Chaos
  readonly #newId: () => string
  /** Broken frames that wait for their answer. */
  readonly #broken = new Map<string, Broken>()
  #cancel: (() => void) | undefined

  constructor({ station, chaos, manners, newId }: Parts) {
    this.#charger = station
    this.#manners = manners
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
    for (let left = chance.integer(2, longestBurst); left > 0; left--) this.#say(...this.#manners.smallTalk(chance))
  }

  #looksBack(): void {
    for (const order of this.#manners.lookBack(this.#charger.options.chance)) this.#say(...order)
  }

  /** A frame that is plainly wrong, and a heartbeat behind it: whatever the frame is answered, the socket has to live on. */
  #stammers(): void {
    const { books, line, options } = this.#charger
    const broken = options.chance.pick(this.#manners.broken)
    const id = this.#newId()
    if (broken.answers.length > 0) {
      this.#broken.set(id, broken)
      books.sent(id, broken.name)
    }
    line.send(broken.frame(id))
    this.#say('Heartbeat', {})
  }

  #jams(): void {
    this.#manners.jam(this.#charger.options.chance)
  }

  #say(action: string, payload: object): void {
    this.#charger.dialogue.say(JSON.stringify([2, this.#newId(), action, payload]))
  }
}
