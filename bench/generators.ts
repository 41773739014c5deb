import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Protocol } from '../core/ocpp/version.ts'
import { pin } from './cpu.ts'
import type { Kind, Order, Progress, Rates, Told, WindowData } from './generator/orders.ts'
import { type Histogram, merged } from './histogram.ts'

/** What all generators saw between two looks, together. Times are µs. */
export interface Window {
  readonly seconds: number
  readonly answered: number
  readonly errors: number
  readonly pipelined: number
  readonly dropped: number
  readonly unanswered: number
  readonly closed: number
  readonly refused: number
  readonly away: number
  readonly kinds: ReadonlyMap<Kind, Histogram>
  readonly all: Histogram
  readonly untouched: Histogram
  readonly lag: Histogram
  readonly handshake: Histogram
  readonly back: Histogram
  readonly cpuS: number
}

export interface GeneratorsOptions {
  readonly urls: readonly string[]
  readonly chargers: number
  /** Of one generator: its descriptors bound it. */
  readonly mostEach: number
  readonly core: number
  /** What the stations speak, by turns. */
  readonly protocols: readonly Protocol[]
}

interface One {
  readonly child: ChildProcess
  readonly count: number
  readonly waiting: Map<
    number,
    { readonly go: (done: WindowData | null) => void; readonly fail: (error: Error) => void }
  >
  isGone: boolean
  last: Progress
}

/** Where the addresses of this process's runs begin; 127.0.0.1 is no station's. */
let runs = 1 + Math.trunc(Math.random() * 200)

/** All generator processes of a run, spoken to as one. */
export class Generators {
  readonly #all: readonly One[]
  #answered = 0
  #orders = 0
  /** Set where open-loop generators never sleep: being busy says nothing of them. */
  isSpinning = false
  readonly #told = new Map<Kind, number>()

  constructor({ urls, chargers, mostEach, core, protocols }: GeneratorsOptions) {
    const processes = Math.max(1, Math.ceil(chargers / mostEach))
    const each = Math.ceil(chargers / processes)
    const run = String(1 + (runs++ % 250))
    this.#all = Array.from({ length: processes }, (_, i) => {
      const count = Math.min(each, chargers - i * each)
      const args = [
        '--urls',
        urls.join(','),
        '--from',
        String(i * each),
        '--count',
        String(count),
        '--number',
        String(i + 1),
        '--run',
        run,
        '--protocols',
        protocols.join(','),
      ]
      const child = spawn(process.execPath, [join(import.meta.dirname, 'generator/main.ts'), ...args], {
        stdio: ['pipe', 'pipe', 'inherit'],
      })
      pin(child.pid ?? 0, core)
      const one: One = { child, count, waiting: new Map(), isGone: false, last: { sockets: 0, answered: 0, p99: 0 } }
      child.once('exit', () => {
        one.isGone = true
        for (const { fail } of one.waiting.values()) fail(new Error('a generator has died'))
        one.waiting.clear()
      })
      child.stdin?.on('error', () => {})
      createInterface({ input: child.stdout }).on('line', (line) => this.#hear(one, JSON.parse(line) as Told))
      return one
    })
  }

  get processes(): number {
    return this.#all.length
  }

  /** As of the last second. */
  get progress(): Progress {
    return {
      sockets: sum(this.#all.map(({ last }) => last.sockets)),
      answered: sum(this.#all.map(({ last }) => last.answered)),
      p99: Math.max(...this.#all.map(({ last }) => last.p99)),
    }
  }

  /** Messages answered since the generators began. */
  get answered(): number {
    return this.#answered
  }

  /** Answers of one kind in all windows that have ended. */
  told(kind: Kind): number {
    return this.#told.get(kind) ?? 0
  }

  /** Resolves when all of them are done with it; `share` makes each one's part of a whole. */
  async order(make: Order | ((share: number) => Order)): Promise<readonly (WindowData | null)[]> {
    const total = sum(this.#all.map(({ count }) => count))
    return Promise.all(
      this.#all.map(({ child, count, waiting, isGone }) => {
        if (isGone) throw new Error('a generator has died')
        const order = typeof make === 'function' ? make(count / total) : make
        const n = this.#orders++
        child.stdin?.write(`${JSON.stringify({ n, order })}\n`)
        return new Promise<WindowData | null>((go, fail) => waiting.set(n, { go, fail }))
      }),
    )
  }

  connect(greets: boolean, inFlight = 256): Promise<unknown> {
    return this.order((share) => ({ do: 'connect', greets, inFlight: Math.max(1, Math.round(inFlight * share)) }))
  }

  charge(stations: number): Promise<unknown> {
    return this.order((share) => ({ do: 'charge', stations: Math.max(1, Math.round(stations * share)) }))
  }

  open(perS: Rates, { poisson = false, spins = false } = {}): Promise<unknown> {
    this.isSpinning = spins && this.processes === 1
    return this.order((share) => ({
      do: 'open',
      poisson,
      // alone on its core a generator need not sleep, and is late for nothing
      spins: this.isSpinning,
      perS: Object.fromEntries(Object.entries(perS).map(([kind, rate]) => [kind, rate * share])),
    }))
  }

  async window(): Promise<Window> {
    const all = (await this.order({ do: 'window' })).filter((data) => data !== null)
    const kinds = new Map<Kind, Histogram>()
    for (const kind of new Set(all.flatMap((data) => Object.keys(data.kinds) as Kind[])))
      kinds.set(kind, merged(all.map((data) => data.kinds[kind])))
    for (const [kind, { count }] of kinds) this.#told.set(kind, this.told(kind) + count)
    const total = (of: (data: WindowData) => number): number => sum(all.map(of))
    return {
      seconds: Math.max(...all.map(({ ms }) => ms)) / 1_000,
      answered: total((d) => d.answered),
      errors: total((d) => d.errors),
      pipelined: total((d) => d.pipelined),
      dropped: total((d) => d.dropped),
      unanswered: total((d) => d.unanswered),
      closed: total((d) => d.closed),
      refused: total((d) => d.refused),
      away: total((d) => d.away),
      kinds,
      all: merged([...kinds.values()].map((histogram) => histogram.toJSON())),
      untouched: merged(all.map((d) => d.untouched)),
      lag: merged(all.map((d) => d.lag)),
      handshake: merged(all.map((d) => d.handshake)),
      back: merged(all.map((d) => d.back)),
      cpuS: total((d) => d.cpuS),
    }
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#all.map(async ({ child }) => {
        if (child.exitCode !== null || child.signalCode !== null) return
        const gone = new Promise<void>((go) => void child.once('exit', () => go()))
        child.kill('SIGKILL')
        await gone
      }),
    )
  }

  #hear(one: One, told: Told): void {
    if ('done' in told) {
      one.waiting.get(told.n)?.go(told.done)
      one.waiting.delete(told.n)
      return
    }
    one.last = told.progress
    this.#answered += told.progress.answered
  }
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0)
