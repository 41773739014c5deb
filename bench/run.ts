import { cpus, release, totalmem } from 'node:os'
import { execFileSync } from 'node:child_process'
import type { Protocol } from '../core/ocpp/version.ts'
import { descriptors, median } from './cpu.ts'
import { Generators, type Window } from './generators.ts'
import type { Kind } from './generator/orders.ts'
import type { Histogram } from './histogram.ts'
import type { Curve, Fact, Figures, Gate, Host, Latency, Ratio, Report, Second } from './report/report.ts'
import { sleep } from './sleep.ts'
import { clientCore, startTarget, type Target, type TargetName, type TargetOptions } from './target.ts'

export interface BenchOptions {
  readonly chargers: number | undefined
  readonly workers: number | undefined
  readonly minutes: number | undefined
  readonly rounds: number | undefined
  /** What else but 1.6 is to be measured beside it, where a scenario can do that. */
  readonly protocols: readonly Protocol[]
  readonly isQuick: boolean
}

const shares = [0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999]

/** A target, and what its stations speak by turns; absent = 1.6 alone. */
export interface RigOptions extends TargetOptions {
  readonly protocols?: readonly Protocol[]
}

/** A run of one scenario: what it measures is collected here, and told while it comes. */
export class Bench {
  readonly options: BenchOptions
  readonly figures: Figures[] = []
  readonly ratios: Ratio[] = []
  readonly facts: Fact[] = []
  readonly seconds: Second[] = []
  readonly curves: Curve[] = []
  readonly failures: string[] = []
  readonly #began = performance.now()
  readonly #say: (line: string) => void

  constructor(options: BenchOptions, say: (line: string) => void) {
    this.options = options
    this.#say = say
  }

  say(line: string): void {
    this.#say(line)
  }

  /** As asked for, or what the scenario does by itself: short or whole. */
  chargers(whole: number, quick: number): number {
    return this.options.chargers ?? (this.options.isQuick ? quick : whole)
  }

  rounds(whole: number, quick = 1): number {
    return this.options.rounds ?? (this.options.isQuick ? quick : whole)
  }

  /** Seconds to measure. */
  measured(whole: number, quick: number): number {
    return this.options.minutes === undefined ? (this.options.isQuick ? quick : whole) : this.options.minutes * 60
  }

  /** A target and its generators, up to the first socket. */
  async up({ protocols = ['ocpp1.6'], ...options }: RigOptions): Promise<Rig> {
    const { workers } = this.options
    const target = await startTarget({ ...(workers !== undefined && { workers }), ...options })
    const generators = new Generators({
      urls: target.urls,
      chargers: options.chargers,
      mostEach: Math.min(15_000, descriptors() - 1_000),
      core: clientCore,
      protocols,
    })
    return new Rig(this, target, generators, options.chargers)
  }

  /** Whatever happens in it, the target is stopped. */
  async with<Result>(options: RigOptions, work: (rig: Rig) => Promise<Result>): Promise<Result> {
    const rig = await this.up(options)
    try {
      return await work(rig)
    } finally {
      await rig.down()
    }
  }

  fact(name: string, value: number, unit: string): void {
    this.facts.push({ name, value, unit })
    this.say(`  ${name}: ${shown(value)} ${unit}`)
  }

  /** What must be exactly so; a run in which it is not has failed. */
  count(name: string, value: number, expected: number): void {
    this.facts.push({ name, value, unit: `of ${expected}` })
    this.say(`  ${name}: ${value} of ${expected}`)
    if (value !== expected) this.failures.push(`${name}: ${value}, not ${expected}`)
  }

