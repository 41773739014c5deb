import { type ChargePointRef, refKey } from '../core/domain/charge-point.ts'
import { clean } from '../core/domain/text.ts'
import type { Traced, TracePosition } from '../core/domain/trace.ts'
import { masked } from '../core/ocpp/mask.ts'
import type { Digest } from '../core/ports/digest.ts'
import { LedgerUnavailable } from '../core/ports/ledger.ts'
import type { Log } from '../core/ports/log.ts'
import type { Counter } from '../core/ports/telemetry.ts'
import type { Timers } from '../core/ports/timers.ts'
import type { StoredTrace, TraceStore } from '../core/ports/trace-store.ts'

interface Parts {
  readonly store: TraceStore
  readonly digest: Digest
  readonly timers: Timers
  readonly log: Log
  readonly dropped: Counter
}

/** What has been noted and not been masked yet. */
export interface Noted extends TracePosition {
  readonly ref: ChargePointRef
  readonly traced: Traced
}

const most = { waiting: 20_000, chars: 8 * 1024 * 1024, inBatch: 300, charsInBatch: 256 * 1024 }
const longestText = 256 * 1024
const pauseMs = 250
const afterFailureMs = 1_000

/**
 * Writes the trace off the hot path: a batch at a time with a pause after each, so that it never takes more than its
 * share, however much is said on the wire. What waits is bounded; when the store is slow the oldest is dropped and
 * counted. Nobody ever waits for it.
 */
export class TraceWriter {
  readonly #parts: Parts
  #waiting: (Noted | undefined)[] = []
  /** Those before it are gone: an array that is shifted ten thousand times a second costs more than all of this. */
  #first = 0
  #chars = 0
  #writing = false
  #underWay = 0
  #isHurried = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  add(noted: Noted): void {
    this.#waiting.push(noted)
    this.#chars += noted.traced.text.length
    while (this.#length > most.waiting || this.#chars > most.chars) this.#drop()
    if (this.#writing) return
    this.#writing = true
    // the frames of a moment go together
    this.#parts.timers.after(pauseMs, () => void this.#write())
  }

  /** Entries that are not stored yet. */
  get pending(): number {
    return this.#length + this.#underWay
  }

  /** Without pauses from here on: there is little time left. */
  hurry(): void {
    this.#isHurried = true
  }

  get #length(): number {
    return this.#waiting.length - this.#first
  }

  #drop(): void {
    this.#take()
    this.#parts.dropped.add()
  }

  #take(): Noted | undefined {
    const noted = this.#waiting[this.#first]
    this.#waiting[this.#first++] = undefined
    this.#chars -= noted?.traced.text.length ?? 0
    if (this.#first > 1_000 && this.#first * 2 > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#first)
      this.#first = 0
    }
    return noted
  }

  #next(): readonly Noted[] {
    const batch: Noted[] = []
    for (let chars = 0; batch.length < most.inBatch && chars < most.charsInBatch && this.#length > 0;) {
      const noted = this.#take()
      if (noted === undefined) break
      chars += noted.traced.text.length
      batch.push(noted)
    }
    return batch
  }

  async #write(): Promise<void> {
    const { digest, timers, log } = this.#parts
    while (this.#length > 0) {
      const batch = this.#next()
      this.#underWay = batch.length
      let waitMs = this.#isHurried ? 0 : pauseMs
      try {
        await this.#store(batch.map((noted) => storedOf(noted, digest)))
      } catch (error) {
        log.warn('the trace could not be written', { reason: String(error), entries: batch.length })
        this.#putBack(batch)
        waitMs = afterFailureMs
      }
      this.#underWay = 0
      await new Promise<void>((go) => timers.after(waitMs, go))
    }
    this.#writing = false
  }

  /** What cannot be stored is dropped alone. */
  async #store(entries: readonly StoredTrace[]): Promise<void> {
    const { store, log, dropped } = this.#parts
    try {
      await store.write(entries)
    } catch (error) {
      if (error instanceof LedgerUnavailable) throw error
      const [alone, ...more] = entries
      if (alone !== undefined && more.length === 0) {
        log.error('a trace entry cannot be stored', { chargePoint: refKey(alone), reason: String(error) })
        return dropped.add()
      }
      const middle = Math.ceil(entries.length / 2)
      await this.#store(entries.slice(0, middle))
      await this.#store(entries.slice(middle))
    }
  }

  /** In front again, as far as there is room: it is the oldest there is. */
  #putBack(batch: readonly Noted[]): void {
    this.#waiting = [...batch, ...this.#waiting.slice(this.#first)]
    this.#first = 0
    this.#chars += batch.reduce((sum, { traced }) => sum + traced.text.length, 0)
    while (this.#length > most.waiting || this.#chars > most.chars) this.#drop()
  }
}

/** Masked before it leaves us, and free of what no text may hold. */
const storedOf = ({ ref: { tenant, identity }, at, serial, traced }: Noted, digest: Digest): StoredTrace => {
  const { kind, direction, action, messageId, latencyMs, verdict, text } = traced
  return {
    tenant,
    identity,
    at,
    serial,
    kind,
    ...(direction !== undefined && { direction }),
    ...(action !== undefined && action !== '' && { action: clean(action, 100) }),
    ...(messageId !== undefined && { messageId: clean(messageId) }),
    ...(latencyMs !== undefined && { latencyMs }),
    ...(verdict !== undefined && { verdict: clean(verdict, 100) }),
    size: bytesOf(text),
    text: clean(masked(text, digest), longestText),
  }
}

/** UTF-8 bytes of a text; nearly every frame has as many as characters. */
const bytesOf = (text: string): number => {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1
  }
  return bytes
}
