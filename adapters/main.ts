import { parseArgs } from 'node:util'
import type { compose as Compose, Server } from './compose.ts'
import { type Config, ConfigError, demoKeyPrefix, type Mode, modeOf, readConfig } from './config.ts'
import { type Database, openDatabase } from './compose/database.ts'
import { fleetEnded, type FleetRun, startFleet, stopFleet } from './fleet-process.ts'
import { groupOperations } from './group-operations.ts'
import { createLog } from './log.ts'
import type { Log } from '../core/ports/log.ts'
import { supervise } from './supervisor.ts'
import { watchWorkers } from './worker-watch.ts'

/**
 * The process: `start`, `demo`, `cluster`, `doctor`, `replay`. Settings come from the environment, signals end it cleanly.
 * What only some of them need is loaded by those; the server's own sources while its database starts.
 */

const write = (line: string): void => void process.stdout.write(`${line}\n`)
const complain = (line: string): void => void process.stderr.write(`${line}\n`)

const usage = `Usage: bun adapters/main.ts <command>

  start    the server
  demo     the server with a simulated fleet of 20 charge points of OCPP 1.6, 2.0.1 and 2.1 [--versions 1.6,2.1: of these
           only] [--chaos [--minutes 5]: badly behaved ones, and the server's books compared with theirs at the end]
           [--roaming [--minutes 1]: instead of the fleet a second server, whose driver charges at this one]
           [--market [--minutes 1]: instead of the fleet one driver, and everybody who gets a part of what is paid]
  cluster  the same with several workers [--workers 3], on REDIS_URL or a redis-server of its own
  doctor   looks at ports, limits, PostgreSQL, Redis, clock and disk
  replay   plays a recorded session to the same machines again <session id>

Settings are environment variables; README.md lists them.`

const modes: Readonly<Record<Mode, string>> = {
  embedded: 'embedded PostgreSQL, single process',
  oneHost: 'embedded PostgreSQL, Redis',
  single: 'your PostgreSQL, single process',
  cluster: 'your PostgreSQL, Redis',
}

const announce = (server: Server, config: Config): void => {
  const web = server.url?.href.replace(/\/$/, '') ?? ''
  write('')
  write(`Stationmaster is ready (${modes[modeOf(config)]}; data in ${config.data})`)
  if (server.url !== undefined) {
    write(`  charge points  ${web.replace(/^http/, 'ws')}/ocpp/<identity>`)
    write(`  console        ${web}/`)
    write(`  API            ${web}/api/v1   reference: ${web}/api/reference`)
  }
  write(`  operations     ${server.opsUrl.href}metrics`)
  if (server.generatedKey !== undefined) write(`  API key        ${server.generatedKey}   (shown this once: keep it)`)
  write('')
}

/**
 * Resolves at the first SIGINT or SIGTERM; one that comes much later ends the process at once. Ctrl-C under npm comes
 * twice, from the terminal and from npm; to a worker it comes from the terminal, and its supervisor decides. A terminal
 * that closes says SIGHUP; without one it asks a supervisor to start its workers anew, and means nothing to others.
 */
const signalled = (isWorker: boolean): Promise<string> =>
  new Promise((resolve) => {
    let heardAt: number | undefined
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => {
        if (isWorker && signal !== 'SIGTERM') return
        if (signal === 'SIGHUP' && !process.stdout.isTTY) return
        if (heardAt !== undefined && performance.now() - heardAt > 2_000) process.exit(130)
        heardAt ??= performance.now()
        resolve(signal)
      })
  })

