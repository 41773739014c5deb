import type { Outbox, OutboxJob } from '../../core/ports/outbox.ts'
import type { Sql } from './connect.ts'

/** Rows that wait for their effect. Taking one only notes the time: it leaves in the commit of its effect (INV-44). */
export const postgresOutbox = (sql: Sql): Outbox => ({
  async claim(limit, againAfterMs) {
    const rows = await sql<(Omit<OutboxJob, 'traceparent'> & { readonly traceparent: string | null })[]>`
      with due as (
        select id from outbox where relayed_at is null or relayed_at < now() - ${againAfterMs}::double precision * interval '1 millisecond'
        order by relayed_at nulls first, id limit ${limit} for update skip locked
      )
      update outbox o set relayed_at = now() from due where o.id = due.id
      returning o.id, o.tenant, o.kind, o.key, o.traceparent`
    return rows.map(({ traceparent, ...job }) => ({ ...job, ...(traceparent !== null && { traceparent }) }))
  },
})
