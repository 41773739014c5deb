import { accessSync, constants, existsSync, statfsSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, resolve } from 'node:path'
import { Redis } from 'ioredis'
import postgres from 'postgres'
import type { Config } from './config.ts'
import { descriptorLimit, socketsWithin } from './descriptors.ts'

/** What the doctor cannot look at by itself. */
export interface DoctorParts {
  /** Tries the embedded PostgreSQL's programs; throws when they cannot run (`lookAtEmbedded` of adapters/embedded). */
  readonly embedded?: (data: string) => Promise<EmbeddedFound>
  /** The time in ms; else this machine's. */
  readonly now?: () => number
}

interface EmbeddedFound {
  readonly version: string
  readonly place: string
  readonly exists: boolean
}

interface Finding {
  readonly state: 'ok' | 'warn' | 'fail'
  readonly found: string
}

const ok = (found: string): Finding => ({ state: 'ok', found })
const warn = (found: string): Finding => ({ state: 'warn', found })
const fail = (found: string): Finding => ({ state: 'fail', found })
const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message || ('code' in error ? String(error.code) : error.name) : String(error)

/**
 * Looks at everything that a start needs, one line each: `ok`, `warn` or `fail`, what was found and what to do next.
 * Changes nothing but what a start would prepare as well (a copy of PostgreSQL's programs). Answers the exit code:
 * 1 when anything failed.
 */
export const doctor = async (
  config: Config,
  say: (line: string) => void,
  { embedded, now = Date.now }: DoctorParts = {},
): Promise<number> => {
  const isServing = config.roles.some((role) => role !== 'jobs')
  const checks: readonly (readonly [string, () => Finding | Promise<Finding>])[] = [
    ...(isServing ? [['port', () => portFree('SM_PORT', config.host, config.port)] as const] : []),
    ['operations port', () => portFree('SM_OPS_PORT', '127.0.0.1', config.opsPort)],
    ['descriptors', () => descriptors(config.workers)],
    ['PostgreSQL', () => database(config, embedded)],
    ...(config.redisUrl === undefined ? [] : [['Redis', () => redisAll(config.redisUrl ?? [])] as const]),
    ['clock', () => clock(now())],
    ['disk', () => disk(config.data)],
  ]
  let failed = 0
  for (const [what, check] of checks) {
    const { state, found } = await check()
    if (state === 'fail') failed++
    say(`${state.padEnd(5)} ${what.padEnd(16)} ${found}`)
  }
  return failed === 0 ? 0 : 1
}

const portFree = (name: string, host: string, port: number): Promise<Finding> =>
  new Promise((done) => {
    if (port === 0) return done(ok('the system chooses one at each start'))
    const server = createServer()
    server.once('error', (error) =>
      done(
        'code' in error && error.code === 'EADDRINUSE'
          ? fail(`${host}:${port} is in use; stop what listens there, or set another ${name}`)
          : fail(`cannot listen on ${host}:${port} (${reasonOf(error)}); change ${name} or SM_HOST`),
      ),
    )
    server.listen(port, host, () => server.close(() => done(ok(`${host}:${port} is free`))))
  })

const descriptors = (workers: number): Finding => {
  const limit = descriptorLimit()
  if (!Number.isFinite(limit)) return ok('no limit')
  const chargePoints = socketsWithin(limit) * workers
  const found = `${limit} for each process: up to ${chargePoints} charge points with SM_WORKERS=${workers}`
  const next = 'raise it (ulimit -n, LimitNOFILE in systemd)'
  if (chargePoints < 100) return fail(`${found}; ${next}`)
  return chargePoints < 10_000 ? warn(`${found}; for more, ${next}`) : ok(found)
}

