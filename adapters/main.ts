import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { compose, demoKeyPrefix, type Group, type Server } from './compose.ts'
import { type Config, ConfigError, type Mode, modeOf, readConfig } from './config.ts'
import { doctor } from './doctor.ts'
import { lookAtEmbedded } from './embedded/look.ts'
import { createLog } from './log.ts'
import type { Log } from '../core/ports/log.ts'
import { mergedMetrics, supervise } from './supervisor.ts'

/** The process: `start`, `demo`, `doctor`. Settings come from the environment, signals end it cleanly. */

const write = (line: string): void => void process.stdout.write(`${line}\n`)
const complain = (line: string): void => void process.stderr.write(`${line}\n`)

const usage = `Usage: bun adapters/main.ts <command>

  start    the server
  demo     the server with a simulated fleet of 20 charge points
  doctor   looks at ports, limits, PostgreSQL, Redis, clock and disk

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
 * twice, from the terminal and from npm; to a worker it comes from the terminal, and its supervisor decides.
 */
const signalled = (isWorker: boolean): Promise<string> =>
  new Promise((resolve) => {
    let heardAt: number | undefined
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => {
        if (isWorker && signal === 'SIGINT') return
        if (heardAt !== undefined && performance.now() - heardAt > 2_000) process.exit(130)
        heardAt ??= performance.now()
        resolve(signal)
      })
  })

const start = async (config: Config, withFleet: boolean): Promise<number> => {
  const format = config.logFormat ?? (process.stdout.isTTY || withFleet ? 'pretty' : 'json')
  const log = createLog({ level: config.logLevel, format, write })
  process.on('uncaughtException', (error) => log.error('uncaught exception', { reason: error.stack ?? String(error) }))
  process.on('unhandledRejection', (error) =>
    log.error('unhandled rejection', {
      reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
    }),
  )
  const ending = signalled(process.env['SM_GROUP'] !== undefined)
  const server = config.workers > 1 ? await composeGroup(config, log) : await compose(config, log, partOf(process.env))
  if (process.env['SM_GROUP'] === undefined) announce(server, config)
  const fleet = withFleet ? startFleet(server, config) : undefined
  const signal = await ending
  if (process.env['SM_GROUP'] === undefined) write(`${signal}: going down`)
  await stopFleet(fleet)
  await server.stop()
  if (process.env['SM_GROUP'] === undefined) write('stopped')
  return 0
}

/** What the supervisor told this process in its environment, when it is a worker. */
const partOf = (env: NodeJS.ProcessEnv): Group => {
  const told = env['SM_GROUP']
  return told === undefined ? {} : { target: JSON.parse(told) as Server['target'], sharesPort: true }
}

/** A supervisor: owns the database and the operations port, and starts the workers that do the work. */
const composeGroup = async (config: Config, log: Log): Promise<Server> => {
  const opsOf = (index: number): string => `http://127.0.0.1:${config.opsPort + 1 + index}`
  const all = Array.from({ length: config.workers }, (_, index) => index)
  const ask = (path: string): Promise<readonly (Response | undefined)[]> =>
    Promise.all(all.map((index) => fetch(opsOf(index) + path).catch(() => undefined)))
  const operations = async (path: string): Promise<Response | undefined> => {
    if (path === '/metrics')
      return new Response(
        mergedMetrics(await Promise.all((await ask(path)).map(async (r) => (await r?.text()) ?? ''))),
        {
          headers: { 'content-type': 'text/plain; version=0.0.4' },
        },
      )
    if (path === '/readyz') {
      const workers = (await ask(path)).map((r) => r?.ok === true)
      return Response.json({ ready: workers.every(Boolean), workers }, { status: workers.every(Boolean) ? 200 : 503 })
    }
    if (path === '/workers')
      return Response.json({
        workers: await Promise.all(
          (await ask(path)).map(async (r, index) => ({
            worker: index,
            pid: group?.pids()[index] ?? 0,
            ...((await r?.json()) as { workers: object[] } | undefined)?.workers[0],
          })),
        ),
      })
    return undefined
  }
  let group: ReturnType<typeof supervise> | undefined
  const server = await compose({ ...config, roles: [] }, log, { operations })
  group = supervise({
    workers: config.workers,
    program: process.execPath,
    args: process.argv.slice(1, 2).concat('start'),
    environment: (index) => ({
      ...process.env,
      SM_GROUP: JSON.stringify(server.target),
      SM_WORKERS: '1',
      SM_OPS_PORT: String(config.opsPort + 1 + index),
      SM_LOG_FORMAT: config.logFormat ?? (process.stdout.isTTY ? 'pretty' : 'json'),
    }),
    log,
  })
  const workers = group
  const url = new URL(`http${config.tls ? 's' : ''}://${config.host}:${config.port}/`)
  for (const end = performance.now() + 30_000; performance.now() < end;) {
    if ((await ask('/readyz')).every((r) => r?.ok === true)) break
    await new Promise((go) => setTimeout(go, 50))
  }
  return {
    ...server,
    url,
    async stop() {
      await workers.stop(config.drainMs + 10_000)
      await server.stop()
    },
  }
}

const startFleet = (server: Server, config: Config): ChildProcess => {
  const web = server.url?.href.replace(/\/$/, '') ?? ''
  write(`  sign in with   ${server.consoleLink()}   (works once)`)
  write('')
  const key = config.apiKey ?? server.generatedKey ?? ''
  const fleet = join(import.meta.dirname, '..', 'bench', 'fleet.ts')
  const child = spawn(
    process.execPath,
    [
      fleet,
      '--url',
      `${web.replace(/^http/, 'ws')}/ocpp`,
      '--api',
      web,
      '--chargers',
      '20',
      '--backlog',
      '3',
      '--seed',
      '1',
    ],
    {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, SM_API_KEY: key },
    },
  )
  child.on('exit', (code) => {
    if (code !== null && code !== 0) complain(`the fleet ended with code ${code}`)
  })
  return child
}

const stopFleet = async (fleet: ChildProcess | undefined): Promise<void> => {
  if (fleet === undefined || fleet.exitCode !== null || fleet.signalCode !== null) return
  const ended = new Promise<void>((resolve) => void fleet.once('exit', () => resolve()))
  fleet.kill('SIGTERM')
  const late = setTimeout(() => fleet.kill('SIGKILL'), 2_000)
  await ended
  clearTimeout(late)
}

const main = async (command: string | undefined): Promise<number> => {
  try {
    switch (command ?? '') {
      case 'start':
        return await start(readConfig(process.env), false)
      case 'demo':
        return await start(demoConfig(), true)
      case 'doctor':
        return await doctor(readConfig(process.env), write, { embedded: lookAtEmbedded })
      default:
        complain(command === undefined ? usage : `there is no command ${JSON.stringify(command)}\n\n${usage}`)
        return 2
    }
  } catch (error) {
    // a refusal is one line for the operator; anything else is ours to explain
    const known =
      error instanceof ConfigError ||
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

/** The fleet needs a key; a demo that finds keys from before but is told none could not sign in, so it brings its own. */
const demoConfig = (): Config => {
  const config = readConfig({ SM_HEARTBEAT_S: '30', ...process.env })
  return config.apiKey === undefined
    ? { ...config, apiKey: `${demoKeyPrefix}${crypto.randomUUID().replaceAll('-', '')}` }
    : config
}

process.exitCode = await main(process.argv[2])
if (process.exitCode !== 0 || process.argv[2] !== undefined) process.exit(process.exitCode)