const start = async (config: Config, run?: FleetRun): Promise<number> => {
  const format = config.logFormat ?? (process.stdout.isTTY || run !== undefined ? 'pretty' : 'json')
  const log = createLog({ level: config.logLevel, format, write })
  process.on('uncaughtException', (error) => log.error('uncaught exception', { reason: error.stack ?? String(error) }))
  process.on('unhandledRejection', (error) =>
    log.error('unhandled rejection', {
      reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }),
  )
  const told = toldOf(process.env)
  const ending = Promise.race([
    signalled(told !== undefined),
    ...(told === undefined ? [] : [orphaned(told.supervisor)]),
  ])
  const database = await beginning((underWay) =>
    openDatabase({ ...config, ...(told && { target: told.target }) }, log, underWay),
  )
  const server =
    config.workers > 1
      ? await composeGroup({ ...config, logFormat: format }, log, database.opened)
      : await composed(config, log, {
          database: database.opened,
          ...(told && { target: told.target, sharesPort: true, staysOpen: told.worker === 0 }),
        })
  if (told === undefined) announce(server, config)
  const fleet = run && startFleet({ ...signIn(server, config), complain, run })
  const watch = run !== undefined && config.workers > 1 ? watchWorkers(server.opsUrl, write) : undefined
  const isLimited = run !== undefined && (run.chaos || run.minutes !== undefined)
  const why = await (isLimited && fleet !== undefined ? Promise.race([ending, fleetEnded(fleet)]) : ending)
  if (told === undefined) write(`${why}: going down`)
  watch?.stop()
  const code = run === undefined ? 0 : await stopFleet(fleet, run)
  await server.stop()
  if (told === undefined) write('stopped')
  return code
}

const signIn = (server: Server, config: Config): { readonly web: string; readonly key: string } => {
  write(`  sign in with   ${server.consoleLink()}   (works once)`)
  write('')
  return { web: server.url?.href.replace(/\/$/, '') ?? '', key: config.apiKey ?? server.generatedKey ?? '' }
}

/** What the supervisor told this process in its environment, when it is a worker. */
interface Told {
  readonly target: Server['target']
  readonly supervisor: number
  readonly worker: number
}

const toldOf = (env: NodeJS.ProcessEnv): Told | undefined => {
  const told = env['SM_GROUP']
  return told === undefined ? undefined : (JSON.parse(told) as Told)
}

/** A database that is on its way: what is loaded meanwhile keeps this process from everything else. */
const beginning = async (
  open: (underWay: () => void) => Promise<Database>,
): Promise<{ readonly opened: Promise<Database> }> => {
  let underWay: () => void = () => {}
  const begun = new Promise<void>((resolve) => (underWay = resolve))
  const opened = open(underWay)
  // why there is none is for whoever waits for it
  await Promise.race([begun, opened.catch(() => {})])
  return { opened }
}

const composed = async (...parts: Parameters<typeof Compose>): Promise<Server> => {
  const { compose } = await import('./compose.ts')
  return compose(...parts)
}

/** A supervisor: owns the database and the operations port, and starts the workers that do the work. */
const composeGroup = async (config: Config, log: Log, database: Promise<Database>): Promise<Server> => {
  const opsOf = (index: number): string => `http://127.0.0.1:${config.opsPort + 1 + index}`
  const ask = (index: number, path: string): Promise<Response | undefined> =>
    fetch(opsOf(index) + path, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined)
  const isReady = async (index: number): Promise<boolean> => (await ask(index, '/readyz'))?.ok === true
  let pids = (): readonly number[] => []
  const operations = groupOperations({ ask, pids: () => pids() })
  const server = await composed({ ...config, roles: [] }, log, { database, operations })
  const workers = supervise({
    workers: config.workers,
    program: process.execPath,
    args: process.argv.slice(1, 2).concat('start'),
    environment: (index) => ({
      ...process.env,
      SM_GROUP: JSON.stringify({ target: server.target, supervisor: process.pid, worker: index } satisfies Told),
      SM_WORKERS: '1',
      SM_OPS_PORT: String(config.opsPort + 1 + index),
      SM_LOG_FORMAT: config.logFormat,
    }),
    log,
  })
  pids = () => workers.pids()
  const graceMs = config.drainMs + 10_000
  // newer workers find the database as they expect it
  const renew = (): Promise<void> =>
    server.migrate().then(
      () => workers.roll(isReady, graceMs),
      (error: unknown) => log.error('no worker is started anew: the database', { reason: String(error) }),
    )
  if (!process.stdout.isTTY) process.on('SIGHUP', () => void renew())
  const url = new URL(`http${config.tls ? 's' : ''}://${config.host}:${config.port}/`)
  for (const end = performance.now() + 30_000; performance.now() < end;) {
    if ((await Promise.all(workers.pids().map((_, index) => isReady(index)))).every(Boolean)) break
    await new Promise((go) => setTimeout(go, 50))
  }
  return {
    ...server,
    url,
    // the door is the workers'
    consoleLink: () => new URL(new URL(server.consoleLink()).search, new URL('/session', url)).href,
    async stop() {
      await workers.stop(graceMs)
      await server.stop()
    },
  }
}

