import type { OpeningTimes, Site, SiteView } from '../../../core/domain/site.ts'
import type { Act, Given, Put, SiteStore } from '../../../core/ports/market.ts'
import type { Sql, Transaction } from '../connect.ts'
import { inMarket, isSame, putAll, refusal, tellOf } from '../market.ts'
import { needed, needsOfPlace } from '../needed-by.ts'
import { knowsZone } from '../places.ts'
import { present } from '../rows.ts'
import { asTenant } from '../tenant.ts'
import { tenureOf, type TenureRow, tenuresOf } from '../tenures.ts'
import { keyOfCursor, pageOf } from './paging.ts'

export interface SiteRow {
  readonly tenant: string
  readonly id: string
  readonly name: string
  readonly address: string
  readonly postal_code: string | null
  readonly city: string
  readonly country: string
  readonly latitude: string
  readonly longitude: string
  readonly zone: string
  readonly opening_times: OpeningTimes | null
  readonly published: boolean
  readonly changed_ms: number
  readonly tenures: readonly TenureRow[] | null
}

/** What is read of a site itself; `s` is the sites table. */
export const siteColumns = `s.tenant, s.id, s.name, s.address, s.postal_code, s.city, s.country, s.latitude, s.longitude, s.zone, s.opening_times, s.published,
  ms(s.changed_at) as changed_ms`
const columns = `${siteColumns}, ${tenuresOf('site', 's.tenant', 's.id')} as tenures`

export const siteOf = (row: SiteRow): SiteView => ({
  tenant: row.tenant,
  id: row.id,
  name: row.name,
  address: {
    street: row.address,
    city: row.city,
    country: row.country,
    ...present({ postalCode: row.postal_code }),
  },
  coordinates: { latitude: row.latitude, longitude: row.longitude },
  zone: row.zone,
  published: row.published,
  ...present({ openingTimes: row.opening_times }),
  changedAt: row.changed_ms,
  tenures: (row.tenures ?? []).map(tenureOf),
})

export const siteStore = (app: Sql): SiteStore => ({
  put: (site, act) => inMarket(app, site.tenant, (tx) => putSite(tx, site, act)),

  putAll: (tenant, sites, act, keeps) =>
    putAll(app, tenant, sites, { keeps, put: (tx, site) => putSite(tx, site, act) }),

  find: (tenant, id) => asTenant(app, tenant, (tx) => findSite(tx, tenant, id)),

  list: (tenant, { country = null }, page) =>
    asTenant(app, tenant, async (tx) => {
      const [after = ''] = keyOfCursor(page.cursor, 1) ?? []
      const rows = await tx<SiteRow[]>`select ${tx.unsafe(columns)} from sites s
        where s.tenant = ${tenant} and s.id > ${after} and (${country}::text is null or s.country = ${country}::text)
        order by s.id limit ${page.limit + 1}`
      return pageOf(rows, page, ({ id }) => [id], siteOf)
    }),

  remove: (tenant, id, act) =>
    inMarket(app, tenant, async (tx) => {
      const before = await findSite(tx, tenant, id)
      if (before === undefined) return 'missing'
      const stations = await tx<
        { id: string }[]
      >`select id from charging_stations where tenant = ${tenant} and site = ${id} order by id`
      const inUse = needed([
        ...stations.map((station) => `charging station ${station.id}`),
        ...(await needsOfPlace(tx, tenant, { kind: 'site', site: id })),
      ])
      if (inUse !== undefined) return inUse
      await tx`delete from market_roles where tenant = ${tenant} and kind = 'site' and subject = ${id}`
      await tx`delete from sites where tenant = ${tenant} and id = ${id}`
      await tell(tx, { before }, act)
      return 'removed'
    }),
})

const putSite = async (tx: Transaction, site: Given<Site>, act: Act): Promise<Put<SiteView>> => {
  const { tenant, id } = site
  const before = await findSite(tx, tenant, id)
  const [spelt] = await tx<
    { id: string }[]
  >`select id from sites where tenant = ${tenant} and key = lower(${id}) and id <> ${id}`
  if (spelt !== undefined) return refusal('/id', `there is ${spelt.id}, which differs by case alone`)
  if (!(await knowsZone(tx, site.zone))) return refusal('/timeZone', 'is not known to the database')
  const item: SiteView = { ...site, changedAt: act.at, tenures: before?.tenures ?? [] }
  if (before !== undefined && isSame(item, before)) return { item: before, isNew: false }
  const { address, coordinates, openingTimes } = site
  await tx`insert into sites (tenant, id, name, address, postal_code, city, country, latitude, longitude, zone, opening_times, published, created_at, changed_at)
    values (${tenant}, ${id}, ${site.name}, ${address.street}, ${address.postalCode ?? null}, ${address.city}, ${address.country}, ${coordinates.latitude}, ${coordinates.longitude},
      ${site.zone}, ${openingTimes === undefined ? null : JSON.stringify(openingTimes)}::text::jsonb, ${site.published}, at_ms(${act.at}), at_ms(${act.at}))
    on conflict (tenant, id) do update set name = excluded.name, address = excluded.address, postal_code = excluded.postal_code, city = excluded.city,
      country = excluded.country, latitude = excluded.latitude, longitude = excluded.longitude, zone = excluded.zone, opening_times = excluded.opening_times,
      published = excluded.published, changed_at = excluded.changed_at, xid = pg_current_xact_id()`
  await tell(tx, { before, after: item }, act)
  return { item, isNew: before === undefined }
}

const findSite = async (tx: Transaction, tenant: string, id: string): Promise<SiteView | undefined> => {
  const [row] = await tx<
    SiteRow[]
  >`select ${tx.unsafe(columns)} from sites s where s.tenant = ${tenant} and s.id = ${id}`
  return row && siteOf(row)
}

const tell = (
  tx: Transaction,
  { before, after }: { readonly before?: SiteView | undefined; readonly after?: SiteView },
  act: Act,
): Promise<void> => {
  const { tenant, id } = after ?? before ?? { tenant: '', id: '' }
  const action = after === undefined ? 'site.removed' : 'site.changed'
  return tellOf(
    tx,
    {
      tenant,
      event: { type: 'site.changed', subject: id, data: { site: id, removed: after === undefined } },
      audit: { action, subject: id, before, after },
    },
    act,
  )
}
