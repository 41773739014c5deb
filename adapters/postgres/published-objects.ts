import type { Json } from '../../core/roaming/field.ts'
import type { PartyCode } from '../../core/domain/party-code.ts'
import type { ListFilter, PublishedObject, PublishedStore, RoamingModule } from '../../core/ports/roaming.ts'
import type { Sql, Transaction } from './connect.ts'
import { present } from './rows.ts'
import { asTenant } from './tenant.ts'

export interface PublishedRow {
  readonly tenant: string
  readonly module: RoamingModule
  readonly country_code: string
  readonly party_id: string
  readonly id: string
  readonly partner: string | null
  readonly serial: number
  readonly revision: number
  readonly updated_ms: number
  readonly is_removed: boolean
  readonly body: Json
}

/** What to select for a `PublishedRow`; `o` is the roaming_objects table. */
export const publishedColumns = `o.tenant, o.module, o.country_code, o.party_id, o.id, o.partner, o.serial, o.revision,
  ms(o.last_updated) as updated_ms, o.is_removed, o.body`

export const objectOf = (row: PublishedRow): PublishedObject => ({
  tenant: row.tenant,
  module: row.module,
  owner: { country: row.country_code, party: row.party_id },
  id: row.id,
  ...present({ partner: row.partner }),
  serial: row.serial,
  revision: row.revision,
  lastUpdated: row.updated_ms,
  isRemoved: row.is_removed,
  body: row.body,
})

/** What is written by one publisher at a time: adapters/postgres/roaming-publisher.ts. */
export const publishedObjects = (app: Sql): PublishedStore => ({
  list: (tenant, module, filter, { start, limit }) =>
    asTenant(app, tenant, async (tx) => {
      const [after, offset] = 'after' in start ? [start.after, 0] : [0, start.offset]
      const rows = await tx<PublishedRow[]>`select ${tx.unsafe(publishedColumns)} from roaming_objects o
        where ${wanted(tx, tenant, module, filter)} and o.serial > ${after} order by o.serial offset ${offset} limit ${limit + 1}`
      return { items: rows.slice(0, limit).map(objectOf), isMore: rows.length > limit }
    }),

  count: (tenant, module, filter) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<{ count: number }[]>`select count(*) as count from roaming_objects o
        where ${wanted(tx, tenant, module, filter)}`
      return row?.count ?? 0
    }),

  find: ({ tenant, module, owner, id }, partner) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<PublishedRow[]>`select ${tx.unsafe(publishedColumns)} from roaming_objects o
        where o.tenant = ${tenant} and o.module = ${module} and o.key = lower(${id}) ${ofOwner(tx, owner)}
          and (o.partner is null or o.partner = ${partner}) and not o.is_removed order by o.serial limit 1`
      return row && objectOf(row)
    }),

  since: (tenant, module, { partner, revision, limit }) =>
    asTenant(app, tenant, async (tx) => {
      const rows = await tx<PublishedRow[]>`select ${tx.unsafe(publishedColumns)} from roaming_objects o
        where o.tenant = ${tenant} and o.module = ${module} and o.revision > ${revision}
          and (o.partner is null or o.partner = ${partner}) order by o.revision limit ${limit}`
      return rows.map(objectOf)
    }),
})

const wanted = (tx: Transaction, tenant: string, module: RoamingModule, filter: ListFilter) => {
  const { partner, from, to, owner } = filter
  // a condition that is not asked for is left out, so that the planner chooses by those that are
  return tx`o.tenant = ${tenant} and o.module = ${module} and not o.is_removed
    and (o.partner is null or o.partner = ${partner})
    ${from === undefined ? tx`` : tx`and o.last_updated >= at_ms(${from}::bigint)`}
    ${to === undefined ? tx`` : tx`and o.last_updated < at_ms(${to}::bigint)`}
    ${ofOwner(tx, owner)}`
}

const ofOwner = (tx: Transaction, owner: PartyCode | undefined) =>
  owner === undefined
    ? tx``
    : tx`and o.country_code = ${owner.country.toUpperCase()} and o.party_id = ${owner.party.toUpperCase()}`