/** Resolves when the supervisor is gone: a worker without one would hold its port for nobody. */
const orphaned = (supervisor: number): Promise<string> =>
  new Promise((resolve) => {
    const timer = setInterval(() => {
      if (process.ppid === supervisor) return
      clearInterval(timer)
      resolve('the supervisor is gone')
    }, 1_000)
  })

const main = async (command: string | undefined): Promise<number> => {
  try {
    switch (command ?? '') {
      case 'start':
        return await start(readConfig(process.env))
      case 'demo':
        return await demo()
      case 'cluster':
        return await cluster()
      case 'doctor':
        return await look()
      case 'replay':
        return await replay()
      default:
        complain(command === undefined ? usage : `there is no command ${JSON.stringify(command)}\n\n${usage}`)
        return 2
    }
  } catch (error) {
    // a refusal is one line for the operator; anything else is ours to explain
    const known =
      error instanceof ConfigError ||
      (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) ||
      (error instanceof Error &&
        ['InUse', 'NoBinaries', 'NotAlone', 'MigrationRefused', 'NoRedis'].includes(error.name))
    complain(
      known
        ? error.message
        : `Stationmaster could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    )
    return 1
  }
}

/** The server and a fleet on it, well behaved or not. */
const demo = async (): Promise<number> => {
  const options = {
    chaos: { type: 'boolean', default: false },
    roaming: { type: 'boolean', default: false },
    market: { type: 'boolean', default: false },
    minutes: { type: 'string' },
    versions: { type: 'string' },
  } as const
  const { values } = parseArgs({ args: process.argv.slice(3), options })
  if (values.roaming) process.env['SM_ROAMING_HOSTS'] ??= '127.0.0.1'
  return start(demoConfig(), values)
}

/** Several workers and a fleet on them: whoever kills a worker sees its charge points move. */
const cluster = async (): Promise<number> => {
  const { values } = parseArgs({ args: process.argv.slice(3), options: { workers: { type: 'string', default: '3' } } })
  // the workers read their settings from the environment, as always
  process.env['SM_WORKERS'] = values.workers
  const { startLocalRedis } = await import('./redis/local.ts')
  const redis = process.env['REDIS_URL'] === undefined ? await startLocalRedis() : undefined
  if (redis !== undefined) process.env['REDIS_URL'] = redis.url
  try {
    write('kill -9 one of the workers, and see its charge points move to the others')
    return await start(demoConfig(), { chaos: false })
  } finally {
    redis?.stop()
  }
}

const look = async (): Promise<number> => {
  const [{ doctor }, { lookAtEmbedded }] = await Promise.all([import('./doctor.ts'), import('./embedded/look.ts')])
  return doctor(readConfig(process.env), write, { embedded: lookAtEmbedded })
}

const replay = async (): Promise<number> => {
  const { replayHere } = await import('./compose/replay.ts')
  return replayHere(process.argv.slice(3), readConfig(process.env), { write, complain })
}

/** The fleet needs a key; a demo that finds keys from before but is told none could not sign in, so it brings its own. */
const demoConfig = (): Config => {
  process.env['SM_HEARTBEAT_S'] ??= '30'
  const config = readConfig(process.env)
  return config.apiKey === undefined
    ? { ...config, apiKey: `${demoKeyPrefix}${crypto.randomUUID().replaceAll('-', '')}` }
    : config
}

process.exitCode = await main(process.argv[2])
if (process.exitCode !== 0 || process.argv[2] !== undefined) process.exit(process.exitCode)
