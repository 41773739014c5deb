import { randomBytes } from 'node:crypto'
import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lives, type Owner, thisProcess } from './alive.ts'

/** The data directory is in use by a living process. */
export class InUse extends Error {
  override readonly name = 'InUse'
}

/*
 * Every claim is a file of its own, owner.1.json, owner.2.json ...; the highest number is the owner. A lock that is
 * removed and made again can always be removed under somebody's feet; a number that is only ever passed can not.
 */
const file = (data: string, number: number): string => join(data, `owner.${number}.json`)

const numbers = (data: string): readonly number[] =>
  readdirSync(data).flatMap((name) => /^owner\.(\d+)\.json$/.exec(name)?.slice(1).map(Number) ?? [])

const latest = (data: string): number => Math.max(0, ...numbers(data))

const read = (path: string): Owner | undefined => {
  try {
    const { pid, started } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Owner>
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : undefined
  } catch {
    return undefined
  }
}

/** `link` shows a whole file under a new name or fails because the name is taken: never half a file, never two winners. */
const placed = (mine: string, at: string): boolean => {
  try {
    linkSync(mine, at)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/**
 * Takes a directory for this process; of any number at the same moment exactly one succeeds. What a crashed owner left
 * is taken over. Throws `InUse` with the owner's pid; `shown` is the directory as the operator wrote it. Answers how to
 * give it back.
 */
export const claimData = (data: string, shown: string): (() => void) => {
  const mine = join(data, `claim.${process.pid}.${randomBytes(6).toString('hex')}`)
  writeFileSync(mine, JSON.stringify(thisProcess()))
  try {
    for (let attempt = 0; attempt < 50; attempt++) {
      const last = latest(data)
      const owner = read(file(data, last))
      if (owner !== undefined && lives(owner))
        throw new InUse(`SM_DATA ${shown} is in use by process ${owner.pid}; stop it, or set another SM_DATA`)
      if (placed(mine, file(data, last + 1)) && isLast(data, last + 1)) return () => giveBack(data, last + 1)
    }
  } finally {
    rmSync(mine, { force: true })
  }
  throw new InUse(`SM_DATA ${shown} is being started by too many processes at once; try again`)
}

/** Somebody slow may take a number that was long passed and swept away: the number only counts when it is the highest. */
const isLast = (data: string, number: number): boolean => {
  if (latest(data) !== number) {
    rmSync(file(data, number), { force: true })
    return false
  }
  for (const older of numbers(data)) if (older < number) rmSync(file(data, older), { force: true })
  return true
}

/** The number stays, its owner becomes nobody. The directory itself may be gone by now: then there is nothing to give. */
const giveBack = (data: string, number: number): void => {
  const nobody = `${file(data, number)}.free`
  try {
    writeFileSync(nobody, JSON.stringify({ pid: 0, started: '' } satisfies Owner))
    renameSync(nobody, file(data, number))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
}
