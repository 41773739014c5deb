import type { ChargingStation, ChargingStationView } from '../../../core/domain/charging-station.ts'
import type { Act, ChargingStationStore, Given, Put } from '../../../core/ports/market.ts'
import type { Sql, Transaction } from '../connect.ts'
import { inMarket, putAll, refusal, tellOf } from '../market.ts'
import { needed, needsOfPlace } from '../needed-by.ts'
import { present } from '../rows.ts'
import { asTenant } from '../tenant.ts'
import { tenureOf, type TenureRow, tenuresOf } from '../tenures.ts'
import { keyOfCursor, pageOf } from './paging.ts'

interface Row {
  readonly tenant: string
  readonly id: string
  readonly site: string
  readonly name: string | null
  readonly zone: string
  readonly changed_ms: number
  readonly tenures: readonly TenureRow[] | null
  readonly site_tenures: readonly TenureRow[] | null
}

const columns = `c.tenant, c.id, c.site, c.name, s.zone, ms(c.changed_at) as changed_ms, ${tenuresOf('station', 'c.tenant', 'c.id')} as tenures,
  ${tenuresOf('site', 'c.tenant', 'c.site')} as site_tenures`
const from = `charging_stations c join sites s on s.tenant = c.tenant and s.id = c.site`

const stationOf = (row: Row): ChargingStationView => ({
  tenant: row.tenant,
  id: row.id,
  site: row.site,
  ...present({ name: row.name }),
  changedAt: row.changed_ms,
  zone: row.zone,
  tenures: (row.tenures ?? []).map(tenureOf),
  siteTenures: (row.site_tenures ?? []).map(tenureOf),
})

export const chargingStationStore = (app: Sql): ChargingStationStore => ({
  put: (station, act) => inMarket(app, station.tenant, (tx) => putStation(tx, station, act)),

  putAll: (tenant, stations, act, keeps) =>
    putAll(app, tenant, stations, { keeps, put: (tx, station) => putStation(tx, station, act) }),

  find: (tenant, id) => asTenant(app, tenant, (tx) => findStation(tx, tenant, id)),

  list: (tenant, { site = null }, page) =>
    asTenant(app, tenant, async (tx) => {
      const [after = ''] = keyOfCursor(page.cursor, 1) ?? []
      const rows = await tx<Row[]>`select ${tx.unsafe(columns)} from ${tx.unsafe(from)}
        where c.tenant = ${tenant} and c.id > ${after} and (${site}::text is null or c.site = ${site}::text)
        order by c.id limit ${page.limit + 1}`
      return pageOf(rows, page, ({ id }) => [id], stationOf)
    }),

  remove: (tenant, id, act) =>
    inMarket(app, tenant, async (tx) => {
      const before = await findStation(tx, tenant, id)
      if (before === undefined) return 'missing'
      const evses = await tx<
        { uid: string }[]
      >`select uid from evses where tenant = ${tenant} and station = ${id} and state <> 'removed' order by uid`
      const inUse = needed([
        ...evses.map(({ uid }) => `EVSE ${uid}`),
        ...(await needsOfPlace(tx, tenant, { kind: 'station', station: id })),
      ])
      if (inUse !== undefined) return inUse
      await tx`update evses set station = null where tenant = ${tenant} and station = ${id}`
      await tx`delete from market_roles where tenant = ${tenant} and kind = 'station' and subject = ${id}`
      await tx`delete from charging_stations where tenant = ${tenant} and id = ${id}`
      await tell(tx, { before }, act)
      return 'removed'
    }),
})

const putStation = async (
  tx: Transaction,
  station: Given<ChargingStation>,
  act: Act,
): Promise<Put<ChargingStationView>> => {
  const { tenant, id, site, name = null } = station
  const before = await findStation(tx, tenant, id)
  const [spelt] = await tx<
    { id: string }[]
  >`select id from charging_stations where tenant = ${tenant} and key = lower(${id}) and id <> ${id}`
  if (spelt !== undefined) return refusal('/id', `there is ${spelt.id}, which differs by case alone`)
  if ((await tx`select 1 from sites where tenant = ${tenant} and id = ${site}`).length === 0)
    return refusal('/site', 'there is no such site')
  if (before?.site === site && before.name === station.name) return { item: before, isNew: false }
  await tx`insert into charging_stations (tenant, id, site, name, created_at, changed_at)
    values (${tenant}, ${id}, ${site}, ${name}, at_ms(${act.at}), at_ms(${act.at}))
    on conflict (tenant, id) do update set site = excluded.site, name = excluded.name, changed_at = excluded.changed_at, xid = pg_current_xact_id()`
  const item = await findStation(tx, tenant, id)
  if (item === undefined) throw new Error('a charging station is not there that was just written')
  await tell(tx, { before, after: item }, act)
  return { item, isNew: before === undefined }
}

const findStation = async (tx: Transaction, tenant: string, id: string): Promise<ChargingStationView | undefined> => {
  const [row] = await tx<
    Row[]
  >`select ${tx.unsafe(columns)} from ${tx.unsafe(from)} where c.tenant = ${tenant} and c.id = ${id}`
  return row && stationOf(row)
}

/** It is a site that looks different; one that has lost a station to another does so too. */
const tell = async (
  tx: Transaction,
  { before, after }: { readonly before?: ChargingStationView | undefined; readonly after?: ChargingStationView },
  act: Act,
): Promise<void> => {
  const { tenant, id, site } = after ?? before ?? { tenant: '', id: '', site: '' }
  const left = before !== undefined && before.site !== site ? { left: before.site } : {}
  await tx`update sites set changed_at = at_ms(${act.at}), xid = pg_current_xact_id()
    where tenant = ${tenant} and id = any(${[site, before?.site ?? site]}::text[])`
  await tellOf(
    tx,
    {
      tenant,
      event: {
        type: 'site.changed',
        subject: site,
        data: { site, station: id, removed: after === undefined, ...left },
      },
      audit: {
        action: after === undefined ? 'charging-station.removed' : 'charging-station.changed',
        subject: id,
        before,
        after,
      },
    },
    act,
  )
}
