import { chmodSync, existsSync, mkdirSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type postgres from 'postgres'
import { binaries } from './binaries.ts'
import { initialise, settle } from './initialise.ts'
import { keptSecret } from './kept.ts'
import { stopOrphan } from './orphan.ts'
import { claimData } from './owner.ts'
import { lentDirectory, placeOf, socketDirectory } from './place.ts'
import { Server } from './server.ts'
import { port } from './settings.ts'

export interface EmbeddedOptions {
  /** SM_DATA. */
  readonly data: string
  /** Hears one line about each thing an operator should know. */
  readonly say: (line: string) => void
  /** Its programs run: from here on it is waited for, and this process has time for other things. */
  readonly underWay?: () => void
  /** Gives up a start that is under way; what was begun is undone. Afterwards it is `stop` that stops. */
  readonly signal?: AbortSignal
}

/** A running PostgreSQL of our own. */
export interface Embedded {
  /** Directory of its Unix socket; it listens nowhere else. */
  readonly host: string
  readonly port: number
  readonly database: 'stationmaster'
  /** For creating roles and migrating only. */
  readonly superuser: { readonly user: string; readonly password: string }
  /** Of the postmaster as it is now; changes when it is restarted. */
  readonly pid: number
  /** Whether this start made the database. */
  readonly firstStart: boolean
  /** Where the database really lives. */
  readonly place: string
  /** A clean shutdown (well under 2 s) that leaves no process and frees the data. */
  stop(): Promise<void>
  /** Hears each unexpected death of the postmaster; a restart is already on its way. */
  onExit(listener: () => void): void
}

/**
 * Starts PostgreSQL from the npm package on `<data>` (0.1–0.3 s, the first time about 1 s). What a crashed owner left
 * running is stopped first. It is restarted when it dies, and stopped by `stop` alone. Throws `InUse` when a living
 * process owns the data, `NoBinaries` when the npm package is missing, `Error` when PostgreSQL does not come up.
 */
export const startEmbedded = async ({ data: shown, say, underWay, signal }: EmbeddedOptions): Promise<Embedded> => {
  signal?.throwIfAborted()
  const data = dataDirectory(shown)
  const undo: (() => void | Promise<void>)[] = [claimData(data, shown)]
  const undoAll = async (): Promise<void> => {
    for (const step of undo.toReversed()) await step()
  }
  let stopped: Promise<void> | undefined
  const stop = (): Promise<void> => (stopped ??= undoAll())
  try {
    const place = placeOf(data)
    if (place !== data) {
      lentDirectory()
      mkdirSync(place, { recursive: true })
      chmodSync(place, 0o755)
      say(`the database lives in ${place}: its user cannot reach ${data}`)
      undo.push(claimData(place, shown)) // a copy of SM_DATA points to the same place
    }
    const bin = binaries({ data, say })
    const run = socketDirectory(place)
    const superuser = { user: 'sm_admin', password: await adminPassword(data, place) }
    await stopOrphan(join(place, 'pg'), say) // before anything under it is touched
    const initialising = initialise({ bin, place, superuser, ...(signal && { signal }) })
    underWay?.()
    const firstStart = await initialising
    const settled = settle({ bin, place })
    undo.push(() => settled.catch(() => {})) // it is waited for below; here only so that nothing is left running
    const server = new Server({ bin, place, run, superuser, say, ...(signal && { signal }) })
    undo.push(() => server.stop())
    await server.start()
    await server.ask(prepare)
    await settled
    signal?.throwIfAborted()
    return {
      host: run,
      port,
      database: 'stationmaster',
      superuser,
      get pid() {
        return server.pid
      },
      firstStart,
      place,
      stop,
      onExit: (listener) => server.onExit(listener),
    }
  } catch (error) {
    await stop()
    throw error
  }
}

const dataDirectory = (shown: string): string => {
  const data = resolve(shown)
  // passable, so that PostgreSQL's user reaches its own directory inside; each secret in it has its own lock
  if (mkdirSync(data, { recursive: true }) !== undefined) chmodSync(data, 0o755)
  return realpathSync(data)
}

const adminPassword = async (data: string, place: string): Promise<string> => {
  const file = join(data, 'admin-password')
  if (!existsSync(file) && existsSync(join(place, 'pg', 'PG_VERSION')))
    throw new Error(`there is a database in ${place}, but not its password, ${file}: restore it from a backup`)
  return keptSecret(file, 24)
}

/** Makes the database, and makes sure that nothing turned durability off (INV-01): postgresql.auto.conf might. */
const prepare = async (sql: postgres.Sql): Promise<void> => {
  const [known] = await sql`select 1 from pg_database where datname = 'stationmaster'`
  if (known === undefined) await sql`create database stationmaster`
  for (const name of ['fsync', 'full_page_writes', 'synchronous_commit']) {
    const [row] = await sql.unsafe<Record<string, string>[]>(`show ${name}`)
    if (row?.[name] !== 'on') throw new Error(`${name} is ${row?.[name]} and must be on`)
  }
}
