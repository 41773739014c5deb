import type { Fact } from '../core/domain/fact.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Journal } from '../core/ports/journal.ts'
import { type Ledger, LedgerUnavailable, type Verdict } from '../core/ports/ledger.ts'
import type { Log } from '../core/ports/log.ts'
import type { Telemetry } from '../core/ports/telemetry.ts'
import type { Timers } from '../core/ports/timers.ts'

interface Waiting {
  readonly fact: Fact
  readonly tell: (verdict: Verdict) => void
}

interface Parts {
  readonly ledger: Ledger
  readonly clock: Clock
  readonly timers: Timers
  readonly telemetry: Telemetry
  readonly log: Log
}

const noVerdict: Verdict = { stored: false, reason: 'the ledger gave no verdict' }
const mostInFlight = 2
const mostInBatch = 2_000
const firstPauseMs = 100
const longestPauseMs = 2_000
const stuckMs = 5_000

/**
 * Group commit without a flush timer (D-2): what arrives in one turn of the event loop is a batch, at most two batches
 * are on their way, what arrives meanwhile is the next.
 * When the store cannot commit, the facts stay here and are offered again until it can; nobody is told an error.
 */
export class GroupCommit implements Journal {
  readonly #parts: Parts
  #waiting: Waiting[] = []
  #inFlight = 0
  #gathering = false
  #committing = 0
  #pauseMs = 0
  #outageSince: number | undefined
  /** When the batches under way began, oldest first. */
  readonly #began: number[] = []

  constructor(parts: Parts) {
    this.#parts = parts
  }

  append(fact: Fact, tell: (verdict: Verdict) => void): void {
    this.#waiting.push({ fact, tell })
    if (this.#gathering) return
    this.#gathering = true
    this.#parts.timers.soon(() => {
      this.#gathering = false
      this.#pump()
    })
  }

  get pending(): number {
    return this.#waiting.length + this.#committing
  }

  get outageMs(): number {
    if (this.#outageSince !== undefined) return this.#parts.clock.monotonic() - this.#outageSince
    // a store that says nothing at all is down as well
    return this.delayMs > stuckMs ? this.delayMs : 0
  }

  /** For how long the oldest batch has been on its way. */
  get delayMs(): number {
    const [oldest] = this.#began
    return oldest === undefined ? 0 : this.#parts.clock.monotonic() - oldest
  }

  #pump(): void {
    const most = this.#outageSince === undefined ? mostInFlight : 1
    while (this.#waiting.length > 0 && this.#inFlight < most && this.#pauseMs === 0) {
      const batch = this.#waiting.length <= mostInBatch ? this.#waiting : this.#waiting.slice(0, mostInBatch)
      this.#waiting = this.#waiting.length <= mostInBatch ? [] : this.#waiting.slice(mostInBatch)
      this.#inFlight++
      this.#committing += batch.length
      void this.#commit(batch)
    }
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const { clock, ledger, telemetry, log } = this.#parts
    const began = clock.monotonic()
    this.#began.push(began)
    let verdicts: readonly Verdict[] | undefined
    try {
      verdicts = await ledger.commit(batch.map(({ fact }) => fact))
      telemetry.took('ocpp.ingest.commit.duration', clock.monotonic() - began)
      if (this.#outageSince !== undefined)
        log.warn('store commits again', { outageMs: this.outageMs, waiting: this.#waiting.length })
      this.#outageSince = undefined
    } catch (error) {
      if (this.#outageSince === undefined)
        log.error('store does not commit', { reason: String(error), known: error instanceof LedgerUnavailable })
      this.#outageSince ??= began
      this.#waiting = [...batch, ...this.#waiting]
      this.#rest()
    }
    this.#inFlight--
    this.#began.splice(this.#began.indexOf(began), 1)
    this.#committing -= batch.length
    // the next batch is on its way to the store while the answers of this one leave
    this.#pump()
    if (verdicts !== undefined)
      for (const [i, waiting] of batch.entries()) this.#tell(waiting, verdicts[i] ?? noVerdict)
  }

  #tell({ tell }: Waiting, verdict: Verdict): void {
    try {
      tell(verdict)
    } catch (error) {
      this.#parts.log.error('a verdict could not be told', { reason: String(error) })
    }
  }

  /** One pause for all: a store that is down is asked by one batch at a time. */
  #rest(): void {
    if (this.#pauseMs > 0) return
    const outage = this.outageMs
    this.#pauseMs = Math.min(longestPauseMs, Math.max(firstPauseMs, outage / 4))
    this.#parts.timers.after(this.#pauseMs, () => {
      this.#pauseMs = 0
      this.#pump()
    })
  }
}
