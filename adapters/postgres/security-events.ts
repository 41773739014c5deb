import { alarms } from '../../core/domain/alarm.ts'
import type { SecurityEvent } from '../../core/domain/changes.ts'
import type { Transaction } from './connect.ts'

/** Lists security events, each content once, and tells those who follow; of critical ones as an alarm. */
export const storeSecurityEvents = (tx: Transaction, e: readonly SecurityEvent[]): PromiseLike<unknown> =>
  tx`with listed as (
      insert into security_events (tenant, identity, key, event, critical, at, received_at, info)
      select tenant, identity, key::uuid, event, critical::boolean, at_ms(at::bigint), at_ms(received::bigint), info
      from unnest(${e.map(({ fact }) => fact.tenant)}::text[], ${e.map(({ fact }) => fact.identity)}::text[], ${e.map(({ fact }) => fact.key)}::text[], ${e.map(({ fact }) => fact.event)}::text[],
        ${e.map(({ critical }) => String(critical))}::text[], ${e.map(({ fact }) => fact.at)}::text[], ${e.map(({ fact }) => fact.receivedAt)}::text[], ${e.map(({ fact }) => fact.info ?? null)}::text[])
        as w(tenant, identity, key, event, critical, at, received, info)
      on conflict do nothing
      returning tenant, identity, event, critical, received_at, info
    )
    insert into events (tenant, type, subject, at, data)
    select tenant, 'security.reported', identity, received_at, jsonb_build_object('chargePoint', identity, 'event', event, 'critical', critical, 'info', info) from listed
    union all
    select tenant, 'security.alarm', identity, received_at,
      jsonb_build_object('chargePoint', identity, 'alarm', ${alarms.securityEvent}::text, 'detail', event || coalesce(': ' || info, '')) from listed where critical`
