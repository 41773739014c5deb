import { parseInstant } from '../../core/domain/instant.ts'
import type { Json } from '../../core/roaming/field.ts'
import type { ObjectRef, ReceivedObject, ReceivedStore, RoamingModule } from '../../core/ports/roaming.ts'
import type { Sql, Transaction } from './connect.ts'
import { safeJson } from './safe-json.ts'
import { keyOfCursor, pageOf } from './store/paging.ts'
import { asTenant } from './tenant.ts'

export interface ReceivedRow {
  readonly tenant: string
  readonly module: RoamingModule
  readonly country_code: string
  readonly party_id: string
  readonly id: string
  readonly partner: string
  readonly serial: number
  readonly updated_ms: number
  readonly received_ms: number
  readonly is_removed: boolean
  readonly body: Json
}

/** What to select for a `ReceivedRow`; `o` is the roaming_received table. */
export const receivedColumns = `o.tenant, o.module, o.country_code, o.party_id, o.id, o.partner, o.serial, ms(o.last_updated) as updated_ms,
  ms(o.received_at) as received_ms, o.is_removed, o.body`

export const receivedOf = (row: ReceivedRow): ReceivedObject => ({
  tenant: row.tenant,
  module: row.module,
  owner: { country: row.country_code, party: row.party_id },
  id: row.id,
  partner: row.partner,
  lastUpdated: row.updated_ms,
  receivedAt: row.received_ms,
  isRemoved: row.is_removed,
  body: row.body,
})

/** Objects of partners, under row-level security. */
export const receivedObjects = (app: Sql): ReceivedStore => ({
  change: (ref, { partner, at }, decide) =>
    asTenant(app, ref.tenant, async (tx) => {
      // one that is not there yet cannot be locked by its row
      await tx`select pg_advisory_xact_lock(hashtext('stationmaster.received'), hashtext(${nameOfReceived(ref)}))`
      const had = await find(tx, ref)
      const body = decide(had)
      if (body === 'stale' || body === 'unknown') return body
      if (body === 'removed') {
        if (had === undefined) return 'unknown'
        const object = { ...had, partner, receivedAt: at, isRemoved: true }
        await write(tx, object)
        return object
      }
      const said = typeof body['last_updated'] === 'string' ? parseInstant(body['last_updated'])?.ms : undefined
      const object = { ...ref, partner, lastUpdated: said ?? at, receivedAt: at, isRemoved: false, body }
      await write(tx, object)
      return object
    }),

  find: (ref, partner) =>
    asTenant(app, ref.tenant, async (tx) => {
      const found = await find(tx, ref)
      return found !== undefined && (partner === undefined || found.partner === partner) && !found.isRemoved
        ? found
        : undefined
    }),

  list: (tenant, module, { partner = null }, page) =>
    asTenant(app, tenant, async (tx) => {
      const [after = '0'] = keyOfCursor(page.cursor, 1) ?? []
      const rows = await tx<ReceivedRow[]>`select ${tx.unsafe(receivedColumns)} from roaming_received o
        where o.tenant = ${tenant} and o.module = ${module} and (${partner}::text is null or o.partner = ${partner})
          and o.serial > ${after}::text::bigint and not o.is_removed
        order by o.serial limit ${page.limit + 1}`
      return pageOf(rows, page, ({ serial }) => [serial], receivedOf)
    }),
})

/** What its lock is named after. */
export const nameOfReceived = ({ tenant, module, owner, id }: ObjectRef): string =>
  `${tenant}/${module}/${owner.country}${owner.party}/${id}`.toLowerCase()

const find = async (tx: Transaction, { tenant, module, owner, id }: ObjectRef): Promise<ReceivedObject | undefined> => {
  const [row] = await tx<ReceivedRow[]>`select ${tx.unsafe(receivedColumns)} from roaming_received o
    where o.tenant = ${tenant} and o.module = ${module} and o.country_code = ${owner.country.toUpperCase()}
      and o.party_id = ${owner.party.toUpperCase()} and o.key = lower(${id})`
  return row && receivedOf(row)
}

const write = (tx: Transaction, o: ReceivedObject): PromiseLike<unknown> =>
  tx`insert into roaming_received (tenant, module, country_code, party_id, id, partner, last_updated, received_at, is_removed, body)
    values (${o.tenant}, ${o.module}, ${o.owner.country.toUpperCase()}, ${o.owner.party.toUpperCase()}, ${o.id}, ${o.partner},
      at_ms(${o.lastUpdated}::bigint), at_ms(${o.receivedAt}::bigint), ${o.isRemoved}, ${safeJson(o.body)}::text::jsonb)
    on conflict (tenant, module, country_code, party_id, key) do update set partner = excluded.partner,
      last_updated = excluded.last_updated, received_at = excluded.received_at, is_removed = excluded.is_removed, body = excluded.body`
