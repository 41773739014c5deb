import type { Time } from './options.ts'

interface Parts {
  readonly identity: string
  readonly after: Time['after']
  readonly timeoutMs: number
}

/**
 * A station's books of its CALLs. A CALL on a socket that stays open is answered within its timeout, by a result or an
 * error; one whose socket is gone is nobody's debt. The same id twice while unanswered is one CALL (BI-35).
 */
export class Books {
  readonly #parts: Parts
  /** By message id, how not to be told that it is late. */
  readonly #open = new Map<string, () => void>()
  /** CALLs put on a socket, repetitions included. */
  calls = 0
  /** Those that found no answer although their socket was there. */
  unanswered = 0
  /** What was wrong, one line each. */
  readonly problems: string[] = []

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get outstanding(): number {
    return this.#open.size
  }

  isOutstanding(id: string): boolean {
    return this.#open.has(id)
  }

  sent(id: string, action: string): void {
    this.calls++
    if (this.#open.has(id)) return
    const { after, timeoutMs } = this.#parts
    this.#open.set(
      id,
      after(timeoutMs, () => this.#missed(id, action)),
    )
  }

  answered(id: string): void {
    this.#open.get(id)?.()
    this.#open.delete(id)
  }

  /** The socket is gone, and with it every answer that could still have come. */
  dropped(): void {
    for (const cancel of this.#open.values()) cancel()
    this.#open.clear()
  }

  complain(about: string): void {
    this.problems.push(`${this.#parts.identity}: ${about}`)
  }

  #missed(id: string, action: string): void {
    this.#open.delete(id)
    this.unanswered++
    this.complain(`${action} ${id} stayed unanswered for ${this.#parts.timeoutMs / 1_000} s on an open socket`)
  }
}
