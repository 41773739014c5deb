import { readingKey } from '../../core/domain/fact.ts'
import type { Changes } from '../../core/domain/changes.ts'
import { momentOf } from '../../core/domain/session.ts'
import type { Digest } from '../../core/ports/digest.ts'
import { absent, type Cell, hasEither, separator } from './columns.ts'
import type { Sql } from './connect.ts'

/** Readings of sessions that are remembered, and nothing else: each session with its readings. */
export interface Metering {
  readonly registers: Changes['registers']
  readonly samples: Changes['samples']
  readonly protocol: string
  /** Where in `registers` the session of each sample is. */
  readonly places: readonly number[]
}

/** These changes as metering alone, where that is all they are; most batches are. */
export const meteringOf = (changes: Changes): Metering | undefined => {
  const { sessions, counters, facts, quarantine, outbox, deadlines, events, fulfilled, registers, samples } = changes
  const others = [sessions, facts, quarantine, outbox, deadlines, events, fulfilled]
  if (counters.size > 0 || others.some(({ length }) => length > 0)) return undefined
  const protocol = samples[0]?.fact.protocol ?? ''
  const placeOf = new Map(registers.map(({ id }, place) => [id, place]))
  const places: number[] = []
  for (const { session, fact } of samples) {
    const place = placeOf.get(session.id)
    if (place === undefined || fact.protocol !== protocol) return undefined
    places.push(place)
  }
  return { registers, samples, protocol, places }
}

/**
 * Stores them by one statement, which is its own transaction. Fails as a whole, with SM001, where a session was
 * overtaken. What the sessions' rows say already (day, tenant) does not travel with every reading.
 */
export const storeMetering = async (sql: Sql, metering: Metering, digest: Digest): Promise<void> => {
  const { registers, protocol } = metering
  const ids: Cell[] = []
  const versions: Cell[] = []
  const lastAt: Cell[] = []
  const lastMwh: Cell[] = []
  for (const { id, version, lastRegister } of registers) {
    ids.push(id)
    versions.push(version)
    lastAt.push(lastRegister?.at ?? absent)
    lastMwh.push(lastRegister?.mwh ?? absent)
  }
  const [places, at, keys, received, mwh, readings] = readingColumns(metering, digest)
  const text = (cells: readonly Cell[]): string => cells.join(separator)
  await sql`with moved as (
      update sessions t set last_register_at = at_ms(w.last_at::bigint), last_register_mwh = w.last_mwh::bigint, version = t.version + 1
      from unnest(string_to_array(${text(ids)}, ${separator}), string_to_array(${text(versions)}, ${separator}),
        string_to_array(${text(lastAt)}, ${separator}, ${absent}), string_to_array(${text(lastMwh)}, ${separator}, ${absent})) with ordinality
      as w(id, version, last_at, last_mwh, place)
      where t.id = w.id::uuid and t.version = w.version::int
      returning w.place, t.id, t.day, t.tenant
    ), filed as (
      insert into samples (day, session, at, key, tenant, received_at, register_mwh, protocol, reading)
      select m.day, m.id, at_ms(x.at::bigint), x.key::uuid, m.tenant, at_ms(x.received::bigint), x.mwh::bigint, ${protocol}, x.reading
      from unnest(string_to_array(${text(places)}, ${separator}), string_to_array(${text(at)}, ${separator}), string_to_array(${text(keys)}, ${separator}),
        string_to_array(${text(received)}, ${separator}), string_to_array(${text(mwh)}, ${separator}, ${absent}), string_to_array(${text(readings)}, ${separator}))
      as x(place, at, key, received, mwh, reading)
      join moved m on m.place = x.place::bigint + 1
      on conflict do nothing
    )
    select expect_rows((select count(*) from moved), ${registers.length})`
}

const readingColumns = ({ samples, places }: Metering, digest: Digest): Columns => {
  const columns: Columns = [[], [], [], [], [], []]
  const [place, at, keys, received, mwh, readings] = columns
  for (let i = 0; i < samples.length; i++) {
    const sample = samples[i]
    if (sample === undefined) continue
    const { session, fact } = sample
    const connector = fact.kind === 'session.sampled' ? fact.connector : session.connector
    for (const reading of fact.readings) {
      if (hasEither(reading.text)) throw new Error('a reading holds a separator')
      place.push(places[i] ?? 0)
      at.push(momentOf(session, reading))
      keys.push(readingKey(digest, connector, fact.transaction, reading))
      received.push(fact.receivedAt)
      mwh.push(reading.registerMwh ?? absent)
      readings.push(reading.text)
    }
  }
  return columns
}

type Columns = readonly [Cell[], Cell[], Cell[], Cell[], Cell[], Cell[]]
