import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import postgres from 'postgres'
import { claimData } from './owner.ts'
import { binaries, ownDirectory, placeOf, runAs, socketDirectory } from './place.ts'

export interface EmbeddedOptions {
  /** SM_DATA. */
  readonly data: string
  /** Hears one line about each thing an operator should know. */
  readonly say: (line: string) => void
}

/** A running PostgreSQL of our own. */
export interface Embedded {
  /** Directory of its Unix socket; it listens nowhere else. */
  readonly host: string
  readonly port: number
  readonly database: 'stationmaster'
  readonly superuser: { readonly user: string; readonly password: string }
  /** Of the postmaster as it is now; changes when it is restarted. */
  readonly pid: number
  readonly firstStart: boolean
  /** Where the database really lives. */
  readonly place: string
  stop(): Promise<void>
}

const port = 5432
const user = 'sm_admin'
const stopMs = 10_000

/** Durable, quiet, and reachable by nobody but us. */
const settings = (run: string): readonly string[] =>
  Object.entries({
    listen_addresses: '',
    unix_socket_directories: run,
    unix_socket_permissions: '0700',
    port: String(port),
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    shared_buffers: '128MB',
    max_connections: '100',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    wal_compression: 'on',
    password_encryption: 'scram-sha-256',
    log_timezone: 'UTC',
    timezone: 'UTC',
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`])

/**
 * Starts PostgreSQL from the npm package on `<data>`. What a crashed owner left running is stopped first; a data
 * directory in use is refused (`InUse`). It is restarted when it dies, and stopped by `stop` alone: it has a session of
 * its own, so that a Ctrl-C at the terminal reaches us and not it.
 */
export const startEmbedded = async ({ data: shown, say }: EmbeddedOptions): Promise<Embedded> => {
  const data = resolve(shown)
  mkdirSync(data, { recursive: true, mode: 0o755 })
  const release = claimData(data, shown)
  try {
    const place = placeOf(data)
    const bin = binaries(say)
    if (place !== data) {
      mkdirSync(place, { recursive: true, mode: 0o755 })
      say(`the database lives in ${place}: its user cannot reach ${data}`)
    }
    const pgdata = join(place, 'pg')
    const run = socketDirectory(place)
    ownDirectory(run)
    const password = secret(join(data, 'admin-password'))
    const firstStart = !existsSync(join(pgdata, 'PG_VERSION'))
    if (firstStart) initialise(bin, place, pgdata, password)
    await stopOrphan(pgdata, say)
    const server = new Server({ bin, pgdata, run, log: join(place, 'postgres.log'), password, say })
    await server.start()
    await server.prepare()
    return {
      host: run,
      port,
      database: 'stationmaster',
      superuser: { user, password },
      get pid() {
        return server.pid
      },
      firstStart,
      place,
      async stop() {
        await server.stop()
        release()
      },
    }
  } catch (error) {
    release()
    throw error
  }
}

const secret = (file: string): string => {
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 })
  return readFileSync(file, 'utf8').trim()
}

/** Into a directory beside it first: a half-made one must never be taken for a database. */
const initialise = (bin: string, place: string, pgdata: string, password: string): void => {
  const half = `${pgdata}.new`
  rmSync(half, { recursive: true, force: true })
  ownDirectory(half)
  const { uid, gid } = runAs()
  const passwordFile = join(half, '..', 'first-password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (uid !== undefined && gid !== undefined) chownSync(passwordFile, uid, gid)
  try {
    execFileSync(
      join(bin, 'initdb'),
      ['-D', half, '-U', user, '--pwfile', passwordFile, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C.UTF-8'],
      {
        cwd: place,
        stdio: ['ignore', 'ignore', 'pipe'],
        ...runAs(),
      },
    )
  } finally {
    rmSync(passwordFile, { force: true })
  }
  renameSync(half, pgdata)
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

const gone = async (pid: number, ms: number): Promise<boolean> => {
  for (const until = performance.now() + ms; performance.now() < until;) {
    if (!isAlive(pid)) return true
    await new Promise((go) => setTimeout(go, 20))
  }
  return !isAlive(pid)
}

/** A postmaster that outlived the process that owned it. We hold the claim on the data, so it is nobody's. */
const stopOrphan = async (pgdata: string, say: (line: string) => void): Promise<void> => {
  const file = join(pgdata, 'postmaster.pid')
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n', 1)[0]) : Number.NaN
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid) || !isPostmaster(pid, pgdata)) return
  say(`a PostgreSQL from before (process ${pid}) is still running and is stopped`)
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    process.kill(pid, signal)
    if (await gone(pid, stopMs)) return
  }
}

const isPostmaster = (pid: number, pgdata: string): boolean => {
  try {
    const command =
      process.platform === 'linux'
        ? readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        : execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' })
    return command.includes(pgdata)
  } catch {
    return false
  }
}

interface ServerOptions {
  readonly bin: string
  readonly pgdata: string
  readonly run: string
  readonly log: string
  readonly password: string
  readonly say: (line: string) => void
}

/** One postmaster, started again when it dies. */
class Server {
  readonly #options: ServerOptions
  #child: ChildProcess | undefined
  #stopping = false
  #deaths = 0

  constructor(options: ServerOptions) {
    this.#options = options
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  async start(): Promise<void> {
    this.#spawn()
    for (const until = performance.now() + 60_000; ;) {
      try {
        return await this.#ask('postgres', async (sql) => void (await sql`select 1`))
      } catch (error) {
        if (performance.now() > until || (this.#child?.exitCode ?? null) !== null)
          throw new Error(`PostgreSQL did not start, see ${this.#options.log}: ${String(error)}`, { cause: error })
        await new Promise((go) => setTimeout(go, 15))
      }
    }
  }

  /** Makes the database, and makes sure that nothing turned durability off (INV-01). */
  async prepare(): Promise<void> {
    await this.#ask('postgres', async (sql) => {
      const [known] = await sql`select 1 from pg_database where datname = 'stationmaster'`
      if (known === undefined) await sql.unsafe('create database stationmaster')
      const [row] = await sql<
        { f: string; w: string; s: string }[]
      >`select current_setting('fsync') as f, current_setting('full_page_writes') as w, current_setting('synchronous_commit') as s`
      if (row?.f !== 'on' || row.w !== 'on' || row.s !== 'on')
        throw new Error('fsync, full_page_writes and synchronous_commit must be on')
    })
  }

  async stop(): Promise<void> {
    this.#stopping = true
    const pid = this.pid
    if (pid === 0 || this.#child?.exitCode !== null) return
    for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
      this.#child.kill(signal)
      if (await gone(pid, stopMs)) return
    }
  }

  #spawn(): void {
    const { bin, pgdata, run, log, say } = this.#options
    const out = openSync(log, 'a')
    const child = spawn(join(bin, 'postgres'), ['-D', pgdata, ...settings(run)], {
      detached: true,
      stdio: ['ignore', out, out],
      cwd: pgdata.replace(/\/pg$/, ''),
      ...runAs(),
    })
    this.#child = child
    child.on('error', (error) => say(`PostgreSQL could not be started: ${error.message}`))
    child.on('exit', (code, signal) => {
      if (this.#stopping || this.#child !== child) return
      const pause = Math.min(10_000, 100 * 2 ** this.#deaths++)
      say(`PostgreSQL ended unexpectedly (${signal ?? `code ${code}`}) and is started again`)
      setTimeout(() => {
        if (!this.#stopping) this.#spawn()
      }, pause)
    })
  }

  async #ask(database: string, work: (sql: postgres.Sql) => Promise<void>): Promise<void> {
    const { run, password } = this.#options
    const sql = postgres({
      host: run,
      port,
      path: `${run}/.s.PGSQL.${port}`,
      database,
      username: user,
      password,
      max: 1,
      onnotice: () => {},
      connect_timeout: 5,
    })
    try {
      await work(sql)
    } finally {
      await sql.end({ timeout: 1 })
    }
  }
}
