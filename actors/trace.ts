import { type Traced, type TraceEntry, type TraceQuery, verdicts } from '../core/domain/trace.ts'
import type { Frame } from '../core/ocpp/frame.ts'
import type { Arrived } from '../core/ocpp/lane.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Digest } from '../core/ports/digest.ts'
import { isKnownAction } from '../core/ocpp/router.ts'
import type { Log } from '../core/ports/log.ts'
import type { Telemetry } from '../core/ports/telemetry.ts'
import type { Timers } from '../core/ports/timers.ts'
import type { TraceStore } from '../core/ports/trace-store.ts'
import type { Call } from './caller.ts'
import type { Link } from './link.ts'
import { TraceRing } from './trace-ring.ts'
import { TraceWriter } from './trace-writer.ts'

interface Parts {
  readonly clock: Clock
  readonly digest: Digest
  readonly log: Log
  /** Size of the ring that keeps the last entries of everybody; 0 = there is none. */
  readonly megabytes: number
  /** The serial number of the first entry: anywhere, so that two workers' seldom meet. */
  readonly first: number
  readonly timers: Timers
  readonly telemetry: Telemetry
  /** Absent = nothing is stored. */
  readonly store: TraceStore | undefined
  /** Whether those are stored of whom nobody has said anything. */
  readonly storesAll: () => boolean
}

/** As much as 32 bits hold: three weeks. */
const longestMs = 2_147_483_647

interface HeardAnswer {
  readonly frame: Extract<Frame, { readonly kind: 'result' | 'error' }>
  readonly text: string
}

/**
 * What is said on the wire, and what the actors hear and decide beside it: in memory of every charge point, in the store
 * of those that are chosen. It is noted and nothing else happens; no answer waits for it (handbook/reliability.md §6.8).
 */
export class Trace {
  readonly #parts: Parts
  /** Made with the first entry: a large buffer that nobody uses would widen the heap for nothing. */
  #ring: TraceRing | undefined
  #serial: number
  readonly #writer: TraceWriter | undefined

  constructor(parts: Parts) {
    const { store, digest, timers, log, telemetry } = parts
    this.#parts = parts
    this.#serial = parts.first
    if (store === undefined) return
    const dropped = telemetry.counter('ocpp.trace.dropped')
    this.#writer = new TraceWriter({ store, digest, timers, log, dropped })
  }

  /** Entries that are to be stored and are not yet. */
  get pending(): number {
    return this.#writer?.pending ?? 0
  }

  /** Stores what waits without pauses from here on: there is little time left. */
  hurry(): void {
    this.#writer?.hurry()
  }

  /** Whatever is wrong with the trace is nobody else's trouble. */
  note(link: Link, traced: Traced): void {
    try {
      this.#keep(link, traced)
    } catch (error) {
      this.#parts.log.error('a trace entry could not be kept', { chargePoint: link.key, reason: String(error) })
    }
  }

  #keep(link: Link, traced: Traced): void {
    const { clock, megabytes, storesAll } = this.#parts
    const at = clock.now()
    const serial = this.#serial++
    if (this.#writer !== undefined && (link.record.traced ?? storesAll()))
      this.#writer.add({ ref: link.seat.ref, at, serial, traced })
    if (megabytes === 0) return
    const ring = (this.#ring ??= new TraceRing(megabytes, serial, isKnownAction))
    if (link.traceOwner === 0) link.traceOwner = ring.ownerOf(link.key)
    ring.add(link.traceOwner, at, traced)
  }

  /** A CALL of the station. All fields of frames are spelled out, always the same: there are two for every message. */
  heard(link: Link, { id, action, text }: Arrived, verdict: string): void {
    this.note(link, { kind: 'frame', direction: 'in', action, messageId: id, latencyMs: undefined, verdict, text })
  }

  unreadable(link: Link, text: string): void {
    this.note(link, { kind: 'frame', direction: 'in', verdict: verdicts.unreadable, text })
  }

  /** An answer of the station, and the CALL of ours that it answers. */
  heardAnswer(link: Link, { frame, text }: HeardAnswer, call: Call | undefined): void {
    const verdict = frame.kind === 'error' ? frame.code : verdicts.answered
    this.note(link, {
      kind: 'frame',
      direction: 'in',
      action: call?.action,
      messageId: frame.id,
      latencyMs: call && this.#since(call.writtenAt),
      verdict: call === undefined ? verdicts.dropped : call.isOverdue ? verdicts.late : verdict,
      text,
    })
  }

  /** An answer of ours leaves. */
  answered(link: Link, text: string, { id, action, at }: Arrived): void {
    const latencyMs = this.#since(at)
    this.note(link, {
      kind: 'frame',
      direction: 'out',
      action,
      messageId: id,
      latencyMs,
      verdict: verdictOf(text),
      text,
    })
  }

  /** A CALL of ours leaves. */
  called(link: Link, { id, action, text }: Call): void {
    this.note(link, {
      kind: 'frame',
      direction: 'out',
      action,
      messageId: id,
      latencyMs: undefined,
      verdict: verdicts.sent,
      text,
    })
  }

  #since(then: number): number {
    return Math.min(longestMs, Math.round(this.#parts.clock.monotonic() - then))
  }

  /** The newest entries of a charge point that are still in memory, newest first. */
  newest(key: string, query: TraceQuery): readonly TraceEntry[] {
    return this.#ring?.newest(key, query, this.#parts.digest) ?? []
  }
}

/** `[3,…` is an answer, `[4,…` an error, as our encoder writes them. */
const verdictOf = (text: string): string =>
  text.charCodeAt(1) === 51 ? verdicts.answered : (/^\[4,(?:"(?:[^"\\]|\\.)*"),"([^"]*)"/.exec(text)?.[1] ?? '')
