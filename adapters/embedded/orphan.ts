import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { commandOf, gone, runs } from './alive.ts'

/** How a postmaster is stopped, and how many ms each way is given: fast, then at once (it recovers at the next start), then by force. */
export const endings = [
  ['SIGINT', 10_000],
  ['SIGQUIT', 3_000],
  ['SIGKILL', 2_000],
] as const

/**
 * Stops a postmaster that outlived the process that owned it. Only for who holds the claim on the data: then it is
 * nobody's. Throws when it cannot be stopped.
 */
export const stopOrphan = async (pgdata: string, say: (line: string) => void): Promise<void> => {
  const file = join(pgdata, 'postmaster.pid')
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n', 1)[0]) : 0
  // the number may be somebody else's by now
  if (!runs(pid) || !commandOf(pid).includes(pgdata)) return
  say(`a PostgreSQL from before (process ${pid}) is still running and is stopped`)
  for (const [signal, ms] of endings) {
    try {
      process.kill(pid, signal)
    } catch {
      // it is just gone
    }
    if (await gone(pid, ms)) return
  }
  throw new Error(`PostgreSQL (process ${pid}) on ${pgdata} cannot be stopped`)
}
