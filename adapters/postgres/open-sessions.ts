import type { OpenSessions } from '../../core/ports/open-sessions.ts'
import type { Sql } from './connect.ts'

const everyMs = 30_000

/** Who has a session open, read as a whole at the start and again now and then: it decides who waits, nothing else. */
export const startOpenSessions = async (sql: Sql): Promise<OpenSessions & { stop(): void }> => {
  let known = new Set<string>()
  const read = async (): Promise<void> => {
    const rows = await sql<{ name: string }[]>`
      select distinct tenant || '/' || lower(identity) as name from sessions where state = 'open'`
    known = new Set(rows.map(({ name }) => name))
  }
  await read()
  // what was known stays known while the database does not answer
  const timer = setInterval(() => void read().catch(() => {}), everyMs)
  return {
    has: (tenant, identity) => known.has(`${tenant}/${identity.toLowerCase()}`),
    stop: () => clearInterval(timer),
  }
}
