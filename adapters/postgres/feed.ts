import type { DomainEvent, EventType } from '../../core/domain/event.ts'
import type { StoredEvent } from '../../core/ports/store.ts'
import type { Sql, Transaction } from './connect.ts'

export interface EventRow {
  readonly xid: string
  readonly id: number
  readonly tenant: string
  readonly type: EventType
  readonly subject: string
  readonly at: number
  readonly data: DomainEvent['data']
}

export const storedEvent = ({ xid, id, ...event }: EventRow): StoredEvent => ({ ...event, cursor: `${xid}-${id}` })

/** `<xid>-<id>`; undefined when it is none of ours. */
export const parseCursor = (cursor: string): readonly [string, string] | undefined => {
  const [, xid, id] = /^(\d{1,19})-(\d{1,18})$/.exec(cursor) ?? []
  return xid === undefined || id === undefined ? undefined : [xid, id]
}

/** Where a reader stands that wants only what is to come. */
export const endOfFeed = async (sql: Sql | Transaction): Promise<string> => {
  const [row] = await sql<{ xid: string }[]>`select pg_snapshot_xmin(pg_current_snapshot())::text as xid`
  return `${row?.xid ?? '0'}-0`
}

/** Events after a cursor, in commit order, below the oldest transaction that still runs: nothing can slip in before them (D-17). */
export const eventsAfter = (
  sql: Sql | Transaction,
  [xid, id]: readonly [string, string],
  limit: number,
): PromiseLike<EventRow[]> =>
  // ordered by the column: by its name alone it would be the text that is selected
  sql<EventRow[]>`select xid::text, id, tenant, type, subject, ms(at) as at, data from events
    where (xid, id) > (${xid}::xid8, ${id}::bigint) and xid < pg_snapshot_xmin(pg_current_snapshot())
    order by events.xid, events.id limit ${limit}`

interface FeedOptions {
  readonly sql: Sql
  readonly everyMs: number
  readonly hear: (events: readonly StoredEvent[]) => void
  /** The feed was lost for a while: whatever was remembered may be stale. */
  readonly lost: (error: unknown) => void
}

const batch = 1_000

/** Follows the events of all tenants, from now on. */
export const startFeed = async ({ sql, everyMs, hear, lost }: FeedOptions): Promise<{ stop(): void }> => {
  let cursor = await endOfFeed(sql)
  let stopped = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const turn = async (): Promise<void> => {
    let more = false
    try {
      const rows = await eventsAfter(sql, parseCursor(cursor) ?? ['0', '0'], batch)
      const events = rows.map(storedEvent)
      cursor = events.at(-1)?.cursor ?? cursor
      more = rows.length === batch
      if (events.length > 0) hear(events)
    } catch (error) {
      lost(error)
    }
    if (!stopped) timer = setTimeout(() => void turn(), more ? 0 : everyMs)
  }
  timer = setTimeout(() => void turn(), everyMs)
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
