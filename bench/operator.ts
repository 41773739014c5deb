import type { Member } from './member.ts'
import type { Chance } from './random.ts'
import type { Api } from './verdict.ts'

interface Parts extends Api {
  readonly chargers: readonly Member[]
  readonly chance: Chance
  /** A pause between two orders, at most. */
  readonly pauseMs: number
}

/** Answered, or why not: the station is away, or has gone while it was asked. */
const fair: readonly number[] = [200, 409, 504]

/**
 * Gives orders over the API while a fleet is in chaos, so that there is something to answer late and to cross with. A
 * station's own answer that the server takes for none is a problem, and so is an order the server cannot see through.
 */
export class Operator {
  orders = 0
  readonly problems: string[] = []
  readonly #parts: Parts
  #isDone = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  start(): void {
    const { chance, chargers, pauseMs } = this.#parts
    setTimeout(
      () => {
        if (this.#isDone) return
        void this.#give(chance.pick(chargers))
        this.start()
      },
      chance.integer(1, pauseMs),
    )
  }

  stop(): void {
    this.#isDone = true
  }

  async #give(charger: Member): Promise<void> {
    const { api, key, chance } = this.#parts
    const [action, payload] = charger.anyOrder(chance)
    const { identity } = charger.options
    this.orders++
    try {
      const response = await fetch(new URL(`/api/v1/charge-points/${identity}/ocpp/${action}`, api), {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify(payload),
      })
      const text = await response.text()
      if (!fair.includes(response.status) || text.includes('"error"'))
        this.problems.push(`${identity}: ${action} came to ${response.status} ${text}`)
    } catch (error) {
      if (!this.#isDone) this.problems.push(`${identity}: ${action} could not be ordered: ${String(error)}`)
    }
  }
}
