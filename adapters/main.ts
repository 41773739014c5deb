import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { compose, type Server } from './compose.ts'
import { type Config, ConfigError, type Mode, modeOf, readConfig } from './config.ts'
import { createLog } from './log.ts'

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

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
const signalled = (): Promise<string> =>
  new Promise((resolve) => {
    let heard = false
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.on(signal, () => {
        if (heard) process.exit(130)
        heard = true
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
  const ending = signalled()
  const server = await compose(config, log)
  announce(server, config)
  const fleet = withFleet ? startFleet(server, config) : undefined
  const signal = await ending
  write(`${signal}: going down`)
  await stopFleet(fleet)
  await server.stop()
  write('stopped')
  return 0
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
    switch (command) {
      case 'start':
        return await start(readConfig(process.env), false)
      case 'demo':
        return await start(demoConfig(), true)
      case 'doctor':
        return await (await import('./doctor.ts')).doctor(readConfig(process.env), write)
      default:
        complain(command === undefined ? usage : `there is no command ${JSON.stringify(command)}\n\n${usage}`)
        return 2
    }
  } catch (error) {
    // a refusal is one line for the operator; anything else is ours to explain
    const known =
      error instanceof ConfigError ||
      (error instanceof Error && ['InUse', 'NoBinaries', 'NotAlone', 'MigrationRefused'].includes(error.name))
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
    ? { ...config, apiKey: `sm_demo_${crypto.randomUUID().replaceAll('-', '')}` }
    : config
}

process.exitCode = await main(process.argv[2])
if (process.exitCode !== 0 || process.argv[2] !== undefined) process.exit(process.exitCode)
