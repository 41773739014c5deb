import type { Changes } from '../../core/domain/changes.ts'
import { inferences } from '../../core/domain/deadline.ts'
import { conflictAlarm, conflictOf, foreignStop } from '../../core/domain/ledger.ts'
import type { Session } from '../../core/domain/session.ts'
import type { Digest } from '../../core/ports/digest.ts'
import { insertCourse } from './charging-course.ts'
import { absent, column, separator } from './columns.ts'
import type { Transaction } from './connect.ts'
import { sampleRows } from './sample-rows.ts'
import { fulfilCommands, noteProgress } from './fulfil.ts'
import { useReservations } from './reservations.ts'
import { storeSecurityEvents } from './security-events.ts'
import { Overtaken } from './faults.ts'
import { insertEvents } from './insert-events.ts'
import { turnPages } from './items.ts'
import { storeLearnt } from './mirror.ts'
import { safeJson } from './safe-json.ts'

/** Writes what core decided, all statements in one round trip. Rows are sorted by key; wire bytes go in as bytes. */
export const storeChanges = async (tx: Transaction, changes: Changes, digest: Digest): Promise<void> => {
  const { sessions, registers, counters, facts, samples, quarantine, outbox, deadlines, events, fulfilled, strays } =
    changes
  const [over, going] = [fulfilled.filter((f) => f.goesOn !== true), fulfilled.filter((f) => f.goesOn === true)]
  const fresh = sessions.filter((s) => s.version === 0)
  const known = sessions.filter((s) => s.version > 0)
  const writes: PromiseLike<unknown>[] = []
  if (counters.size > 0) writes.push(advanceCounters(tx, [...counters.values()]))
  // first those that are there: one of them may give up its start key to a new one (INV-12)
  if (known.length > 0) writes.push(updateSessions(tx, known))
  if (fresh.length > 0) writes.push(insertSessions(tx, fresh))
  if (registers.length > 0) writes.push(updateRegisters(tx, registers))
  if (facts.length > 0) writes.push(insertFacts(tx, facts))
  if (samples.length > 0) writes.push(insertSamples(tx, samples, digest))
  if (changes.course.length > 0) writes.push(insertCourse(tx, changes.course))
  if (quarantine.length > 0) writes.push(insertQuarantine(tx, quarantine))
  if (outbox.length > 0) writes.push(insertOutbox(tx, outbox))
  if (deadlines.length > 0) writes.push(insertDeadlines(tx, deadlines))
  if (events.length > 0) writes.push(insertEvents(tx, events))
  if (going.length > 0) writes.push(noteProgress(tx, going))
  if (over.length > 0) writes.push(fulfilCommands(tx, over))
  if (changes.securityEvents.length > 0) writes.push(storeSecurityEvents(tx, changes.securityEvents))
  if (changes.reservations.length > 0) writes.push(useReservations(tx, changes.reservations))
  if (strays.length > 0) writes.push(raiseAlarms(tx, strays))
  if (changes.pages.length > 0) writes.push(turnPages(tx, changes.pages, changes.at))
  if (changes.learnt.length > 0) writes.push(storeAllLearnt(tx, changes.learnt))
  if (changes.repeats.length > 0) writes.push(keepConflicts(tx, changes.repeats))
  await Promise.all(writes)
}

/** In the order in which it was said. */
const storeAllLearnt = async (tx: Transaction, learnt: Changes['learnt']): Promise<void> => {
  for (const { tenant, identity, change, at } of learnt) await storeLearnt(tx, { tenant, identity }, [change], at)
}

/** An event whose number is taken is the same again, or it is another: then it is kept aside, and somebody must look (INV-14). */
const keepConflicts = async (tx: Transaction, repeats: Changes['repeats']): Promise<void> => {
  for (const { session, fact } of repeats) {
    const [known] =
      await tx`select 1 from facts where day = ${session.day}::date and tenant = ${fact.tenant} and identity = ${fact.identity} and key = ${fact.key}::uuid`
    if (known !== undefined) continue
    await insertQuarantine(tx, [conflictOf({ session, fact })])
    await insertEvents(tx, [conflictAlarm({ session, fact })])
  }
}

/** Whether a stop was for another charge point's transaction is looked up only where it was for none of its own. */
const raiseAlarms = async (tx: Transaction, strays: Changes['strays']): Promise<void> => {
  const foreign = await tx<{ place: number }[]>`
    select w.place::int from unnest(${strays.map((x) => x.tenant)}::text[], ${strays.map((x) => x.identity)}::text[], ${strays.map((x) => x.transaction)}::text[]) with ordinality as w(tenant, identity, transaction, place)
    where exists (select 1 from sessions s where s.tenant = w.tenant and s.transaction = w.transaction and s.identity <> w.identity)`
  if (foreign.length > 0)
    await insertEvents(
      tx,
      foreign.flatMap(({ place }) => strays.slice(place - 1, place).map(foreignStop)),
    )
}

