import { refKey } from '../../core/domain/charge-point.ts'
import type { Effect, Expectation } from '../../core/domain/command.ts'
import { chargingKey, type Needs, type View } from '../../core/domain/changes.ts'
import { pagesKey } from '../../core/domain/item.ts'
import type { Transaction } from './connect.ts'
import { lockPages } from './items.ts'
import type { RememberedSessions } from './remembered-sessions.ts'
import { sessionColumns, sessionOf, type SessionRow } from './rows.ts'

/**
 * What a batch needs to know, under locks, in one round trip. Starting charge points are locked first by their counter:
 * so two workers never give one id twice, and the second sees the first one's session (INV-15). Sessions after them, in
 * the order of their ids (no deadlocks between workers).
 */
export const loadView = async (tx: Transaction, wanted: Needs, remembered: RememberedSessions): Promise<View> => {
  const { known, needs } = remembered.recall(wanted)
  const { keys, transactions, starts, reports, limited, pages } = needs
  const counters = starts.length === 0 ? undefined : lockCounters(tx, needs)
  const charging = limited.length === 0 ? undefined : lockTokens(tx, needs)
  const sessions = keys.length + transactions.length === 0 ? undefined : lockSessions(tx, needs)
  const expectations = keys.length + reports.length === 0 ? undefined : openExpectations(tx, needs)
  const turned = pages.length === 0 ? undefined : lockPages(tx, pages)
  const [counterRows = [], chargingRows = [], sessionRows = [], expectationRows = [], pageRows = []] =
    await Promise.all([counters, charging, sessions, expectations, turned])
  return {
    sessions: [...known, ...sessionRows.map(sessionOf)],
    counters: new Map(counterRows.map((row) => [refKey(row), row.next])),
    expectations: expectationRows,
    charging: new Map(chargingRows.map((row) => [chargingKey(row.tenant, row.token), row.open])),
    pages: new Map(pageRows.map(({ last, ...row }) => [pagesKey(row), { ...row, ...(last !== null && { last }) }])),
    reserved: new Set(counterRows.filter((row) => row.reserved).map(refKey)),
  }
}

const lockCounters = (
  tx: Transaction,
  { starts }: Needs,
): PromiseLike<{ tenant: string; identity: string; next: number; reserved: boolean }[]> =>
  tx`select c.tenant, c.identity, c.next, exists (select 1 from reservations r where r.tenant = c.tenant and r.identity = c.identity and r.state = 'active') as reserved from transaction_counters c
    join (select distinct * from unnest(${starts.map((s) => s.tenant)}::text[], ${starts.map((s) => s.identity)}::text[]) as w(tenant, identity)) w using (tenant, identity)
    order by c.tenant, c.identity for update of c`

/**
 * Whoever begins a session with a token of this kind waits for the others to have begun theirs; then they are counted. One
 * that was refused charges nobody, though it stays open until its stop comes.
 */
const lockTokens = async (
  tx: Transaction,
  { limited }: Needs,
): Promise<readonly { tenant: string; token: string; open: number }[]> => {
  const keys = [...new Map(limited.map((l) => [chargingKey(l.tenant, l.token), l])).entries()].sort(([a], [b]) =>
    a < b ? -1 : 1,
  )
  for (const [key] of keys) await tx`select pg_advisory_xact_lock(hashtextextended(${key}, 7))`
  return tx`select w.tenant, w.token, count(s.id)::int as open
    from unnest(${keys.map(([, l]) => l.tenant)}::text[], ${keys.map(([, l]) => l.token)}::text[]) as w(tenant, token)
    left join sessions s on s.tenant = w.tenant and lower(s.token) = lower(w.token) and s.state = 'open' and s.auth->>'status' = 'Accepted'
    group by w.tenant, w.token`
}

const lockSessions = (tx: Transaction, { keys, transactions, starts }: Needs): PromiseLike<SessionRow[]> =>
  tx`select ${tx.unsafe(sessionColumns)} from sessions s where s.id in (
      select k.id from sessions k join unnest(${keys.map((w) => w.tenant)}::text[], ${keys.map((w) => w.identity)}::text[], ${keys.map((w) => w.key)}::uuid[]) as w(tenant, identity, key)
        on k.tenant = w.tenant and k.identity = w.identity and k.start_key = w.key
      union
      select t.id from sessions t join unnest(${transactions.map((w) => w.tenant)}::text[], ${transactions.map((w) => w.identity)}::text[], ${transactions.map((w) => w.transaction)}::text[]) as w(tenant, identity, transaction)
        on t.tenant = w.tenant and t.identity = w.identity and t.transaction = w.transaction
      union
      select o.id from sessions o join unnest(${starts.map((w) => w.tenant)}::text[], ${starts.map((w) => w.identity)}::text[], ${starts.map((w) => w.evse)}::int[]) as w(tenant, identity, evse)
        on o.tenant = w.tenant and o.identity = w.identity and o.evse = w.evse and o.state = 'open'
    ) order by s.id for no key update`

const openExpectations = async (tx: Transaction, { keys, reports }: Needs): Promise<Expectation[]> => {
  const of = [...keys, ...reports]
  const rows = await tx<{ command: string; tenant: string; identity: string; effect: Effect; until: number }[]>`
    select e.command, e.tenant, e.identity, e.effect, ms(e.until) as until from expectations e
    join (select distinct * from unnest(${of.map((k) => k.tenant)}::text[], ${of.map((k) => k.identity)}::text[]) as w(tenant, identity)) w using (tenant, identity)
    order by e.command`
  return [...rows]
}
