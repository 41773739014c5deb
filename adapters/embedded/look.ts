import { execFile } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { binaries } from './binaries.ts'
import { plannedPlace, runAs } from './place.ts'

/** What a start would use, for the doctor. */
export interface EmbeddedLook {
  /** As PostgreSQL says it, run as the user it would run as: `postgres (PostgreSQL) 18.4`. */
  readonly version: string
  /** Where the database lives, or would. */
  readonly place: string
  /** Whether there is one already. */
  readonly exists: boolean
}

/** Runs the PostgreSQL of the npm package once, without starting a server. Throws when it cannot run. */
export const lookAtEmbedded = async (data: string): Promise<EmbeddedLook> => {
  const at = existsSync(data) ? realpathSync(data) : resolve(data)
  const bin = binaries({ data: at, say: () => {} })
  const { stdout } = await promisify(execFile)(join(bin, 'postgres'), ['--version'], { cwd: '/', ...runAs() })
  const place = plannedPlace(at)
  return { version: stdout.trim(), place, exists: existsSync(join(place, 'pg', 'PG_VERSION')) }
}