const advanceCounters = (
  tx: Transaction,
  counters: readonly { tenant: string; identity: string; next: number }[],
): PromiseLike<unknown> =>
  tx`update transaction_counters c set next = w.next from unnest(${counters.map((c) => c.tenant)}::text[], ${counters.map((c) => c.identity)}::text[], ${counters.map((c) => c.next)}::bigint[]) as w(tenant, identity, next)
    where c.tenant = w.tenant and c.identity = w.identity`

const maybe = (value: number | string | undefined): string | null => (value === undefined ? null : String(value))
const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value))
/** The same of what a station said. */
const said = (value: unknown): string | null => (value === undefined ? null : safeJson(value))

const insertSessions = (tx: Transaction, s: readonly Session[]): PromiseLike<unknown> =>
  tx`insert into sessions (id, tenant, identity, day, start_key, transaction, evse, connector, token, auth, started_at, meter_start_mwh,
      ended_at, meter_stop_mwh, stop_key, stop_reason, stop_token, stop_auth, first_register_at, first_register_mwh, last_register_at, last_register_mwh,
      peak_mwh, begin_mwh, end_mwh, intervals, exported, inferred_by, command, events, station_cost, station_tariff, flags, state, version)
    select id::uuid, tenant, identity, day::date, start_key::uuid, transaction, evse::int, connector::int, token, auth::jsonb, at_ms(started::bigint), meter_start::bigint,
      at_ms(ended::bigint), meter_stop::bigint, stop_key::uuid, stop_reason, stop_token, stop_auth::jsonb, at_ms(first_at::bigint), first_mwh::bigint, at_ms(last_at::bigint), last_mwh::bigint,
      peak::bigint, begin_mwh::bigint, end_mwh::bigint, intervals::jsonb, exported::jsonb, inferred_by, command::uuid, events::jsonb, station_cost::jsonb, station_tariff, array(select jsonb_array_elements_text(flags::jsonb)), state, 1
    from unnest(${s.map((x) => x.id)}::text[], ${s.map((x) => x.tenant)}::text[], ${s.map((x) => x.identity)}::text[], ${s.map((x) => x.day)}::text[], ${s.map((x) => x.startKey)}::text[],
      ${s.map((x) => maybe(x.transaction))}::text[], ${s.map((x) => x.evse)}::text[], ${s.map((x) => x.connector)}::text[], ${s.map((x) => maybe(x.token))}::text[], ${s.map((x) => json(x.authorization))}::text[],
      ${s.map((x) => maybe(x.startedAt))}::text[], ${s.map((x) => maybe(x.meterStartMwh))}::text[], ${s.map((x) => maybe(x.endedAt))}::text[], ${s.map((x) => maybe(x.meterStopMwh))}::text[],
      ${s.map((x) => maybe(x.stopKey))}::text[], ${s.map((x) => maybe(x.stopReason))}::text[], ${s.map((x) => maybe(x.stopToken))}::text[], ${s.map((x) => json(x.stopAuthorization))}::text[],
      ${s.map((x) => maybe(x.firstRegister?.at))}::text[], ${s.map((x) => maybe(x.firstRegister?.mwh))}::text[], ${s.map((x) => maybe(x.lastRegister?.at))}::text[], ${s.map((x) => maybe(x.lastRegister?.mwh))}::text[],
      ${s.map((x) => maybe(x.peakMwh))}::text[], ${s.map((x) => maybe(x.beginMwh))}::text[], ${s.map((x) => maybe(x.endMwh))}::text[], ${s.map((x) => json(x.intervals))}::text[], ${s.map((x) => json(x.exported))}::text[], ${s.map((x) => maybe(x.inferredBy))}::text[], ${s.map((x) => maybe(x.command))}::text[], ${s.map((x) => json(x.events))}::text[], ${s.map((x) => said(x.stationCost))}::text[], ${s.map((x) => maybe(x.stationTariff))}::text[], ${s.map((x) => json(x.flags))}::text[], ${s.map((x) => x.state)}::text[])
    as w(id, tenant, identity, day, start_key, transaction, evse, connector, token, auth, started, meter_start, ended, meter_stop, stop_key, stop_reason, stop_token, stop_auth,
      first_at, first_mwh, last_at, last_mwh, peak, begin_mwh, end_mwh, intervals, exported, inferred_by, command, events, station_cost, station_tariff, flags, state)`

