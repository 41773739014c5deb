import type { Direction, TraceEntry, TraceKind } from '../../../core/domain/trace.ts'
import type { TraceReader } from '../../../core/ports/store.ts'
import type { Sql } from '../connect.ts'
import { present } from '../rows.ts'
import { asTenant } from '../tenant.ts'

interface Row {
  readonly at: number
  readonly serial: number
  readonly kind: TraceKind
  readonly direction: Direction | null
  readonly action: string | null
  readonly message_id: string | null
  readonly latency_ms: number | null
  readonly verdict: string | null
  readonly size: number
  readonly text: string
}

const entryOf = ({ direction, action, message_id: messageId, latency_ms: latencyMs, verdict, ...row }: Row): TraceEntry => ({
  ...row,
  ...present({ direction, action, messageId, latencyMs, verdict }),
})

export const traceReader = (app: Sql): TraceReader => ({
  newest: ({ tenant, identity }, query) =>
    asTenant(app, tenant, async (tx) => {
      const { limit, below, from = null, to = null, kind = null, direction = null, action = null, verdict = null } = query
      const before = below ?? null
      // a day is looked at only where it may hold something: the newest first, until there is enough
      const rows = await tx<Row[]>`
        select ms(at) as at, serial, kind, direction, action, message_id, latency_ms, verdict, size, text from frames
        where tenant = ${tenant} and identity = ${identity}
          and (${from}::bigint is null or (day >= (at_ms(${from}::bigint) at time zone 'UTC')::date and at >= at_ms(${from}::bigint)))
          and (${to}::bigint is null or (day <= (at_ms(${to}::bigint) at time zone 'UTC')::date and at < at_ms(${to}::bigint)))
          and (${before?.at ?? null}::bigint is null or (day <= (at_ms(${before?.at ?? 0}::bigint) at time zone 'UTC')::date
            and (at, serial) < (at_ms(${before?.at ?? 0}::bigint), ${before?.serial ?? 0}::bigint)))
          and (${kind}::text is null or kind = ${kind}::text) and (${direction}::text is null or direction = ${direction}::text)
          and (${action}::text is null or action = ${action}::text) and (${verdict}::text is null or verdict = ${verdict}::text)
          and (${query.texts === undefined}::boolean or exists (select 1 from unnest(${query.texts ?? []}::text[]) t where strpos(text, t) > 0))
        order by day desc, at desc, serial desc limit ${limit}`
      return rows.map(entryOf)
    }),
})
