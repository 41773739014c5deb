import type { Changes } from '../../core/domain/changes.ts'
import type { Digest } from '../../core/ports/digest.ts'
import { absent, column, separator } from './columns.ts'
import type { Sql } from './connect.ts'
import { sampleRows } from './sample-rows.ts'

/** Readings of sessions that are remembered, and nothing else: each session with its readings. */
export interface Metering {
  readonly registers: Changes['registers']
  readonly samples: Changes['samples']
  readonly protocol: string
  /** Where in `registers` each session is, by its id; the first is 1. */
  readonly placeOf: ReadonlyMap<string, number>
}

/** These changes as metering alone, where that is all they are; most batches are. */
export const meteringOf = (changes: Changes): Metering | undefined => {
  const { sessions, counters, facts, quarantine, outbox, deadlines, events, fulfilled, registers, samples } = changes
  const others = [sessions, facts, quarantine, outbox, deadlines, events, fulfilled, changes.learnt, changes.repeats]
  if (counters.size > 0 || others.some(({ length }) => length > 0)) return undefined
  const protocol = samples[0]?.fact.protocol ?? ''
  const placeOf = new Map(registers.map(({ id }, i) => [id, i + 1]))
  if (samples.some(({ session, fact }) => !placeOf.has(session.id) || fact.protocol !== protocol)) return undefined
  return { registers, samples, protocol, placeOf }
}

/**
 * Stores them by one statement, which is its own transaction. Fails as a whole, with SM001, where a session was
 * overtaken. What the sessions' rows say already (day, tenant) does not travel with every reading.
 */
export const storeMetering = async (sql: Sql, metering: Metering, digest: Digest): Promise<void> => {
  const { registers, samples, protocol, placeOf } = metering
  const rows = sampleRows(samples, digest)
  await sql`with moved as (
      update sessions t set last_register_at = at_ms(w.last_at::bigint), last_register_mwh = w.last_mwh::bigint, version = t.version + 1
      from unnest(string_to_array(${column(registers, (s) => s.id)}, ${separator}), string_to_array(${column(registers, (s) => s.version)}, ${separator}),
        string_to_array(${column(registers, (s) => s.lastRegister?.at)}, ${separator}, ${absent}), string_to_array(${column(registers, (s) => s.lastRegister?.mwh)}, ${separator}, ${absent})) with ordinality
      as w(id, version, last_at, last_mwh, place)
      where t.id = w.id::uuid and t.version = w.version::int
      returning w.place, t.id, t.day, t.tenant
    ), filed as (
      insert into samples (day, session, at, key, tenant, received_at, register_mwh, protocol, reading)
      select m.day, m.id, at_ms(x.at::bigint), x.key::uuid, m.tenant, at_ms(x.received::bigint), x.mwh::bigint, ${protocol}, x.reading
      from unnest(string_to_array(${column(rows, (r) => placeOf.get(r.session.id))}, ${separator}), string_to_array(${column(rows, (r) => r.at)}, ${separator}), string_to_array(${column(rows, (r) => r.key)}, ${separator}),
        string_to_array(${column(rows, (r) => r.fact.receivedAt)}, ${separator}), string_to_array(${column(rows, (r) => r.reading.registerMwh)}, ${separator}, ${absent}), string_to_array(${column(rows, (r) => r.reading.text)}, ${separator}))
      as x(place, at, key, received, mwh, reading)
      join moved m on m.place = x.place::bigint
      on conflict do nothing
    )
    select expect_rows((select count(*) from moved), ${registers.length})`
}
