/**
 * The order of frames on one socket. Inbound: a FIFO of unanswered CALLs; an answer leaves when it is first (INV-06).
 * Outbound: one unanswered CALL of ours at a time (INV-47); the rest waits in line. The directions are independent.
 */

/** A CALL on its way to its answer. */
export interface Arrived {
  readonly id: string
  readonly action: string
  /** When it was heard, in monotonic ms. */
  readonly at: number
  readonly text: string
  answer: string | undefined
}

export type Arrival = 'new' | 'coalesced' | 'conflict' | 'full'

const most = 64
const mostChars = 512 * 1024

export class InboundLane {
  readonly #waiting: Arrived[] = []

  #chars(): number {
    return this.#waiting.reduce((sum, { text }) => sum + text.length, 0)
  }

  /** Takes a CALL in: the same id with the same bytes while unanswered is the same CALL, and gets one answer (BI-35). */
  arrive(call: Arrived): Arrival {
    if (this.#waiting.length > 0) {
      const twin = this.#waiting.find(({ id }) => id === call.id)
      if (twin !== undefined) return twin.text === call.text ? 'coalesced' : 'conflict'
      if (this.#waiting.length >= most || this.#chars() + call.text.length > mostChars) return 'full'
    }
    this.#waiting.push(call)
    return 'new'
  }

  /** Files an answer and lets those leave that may leave now, in the order their CALLs came. */
  answer(id: string, answer: string, leave: (answer: string, to: Arrived) => void): void {
    const only = this.#waiting[0]
    if (this.#waiting.length === 1 && only?.id === id) {
      this.#waiting.pop()
      return leave(answer, only)
    }
    const waiting = this.#waiting.find((w) => w.id === id && w.answer === undefined)
    if (waiting === undefined) return
    waiting.answer = answer
    for (let first = this.#waiting[0]; first?.answer !== undefined; first = this.#waiting[0]) {
      this.#waiting.shift()
      leave(first.answer, first)
    }
  }

  /** Forgets a CALL that is put off: it will arrive again. */
  withdraw(id: string): void {
    const at = this.#waiting.findIndex((w) => w.id === id)
    if (at >= 0) this.#waiting.splice(at, 1)
  }

  get length(): number {
    return this.#waiting.length
  }
}

export interface Outbound {
  readonly id: string
  readonly action: string
  readonly text: string
}

export class OutboundLane<Call extends Outbound> {
  #inFlight: Call | undefined
  #isWritten = false
  readonly #line: Call[] = []

  /** Puts a CALL in line; answers it back when it may be written now. */
  push(call: Call): Call | undefined {
    if (this.#inFlight !== undefined) {
      this.#line.push(call)
      return undefined
    }
    this.#inFlight = call
    this.#isWritten = false
    return call
  }

  /** The CALL that this answer belongs to, if it is the one in flight; a late or foreign answer is nobody's (BI-36). */
  settle(id: string): Call | undefined {
    const call = this.#inFlight
    if (call?.id !== id) return undefined
    this.#inFlight = undefined
    return call
  }

  /** The next CALL to write, when nothing is in flight. */
  next(): Call | undefined {
    if (this.#inFlight !== undefined) return undefined
    this.#inFlight = this.#line.shift()
    this.#isWritten = false
    return this.#inFlight
  }

  /** Takes a CALL out of the line that was never written. */
  withdraw(id: string): Call | undefined {
    const at = this.#line.findIndex((c) => c.id === id)
    return at < 0 ? undefined : this.#line.splice(at, 1)[0]
  }

  /** The CALL in flight is on the wire now: whether it arrives is not ours to know any more. */
  wrote(): void {
    this.#isWritten = true
  }

  /** The socket is gone: what was written and what was not. */
  close(): { readonly written: Call | undefined; readonly unwritten: readonly Call[] } {
    const call = this.#inFlight
    this.#inFlight = undefined
    const waiting = this.#line.splice(0)
    if (call === undefined || this.#isWritten) return { written: call, unwritten: waiting }
    return { written: undefined, unwritten: [call, ...waiting] }
  }
}
