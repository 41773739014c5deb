import type { Log } from '../../core/ports/log.ts'
import type { Config } from '../config.ts'
import { startEmbedded } from '../embedded/postgres.ts'
import type { Target } from '../postgres/connect.ts'

/** The database of the settings, and who may change its schema. */
export interface Database {
  readonly target: Target
  readonly user?: string
  readonly password?: string
  /** Ends what was started for it; the operator's own PostgreSQL goes on. */
  stop(): Promise<void>
}

/**
 * The one that a supervisor has (`target`), the operator's PostgreSQL, or one of our own that is started. Knows nothing of
 * the rest of the server, so that this may begin before its sources are loaded: the first start of a new database takes as
 * long as they do.
 */
export const openDatabase = async (
  { databaseUrl, data, target }: Pick<Config, 'databaseUrl' | 'data'> & { readonly target?: Target },
  log: Log,
  underWay?: () => void,
): Promise<Database> => {
  if (target !== undefined) return { target, stop: async () => {} }
  if (databaseUrl !== undefined) return { target: { url: databaseUrl }, stop: async () => {} }
  const embedded = await startEmbedded({ data, say: (line) => log.info(line), ...(underWay && { underWay }) })
  const { host, port, database, superuser } = embedded
  return { target: { host, port, database }, ...superuser, stop: () => embedded.stop() }
}
