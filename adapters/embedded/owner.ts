import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The data directory is in use by a living process. */
export class InUse extends Error {
  override readonly name = 'InUse'
}

interface Owner {
  readonly pid: number
  /** When that process started, as the kernel tells it: a pid alone may be somebody else's by now. */
  readonly started: string
}

const startOf = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    return ''
  }
}

/** Whether a process exists, and is the one that started then (where the system tells). */
export const lives = ({ pid, started }: Owner): boolean => {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  const now = startOf(pid)
  return now === '' || started === '' || now === started
}

const read = (file: string): Owner | undefined => {
  try {
    const { pid, started } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Owner>
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : undefined
  } catch {
    return undefined
  }
}

/**
 * Takes a data directory for this process; of two at the same moment exactly one succeeds (`link` is atomic). What a
 * crashed owner left is taken over. Throws `InUse` with the owner's pid. Answers how to give it back.
 */
export const claimData = (data: string, shown: string): (() => void) => {
  const lock = join(data, 'owner.json')
  const mine = join(data, `owner.${process.pid}.json`)
  writeFileSync(mine, JSON.stringify({ pid: process.pid, started: startOf(process.pid) } satisfies Owner))
  try {
    for (let attempt = 0; attempt < 20; attempt++) {
      if (placed(mine, lock)) return () => rmSync(lock, { force: true })
      const owner = read(lock)
      if (owner !== undefined && lives(owner)) throw inUse(shown, owner)
      setAside(lock, `${mine}.stale`, shown)
    }
  } finally {
    rmSync(mine, { force: true })
  }
  throw new InUse(`SM_DATA ${shown} cannot be claimed: remove ${lock}`)
}

const placed = (mine: string, lock: string): boolean => {
  try {
    linkSync(mine, lock)
    return true
  } catch {
    return false
  }
}

/** Moves a dead owner's lock away; should it have become a living one's meanwhile, it is put back. */
const setAside = (lock: string, aside: string, shown: string): void => {
  try {
    renameSync(lock, aside)
  } catch {
    return
  }
  const owner = read(aside)
  if (owner !== undefined && lives(owner)) {
    placed(aside, lock)
    rmSync(aside, { force: true })
    throw inUse(shown, owner)
  }
  rmSync(aside, { force: true })
}

const inUse = (shown: string, { pid }: Owner): InUse =>
  new InUse(`SM_DATA ${shown} is in use by process ${pid}; stop it, or set another SM_DATA`)