const database = async (config: Config, embedded: DoctorParts['embedded']): Promise<Finding> => {
  if (config.databaseUrl !== undefined) return ownDatabase(config.databaseUrl)
  if (embedded === undefined) return warn('embedded; not looked at')
  try {
    const { version, place, exists } = await embedded(config.data)
    return ok(`embedded, ${version}; the database ${exists ? 'is' : 'will be'} in ${place}`)
  } catch (error) {
    return fail(`the embedded one cannot run: ${reasonOf(error)}; run npm ci, or set DATABASE_URL`)
  }
}

const ownDatabase = async (url: string): Promise<Finding> => {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} })
  try {
    const [row] = await sql<{ version: string; number: number; may: boolean; writes: boolean }[]>`
      select current_setting('server_version') as version, current_setting('server_version_num')::int as number,
        not pg_is_in_recovery() as writes,
        (select rolcreaterole or rolsuper from pg_roles where rolname = current_user) as may`
    if (row === undefined) return fail('DATABASE_URL gives no answer')
    if (row.number < 150_000) return fail(`version ${row.version} is too old; use 15 or newer`)
    if (!row.writes) return fail('DATABASE_URL leads to a standby; use the primary')
    if (!row.may) return warn(`version ${row.version}; its user may not create roles: alter role … createrole`)
    return ok(`version ${row.version}`)
  } catch (error) {
    return fail(`cannot be reached (${reasonOf(error)}); check DATABASE_URL`)
  } finally {
    await sql.end({ timeout: 1 })
  }
}

/** The worst that is found at any of them. */
const redisAll = async (urls: readonly string[]): Promise<Finding> => {
  const found = await Promise.all(urls.map((url) => redis(url)))
  return (
    found.find(({ state }) => state === 'fail') ?? found.find(({ state }) => state === 'warn') ?? found[0] ?? ok('none')
  )
}

const redis = async (url: string): Promise<Finding> => {
  const client = new Redis(url, { lazyConnect: true, connectTimeout: 3_000, retryStrategy: () => null })
  let reason = ''
  client.on('error', (error) => (reason = reasonOf(error))) // connect() itself only says "closed"
  try {
    await client.connect()
    const version = /redis_version:(\S+)/.exec(await client.info('server'))?.[1] ?? 'unknown'
    if (Number(version.split('.')[0]) < 7) return fail(`version ${version} is too old; use 7 or newer`)
    const policy = await client.config('GET', 'maxmemory-policy').then(
      (pair) => (Array.isArray(pair) ? String(pair[1] ?? '') : ''),
      () => '',
    )
    if (policy === '') return warn(`version ${version}; maxmemory-policy cannot be read, make sure it is noeviction`)
    return policy === 'noeviction'
      ? ok(`version ${version}, maxmemory-policy noeviction`)
      : warn(`maxmemory-policy is ${policy}, so jobs may be lost and delayed; set it to noeviction`)
  } catch (error) {
    return fail(`cannot be reached (${reason || reasonOf(error)}); check REDIS_URL`)
  } finally {
    client.disconnect()
  }
}

/** Stations take the time from us, and a CDR is worth what its times are: a machine without a clock battery starts in 1970. */
const clock = (now: number): Finding => {
  const at = new Date(now)
  return at.getUTCFullYear() >= 2026 && at.getUTCFullYear() < 2100
    ? ok(`${at.toISOString()} (UTC; the time zone does not matter)`)
    : fail(`it is ${at.toISOString()}: set the clock and run NTP`)
}

const disk = (data: string): Finding => {
  let at = resolve(data)
  while (!existsSync(at)) at = dirname(at)
  try {
    accessSync(at, constants.W_OK)
  } catch {
    return fail(`${at} cannot be written; change its owner, or set another SM_DATA`)
  }
  const { bavail, bsize } = statfsSync(at)
  const free = (bavail * bsize) / 1e9
  const found = `${free.toFixed(1)} GB free for ${resolve(data)}`
  if (free < 1) return fail(`${found}; make room, or set another SM_DATA`)
  return free < 10 ? warn(`${found}; 10 GB or more are sensible`) : ok(found)
}
