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
      const events = (await eventsAfter(tx, from, limit)).map(storedEvent)
      return { events, cursor: events.at(-1)?.cursor ?? cursor }
    }),
})
