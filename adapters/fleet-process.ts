import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

interface FleetParts {
  /** Where API and charge points are, `http://127.0.0.1:8080`. */
  readonly web: string
  readonly key: string
  readonly complain: (line: string) => void
  readonly run: FleetRun
}

/** How the fleet lives: `roaming` is no fleet, but a second server and a driver of its own who charges at this one; `market` one driver, and everybody who has to do with the session; `chaos` behaves badly and holds the server to account at the end, which comes after `minutes` or by a signal. */
export interface FleetRun {
  readonly chaos: boolean
  readonly roaming?: boolean | undefined
  readonly market?: boolean | undefined
  readonly minutes?: string | undefined
  /** `1.6,2.1`; absent = all that there are. */
  readonly versions?: string | undefined
}

/** Until a fleet in chaos has delivered what it holds and compared it with the API's books; another only has to end. */
const patienceMs = { chaos: 200_000, roaming: 15_000, market: 2_000, plain: 2_000 }

/** Of which kind it is: each has its own program, and its own patience at the end. */
const kindOf = ({ chaos, roaming, market }: FleetRun): keyof typeof patienceMs =>
  chaos ? 'chaos' : roaming === true ? 'roaming' : market === true ? 'market' : 'plain'

/** The simulated fleet as a process of its own: it knows the server over the wire only. */
export const startFleet = ({ web, key, complain, run }: FleetParts): ChildProcess => {
  const bench = join(import.meta.dirname, '..', 'bench')
  const ocpp = `${web.replace(/^http/, 'ws')}/ocpp`
  const time = run.minutes === undefined ? [] : ['--minutes', run.minutes]
  const kind = kindOf(run)
  const isStory = kind === 'roaming' || kind === 'market'
  const program = isStory ? `${kind}/main.ts` : 'fleet.ts'
  const manners = isStory ? [] : mannersOf(run)
  const child = spawn(process.execPath, [join(bench, program), '--url', ocpp, '--api', web, ...time, ...manners], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, SM_API_KEY: key },
  })
  child.on('exit', (code) => {
    if (code !== null && code !== 0) complain(`the fleet ended with code ${code}`)
  })
  return child
}

const mannersOf = ({ chaos, versions }: FleetRun): readonly string[] => [
  '--chargers',
  '20',
  '--seed',
  '1',
  ...(chaos ? ['--chaos', '--backlog', '10', '--offline', '0.3'] : ['--backlog', '3', '--sims']),
  ...(versions === undefined ? [] : ['--versions', versions]),
]

/** Resolves when the fleet has ended by itself, as one with a number of minutes does. */
export const fleetEnded = (fleet: ChildProcess): Promise<string> =>
  new Promise((resolve) => void fleet.once('exit', () => resolve('the fleet has ended')))

/** Answers the code it ended with. */
export const stopFleet = async (fleet: ChildProcess | undefined, run: FleetRun): Promise<number> => {
  if (fleet === undefined) return 0
  const kind = kindOf(run)
  if (fleet.exitCode === null && fleet.signalCode === null) {
    const ended = fleetEnded(fleet)
    fleet.kill('SIGTERM')
    const late = setTimeout(() => fleet.kill('SIGKILL'), patienceMs[kind])
    await ended
    clearTimeout(late)
  }
  // a plain fleet has nothing to say about the server
  return kind === 'plain' ? 0 : (fleet.exitCode ?? 1)
}
