import { Histogram, type HistogramData } from '../histogram.ts'
import type { Kind, Progress, WindowData } from './orders.ts'

/** What is counted between two looks. */
export class Window {
  readonly #began = performance.now()
  readonly #cpu = process.cpuUsage()
  readonly #kinds = new Map<Kind, Histogram>()
  readonly untouched = new Histogram()
  readonly lag = new Histogram()
  readonly handshake = new Histogram()
  readonly back = new Histogram()
  #second = new Histogram()
  answered = 0
  errors = 0
  pipelined = 0
  dropped = 0
  closed = 0
  refused = 0

  took(kind: Kind, us: number, isUntouched: boolean): void {
    this.answered++
    let histogram = this.#kinds.get(kind)
    if (histogram === undefined) this.#kinds.set(kind, (histogram = new Histogram()))
    histogram.record(us)
    this.#second.record(us)
    if (isUntouched) this.untouched.record(us)
  }

  progress(sockets: number): Progress {
    const second = this.#second
    this.#second = new Histogram()
    return { sockets, answered: second.count, p99: second.percentile(0.99) }
  }

  end(away: number, unanswered: number): WindowData {
    const { user, system } = process.cpuUsage(this.#cpu)
    const { answered, errors, pipelined, dropped, closed, refused } = this
    const kinds: Partial<Record<Kind, HistogramData>> = {}
    for (const [kind, histogram] of this.#kinds) kinds[kind] = histogram.toJSON()
    return {
      ms: performance.now() - this.#began,
      answered,
      errors,
      pipelined,
      dropped,
      unanswered,
      closed,
      refused,
      away,
      kinds,
      untouched: this.untouched.toJSON(),
      lag: this.lag.toJSON(),
      handshake: this.handshake.toJSON(),
      back: this.back.toJSON(),
      cpuS: (user + system) / 1e6,
    }
  }
}
