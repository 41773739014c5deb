import type { TargetName } from '../target.ts'

/** One window on one target. Times are µs. */
export interface Figures {
  readonly target: TargetName
  readonly phase: string
  readonly chargers: number
  readonly workers: number
  readonly seconds: number
  readonly messages: number
  readonly perS: number
  readonly latency: Readonly<Record<string, Latency>>
  /** CPU a message. */
  readonly cpuUs: {
    readonly server: number
    readonly database: number
    readonly redis: number
    readonly client: number
  }
  /** Of one core each. */
  readonly busy: { readonly server: number; readonly client: number }
  readonly lagP99: number
  /** Why this window tells nothing; empty when it does. */
  readonly invalid: readonly string[]
}

export interface Latency {
  readonly count: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  readonly most: number
}

/** A figure against its control of the same run: the median of `pairs`, and by how much two runs of the control differ. */
export interface Ratio {
  readonly name: string
  readonly value: number
  readonly pairs: readonly number[]
  /** Median of |ln(A/A)| of the control; null where the control ran once. */
  readonly spread: number | null
  readonly gate?: Gate
}

export interface Gate {
  readonly is: 'at least' | 'at most'
  readonly first: number
  readonly aim: number
}

/** A figure that is no ratio, with its unit. */
export interface Fact {
  readonly name: string
  readonly value: number
  readonly unit: string
}

/** A second of a run. */
export interface Second {
  readonly target: TargetName
  readonly phase: string
  readonly s: number
  readonly sockets: number
  readonly perS: number
  readonly p99: number
  readonly memoryMb: number
}

/** Latency distribution of one window: pairs of share and µs. */
export interface Curve {
  readonly name: string
  readonly points: readonly (readonly [share: number, us: number])[]
}

export interface Host {
  readonly cpu: string
  readonly cores: number
  readonly memoryGib: number
  readonly kernel: string
  readonly descriptors: number
  readonly bun: string
  readonly node: string
}

export interface Report {
  readonly scenario: string
  readonly at: string
  readonly build: string
  readonly took: number
  readonly host: Host
  readonly command: string
  readonly figures: readonly Figures[]
  readonly ratios: readonly Ratio[]
  readonly facts: readonly Fact[]
  readonly seconds: readonly Second[]
  readonly curves: readonly Curve[]
}

/** Whether a ratio differs from 1 by more than chance: three times what two runs of the same control differ by. */
export const isResolved = ({ value, spread }: Ratio): boolean =>
  spread !== null && Math.abs(Math.log(value)) >= 3 * spread

export const isMet = ({ value, gate }: Ratio): boolean | undefined =>
  gate === undefined ? undefined : gate.is === 'at least' ? value >= gate.first : value <= gate.first
