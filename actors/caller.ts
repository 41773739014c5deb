import type { CallOutcome } from '../core/cluster/message.ts'
import { encodeCall, type Frame } from '../core/ocpp/frame.ts'
import type { Outbound } from '../core/ocpp/lane.ts'
import { faultOfCall, isValidAnswer } from '../core/ocpp/router.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Ids } from '../core/ports/ids.ts'
import type { Timers } from '../core/ports/timers.ts'
import type { Link } from './link.ts'
import { suppressed } from './suppressed.ts'

/** A CALL of ours on its way to a station. */
export interface Call extends Outbound {
  /** Our clock; not written any more after it. */
  readonly deadline: number
  /** What must be committed before the frame may be written: that it was sent. False = do not write it after all. */
  readonly beforeWrite: (messageId: string) => Promise<boolean>
  readonly end: (outcome: CallOutcome) => void
  /** Hears of an answer that comes after nobody waited for it any more. */
  readonly late: (outcome: CallOutcome) => void
  /** Monotonic ms; 0 = not written yet. */
  writtenAt: number
  /** Nobody waits for its answer any more. */
  isOverdue: boolean
}

const always = async (): Promise<boolean> => true
const mostOverdue = 8

interface Parts {
  readonly clock: Clock
  readonly timers: Timers
  readonly ids: Ids
  readonly timeoutMs: number
  readonly send: (link: Link, text: string) => void
  /** Hears of each CALL right before it is written. */
  readonly called: (link: Link, call: Call) => void
}

const undelivered = (reason: string): CallOutcome => ({ type: 'notDelivered', reason })

/** CALLs to stations: one unanswered at a time on each socket, each written at most once, each with one end (INV-47…49). */
export class Caller {
  readonly #parts: Parts
  /** Stations that are left alone for a while, and until when (monotonic ms); it outlasts their sockets. */
  readonly #resting = new Map<string, number>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Sends a CALL when its turn comes. `beforeWrite` runs right before the frame is written. */
  call(
    link: Link,
    action: string,
    payload: unknown,
    deadline: number,
    { beforeWrite = always, late = () => {} }: Partial<Pick<Call, 'beforeWrite' | 'late'>> = {},
  ): Promise<CallOutcome> {
    const fault = faultOfCall(link.seat.protocol, action, payload)
    if (fault !== undefined) return Promise.resolve({ type: 'invalid', reason: fault })
    if (!link.open) return Promise.resolve(undelivered('not connected'))
    const unbearable = link.quirks && suppressed(link, link.quirks, action, payload)
    if (unbearable !== undefined) return Promise.resolve(undelivered(unbearable))
    const id = this.#parts.ids.uuid()
    return new Promise((end) => {
      const call: Call = {
        id,
        action,
        text: encodeCall(id, action, payload),
        deadline,
        beforeWrite,
        late,
        end,
        writtenAt: 0,
        isOverdue: false,
      }
      const ready = link.outbound.push(call)
      if (ready !== undefined) void this.#write(link, ready)
      else this.#parts.timers.after(Math.max(0, deadline - this.#parts.clock.now()), () => this.#expire(link, id))
    })
  }

  /** Files a station's answer, and gives the CALL it answers; undefined when it is nobody's (BI-36). */
  answered(link: Link, frame: Extract<Frame, { readonly kind: 'result' | 'error' }>): Call | undefined {
    const call = link.outbound.settle(frame.id)
    if (call === undefined) return this.#answeredLate(link, frame)
    call.end(this.#outcomeOf(link, call, frame))
    this.#rest(link)
    this.#next(link)
    return call
  }

  /** Too late to be waited for, and still an answer: the order's history shows it (BI-36). */
  #answeredLate(link: Link, frame: Extract<Frame, { readonly kind: 'result' | 'error' }>): Call | undefined {
    const call = link.overdue.get(frame.id)
    if (call === undefined) return undefined
    link.overdue.delete(frame.id)
    call.late(this.#outcomeOf(link, call, frame))
    return call
  }

  /** The socket is gone: what was written may have been carried out, what was not written was not. */
  closed(link: Link): void {
    const { written, unwritten } = link.outbound.close()
    if (written !== undefined) this.#rest(link)
    written?.end({ type: 'timeoutUnknown', messageId: written.id, protocol: link.seat.protocol })
    for (const call of unwritten) call.end(undelivered('the connection closed before it was sent'))
  }

  #outcomeOf(link: Link, call: Call, frame: Extract<Frame, { readonly kind: 'result' | 'error' }>): CallOutcome {
    const { protocol } = link.seat
    if (frame.kind === 'error') {
      const { code, description, details } = frame
      return { type: 'error', messageId: call.id, protocol, code, description, details }
    }
    return {
      type: 'result',
      messageId: call.id,
      protocol,
      payload: frame.payload,
      valid: isValidAnswer(protocol, call.action, frame.payload),
    }
  }

  async #write(link: Link, call: Call): Promise<void> {
    const { clock, timers, timeoutMs, send, called } = this.#parts
    if (clock.now() > call.deadline) return this.#abandon(link, call, 'its deadline passed in the queue')
    const pauseMs = this.#pauseMs(link)
    if (pauseMs > 0) {
      const untilDeadlineMs = call.deadline - clock.now() + 1
      timers.after(Math.min(pauseMs, untilDeadlineMs), () => link.open && void this.#write(link, call))
      return
    }
    let goes: boolean
    try {
      goes = await call.beforeWrite(call.id)
    } catch {
      return this.#abandon(link, call, 'that it is sent could not be recorded')
    }
    if (!goes) return this.#abandon(link, call, 'it was withdrawn')
    if (!link.open) return this.#abandon(link, call, 'the connection closed before it was sent')
    timers.after(link.quirks?.timing?.callTimeoutMs ?? timeoutMs, () => {
      if (link.outbound.settle(call.id) === undefined) return
      call.isOverdue = true
      link.overdue.set(call.id, call)
      if (link.overdue.size > mostOverdue) link.overdue.delete(link.overdue.keys().next().value ?? '')
      call.end({ type: 'timeoutUnknown', messageId: call.id, protocol: link.seat.protocol })
      this.#rest(link)
      this.#next(link)
    })
    link.outbound.wrote()
    call.writtenAt = clock.monotonic()
    called(link, call)
    send(link, call.text)
  }

  #abandon(link: Link, call: Call, reason: string): void {
    link.outbound.settle(call.id)
    call.end(undelivered(reason))
    this.#next(link)
  }

  #expire(link: Link, id: string): void {
    link.outbound.withdraw(id)?.end(undelivered('its deadline passed in the queue'))
  }

  /** Some makes are not to be asked again at once. */
  #rest({ key, quirks }: Link): void {
    const gapMs = quirks?.timing?.gapMs
    if (gapMs !== undefined) this.#resting.set(key, this.#parts.clock.monotonic() + gapMs)
  }

  #pauseMs({ key, quirks }: Link): number {
    if (quirks?.timing?.gapMs === undefined) return 0
    const pauseMs = (this.#resting.get(key) ?? 0) - this.#parts.clock.monotonic()
    if (pauseMs <= 0) this.#resting.delete(key)
    return pauseMs
  }

  #next(link: Link): void {
    const next = link.outbound.next()
    if (next !== undefined) void this.#write(link, next)
  }
}