  /** `control` holds what the same control gave, twice in each pair where it ran before and after. */
  ratio(
    name: string,
    pairs: readonly number[],
    control: readonly (readonly [number, number])[] = [],
    gate?: Gate,
  ): void {
    const spread = control.length === 0 ? null : median(control.map(([a, b]) => Math.abs(Math.log(a / b))))
    const ratio: Ratio = { name, value: median(pairs), pairs, spread, ...(gate && { gate }) }
    this.ratios.push(ratio)
    const asked = gate === undefined ? '' : ` (asked: ${gate.is} ${gate.first})`
    this.say(
      `  ${name}: ${shown(ratio.value)}${asked}${spread === null ? '' : `, two runs of the control differ by ${(spread * 100).toFixed(0)} %`}`,
    )
  }

  report(scenario: string, command: string): Report {
    const { figures, ratios, facts, seconds, curves } = this
    return {
      scenario,
      at: new Date().toISOString(),
      build: build(),
      took: Math.round((performance.now() - this.#began) / 1_000),
      host: host(),
      command,
      figures,
      ratios,
      facts,
      seconds,
      curves,
    }
  }
}

export interface MeasureOptions {
  readonly warmup: number
  readonly seconds: number
  /** Closed loop: the client may be as busy as it likes, lag means nothing. */
  readonly closed?: boolean
  /** Sockets may be lost meanwhile. */
  readonly rough?: boolean
}

/** One target under load. */
export class Rig {
  readonly target: Target
  readonly generators: Generators
  readonly chargers: number
  readonly #bench: Bench
  readonly #ticker: ReturnType<typeof setInterval>
  readonly #began = performance.now()
  #phase = 'connect'
  #ticks = 0

  constructor(bench: Bench, target: Target, generators: Generators, chargers: number) {
    this.#bench = bench
    this.target = target
    this.generators = generators
    this.chargers = chargers
    this.#ticker = setInterval(() => this.#tick(), 1_000)
  }

  get name(): TargetName {
    return this.target.name
  }

  /** Everybody connects; seconds it took, and the window of it. */
  async connect(
    greets = true,
  ): Promise<{ readonly seconds: number; readonly window: Window; readonly serverS: number }> {
    this.#phase = 'connect'
    const cpu = this.target.cpu()
    const began = performance.now()
    await this.generators.connect(greets)
    const seconds = (performance.now() - began) / 1_000
    const serverS = this.target.cpu().server - cpu.server
    return { seconds, window: await this.generators.window(), serverS }
  }

  /** What is going on for so many seconds, the warm-up discarded. */
  async measure(
    phase: string,
    { warmup, seconds, closed = false, rough = false }: MeasureOptions,
  ): Promise<Figures & { readonly window: Window }> {
    this.#phase = phase
    await sleep(warmup * 1_000)
    await this.generators.window()
    const before = this.target.cpu()
    await sleep(seconds * 1_000)
    const window = await this.generators.window()
    const after = this.target.cpu()
    const { answered, lag } = window
    const each = (s: number): number => (s * 1e6) / Math.max(1, answered)
    const serverS = after.server - before.server
    const busy = { server: serverS / window.seconds, client: window.cpuS / window.seconds }
    const lagP99 = lag.percentile(0.99)
    const p99 = window.all.percentile(0.99)
    const invalid = [
      ...(answered === 0 ? ['nothing was answered'] : []),
      ...(window.errors > 0 ? [`${window.errors} were answered with an error`] : []),
      ...(window.dropped > 0 && !rough ? [`${window.dropped} messages found no station`] : []),
      ...(!closed && window.pipelined > answered / 100 ? ['stations had more than one question at a time'] : []),
      ...(!rough && window.closed > 0 ? [`${window.closed} sockets were lost`] : []),
      ...(!closed && !this.generators.isSpinning && busy.client > 0.9 ? ['the generators ran hot'] : []),
      ...(!closed && lagP99 > Math.max(1_000, p99 / 4) ? ['the generators sent too late'] : []),
    ]
    const figures: Figures = {
      target: this.name,
      phase,
      chargers: this.chargers,
      workers: this.target.workers,
      seconds: window.seconds,
      messages: answered,
      perS: answered / window.seconds,
      latency: {
        all: latencyOf(window.all),
        ...Object.fromEntries([...window.kinds].map(([kind, h]) => [kind, latencyOf(h)])),
      },
      cpuUs: {
        server: each(serverS),
        database: each(after.database - before.database),
        redis: each(after.redis - before.redis),
        client: each(window.cpuS),
      },
      busy,
      lagP99,
      invalid,
    }
    this.#bench.figures.push(figures)
    this.#bench.curves.push({
      name: `${this.name} ${phase} ${this.chargers}`,
      points: shares.map((share) => [share, window.all.percentile(share)]),
    })
    this.#say(figures)
    return { ...figures, window }
  }

