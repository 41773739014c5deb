import { connect, type ConnectOptions, type Sql } from './connect.ts'

const everyMs = 5_000
const forgottenAfter = '1 hour'

export interface Lease {
  /** Whether the last beat was written: the database takes writes. */
  healthy(): boolean
  stop(): Promise<void>
}

interface LeaseParts {
  readonly sql: Sql
  readonly worker: string
  readonly host: string
  readonly failed: (error: unknown) => void
  /** The database has said nothing for longer than it may take: whatever waits for it waits in vain. */
  readonly silent: () => void
  /** For how long it may say nothing. */
  readonly patienceMs?: number
}

/**
 * Says every few seconds that a worker lives: its connections count as online only while it does. Where no answer
 * comes, as from behind a line that drops everything, nothing else would notice for many minutes (INV-37).
 */
export const startLease = async ({
  sql,
  worker,
  host,
  failed,
  silent,
  patienceMs = 35_000,
}: LeaseParts): Promise<Lease> => {
  const beat = async (): Promise<void> => {
    await sql`insert into workers (worker, host) values (${worker}, ${host}) on conflict (worker) do update set seen_at = now()`
    await sql`delete from workers where seen_at < now() - ${forgottenAfter}::interval`
  }
  await beat()
  let healthy = true
  let askedAt: number | undefined
  const timer = setInterval(
    () => {
      if (askedAt !== undefined) {
        healthy = false
        if (performance.now() - askedAt > patienceMs) silent()
        return
      }
      askedAt = performance.now()
      void beat()
        .then(
          () => (healthy = true),
          (error: unknown) => {
            healthy = false
            failed(error)
          },
        )
        .finally(() => (askedAt = undefined))
    },
    Math.min(everyMs, patienceMs / 4),
  )
  return {
    healthy: () => healthy,
    async stop() {
      clearInterval(timer)
      await sql`delete from workers where worker = ${worker}`.catch(failed)
    },
  }
}

const soleServer = 0x736d_0001

/** The database is already served by a process that knows nothing of others. */
export class NotAlone extends Error {
  override readonly name = 'NotAlone'
}

/**
 * Takes the database for a single process (the modes without Redis) and gives it back when the process ends. The lock
 * lives with its connection, so a crash frees it; whoever held it before us is gone, and so are its sockets.
 */
export const claimAlone = async (options: ConnectOptions, lost: () => void): Promise<{ release(): Promise<void> }> => {
  const sql = connect({ ...options, max: 1, name: 'stationmaster sole server' })
  const take = async (): Promise<boolean> => {
    const [held] =
      await sql`select 1 from pg_locks where locktype = 'advisory' and pid = pg_backend_pid() and objid::bigint = ${soleServer}`
    if (held !== undefined) return true
    const [row] = await sql<{ taken: boolean }[]>`select pg_try_advisory_lock(${soleServer}) as taken`
    return row?.taken === true
  }
  if (!(await take())) {
    await sql.end({ timeout: 1 })
    throw new NotAlone(
      'this database is already served by another Stationmaster; give both a REDIS_URL to run as a cluster',
    )
  }
  await sql`delete from workers`
  // the lock went with a connection that broke: taken again, or else somebody has it who did not wait for us
  const watch = setInterval(
    () =>
      void take().then(
        (taken) => taken || lost(),
        () => {},
      ),
    everyMs,
  )
  return {
    release() {
      clearInterval(watch)
      return sql.end({ timeout: 1 })
    },
  }
}
