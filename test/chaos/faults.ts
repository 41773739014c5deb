import type { Chance } from '../../bench/random.ts'
import type { System } from './system.ts'

/** What is done to a running system, each undone by itself or by whoever owns the part. */
export interface Fault {
  readonly kind: string
  /** Whether it ends a process or freezes one; the others only disturb the line. */
  readonly isKill: boolean
  readonly needsRedis?: true
  /** Only where there are several nodes. */
  readonly needsCluster?: true
  readonly strike: (system: System, luck: Chance) => Promise<unknown>
}

const sleep = (ms: number): Promise<void> => new Promise((go) => void setTimeout(go, ms))

export const faults: readonly Fault[] = [
  {
    kind: 'kill server',
    isKill: true,
    strike: (system, luck) => system.killNode(luck.pick(system.nodes), system.isCluster ? luck.integer(0, 2_000) : 0),
  },
  { kind: 'kill PostgreSQL', isKill: true, strike: (system) => system.killPostgres() },
  {
    kind: 'kill Redis',
    isKill: true,
    needsRedis: true,
    strike: (system, luck) => system.killRedis(luck.integer(0, 1_500)),
  },
  {
    kind: 'kill everything',
    isKill: true,
    strike: (system, luck) => system.killEverything(luck.integer(0, 1_000)),
  },
  {
    kind: 'pause server',
    isKill: true,
    // in a cluster long enough for the others to take over what it holds
    strike: (system, luck) => luck.pick(system.nodes).pause(luck.integer(500, system.isCluster ? 20_000 : 9_000)),
  },
  ...(['Redis', 'PostgreSQL', 'both'] as const).map((from): Fault => ({
    kind: `cut off from ${from}`,
    isKill: false,
    needsCluster: true,
    strike: (system, luck) => system.cutOff(luck.pick(system.nodes), from, luck.integer(2_000, 25_000)),
  })),
  {
    kind: 'pause PostgreSQL',
    isKill: true,
    strike: (system, luck) => system.pause('PostgreSQL', luck.integer(500, 4_000)),
  },
  {
    kind: 'pause Redis',
    isKill: true,
    needsRedis: true,
    strike: (system, luck) => system.pause('Redis', luck.integer(500, 4_000)),
  },
  { kind: 'flush Redis', isKill: false, needsRedis: true, strike: (system) => system.flushRedis() },
  {
    kind: 'rolling restart',
    isKill: false,
    needsCluster: true,
    strike: (system) => system.roll(),
  },
  {
    kind: 'half-open',
    isKill: false,
    strike: async (system, luck) => system.proxy.stall(luck.between(0.05, 0.6)),
  },
  {
    kind: 'bad line',
    isKill: false,
    needsCluster: true,
    strike: (system, luck) => system.spoilLine(luck.pick(system.nodes), luck.integer(4_000, 12_000)),
  },
  { kind: 'reset', isKill: false, strike: async (system, luck) => system.proxy.cut(luck.between(0.2, 1)) },
  {
    kind: 'delay',
    isKill: false,
    async strike(system, luck) {
      system.proxy.delay(luck.integer(20, 400))
      await sleep(luck.integer(500, 2_000))
      system.proxy.delay(0)
    },
  },
]
