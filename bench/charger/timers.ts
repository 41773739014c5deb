import type { Time } from './options.ts'

/** What a station is going to do after a while; nothing of it any more once the station has ended. */
export class Timers {
  readonly #time: Time
  readonly #waiting = new Set<() => void>()
  #isStopped = false

  constructor(time: Time) {
    this.#time = time
  }

  /** Does it after so many ms, unless what is answered here is called before. */
  after(ms: number, then: () => void): () => void {
    if (this.#isStopped) return () => {}
    const cancel = this.#time.after(ms, () => {
      this.#waiting.delete(cancel)
      then()
    })
    this.#waiting.add(cancel)
    return () => {
      cancel()
      this.#waiting.delete(cancel)
    }
  }

  stop(): void {
    this.#isStopped = true
    for (const cancel of this.#waiting) cancel()
    this.#waiting.clear()
  }
}
