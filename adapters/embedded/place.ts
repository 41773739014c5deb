import { createHash } from 'node:crypto'
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Who PostgreSQL runs as. It refuses to run as root, so root lends it to `nobody`. */
export interface RunAs {
  readonly uid?: number
  readonly gid?: number
}

export const runAs = (): RunAs => (process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {})

/** Twelve hexadecimal digits that stand for a path: names that depend on one must be short (sockets). */
export const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12)

const lent = '/var/lib/stationmaster'

/** Where root keeps what `nobody` must reach when it cannot be beside the data. */
export const lentDirectory = (): string => {
  mkdirSync(lent, { recursive: true })
  chmodSync(lent, 0o755) // whatever root's umask says
  return lent
}

/** Whether PostgreSQL's user may pass every directory above a path: root's own home is 0700. What is not yet there will be. */
export const reachable = (path: string): boolean => {
  if (runAs().uid === undefined) return true
  for (let at = dirname(path); ; at = dirname(at)) {
    if (((statSync(at, { throwIfNoEntry: false })?.mode ?? 1) & 0o001) === 0) return false
    if (at === dirname(at)) return true
  }
}

/**
 * Where the database of this SM_DATA (an absolute path) lives or would live; nothing is written. Beside the data where
 * it can be; else in a directory of its own, never one where another database is: that may be of an SM_DATA of the same
 * name which was deleted, and its password with it.
 */
export const plannedPlace = (data: string): string => {
  if (existsSync(join(data, 'pg'))) return data // also when the directory was moved since
  const note = join(data, 'place')
  const noted = existsSync(note) ? readFileSync(note, 'utf8').trim() : ''
  if (dirname(noted) === lent) return noted
  if (reachable(join(data, 'pg'))) return data
  for (let n = 1; ; n++) {
    const place = join(lent, n === 1 ? short(data) : `${short(data)}-${n}`)
    if (!existsSync(place)) return place
  }
}

/** Decides the place and remembers it in `<data>/place`. Throws when PostgreSQL's user cannot reach it (any more). */
export const placeOf = (data: string): string => {
  const place = plannedPlace(data)
  if (!reachable(join(place, 'pg')))
    throw new Error(`uid ${runAs().uid} cannot reach the database in ${place}: make the directories above it passable`)
  writeFileSync(join(data, 'place'), `${place}\n`)
  return place
}

/** Makes a directory that PostgreSQL's user owns and nobody else reads. */
export const ownDirectory = (path: string): void => {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const { uid, gid } = runAs()
  if (uid !== undefined && gid !== undefined) chownSync(path, uid, gid)
}

/** The directory of the Unix socket, made: beside the data, or a short path where that would be too long for one (103 bytes). */
export const socketDirectory = (place: string): string => {
  const beside = join(place, 'run')
  if (Buffer.byteLength(beside) < 80) {
    ownDirectory(beside)
    return beside
  }
  if (runAs().uid !== undefined) {
    const run = join(lentDirectory(), `run-${short(place)}`)
    ownDirectory(run)
    return run
  }
  // anybody may make names in there: take it only when it is ours and closed
  const run = join(tmpdir(), `sm-${short(place)}`)
  mkdirSync(run, { recursive: true, mode: 0o700 })
  const found = lstatSync(run)
  if (!found.isDirectory() || found.uid !== process.getuid?.() || (found.mode & 0o077) !== 0)
    throw new Error(`${run} belongs to somebody else: use a shorter SM_DATA`)
  return run
}