  /** No more is said. An answer that does not come within 20 s makes the run a failed one. */
  async quiet(): Promise<void> {
    await this.generators.order({ do: 'quiet' })
    const { unanswered } = await this.generators.window()
    if (unanswered > 0)
      this.#bench.failures.push(`${this.name} ${this.#phase}: ${unanswered} messages were never answered`)
  }

  phase(name: string): void {
    this.#phase = name
  }

  async down(): Promise<void> {
    clearInterval(this.#ticker)
    try {
      await this.generators.stop()
    } finally {
      await this.target.stop()
    }
  }

  #say({ phase, perS, latency: { all }, cpuUs, invalid }: Figures): void {
    const { server, database, redis } = cpuUs
    const also = [
      ...(database > 0 ? [`PostgreSQL ${database.toFixed(1)}`] : []),
      ...(redis > 0.05 ? [`Redis ${redis.toFixed(1)}`] : []),
    ]
    this.#bench.say(
      `  ${this.name.padEnd(8)} ${phase.padEnd(10)} ${String(this.chargers).padStart(6)} sockets ${String(Math.round(perS)).padStart(7)} msg/s  p50 ${ms(all?.p50)}  p99 ${ms(all?.p99)}  p99.9 ${ms(all?.p999)} ms  ${server.toFixed(1)} µs CPU/msg${also.length > 0 ? ` (and ${also.join(', ')})` : ''}${invalid.length > 0 ? `  INVALID: ${invalid.join(', ')}` : ''}`,
    )
  }

  #tick(): void {
    const { sockets, answered, p99 } = this.generators.progress
    const s = (performance.now() - this.#began) / 1_000
    const memoryMb = this.target.resident() / 1e6
    this.#bench.seconds.push({ target: this.name, phase: this.#phase, s, sockets, perS: answered, p99, memoryMb })
    const line = `    ${this.name} ${this.#phase}: ${sockets} sockets, ${answered} msg/s, p99 ${ms(p99)} ms, ${Math.round(memoryMb)} MB`
    if (process.stdout.isTTY) process.stdout.write(`\r\u001B[K${line}\r`)
    else if (++this.#ticks % 10 === 0) this.#bench.say(line)
  }
}

const latencyOf = (h: Histogram): Latency => ({
  count: h.count,
  p50: h.percentile(0.5),
  p90: h.percentile(0.9),
  p99: h.percentile(0.99),
  p999: h.percentile(0.999),
  most: h.most,
})

export const ms = (us = 0): string => (us / 1_000).toFixed(us < 10_000 ? 2 : 0)
export const shown = (value: number): string =>
  Math.abs(value) >= 1_000
    ? Math.round(value).toLocaleString('en')
    : value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2)

export const p = (window: Window, kind: Kind, share: number): number => window.kinds.get(kind)?.percentile(share) ?? 0

const build = (): string => {
  const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim()
  try {
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', '--', 'core', 'actors', 'adapters') === '' ? '' : '+'}`
  } catch {
    return 'unknown'
  }
}

const host = (): Host => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGib: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
  descriptors: descriptors(),
  bun: Bun.version,
  node: execFileSync('node', ['--version'], { encoding: 'utf8' }).trim(),
})
