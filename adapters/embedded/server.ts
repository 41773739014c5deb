import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { endings } from './orphan.ts'
import { runAs } from './place.ts'
import { port, postgresSettings } from './settings.ts'

export interface ServerOptions {
  readonly bin: string
  readonly place: string
  /** Directory of the Unix socket. */
  readonly run: string
  readonly superuser: { readonly user: string; readonly password: string }
  readonly say: (line: string) => void
  /** Gives up starting. */
  readonly signal?: AbortSignal
}

const steadyMs = 60_000
const logBytes = 16 * 1024 * 1024

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
const isOver = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null
const pause = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms))

/** One postmaster, started again with a growing pause (100 ms to 10 s) when it dies, until it is stopped. */
export class Server {
  readonly #options: ServerOptions
  readonly #exited: (() => void)[] = []
  #child: ChildProcess | undefined
  #guard: ChildProcess | undefined
  #again: NodeJS.Timeout | undefined
  #stopping = false
  #deaths = 0

  constructor(options: ServerOptions) {
    this.#options = options
  }

  /** Of the postmaster as it is now; 0 before the first. */
  get pid(): number {
    return this.#child?.pid ?? 0
  }

  onExit(listener: () => void): void {
    this.#exited.push(listener)
  }

  /** Resolves when it answers. A recovery after a crash may take as long as it needs; anything else has 60 s. */
  async start(): Promise<void> {
    const { signal, place, superuser } = this.#options
    this.#spawn()
    for (let left = 60_000; ; left -= 10) {
      try {
        return await this.ask(async (sql) => void (await sql`select 1`))
      } catch (error) {
        const code = codeOf(error)
        signal?.throwIfAborted()
        if (code.startsWith('28'))
          throw new Error(`PostgreSQL in ${place} does not know the password of ${superuser.user} kept in SM_DATA`)
        if (code === '57P03') left += 10
        if (left <= 0 || this.#deaths >= 6)
          throw new Error(`PostgreSQL did not start: ${this.#lastWords()} (${join(place, 'postgres.log')})`)
      }
      await pause(10)
    }
  }

  /** Runs something on the database `postgres` as superuser, on a connection of its own. */
  async ask(work: (sql: postgres.Sql) => Promise<void>): Promise<void> {
    const { run, superuser } = this.#options
    const sql = postgres({
      host: run,
      port,
      path: `${run}/.s.PGSQL.${port}`,
      database: 'postgres',
      username: superuser.user,
      password: superuser.password,
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

  /** A fast shutdown; leaves no process. Harmless when repeated. */
  async stop(): Promise<void> {
    this.#stopping = true
    clearTimeout(this.#again)
    const child = this.#child
    if (child?.pid !== undefined) {
      const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()))
      for (const [signal, ms] of endings) {
        if (isOver(child)) break
        child.kill(signal)
        await Promise.race([ended, pause(ms)])
      }
    }
    this.#guard?.kill('SIGKILL')
  }

  #spawn(): void {
    const { bin, place, run, say } = this.#options
    const log = openLog(join(place, 'postgres.log'))
    const child = spawn(join(bin, 'postgres'), ['-D', join(place, 'pg'), ...postgresSettings(run)], {
      detached: true, // a session of its own: a Ctrl-C at the terminal reaches us and not it
      stdio: ['ignore', log, log],
      cwd: place,
      ...runAs(),
    })
    closeSync(log)
    this.#child = child
    const since = performance.now()
    this.#guard?.kill('SIGKILL')
    this.#guard = child.pid === undefined ? undefined : guardOf(child.pid)
    child.on('error', (error) => say(`PostgreSQL could not be started: ${error.message}`))
    child.on('exit', (code, signal) => {
      if (this.#stopping) return
      if (performance.now() - since > steadyMs) this.#deaths = 0
      const wait = Math.min(10_000, 100 * 2 ** this.#deaths++)
      say(`PostgreSQL ended unexpectedly (${signal ?? `code ${code}`}) and is started again in ${wait} ms`)
      this.#again = setTimeout(() => this.#spawn(), wait)
      for (const listener of this.#exited) listener()
    })
  }

  #lastWords(): string {
    try {
      return readFileSync(join(this.#options.place, 'postgres.log'), 'utf8').trim().split('\n').at(-1) ?? ''
    } catch {
      return 'it said nothing'
    }
  }
}

/** Appends; what is long is put aside once, so that years of running do not fill the disk. */
const openLog = (file: string): number => {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > logBytes) renameSync(file, `${file}.1`)
  return openSync(file, 'a', 0o600)
}

/** A shell that waits for us to die (its input ends) and then stops the postmaster. A courtesy: the next start would as well. */
const guardOf = (pid: number): ChildProcess => {
  const guard = spawn('/bin/sh', ['-c', 'read -r _; kill -INT "$1" 2>/dev/null', 'sm-guard', String(pid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    ...runAs(),
  })
  guard.on('error', () => {})
  guard.stdin?.on('error', () => {})
  return guard
}
