import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createDigest } from '../../adapters/digest.ts'
import { pepperOf } from '../../adapters/embedded/pepper.ts'
import { connect } from '../../adapters/postgres/connect.ts'
import { postgresStore } from '../../adapters/postgres/store/index.ts'
import { asTenant } from '../../adapters/postgres/tenant.ts'
import { rolePassword } from '../../adapters/role-password.ts'
import { systemClock, systemIds } from '../../adapters/system.ts'
import { createTickets } from '../../adapters/tickets.ts'
import type { Tickets } from '../../core/ports/files.ts'
import type { Store } from '../../core/ports/store.ts'

export interface Desk {
  readonly tickets: Tickets
  readonly store: Store
  /** Bytes of files that are kept for the tenant `default`, whether or not they ever became a file. */
  bytesKept(): Promise<number>
  /** Everything that is stored about tickets of the tenant `default`, as one text. */
  textsOfTickets(): Promise<string>
  close(): Promise<void>
}

/** Makes tickets as the server of this data directory does: no API makes any. */
export const deskOf = async ({ data, url }: { readonly data: string; readonly url: string }): Promise<Desk> => {
  const pepper = await pepperOf(data)
  const place = readFileSync(join(data, 'place'), 'utf8').trim()
  const sql = connect({
    target: { host: join(place, 'run'), port: 5432, database: 'stationmaster' },
    user: 'sm_app',
    password: rolePassword(pepper)('sm_app'),
    max: 4,
    name: 'test',
  })
  const store = postgresStore(sql, sql)
  const tickets = createTickets({
    store: store.files,
    digest: createDigest(pepper),
    clock: systemClock,
    ids: systemIds,
    randomBytes,
    publicUrl: () => url,
  })
  const bytesKept = (): Promise<number> =>
    asTenant(sql, 'default', async (tx) => {
      const [row] = await tx<{ n: number }[]>`select coalesce(sum(length(bytes)), 0)::int as n from file_chunks`
      return row?.n ?? -1
    })
  const textsOfTickets = (): Promise<string> =>
    asTenant(sql, 'default', async (tx) => {
      const rows = await tx<{ text: string }[]>`select row_to_json(t)::text as text from file_tickets t`
      return rows.map(({ text }) => text).join('\n')
    })
  return { tickets, store, bytesKept, textsOfTickets, close: () => sql.end({ timeout: 1 }) }
}
