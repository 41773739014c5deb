/**
 * How a station gets its CALLs across (OCPP 1.6 §3.7): one unanswered at a time; billing messages wait in a queue that
 * survives being offline, are retried with growing pauses, and are given up after so many attempts.
 */
export interface Post {
  readonly action: string
  /** Made when it is sent: a session's messages learn its transaction id only from the answer to its start. */
  readonly payload: () => object | undefined
  readonly answered: (payload: Record<string, unknown>) => void
  /** Whether what it has to say is known: a stop waits for its transaction id. Absent = always. */
  readonly isReady?: () => boolean
  /**
   * Given up: refused or unanswered once too often; what is no billing message also when the connection went first.
   * `code` is that of the CALLERROR, where there was one.
   */
  readonly lost?: (code?: string) => void
}

interface MailboxOptions {
  readonly send: (text: string) => boolean
  readonly after: (ms: number, then: () => void) => () => void
  /** Some stations renew the id of a message that they send again, some keep it. */
  readonly newId: (post: Post) => string
  readonly timeoutMs: number
  readonly retryMs: number
  readonly attempts: number
  /** How many CALLs may be unanswered at once; absent = 1, more is what a station should not do (OCPP-J 1.6 §4.1.1). */
  readonly width?: number
}

interface Bill {
  readonly post: Post
  /** How often it was refused, or found no answer. */
  readonly failures: number
}

interface InFlight extends Bill {
  readonly id: string
  readonly isBilling: boolean
  readonly cancel: () => void
}

export class Mailbox {
  readonly #options: MailboxOptions
  readonly #now: Post[] = []
  readonly #billing: Bill[] = []
  #inFlight: readonly InFlight[] = []
  #pausing = false
  #online = false
  #mayBill = false

  constructor(options: MailboxOptions) {
    this.#options = options
  }

  /** Sent when its turn comes, forgotten when the station is offline. */
  post(post: Post): void {
    this.#now.push(post)
    this.#pump()
  }

  /** Sent sooner or later, in order, also after being offline. */
  bill(post: Post): void {
    this.#billing.push({ post, failures: 0 })
    this.#pump()
  }

  /** Billing messages that nobody has acknowledged. */
  get waiting(): number {
    return this.#billing.length + this.#inFlight.filter(({ isBilling }) => isBilling).length
  }

  /** Connected; billing begins once the boot was accepted. */
  online(): void {
    this.#online = true
    this.#mayBill = false
    this.#pump()
  }

  accepted(): void {
    this.#mayBill = true
    this.#pump()
  }

  /** A lost connection is no attempt: what was in flight is sent again. */
  offline(): void {
    this.#online = false
    const flights = this.#inFlight
    this.#inFlight = []
    for (const { cancel } of flights) cancel()
    this.#billing.unshift(...flights.filter(({ isBilling }) => isBilling))
    const forgotten = [...flights.filter(({ isBilling }) => !isBilling).map(({ post }) => post), ...this.#now.splice(0)]
    for (const { lost } of forgotten) lost?.()
  }

  result(id: string, payload: Record<string, unknown>): void {
    const flight = this.#settle(id)
    if (flight === undefined) return
    flight.post.answered(payload)
    this.#pump()
  }

  error(id: string, code?: string): void {
    this.#fail(id, code)
  }

  #settle(id: string): InFlight | undefined {
    const flight = this.#inFlight.find((one) => one.id === id)
    if (flight === undefined) return undefined
    flight.cancel()
    this.#inFlight = this.#inFlight.filter((one) => one !== flight)
    return flight
  }

  #fail(id: string, code?: string): void {
    const flight = this.#settle(id)
    if (flight === undefined) return
    const failures = flight.failures + 1
    if (flight.isBilling && failures < this.#options.attempts) {
      this.#billing.unshift({ post: flight.post, failures })
      this.#pausing = true
      this.#options.after(this.#options.retryMs * failures, () => {
        this.#pausing = false
        this.#pump()
      })
    } else flight.post.lost?.(code)
    this.#pump()
  }

  #pump(): void {
    while (this.#online && this.#inFlight.length < (this.#options.width ?? 1)) {
      const urgent = this.#now.shift()
      const next = urgent === undefined ? this.#nextBill() : { post: urgent, failures: 0 }
      if (next === undefined) return
      const payload = next.post.payload()
      if (payload !== undefined) this.#write(next, payload, urgent === undefined)
    }
  }

  #nextBill(): Bill | undefined {
    const [first] = this.#billing
    const isHeldUp = !this.#mayBill || this.#pausing || first?.post.isReady?.() === false
    return isHeldUp ? undefined : this.#billing.shift()
  }

  #write({ post, failures }: Bill, payload: object, isBilling: boolean): void {
    const id = this.#options.newId(post)
    const cancel = this.#options.after(this.#options.timeoutMs, () => this.#fail(id))
    this.#inFlight = [...this.#inFlight, { id, post, failures, isBilling, cancel }]
    this.#options.send(JSON.stringify([2, id, post.action, payload]))
  }
}
