import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ownDirectory, runAs } from './place.ts'

export interface InitialiseOptions {
  readonly bin: string
  readonly place: string
  readonly superuser: { readonly user: string; readonly password: string }
  readonly signal?: AbortSignal
}

const asWeWantIt = ['-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C.UTF-8']

/**
 * Makes an empty database cluster in `<place>/pg` unless there is one; answers whether it did (0.5–1 s). What initdb wrote
 * is not yet on the disk then: `settle` sees to that while the server starts, and nobody is given the server before.
 */
export const initialise = async ({ bin, place, superuser, signal }: InitialiseOptions): Promise<boolean> => {
  const pgdata = join(place, 'pg')
  // cut off before it had settled: nobody was ever given it, so nothing in it was acknowledged
  if (existsSync(unsettled(place))) rmSync(pgdata, { recursive: true, force: true })
  if (existsSync(join(pgdata, 'PG_VERSION'))) return false
  // under another name first: a half-made one must never be taken for a database
  const half = `${pgdata}.new`
  const passwordFile = join(place, 'first-password')
  rmSync(half, { recursive: true, force: true })
  rmSync(passwordFile, { force: true })
  ownDirectory(half)
  try {
    writeFileSync(passwordFile, superuser.password, { mode: 0o600, flag: 'wx' })
    chmodSync(passwordFile, 0o600)
    const { uid, gid } = runAs()
    if (uid !== undefined && gid !== undefined) chownSync(passwordFile, uid, gid)
    await ran(
      spawn(
        join(bin, 'initdb'),
        ['-D', half, '-U', superuser.user, '--pwfile', passwordFile, '--no-sync', ...asWeWantIt],
        {
          cwd: place,
          stdio: ['ignore', 'ignore', 'pipe'],
          ...runAs(),
        },
      ),
      signal,
    )
  } finally {
    rmSync(passwordFile, { force: true })
  }
  writeFileSync(unsettled(place), '')
  renameSync(half, pgdata)
  return true
}

const unsettled = (place: string): string => join(place, 'unsettled')

/** Puts a cluster that was just made on the disk, all of it; while its server runs. */
export const settle = async ({ bin, place }: Pick<InitialiseOptions, 'bin' | 'place'>): Promise<void> => {
  if (!existsSync(unsettled(place))) return
  const sync = ['-D', join(place, 'pg'), '--sync-only']
  await ran(
    spawn(join(bin, 'initdb'), sync, { cwd: place, stdio: ['ignore', 'ignore', 'pipe'], ...runAs() }),
    undefined,
  )
  rmSync(unsettled(place))
}

/** Resolves when initdb has succeeded. When it is given up it still ends first: it must not write beside its successor. */
const ran = (initdb: ChildProcess, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const giveUp = (): void => void initdb.kill('SIGINT')
    let complaint = ''
    initdb.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()))
    initdb.once('error', reject)
    initdb.once('close', (code) => {
      signal?.removeEventListener('abort', giveUp)
      if (signal?.aborted) reject(signal.reason as Error)
      else if (code === 0) resolve()
      else reject(new Error(`initdb failed: ${complaint.trim()}`))
    })
    signal?.addEventListener('abort', giveUp, { once: true })
  })