/** Under the version that was read; a row that was changed meanwhile is not ours to write. */
const updateSessions = async (tx: Transaction, s: readonly Session[]): Promise<void> => {
  const { count } =
    await tx`update sessions t set start_key = w.start_key::uuid, evse = w.evse::int, connector = w.connector::int, token = w.token, auth = w.auth::jsonb, started_at = at_ms(w.started::bigint), meter_start_mwh = w.meter_start::bigint, ended_at = at_ms(w.ended::bigint), meter_stop_mwh = w.meter_stop::bigint, stop_key = w.stop_key::uuid, stop_reason = w.stop_reason, stop_token = w.stop_token,
      stop_auth = w.stop_auth::jsonb, first_register_at = at_ms(w.first_at::bigint), first_register_mwh = w.first_mwh::bigint, last_register_at = at_ms(w.last_at::bigint), last_register_mwh = w.last_mwh::bigint,
      peak_mwh = w.peak::bigint, begin_mwh = w.begin_mwh::bigint, end_mwh = w.end_mwh::bigint, intervals = w.intervals::jsonb, exported = w.exported::jsonb, inferred_by = w.inferred_by,
      command = w.command::uuid, events = w.events::jsonb, station_cost = w.station_cost::jsonb, station_tariff = w.station_tariff, flags = array(select jsonb_array_elements_text(w.flags::jsonb)), state = w.state, version = t.version + 1
    from unnest(${s.map((x) => x.id)}::text[], ${s.map((x) => x.version)}::text[], ${s.map((x) => x.startKey)}::text[], ${s.map((x) => x.evse)}::text[], ${s.map((x) => x.connector)}::text[], ${s.map((x) => maybe(x.token))}::text[], ${s.map((x) => json(x.authorization))}::text[],
      ${s.map((x) => maybe(x.startedAt))}::text[], ${s.map((x) => maybe(x.meterStartMwh))}::text[], ${s.map((x) => maybe(x.endedAt))}::text[], ${s.map((x) => maybe(x.meterStopMwh))}::text[], ${s.map((x) => maybe(x.stopKey))}::text[],
      ${s.map((x) => maybe(x.stopReason))}::text[], ${s.map((x) => maybe(x.stopToken))}::text[], ${s.map((x) => json(x.stopAuthorization))}::text[],
      ${s.map((x) => maybe(x.firstRegister?.at))}::text[], ${s.map((x) => maybe(x.firstRegister?.mwh))}::text[], ${s.map((x) => maybe(x.lastRegister?.at))}::text[], ${s.map((x) => maybe(x.lastRegister?.mwh))}::text[],
      ${s.map((x) => maybe(x.peakMwh))}::text[], ${s.map((x) => maybe(x.beginMwh))}::text[], ${s.map((x) => maybe(x.endMwh))}::text[], ${s.map((x) => json(x.intervals))}::text[], ${s.map((x) => json(x.exported))}::text[], ${s.map((x) => maybe(x.inferredBy))}::text[], ${s.map((x) => maybe(x.command))}::text[], ${s.map((x) => json(x.events))}::text[],
      ${s.map((x) => said(x.stationCost))}::text[], ${s.map((x) => maybe(x.stationTariff))}::text[], ${s.map((x) => json(x.flags))}::text[], ${s.map((x) => x.state)}::text[])
    as w(id, version, start_key, evse, connector, token, auth, started, meter_start, ended, meter_stop, stop_key, stop_reason, stop_token, stop_auth, first_at, first_mwh, last_at, last_mwh, peak, begin_mwh, end_mwh, intervals, exported, inferred_by, command, events, station_cost, station_tariff, flags, state)
    where t.id = w.id::uuid and t.version = w.version::int`
  if (count !== s.length) throw new Overtaken(`${s.length - count} sessions were changed by someone else`)
}

/** The same for sessions of which only the last register has moved: most of what happens. */
const updateRegisters = async (tx: Transaction, s: readonly Session[]): Promise<void> => {
  const { count } =
    await tx`update sessions t set last_register_at = at_ms(w.last_at::bigint), last_register_mwh = w.last_mwh::bigint, version = t.version + 1
    from unnest(string_to_array(${column(s, (x) => x.id)}, ${separator}), string_to_array(${column(s, (x) => x.version)}, ${separator}),
      string_to_array(${column(s, (x) => x.lastRegister?.at)}, ${separator}, ${absent}), string_to_array(${column(s, (x) => x.lastRegister?.mwh)}, ${separator}, ${absent}))
    as w(id, version, last_at, last_mwh)
    where t.id = w.id::uuid and t.version = w.version::int`
  if (count !== s.length) throw new Overtaken(`${s.length - count} sessions were changed by someone else`)
}

