import { BadCursor, type EventStore } from '../../../core/ports/store.ts'
import type { Sql } from '../connect.ts'
import { endOfFeed, eventsAfter, parseCursor, storedEvent } from '../feed.ts'
import { asTenant } from '../tenant.ts'

export const eventStore = (app: Sql): EventStore => ({
  after: (tenant, cursor, limit) =>
    asTenant(app, tenant, async (tx) => {
      if (cursor === undefined) return { events: [], cursor: await endOfFeed(tx) }
      const from = parseCursor(cursor)
      if (from === undefined) throw new BadCursor('not a cursor of the event stream')
      // where the page is not full nothing more can come below this: the next look begins there, not at the last event
      const end = await endOfFeed(tx)
      const events = (await eventsAfter(tx, from, limit)).map(storedEvent)
      const last = events.at(-1)?.cursor ?? cursor
      return { events, cursor: events.length === limit ? last : later(last, end) }
    }),
})

/**
 * The snapshot of `end` was taken before the events were read, so that nothing lies between. What was committed between
 * the two is among the events and above `end`: then the last of them is where the reader stands.
 */
const later = (cursor: string, end: string): string => {
  const [a, b] = [parseCursor(cursor), parseCursor(end)]
  if (a === undefined || b === undefined) return cursor
  return BigInt(b[0]) > BigInt(a[0]) ? end : cursor
}
