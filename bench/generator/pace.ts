import type { Chance } from '../random.ts'

/** When messages are due: evenly, or as independent stations come (Poisson). What is late is still due when it was due. */
export class Pace {
  readonly #everyMs: number
  readonly #luck: Chance | undefined
  #next: number

  constructor(perS: number, from: number, luck?: Chance) {
    this.#everyMs = 1_000 / perS
    this.#luck = luck
    this.#next = from + this.#step()
  }

  /** Calls for each that is due by now, with its time. */
  due(now: number, each: (at: number) => void): void {
    while (this.#next <= now) {
      each(this.#next)
      this.#next += this.#step()
    }
  }

  #step(): number {
    return this.#luck === undefined ? this.#everyMs : -Math.log(1 - this.#luck.next()) * this.#everyMs
  }
}