const insertFacts = (tx: Transaction, filed: Changes['facts']): PromiseLike<unknown> => {
  const facts = filed.toSorted((a, b) => (a.fact.key < b.fact.key ? -1 : 1))
  return tx`insert into facts (day, tenant, identity, key, kind, session, at, received_at, protocol, flags, wire, traceparent)
    select day::date, tenant, identity, key::uuid, kind, session::uuid, at_ms(at::bigint), at_ms(received::bigint), protocol, array(select jsonb_array_elements_text(flags::jsonb)), decode(wire, 'hex'), traceparent
    from unnest(${facts.map((f) => f.day)}::text[], ${facts.map((f) => f.fact.tenant)}::text[], ${facts.map((f) => f.fact.identity)}::text[], ${facts.map((f) => f.fact.key)}::text[], ${facts.map((f) => f.fact.kind)}::text[],
      ${facts.map((f) => maybe(f.session))}::text[], ${facts.map((f) => f.fact.at)}::text[], ${facts.map((f) => f.fact.receivedAt)}::text[], ${facts.map((f) => f.fact.protocol)}::text[],
      ${facts.map((f) => json(f.fact.flags))}::text[], ${facts.map((f) => Buffer.from(f.fact.wire).toString('hex'))}::text[], ${facts.map((f) => maybe(f.fact.traceparent))}::text[])
    as w(day, tenant, identity, key, kind, session, at, received, protocol, flags, wire, traceparent)
    on conflict do nothing`
}

const insertSamples = (tx: Transaction, samples: Changes['samples'], digest: Digest): PromiseLike<unknown> => {
  const rows = sampleRows(samples, digest)
  return tx`insert into samples (day, session, at, key, tenant, received_at, register_mwh, protocol, reading)
    select day::date, session::uuid, at_ms(at::bigint), key::uuid, tenant, at_ms(received::bigint), register::bigint, protocol, reading
    from unnest(string_to_array(${column(rows, (r) => r.session.day)}, ${separator}), string_to_array(${column(rows, (r) => r.session.id)}, ${separator}),
      string_to_array(${column(rows, (r) => r.at)}, ${separator}), string_to_array(${column(rows, (r) => r.key)}, ${separator}),
      string_to_array(${column(rows, (r) => r.session.tenant)}, ${separator}), string_to_array(${column(rows, (r) => r.fact.receivedAt)}, ${separator}),
      string_to_array(${column(rows, (r) => r.reading.registerMwh)}, ${separator}, ${absent}), string_to_array(${column(rows, (r) => r.fact.protocol)}, ${separator}),
      string_to_array(${column(rows, (r) => r.reading.text)}, ${separator}))
    as w(day, session, at, key, tenant, received, register, protocol, reading)
    on conflict do nothing`
}

const insertQuarantine = (tx: Transaction, q: Changes['quarantine']): PromiseLike<unknown> =>
  tx`insert into quarantine (tenant, identity, received_at, action, reason, wire)
    select tenant, identity, at_ms(received::bigint), action, reason, decode(wire, 'hex')
    from unnest(${q.map((f) => f.tenant)}::text[], ${q.map((f) => f.identity)}::text[], ${q.map((f) => f.receivedAt)}::text[], ${q.map((f) => f.action)}::text[], ${q.map((f) => f.reason)}::text[], ${q.map((f) => Buffer.from(f.wire).toString('hex'))}::text[])
    as w(tenant, identity, received, action, reason, wire)`

const insertOutbox = (tx: Transaction, o: Changes['outbox']): PromiseLike<unknown> =>
  tx`insert into outbox (tenant, kind, key, traceparent)
    select * from unnest(${o.map((x) => x.tenant)}::text[], ${o.map((x) => x.kind)}::text[], ${o.map((x) => x.key)}::text[], ${o.map((x) => maybe(x.traceparent))}::text[])
    on conflict do nothing`

const insertDeadlines = (tx: Transaction, d: Changes['deadlines']): PromiseLike<unknown> => {
  // one statement may touch a row once: of several for the same thing the earliest counts
  const earliest = new Map(d.toSorted((a, b) => b.due - a.due).map((x) => [`${x.tenant}/${x.kind}/${x.key}`, x]))
  const rows = [...earliest.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
  return tx`insert into deadlines (tenant, kind, key, due, reason)
    select tenant, kind, key, at_ms(due::bigint), reason
    from unnest(${rows.map((x) => x.tenant)}::text[], ${rows.map((x) => x.kind)}::text[], ${rows.map((x) => x.key)}::text[], ${rows.map((x) => x.due)}::text[], ${rows.map((x) => x.reason)}::text[]) as w(tenant, kind, key, due, reason)
    on conflict (tenant, kind, key) do update set due = excluded.due, reason = excluded.reason
      where excluded.due < deadlines.due
        or (deadlines.reason = ${inferences.connectorAvailable} and excluded.reason <> ${inferences.connectorAvailable})`
}
