import type { Json } from '../../core/roaming/field.ts'
import type { PublishedObject, RoamingModule } from '../../core/ports/roaming.ts'
import type { Transaction } from './connect.ts'
import type { Draft } from './published-source.ts'
import { present } from './rows.ts'
import { safeJson } from './safe-json.ts'

/** An object as it is published, for whoever publishes. */
export type Stored = Pick<PublishedObject, 'owner' | 'id' | 'partner' | 'serial' | 'isRemoved' | 'body'>

interface Row {
  readonly source: string
  readonly country_code: string
  readonly party_id: string
  readonly id: string
  readonly partner: string | null
  readonly serial: number
  readonly is_removed: boolean
  readonly body: Json
}

/** What is published of these keys. */
export const storedOf = async (
  tx: Transaction,
  tenant: string,
  module: RoamingModule,
  keys: readonly string[],
): Promise<ReadonlyMap<string, readonly Stored[]>> => {
  const rows = await tx<
    Row[]
  >`select source, country_code, party_id, id, partner, serial, is_removed, body from roaming_objects
    where tenant = ${tenant} and module = ${module} and source = any(${[...keys]}::text[])`
  const stored = rows.map((row): readonly [string, Stored] => [
    row.source,
    {
      owner: { country: row.country_code, party: row.party_id },
      id: row.id,
      ...present({ partner: row.partner }),
      serial: row.serial,
      isRemoved: row.is_removed,
      body: row.body,
    },
  ])
  return new Map(
    [...Map.groupBy(stored, ([source]) => source)].map(([source, all]) => [source, all.map(([, one]) => one)]),
  )
}

/** A change that partners can see. */
export interface Write extends Draft {
  readonly module: RoamingModule
  readonly source: string
  readonly isRemoved: boolean
  /** Absent: it is new. */
  readonly serial?: number
}

interface Stamp {
  readonly tenant: string
  readonly at: number
  readonly head: { readonly serial: number; readonly revision: number }
}

/** All of them, each with the next revision, and a serial where it is new; under the row lock of their publisher. */
export const writeObjects = async (
  tx: Transaction,
  { tenant, at, head }: Stamp,
  writes: readonly Write[],
): Promise<void> => {
  let { serial, revision } = head
  const w = writes.map((one) => ({ ...one, serial: one.serial ?? ++serial, revision: ++revision }))
  await tx`insert into roaming_objects (tenant, module, country_code, party_id, id, partner, serial, revision, last_updated, is_removed, body, source)
    select ${tenant}, module, country, party, id, partner, serial, revision, at_ms(${at}), removed, body::jsonb, source
    from unnest(${w.map((x) => x.module)}::text[], ${w.map(({ owner }) => owner.country.toUpperCase())}::text[], ${w.map(({ owner }) => owner.party.toUpperCase())}::text[],
      ${w.map((x) => x.id)}::text[], ${w.map((x) => x.partner ?? null)}::text[], ${w.map((x) => x.serial)}::bigint[], ${w.map((x) => x.revision)}::bigint[],
      ${w.map((x) => String(x.isRemoved))}::text[]::boolean[], ${w.map((x) => safeJson(x.body))}::text[], ${w.map((x) => x.source)}::text[])
      as w(module, country, party, id, partner, serial, revision, removed, body, source)
    on conflict (tenant, module, country_code, party_id, key) do update set id = excluded.id, partner = excluded.partner, revision = excluded.revision,
      last_updated = excluded.last_updated, is_removed = excluded.is_removed, body = excluded.body, source = excluded.source`
  await tx`update roaming_publishers set serial = ${serial}, revision = ${revision}, stamped_at = at_ms(${at}) where tenant = ${tenant}`
}
