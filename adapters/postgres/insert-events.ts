import type { DomainEvent } from '../../core/domain/event.ts'
import type { Sql, Transaction } from './connect.ts'

/** Files events in the commit that causes them (D-17). */
export const insertEvents = (tx: Transaction | Sql, e: readonly DomainEvent[]): PromiseLike<unknown> =>
  tx`insert into events (tenant, type, subject, at, data)
    select tenant, type, subject, at_ms(at::bigint), data::jsonb
    from unnest(${e.map((x) => x.tenant)}::text[], ${e.map((x) => x.type)}::text[], ${e.map((x) => x.subject)}::text[], ${e.map((x) => x.at)}::text[], ${e.map((x) => JSON.stringify(x.data))}::text[]) as w(tenant, type, subject, at, data)`
