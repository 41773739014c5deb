import { dayOf } from '../../core/domain/instant.ts'
import { LedgerUnavailable } from '../../core/ports/ledger.ts'
import type { StoredTrace, TraceStore } from '../../core/ports/trace-store.ts'
import type { Sql } from './connect.ts'
import { Days } from './days.ts'
import { isCollision, isOutage } from './faults.ts'

/**
 * Traces as rows of their UTC day, each batch one statement. Also frames whose facts are in the journal: of equal ones it
 * keeps the first, of readings their elements and not the frame, and it keeps them for ever; a trace shows what was said,
 * as often as it was said, in one order, and goes after a while.
 */
export const postgresTraces = (sql: Sql): TraceStore => {
  const days = new Days(sql, 'frames')
  return {
    async write(entries) {
      try {
        const wanted = [...new Set(entries.map(({ at }) => dayOf(at)))]
        if (days.knows(wanted)) return await insert(sql, entries)
        await sql.begin(async (tx) => {
          await days.ensure(tx, wanted)
          await insert(tx, entries)
        })
      } catch (error) {
        days.forget()
        if (isOutage(error) || isCollision(error)) throw new LedgerUnavailable(String(error), { cause: error })
        throw error
      }
    },
  }
}

const insert = async (
  sql: Sql | Parameters<Parameters<Sql['begin']>[1]>[0],
  e: readonly StoredTrace[],
): Promise<void> => {
  const text = (value: string | number | undefined): string | null => (value === undefined ? null : String(value))
  await sql`insert into frames (day, tenant, identity, at, serial, kind, direction, action, message_id, latency_ms, verdict, size, text)
    select day::date, tenant, identity, at_ms(at::bigint), serial::bigint, kind, direction, action, message_id, latency::int, verdict, size::int, text
    from unnest(${e.map((x) => dayOf(x.at))}::text[], ${e.map((x) => x.tenant)}::text[], ${e.map((x) => x.identity)}::text[], ${e.map((x) => x.at)}::text[], ${e.map((x) => x.serial)}::text[],
      ${e.map((x) => x.kind)}::text[], ${e.map((x) => text(x.direction))}::text[], ${e.map((x) => text(x.action))}::text[], ${e.map((x) => text(x.messageId))}::text[],
      ${e.map((x) => text(x.latencyMs))}::text[], ${e.map((x) => text(x.verdict))}::text[], ${e.map((x) => x.size)}::text[], ${e.map((x) => x.text)}::text[])
    as w(day, tenant, identity, at, serial, kind, direction, action, message_id, latency, verdict, size, text)
    on conflict do nothing`
}
