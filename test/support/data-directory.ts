import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'pg'
import { migrateQueues } from '../../adapters/bullmq/migrate.ts'
import { startEmbedded } from '../../adapters/embedded/postgres.ts'
import { prepare } from '../../adapters/postgres/migrate.ts'

const root = join(import.meta.dirname, '../..')
const passwordOf = (role: string): string => Buffer.from(`made for tests ${role}`).toString('hex')
const aDayMs = 86_400_000

/** A fresh directory that the database's user can reach. */
export const freshData = (): string => {
  const data = mkdtempSync(join(tmpdir(), 'sm-test-'))
  chmodSync(data, 0o755)
  return data
}

/**
 * A directory with a database that has been made and migrated, as a server finds it when it is started again. It is made
 * once for these sources and copied for each test: to make it anew takes twenty times as long.
 */
export const preparedData = async (): Promise<string> => {
  const original = join(tmpdir(), `sm-prepared-${sourcesDigest()}`)
  if (!existsSync(original)) await makeOriginal(original)
  const data = freshData()
  // the database belongs to another user than the directory
  execFileSync('cp', ['-a', join(original, 'pg'), join(original, 'admin-password'), data])
  return data
}

/** Whatever changes what a first start makes changes this. */
const sourcesDigest = (): string => {
  const hash = createHash('sha256')
  for (const folder of ['adapters/postgres/migrations', 'adapters/embedded', 'adapters/bullmq'])
    for (const file of readdirSync(join(root, folder)).toSorted())
      hash.update(file).update(readFileSync(join(root, folder, file)))
  for (const file of ['adapters/postgres/migrate.ts', 'package-lock.json', 'test/support/data-directory.ts'])
    hash.update(readFileSync(join(root, file)))
  return hash.digest('hex').slice(0, 16)
}

const makeOriginal = async (original: string): Promise<void> => {
  forgetOld()
  const data = freshData()
  const embedded = await startEmbedded({ data, say: () => {} })
  const target = { host: embedded.host, port: embedded.port, database: embedded.database }
  const prepared = await prepare({
    admin: { target, ...embedded.superuser },
    passwordOf,
    asOwner: async ({ user, password }) => {
      const pool = new Pool({ ...target, user, password, max: 1 })
      // its line may still be open when the database stops
      pool.on('error', () => {})
      await migrateQueues(pool)
      await pool.end()
    },
  })
  await prepared.close()
  await embedded.stop()
  try {
    renameSync(data, original)
  } catch {
    // another one was first: both are the same
    rmSync(data, { recursive: true, force: true })
  }
}

const forgetOld = (): void => {
  for (const name of readdirSync(tmpdir()).filter((one) => one.startsWith('sm-prepared-'))) {
    const path = join(tmpdir(), name)
    const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()
    if (made < Date.now() - aDayMs) rmSync(path, { recursive: true, force: true })
  }
}
