import { dayOf } from '../../../core/domain/instant.ts'
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

const entryOf = ({
  direction,
  action,
  message_id: messageId,
  latency_ms: latencyMs,
  verdict,
  ...row
}: Row): TraceEntry => ({
  ...row,
  ...present({ direction, action, messageId, latencyMs, verdict }),
})

/** The first and the last moment that there is for us. */
const [never, always] = [0, Date.UTC(9999, 11, 31)]

export const traceReader = (app: Sql): TraceReader => ({
  newest: ({ tenant, identity }, query) =>
    asTenant(app, tenant, async (tx) => {
      const { limit, kind = null, direction = null, action = null, verdict = null, texts } = query
      const from = Math.max(never, query.from ?? never)
      const to = Math.max(never, Math.min(query.to ?? always, always))
      const { at, serial } = query.below ?? { at: always, serial: 0 }
      // bounds that are always there: a day outside of them is not looked at, and within the newest come first until there are enough
      const rows = await tx<Row[]>`
        select ms(at) as at, serial, kind, direction, action, message_id, latency_ms, verdict, size, text from frames
        where tenant = ${tenant} and identity = ${identity}
          and day between ${dayOf(from)}::date and ${dayOf(Math.min(to, at, always))}::date
          and at >= at_ms(${from}::bigint) and at < at_ms(${to}::bigint) and (at, serial) < (at_ms(${at}::bigint), ${serial}::bigint)
          and (${kind}::text is null or kind = ${kind}::text) and (${direction}::text is null or direction = ${direction}::text)
          and (${action}::text is null or action = ${action}::text) and (${verdict}::text is null or verdict = ${verdict}::text)
          and (${texts === undefined}::boolean or exists (select 1 from unnest(${[...(texts ?? [])]}::text[]) t where strpos(text, t) > 0))
        order by day desc, at desc, serial desc limit ${limit}`
      return rows.map(entryOf)
    }),
})
