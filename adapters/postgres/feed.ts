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

export const storedEvent = ({ xid, id, tenant, type, subject, at, data }: EventRow): StoredEvent => ({
  tenant,
  type,
  subject,
  at,
  data,
  cursor: `${xid}-${id}`,
})

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
  /** Only these are fetched: a worker has no use for what stations report all day. */
  readonly types: readonly EventType[]
  readonly hear: (events: readonly StoredEvent[]) => void
  /** There are new events of some type, for those who read them by themselves. */
  readonly stirred: () => void
  /** The feed was lost for a while: whatever was remembered may be stale. */
  readonly lost: (error: unknown) => void
}

const batch = 1_000

type Found = { readonly reached: string; readonly stirred: boolean | null } & {
  readonly [F in keyof EventRow]: EventRow[F] | null
}

/** Events of some types after a cursor, and how far that look has reached: at least one row, without an event where there is none. */
const look = (
  sql: Sql,
  [xid, id]: readonly [string, string],
  types: readonly EventType[],
): PromiseLike<readonly Found[]> =>
  // "is there any" is asked for the first in order: by `exists` the planner reads the whole table from its start, for it
  // expects a third of all rows to be new, and mostly none is
  sql<Found[]>`with reach as materialized (select pg_snapshot_xmin(pg_current_snapshot()) as xmin)
    select r.xmin::text as reached,
      (select true from events s where (s.xid, s.id) > (${xid}::xid8, ${id}::bigint) and s.xid < r.xmin order by s.xid, s.id limit 1) as stirred,
      e.xid::text, e.id, e.tenant, e.type, e.subject, ms(e.at) as at, e.data
    from reach r left join lateral (
      select * from events where (xid, id) > (${xid}::xid8, ${id}::bigint) and xid < r.xmin and type = any(${[...types]}::text[])
      order by xid, id limit ${batch}
    ) e on true
    order by e.xid, e.id`

/** Follows the events of all tenants, from now on. */
export const startFeed = async (options: FeedOptions): Promise<{ stop(): void }> => {
  const { sql, everyMs, types, hear, stirred, lost } = options
  let cursor = await endOfFeed(sql)
  let stopped = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const turn = async (): Promise<void> => {
    let more = false
    try {
      const found = await look(sql, parseCursor(cursor) ?? ['0', '0'], types)
      const events = found.filter((row): row is Found & EventRow => row.id !== null).map(storedEvent)
      more = events.length === batch
      cursor = (more ? events.at(-1)?.cursor : undefined) ?? `${found[0]?.reached ?? '0'}-0`
      if (events.length > 0) hear(events)
      if (found[0]?.stirred === true) stirred()
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
