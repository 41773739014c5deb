import { refKey } from '../core/domain/charge-point.ts'
import type { CurrentState, StateReport } from '../core/ports/current-state.ts'
import { LedgerUnavailable } from '../core/ports/ledger.ts'
import type { Log } from '../core/ports/log.ts'
import type { Timers } from '../core/ports/timers.ts'

interface Parts {
  readonly currentState: CurrentState
  readonly timers: Timers
  readonly log: Log
  /** Hears of orders that a report fulfilled. */
  readonly fulfilled: (commands: readonly string[]) => void
}

const mostInBatch = 1_000

/**
 * Writes how things stand, in batches without a timer, the newest of each kind only: a status that was overtaken while
 * the last batch was on its way is not written any more. An outage keeps the newest and offers it again.
 */
export class Reporter {
  readonly #parts: Parts
  #waiting = new Map<string, StateReport>()
  /** Who wants to hear that a report, or one that overtook it, has been written. */
  readonly #wanted = new Map<string, (() => void)[]>()
  #writing = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  report(report: StateReport, written?: () => void): void {
    const key = keyOf(report)
    if (written !== undefined) this.#wanted.set(key, [...(this.#wanted.get(key) ?? []), written])
    this.#waiting.delete(key)
    this.#waiting.set(key, report)
    if (!this.#writing) void this.#write()
  }

  get pending(): number {
    return this.#waiting.size
  }

  #tell(key: string): void {
    const all = this.#wanted.get(key) ?? []
    this.#wanted.delete(key)
    for (const written of all) written()
  }

  /** What cannot be stored is dropped alone: one station's odd report must not keep all others from being seen. */
  async #store(reports: readonly StateReport[]): Promise<void> {
    try {
      const fulfilled = await this.#parts.currentState.write(reports)
      if (fulfilled.length > 0) this.#parts.fulfilled(fulfilled)
    } catch (error) {
      if (error instanceof LedgerUnavailable) throw error
      const [alone, ...more] = reports
      if (alone !== undefined && more.length === 0)
        return this.#parts.log.error('a report cannot be stored', { chargePoint: refKey(alone), reason: String(error) })
      const middle = Math.ceil(reports.length / 2)
      await this.#store(reports.slice(0, middle))
      await this.#store(reports.slice(middle))
    }
  }

  /** Not too many at once: whoever opens a socket meanwhile waits for the rows of its charge point. */
  #next(): Map<string, StateReport> {
    const batch = new Map<string, StateReport>()
    for (const [key, report] of this.#waiting) {
      if (batch.size === mostInBatch) break
      batch.set(key, report)
      this.#waiting.delete(key)
    }
    return batch
  }

  async #write(): Promise<void> {
    this.#writing = true
    while (this.#waiting.size > 0) {
      const batch = this.#next()
      try {
        await this.#store([...batch.values()])
        for (const key of batch.keys()) this.#tell(key)
      } catch (error) {
        this.#parts.log.warn('current state could not be written', { reason: String(error), reports: batch.size })
        this.#waiting = new Map([...batch, ...this.#waiting])
        await new Promise<void>((go) => this.#parts.timers.after(1_000, go))
      }
    }
    this.#writing = false
  }
}

const keyOf = (report: StateReport): string => {
  const detail =
    report.kind === 'status'
      ? `${report.report.evse}/${report.report.connector}`
      : report.kind === 'message'
        ? report.action
        : report.kind === 'alarm'
          ? report.alarm
          : report.kind === 'reservation'
            ? String(report.id)
            : ''
  return `${refKey(report)}|${report.kind}|${detail}`
}
