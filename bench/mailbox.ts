/**
 * How a station gets its CALLs across (OCPP 1.6 §3.7): one unanswered at a time; billing messages wait in a queue that
 * survives being offline, are retried with growing pauses, and are given up after so many attempts.
 */
export interface Post {
  readonly action: string
  /** Made when it is sent: a session's messages learn its transaction id only from the answer to its start. */
  readonly payload: () => object | undefined
  readonly answered: (payload: Record<string, unknown>) => void
  /** Given up: refused or unanswered once too often. */
  readonly lost?: () => void
}

interface MailboxOptions {
  readonly send: (text: string) => boolean
  readonly after: (ms: number, then: () => void) => () => void
  /** Some stations renew the id of a message that they send again, some keep it. */
  readonly newId: (post: Post) => string
  readonly timeoutMs: number
  readonly retryMs: number
  readonly attempts: number
}

interface InFlight {
  readonly id: string
  readonly post: Post
  readonly isBilling: boolean
  readonly cancel: () => void
}

export class Mailbox {
  readonly #options: MailboxOptions
  readonly #now: Post[] = []
  readonly #billing: Post[] = []
  #inFlight: InFlight | undefined
  #failures = 0
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
    this.#billing.push(post)
    this.#pump()
  }

  get waiting(): number {
    return this.#billing.length
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
    this.#now.length = 0
    const { cancel, post, isBilling } = this.#inFlight ?? {}
    cancel?.()
    this.#inFlight = undefined
    if (isBilling === true && post !== undefined) this.#billing.unshift(post)
  }

  result(id: string, payload: Record<string, unknown>): void {
    const post = this.#settle(id)
    if (post === undefined) return
    this.#failures = 0
    post.answered(payload)
    this.#pump()
  }

  error(id: string): void {
    if (this.#inFlight?.id === id) this.#fail()
  }

  #settle(id: string): Post | undefined {
    if (this.#inFlight?.id !== id) return undefined
    const { cancel, post } = this.#inFlight
    cancel()
    this.#inFlight = undefined
    return post
  }

  #fail(): void {
    const flight = this.#inFlight
    if (flight === undefined) return
    flight.cancel()
    this.#inFlight = undefined
    if (flight.isBilling) {
      this.#failures++
      if (this.#failures < this.#options.attempts) {
        this.#billing.unshift(flight.post)
        this.#pausing = true
        this.#options.after(this.#options.retryMs * this.#failures, () => {
          this.#pausing = false
          this.#pump()
        })
      } else {
        this.#failures = 0
        flight.post.lost?.()
      }
    }
    this.#pump()
  }

  #pump(): void {
    if (!this.#online || this.#inFlight !== undefined) return
    const urgent = this.#now.shift()
    const bill = urgent === undefined && this.#mayBill && !this.#pausing ? this.#billing.shift() : undefined
    const post = urgent ?? bill
    if (post === undefined) return
    const payload = post.payload()
    if (payload === undefined) return this.#pump()
    const id = this.#options.newId(post)
    const cancel = this.#options.after(this.#options.timeoutMs, () => this.#fail())
    this.#inFlight = { id, post, isBilling: bill !== undefined, cancel }
    this.#options.send(JSON.stringify([2, id, post.action, payload]))
  }
}
