import { randomBytes } from 'node:crypto'
import { link, open, readFile, rm } from 'node:fs/promises'

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code

/**
 * A secret of `bytes` random bytes as hexadecimal text, made at the first call and the same for ever: readable by its
 * owner only (0600), on the disk before anybody uses it, and one even when two processes make it at once. Throws when
 * the file holds something else: a secret that changed silently would lock everybody out.
 */
export const keptSecret = async (file: string, bytes: number): Promise<string> => {
  const known = await readFile(file, 'utf8').catch((error: unknown) => {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  })
  if (known === undefined) {
    await make(file, bytes)
    return keptSecret(file, bytes)
  }
  const text = known.trim()
  if (!new RegExp(`^[0-9a-f]{${bytes * 2}}$`, 'i').test(text))
    throw new Error(`${file} does not hold ${bytes * 2} hexadecimal digits: restore it from a backup`)
  return text
}

const make = async (file: string, bytes: number): Promise<void> => {
  const fresh = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    const handle = await open(fresh, 'wx', 0o600)
    try {
      await handle.writeFile(randomBytes(bytes).toString('hex'))
      await handle.sync()
    } finally {
      await handle.close()
    }
    await link(fresh, file)
  } catch (error) {
    // somebody else was first: theirs counts
    if (!isCode(error, 'EEXIST')) throw error
  } finally {
    await rm(fresh, { force: true })
  }
}
