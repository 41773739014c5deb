import { parseInstant } from '../../core/domain/instant.ts'
import type { Json } from '../../core/roaming/field.ts'
import type { ObjectRef, ReceivedObject, ReceivedStore, RoamingModule } from '../../core/ports/roaming.ts'
import type { Sql, Transaction } from './connect.ts'
import { present } from './rows.ts'
import { safeJson } from './safe-json.ts'
import { keyOfCursor, pageOf } from './store/paging.ts'
import { asTenant } from './tenant.ts'

interface Row {
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
  readonly verdict: Json | null
}

const columns = `o.tenant, o.module, o.country_code, o.party_id, o.id, o.partner, o.serial, ms(o.last_updated) as updated_ms,
  ms(o.received_at) as received_ms, o.is_removed, o.body, o.verdict`

const objectOf = (row: Row): ReceivedObject => ({
  tenant: row.tenant,
  module: row.module,
  owner: { country: row.country_code, party: row.party_id },
  id: row.id,
  partner: row.partner,
  lastUpdated: row.updated_ms,
  receivedAt: row.received_ms,
  isRemoved: row.is_removed,
  body: row.body,
  ...present({ verdict: row.verdict }),
})

/** Objects of partners, under row-level security. */
export const receivedObjects = (app: Sql): ReceivedStore => ({
  change: (ref, { partner, at, verdict, crawl }, decide) =>
    asTenant(app, ref.tenant, async (tx) => {
      // one that is not there yet cannot be locked by its row
      await tx`select pg_advisory_xact_lock(hashtext('stationmaster.received'), hashtext(${nameOf(ref)}))`
      const had = await find(tx, ref)
      const body = decide(had)
      if (crawl !== undefined && had !== undefined) await markSeen(tx, ref, crawl)
      if (body === 'stale' || body === 'unknown') return body
      if (body === 'removed') {
        if (had === undefined) return 'unknown'
        const object = { ...had, partner, receivedAt: at, isRemoved: true }
        await write(tx, object, crawl)
        return object
      }
      const said = typeof body['last_updated'] === 'string' ? parseInstant(body['last_updated'])?.ms : undefined
      const object = {
        ...ref,
        partner,
        lastUpdated: said ?? at,
        receivedAt: at,
        isRemoved: false,
        body,
        ...present({ verdict }),
      }
      await write(tx, object, crawl)
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
      const rows = await tx<Row[]>`select ${tx.unsafe(columns)} from roaming_received o
        where o.tenant = ${tenant} and o.module = ${module} and (${partner}::text is null or o.partner = ${partner})
          and o.serial > ${after}::text::bigint and not o.is_removed
        order by o.serial limit ${page.limit + 1}`
      return pageOf(rows, page, ({ serial }) => [serial], objectOf)
    }),

  newest: ({ tenant, partner, module }) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<
        { newest_ms: number | null }[]
      >`select ms(max(last_updated)) as newest_ms from roaming_received
        where tenant = ${tenant} and module = ${module} and partner = ${partner}`
      return row?.newest_ms ?? undefined
    }),

  seen: (ref, crawl) => asTenant(app, ref.tenant, (tx) => markSeen(tx, ref, crawl)),

  sweep: ({ tenant, partner, module }, { number, began }) =>
    asTenant(app, tenant, async (tx) => {
      const { count } = await tx`update roaming_received set is_removed = true
        where tenant = ${tenant} and module = ${module} and partner = ${partner} and not is_removed
          and crawl is distinct from ${number}::bigint and received_at < at_ms(${began}::bigint)`
      return count
    }),
})

const markSeen = async (tx: Transaction, { tenant, module, owner, id }: ObjectRef, crawl: number): Promise<void> => {
  await tx`update roaming_received set crawl = ${crawl}::bigint where tenant = ${tenant} and module = ${module}
    and country_code = ${owner.country.toUpperCase()} and party_id = ${owner.party.toUpperCase()} and key = lower(${id})`
}

const nameOf = ({ tenant, module, owner, id }: ObjectRef): string =>
  `${tenant}/${module}/${owner.country}${owner.party}/${id}`.toLowerCase()

const find = async (tx: Transaction, { tenant, module, owner, id }: ObjectRef): Promise<ReceivedObject | undefined> => {
  const [row] = await tx<Row[]>`select ${tx.unsafe(columns)} from roaming_received o
    where o.tenant = ${tenant} and o.module = ${module} and o.country_code = ${owner.country.toUpperCase()}
      and o.party_id = ${owner.party.toUpperCase()} and o.key = lower(${id})`
  return row && objectOf(row)
}

const write = (tx: Transaction, o: ReceivedObject, crawl: number | undefined): PromiseLike<unknown> =>
  tx`insert into roaming_received (tenant, module, country_code, party_id, id, partner, last_updated, received_at, is_removed, body, verdict, crawl)
    values (${o.tenant}, ${o.module}, ${o.owner.country.toUpperCase()}, ${o.owner.party.toUpperCase()}, ${o.id}, ${o.partner},
      at_ms(${o.lastUpdated}::bigint), at_ms(${o.receivedAt}::bigint), ${o.isRemoved}, ${safeJson(o.body)}::text::jsonb,
      ${o.verdict === undefined ? null : safeJson(o.verdict)}::text::jsonb, ${crawl ?? null}::bigint)
    on conflict (tenant, module, country_code, party_id, key) do update set partner = excluded.partner,
      last_updated = excluded.last_updated, received_at = excluded.received_at, is_removed = excluded.is_removed, body = excluded.body,
      verdict = coalesce(excluded.verdict, roaming_received.verdict), crawl = coalesce(excluded.crawl, roaming_received.crawl)`
