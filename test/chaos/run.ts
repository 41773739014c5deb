import { chance } from '../../bench/random.ts'
import { faults } from './faults.ts'
import { type Balance, reconcile } from './reconcile.ts'
import { ChaosStation, password } from './station.ts'
import { System } from './system.ts'

export interface ChaosOptions {
  readonly seed: number
  readonly stations: number
  /** Processes killed or frozen before everything is left to recover. */
  readonly kills: number
  readonly redis: boolean
  /** Several servers behind one line, on hosts of their own; else one. */
  readonly nodes?: number
  /** At least so long. */
  readonly minutes?: number
  /** These kinds of faults only. */
  readonly kinds?: readonly string[]
  readonly say?: (line: string) => void
}

export interface ChaosOutcome extends Balance {
  readonly seed: number
  readonly faults: ReadonlyMap<string, number>
  readonly kills: number
  readonly charges: number
  readonly frames: number
  readonly acknowledged: number
  /** What stations were told that they should not have been. */
  readonly complaints: readonly string[]
  readonly uncaught: boolean
  readonly seconds: number
}

/** A deployment now and then, whatever else happens. */
const rollEveryMs = 30_000

const sleep = (ms: number): Promise<void> => new Promise((go) => void setTimeout(go, ms))

/** A real system with stations on it, killed, frozen and cut at random; then left alone, and held to account. */
export const chaos = async ({
  seed,
  stations,
  kills,
  redis,
  nodes = 1,
  minutes = 0,
  kinds,
  say = () => {},
}: ChaosOptions): Promise<ChaosOutcome> => {
  const began = performance.now()
  const luck = chance(seed)
  // a stream of its own: how often the line asks depends on how many connections there are
  const line = chance(seed, -1)
  const system = await System.start({ redis, nodes, luck: () => line.next() })
  try {
    const url = `ws://127.0.0.1:${system.proxy.port}/ocpp`
    const fleet = Array.from({ length: stations }, (_, i) => new ChaosStation(`CHAOS-${i}`, url, chance(seed, i + 1)))
    await register(system, fleet)
    const lives = Promise.all(fleet.map((station) => station.live()))
    const struck = new Map<string, number>()
    let killed = 0
    const possible = faults.filter(
      (fault) =>
        (kinds?.includes(fault.kind) ?? true) &&
        (system.hasRedis || fault.needsRedis !== true) &&
        (system.isCluster || fault.needsCluster !== true),
    )
    // every kind once, in any order, and then by chance
    const first = possible.map((fault) => ({ fault, at: luck.next() })).toSorted((a, b) => a.at - b.at)
    const rolling = possible.find(({ kind }) => kind === 'rolling restart')
    let rolledAt = performance.now()
    const isOver = (): boolean => killed >= kills && first.length === 0 && performance.now() - began >= minutes * 60_000
    while (!isOver()) {
      await sleep(luck.integer(200, 1_200))
      const isDue = rolling !== undefined && performance.now() - rolledAt > rollEveryMs
      const fault = isDue ? rolling : (first.pop()?.fault ?? luck.pick(possible))
      await fault.strike(system, luck)
      if (fault === rolling) rolledAt = performance.now()
      struck.set(fault.kind, (struck.get(fault.kind) ?? 0) + 1)
      if (fault.isKill) killed++
      const acknowledged = fleet.reduce((sum, station) => sum + station.acknowledged, 0)
      say(`${fault.kind.padEnd(18)} ${killed} of ${kills} kills, ${acknowledged} acknowledgements`)
    }
    for (const station of fleet) station.rest()
    await lives
    say('everything works again; what the stations know is held against sessions and CDRs')
    const balance = await reconcile(system, fleet)
    return {
      ...balance,
      seed,
      faults: struck,
      kills: killed,
      charges: fleet.reduce((sum, { charges }) => sum + charges.length, 0),
      frames: fleet.reduce((sum, { frames }) => sum + frames, 0),
      acknowledged: fleet.reduce((sum, station) => sum + station.acknowledged, 0),
      complaints: [
        ...system.complaints,
        ...fleet.flatMap((station) => station.faults.map((fault) => `${station.identity} ${fault}`)),
      ],
      uncaught: system.output().includes('uncaught exception'),
      seconds: (performance.now() - began) / 1_000,
    }
  } finally {
    await system.stop()
  }
}

const register = async (system: System, fleet: readonly ChaosStation[]): Promise<void> => {
  const lines = fleet.map(({ identity }) => JSON.stringify({ identity, password })).join('\n')
  await system.api('PUT', '/api/v1/tokens/CARD1', {})
  const { status } = await system.api('POST', '/api/v1/imports/charge-points?dryRun=false', lines, {
    'content-type': 'application/x-ndjson',
  })
  if (status !== 200) throw new Error(`registering failed with ${status}`)
}
