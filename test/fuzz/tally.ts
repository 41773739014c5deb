/** What a run comes to. */
export interface FuzzOutcome {
  readonly frames: number
  /** Of them CALLs by OCPP-J, each of which is owed one answer. */
  readonly calls: number
  /** CALLRESULTs, and CALLERRORs by their code. */
  readonly answers: ReadonlyMap<string, number>
  /** CALLs of ours, by what came of them. */
  readonly ours: ReadonlyMap<string, number>
  /** How often the worker hung up after twenty bad frames in a row, and the station came again. */
  readonly reconnects: number
  /** What must not be, the first fifty of it. */
  readonly failures: readonly string[]
  /** Microseconds that it took to hear a frame. Told and never judged: machines differ. */
  readonly medianUs: number
  /** Of a thousand frames one took longer. */
  readonly p999Us: number
  readonly slowest: { readonly us: number; readonly text: string }
}

const mostFailures = 50

/** Counts while a run goes on. */
export class Tally {
  frames = 0
  calls = 0
  reconnects = 0
  readonly answers = new Map<string, number>()
  readonly ours = new Map<string, number>()
  readonly failures: string[] = []
  #slowest = { us: 0, text: '' }
  readonly #times: Float64Array

  constructor(frames: number) {
    this.#times = new Float64Array(frames)
  }

  get isHopeless(): boolean {
    return this.failures.length >= mostFailures
  }

  took(us: number, text: string): void {
    this.#times[this.frames++] = us
    if (us > this.#slowest.us) this.#slowest = { us, text }
  }

  fail(what: string): void {
    if (!this.isHopeless) this.failures.push(what)
  }

  outcome(): FuzzOutcome {
    const { frames, calls, reconnects, answers, ours, failures } = this
    const times = this.#times.subarray(0, frames).toSorted()
    const [medianUs = 0, p999Us = 0] = [times[frames >> 1], times[Math.floor(frames * 0.999)]]
    return { frames, calls, reconnects, answers, ours, failures, medianUs, p999Us, slowest: this.#slowest }
  }
}

export const count = (counts: Map<string, number>, name: string): void =>
  void counts.set(name, (counts.get(name) ?? 0) + 1)

/** A text that may be as long as a frame, for a line of a report. */
export const clip = (text: string): string =>
  text.length > 300 ? `${text.slice(0, 300)}… (${text.length} characters)` : text
