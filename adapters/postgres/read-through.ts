/**
 * Remembers what was found, never what was not (D-20): a card that is registered now works at its next touch.
 * Bounded; the longest unused goes first. `forget` is called by the change feed.
 */
export class ReadThrough<Value> {
  readonly #load: (key: string) => Promise<Value | undefined>
  readonly #most: number
  readonly #known = new Map<string, Value>()
  #generation = 0

  constructor(load: (key: string) => Promise<Value | undefined>, most = 200_000) {
    this.#load = load
    this.#most = most
  }

  async find(key: string): Promise<Value | undefined> {
    const known = this.#known.get(key)
    if (known !== undefined) {
      this.#known.delete(key)
      this.#known.set(key, known)
      return known
    }
    const generation = this.#generation
    const value = await this.#load(key)
    // what was read before a change was announced must not be remembered after it
    if (value !== undefined && generation === this.#generation) this.#remember(key, value)
    return value
  }

  /** Looks again; what is known stays known where that fails. */
  async renew(key: string): Promise<Value | undefined> {
    const generation = this.#generation
    const value = await this.#load(key)
    if (generation !== this.#generation) return value
    if (value === undefined) this.forget(key)
    else this.#remember(key, value)
    return value
  }

  /** What is remembered, without looking. */
  known(key: string): Value | undefined {
    return this.#known.get(key)
  }

  has(key: string): boolean {
    return this.#known.has(key)
  }

  forget(key: string): void {
    this.#generation++
    this.#known.delete(key)
  }

  forgetAll(): void {
    this.#generation++
    this.#known.clear()
  }

  #remember(key: string, value: Value): void {
    this.#known.set(key, value)
    if (this.#known.size > this.#most) this.#known.delete(this.#known.keys().next().value ?? '')
  }
}
