import type { Cdr, Credit, Entry } from '../../core/domain/cdr.ts'
import { cdrEvent, creditEvent } from '../../core/domain/event.ts'
import type { Transaction } from './connect.ts'
import { insertEvents } from './insert-events.ts'
import { safeJson } from './safe-json.ts'
import { leaveSeal } from './seal-documents.ts'

/** Writes what core decided about sessions, all statements in one round trip. */
export const storeEntries = async (tx: Transaction, entries: readonly Entry[], now: number): Promise<void> => {
  const credits = entries.flatMap(({ credit }) => credit ?? [])
  const held = entries.filter(({ isAgain }) => isAgain === true).map(({ cdr }) => cdr)
  const fresh = entries.filter(({ isAgain }) => isAgain !== true).map(({ cdr }) => cdr)
  const holds = [...held, ...fresh].filter(({ hold }) => hold !== undefined)
  // as the tables note them: what is issued after what is credited
  const last = fresh.findLast(({ state }) => state === 'issued') ?? credits.at(-1)
  const events = entries.flatMap(({ credit, cdr }) => [
    ...(credit === undefined ? [] : [creditEvent(credit, cdr, now)]),
    cdrEvent(cdr, now),
  ])
  const writes: PromiseLike<unknown>[] = []
  // first the credits: no version is written without the one of the version before
  if (credits.length > 0) writes.push(insertCredits(tx, credits, now))
  if (held.length > 0) writes.push(updateCdrs(tx, held))
  if (fresh.length > 0) writes.push(insertCdrs(tx, fresh))
  if (holds.length > 0) writes.push(putHolds(tx, holds))
  if (last !== undefined) writes.push(leaveSeal(tx, last.tenant, last.id))
  if (events.length > 0) writes.push(insertEvents(tx, events))
  await Promise.all(writes)
}

const insertCredits = (tx: Transaction, c: readonly Credit[], now: number): PromiseLike<unknown> =>
  tx`insert into credits (id, tenant, cdr, reason, created_at)
    select id, tenant, cdr, reason, at_ms(${now})
    from unnest(${c.map((x) => x.id)}::uuid[], ${c.map((x) => x.tenant)}::text[], ${c.map((x) => x.cdr)}::uuid[], ${c.map((x) => x.reason)}::text[]) as w(id, tenant, cdr, reason)`

const insertCdrs = (tx: Transaction, c: readonly Cdr[]): PromiseLike<unknown> =>
  tx`insert into cdrs (id, tenant, version, replaces, session, identity, evse, connector, evse_id, site, station, country, token, contract, started_at, ended_at, energy_mwh, exported_mwh, duration_ms, priced, stop_reason, state, notes)
    select id, tenant, version, replaces, session, identity, evse, connector, evse_id, site, station, country, token, contract, at_ms(started), at_ms(ended), energy, exported, duration, priced::jsonb, stop_reason, state, array(select jsonb_array_elements_text(notes::jsonb))
    from unnest(${c.map((x) => x.id)}::uuid[], ${c.map((x) => x.tenant)}::text[], ${c.map((x) => x.version)}::int[], ${c.map((x) => x.replaces ?? null)}::uuid[], ${c.map((x) => x.session)}::uuid[], ${c.map((x) => x.chargePoint)}::text[], ${c.map((x) => x.evse)}::int[], ${c.map((x) => x.connector)}::int[],
      ${c.map((x) => x.evseId ?? null)}::text[], ${c.map((x) => x.site ?? null)}::text[], ${c.map((x) => x.station ?? null)}::text[], ${c.map((x) => x.country ?? null)}::text[], ${c.map((x) => x.token ?? null)}::text[], ${c.map((x) => x.contract ?? null)}::text[],
      ${c.map((x) => x.startedAt)}::bigint[], ${c.map((x) => x.endedAt)}::bigint[], ${c.map((x) => x.energyMwh)}::bigint[], ${c.map((x) => x.exportedMwh ?? null)}::bigint[], ${c.map((x) => x.durationMs)}::bigint[], ${c.map(pricedText)}::text[], ${c.map((x) => x.stopReason)}::text[], ${c.map((x) => x.state)}::text[], ${c.map((x) => safeJson(x.notes))}::text[])
    as w(id, tenant, version, replaces, session, identity, evse, connector, evse_id, site, station, country, token, contract, started, ended, energy, exported, duration, priced, stop_reason, state, notes)`

const pricedText = ({ priced }: Cdr): string | null => (priced === undefined ? null : safeJson(priced))

/** What CDRs that are held say now; the table lets nothing else of them change, and nothing of one that was issued. */
export const updateCdrs = (tx: Transaction, c: readonly Cdr[]): PromiseLike<unknown> =>
  tx`update cdrs set started_at = at_ms(w.started), ended_at = at_ms(w.ended), energy_mwh = w.energy, exported_mwh = w.exported, duration_ms = w.duration,
      evse_id = w.evse_id, site = w.site, station = w.station, country = w.country, priced = w.priced::jsonb,
      stop_reason = w.stop_reason, state = w.state, notes = array(select jsonb_array_elements_text(w.notes::jsonb))
    from unnest(${c.map((x) => x.id)}::uuid[], ${c.map((x) => x.startedAt)}::bigint[], ${c.map((x) => x.endedAt)}::bigint[], ${c.map((x) => x.energyMwh)}::bigint[], ${c.map((x) => x.exportedMwh ?? null)}::bigint[], ${c.map((x) => x.durationMs)}::bigint[],
      ${c.map((x) => x.evseId ?? null)}::text[], ${c.map((x) => x.site ?? null)}::text[], ${c.map((x) => x.station ?? null)}::text[], ${c.map((x) => x.country ?? null)}::text[], ${c.map(pricedText)}::text[], ${c.map((x) => x.stopReason)}::text[], ${c.map((x) => x.state)}::text[], ${c.map((x) => safeJson(x.notes))}::text[])
    as w(id, started, ended, energy, exported, duration, evse_id, site, station, country, priced, stop_reason, state, notes)
    where cdrs.id = w.id`

const putHolds = (tx: Transaction, c: readonly Cdr[]): PromiseLike<unknown> =>
  tx`insert into cdr_holds (cdr, tenant, held_at, reasons, proposal)
    select cdr, tenant, at_ms(held), reasons::jsonb, proposal::jsonb
    from unnest(${c.map((x) => x.id)}::uuid[], ${c.map((x) => x.tenant)}::text[], ${c.map(({ hold }) => hold?.heldAt ?? 0)}::bigint[], ${c.map(({ hold }) => JSON.stringify(hold?.reasons))}::text[],
      ${c.map(({ hold }) => (hold?.proposal === undefined ? null : JSON.stringify(hold.proposal)))}::text[]) as w(cdr, tenant, held, reasons, proposal)
    on conflict (cdr) do update set reasons = excluded.reasons, proposal = excluded.proposal`
