import { type Evse, type EvseState, isFreed } from '../../../core/domain/evse.ts'
import { evseKey } from '../../../core/domain/evse-id.ts'
import type { Outlet } from '../../../core/domain/outlet.ts'
import type { Act, EvseStore, Given, Put, Refusal } from '../../../core/ports/market.ts'
import type { Sql, Transaction } from '../connect.ts'
import { inMarket, isSame, putAll, refusal, tellOf } from '../market.ts'
import { present } from '../rows.ts'
import { asTenant } from '../tenant.ts'
import { keyOfCursor, pageOf } from './paging.ts'

export interface EvseRow {
  readonly tenant: string
  readonly uid: string
  readonly station: string | null
  readonly evse_id: string | null
  readonly state: EvseState
  readonly changed_ms: number
  readonly identity: string | null
  readonly evse: number | null
  readonly outlets: readonly (Omit<Outlet, 'maxWatts'> & { readonly maxWatts: number | null })[] | null
}

/** What is read of an EVSE, from `evsesNow`. */
export const evseColumns = `e.tenant, e.uid, e.station, e.evse_id, e.state, ms(e.changed_at) as changed_ms, p.identity, p.evse,
  (select json_agg(json_build_object('id', o.id, 'number', o.number, 'standard', o.standard, 'format', o.format, 'powerType', o.power_type,
     'maxVolts', o.max_volts, 'maxAmps', o.max_amps, 'maxWatts', o.max_watts) order by o.number)
   from evse_connectors o where o.tenant = e.tenant and o.uid = e.uid) as outlets`
/** EVSEs, each with the plug that it is now. */
export const evsesNow = `evses e left join evse_plugs p on p.tenant = e.tenant and p.uid = e.uid and p.until_at is null`

export const evseOf = (row: EvseRow): Evse => ({
  tenant: row.tenant,
  uid: row.uid,
  state: row.state,
  ...present({ station: row.station, evseId: row.evse_id }),
  ...(row.identity !== null && row.evse !== null && { plug: { chargePoint: row.identity, evse: row.evse } }),
  outlets: (row.outlets ?? []).map(({ maxWatts, ...outlet }) => ({ ...outlet, ...present({ maxWatts }) })),
  changedAt: row.changed_ms,
})

export const evseStore = (app: Sql): EvseStore => ({
  put: (evse, act) => inMarket(app, evse.tenant, (tx) => putEvse(tx, evse, act)),

  putAll: (tenant, evses, act, keeps) =>
    putAll(app, tenant, evses, { keeps, put: (tx, evse) => putEvse(tx, evse, act) }),

  find: (tenant, uid) => asTenant(app, tenant, (tx) => findEvse(tx, tenant, uid)),

  list: (tenant, { site = null, station = null, chargePoint = null, state = null }, page) =>
    asTenant(app, tenant, async (tx) => {
      const [after = ''] = keyOfCursor(page.cursor, 1) ?? []
      const rows = await tx<EvseRow[]>`select ${tx.unsafe(evseColumns)} from ${tx.unsafe(evsesNow)}
        where e.tenant = ${tenant} and e.uid > ${after} and (${station}::text is null or e.station = ${station}::text)
          and (${site}::text is null or e.station in (select c.id from charging_stations c where c.tenant = ${tenant} and c.site = ${site}::text))
          and (${chargePoint}::text is null or p.key = lower(${chargePoint}::text)) and (${state}::text is null or e.state = ${state}::text)
        order by e.uid limit ${page.limit + 1}`
      return pageOf(rows, page, ({ uid }) => [uid], evseOf)
    }),

  remove: (tenant, uid, act) =>
    inMarket(app, tenant, async (tx) => {
      const before = await findEvse(tx, tenant, uid)
      if (before === undefined) return 'missing'
      if (before.state === 'removed') return 'removed'
      const { plug: _, ...rest } = before
      await endPlug(tx, tenant, uid, act.at)
      await tx`update evses set state = 'removed', changed_at = at_ms(${act.at}), xid = pg_current_xact_id() where tenant = ${tenant} and uid = ${uid}`
      await tell(tx, { before, after: { ...rest, state: 'removed', changedAt: act.at } }, act)
      return 'removed'
    }),
})

const putEvse = async (tx: Transaction, wanted: Given<Evse>, act: Act): Promise<Put<Evse>> => {
  const { tenant, uid } = wanted
  const before = await findEvse(tx, tenant, uid)
  if (before?.state === 'removed') return refusal('/uid', 'was removed: no uid is ever used again')
  const plug = wanted.plug && { ...wanted.plug, chargePoint: await spellingOf(tx, tenant, wanted.plug.chargePoint) }
  const { chargePoint } = plug ?? {}
  if (plug !== undefined && chargePoint === undefined)
    return refusal('/plug/chargePoint', 'there is no such charge point')
  const evse = { ...wanted, ...(plug !== undefined && chargePoint !== undefined && { plug: { ...plug, chargePoint } }) }
  const refused = await faultOf(tx, evse)
  if (refused !== undefined) return refused
  if (before !== undefined && isSame(evse, before)) return { item: before, isNew: false }
  await write(tx, evse, act.at)
  if (isFreed(before?.plug, evse.plug)) await endPlug(tx, tenant, uid, act.at)
  if (evse.plug !== undefined && (before?.plug === undefined || isFreed(before.plug, evse.plug)))
    await tx`insert into evse_plugs (tenant, uid, identity, evse, from_at) values (${tenant}, ${uid}, ${evse.plug.chargePoint}, ${evse.plug.evse}, at_ms(${act.at}))
      on conflict (tenant, uid, from_at) do update set identity = excluded.identity, evse = excluded.evse, until_at = null`
  await writeOutlets(tx, evse, before?.outlets ?? [], act.at)
  const item = { ...evse, changedAt: act.at }
  await tell(tx, { before, after: item }, act)
  return { item, isNew: before === undefined }
}

const findEvse = async (tx: Transaction, tenant: string, uid: string): Promise<Evse | undefined> => {
  const [row] = await tx<
    EvseRow[]
  >`select ${tx.unsafe(evseColumns)} from ${tx.unsafe(evsesNow)} where e.tenant = ${tenant} and e.uid = ${uid}`
  return row && evseOf(row)
}

/** As the charge point was registered; undefined where it was not. */
const spellingOf = async (tx: Transaction, tenant: string, identity: string): Promise<string | undefined> => {
  const [row] = await tx<
    { identity: string }[]
  >`select identity from charge_points where tenant = ${tenant} and key = lower(${identity})`
  return row?.identity
}

const faultOf = async (tx: Transaction, evse: Given<Evse>): Promise<Refusal | undefined> => {
  const { tenant, uid, station = null, evseId, plug } = evse
  const [found] = await tx<
    { spelt: string | null; station: boolean; named: string | null; plugged: string | null }[]
  >`select
      (select uid from evses where tenant = ${tenant} and key = lower(${uid}) and uid <> ${uid}) as spelt,
      exists (select from charging_stations where tenant = ${tenant} and id = ${station}::text) as station,
      (select uid from evses where tenant = ${tenant} and evse_key = ${(evseId === undefined ? undefined : evseKey(evseId)) ?? null}::text and uid <> ${uid} and state <> 'removed') as named,
      (select uid from evse_plugs where tenant = ${tenant} and key = lower(${plug?.chargePoint ?? null}::text) and evse = ${plug?.evse ?? null}::int and uid <> ${uid} and until_at is null) as plugged`
  if (found?.spelt != null) return refusal('/uid', `there is ${found.spelt}, which differs by case alone`)
  if (found?.station !== true) return refusal('/station', 'there is no such charging station')
  if (found.named !== null) return refusal('/evseId', `is that of ${found.named}`)
  if (found.plugged !== null) return refusal('/plug', `is the EVSE ${found.plugged} already: a plug is one at a time`)
  return undefined
}

const write = (tx: Transaction, evse: Given<Evse>, at: number): PromiseLike<unknown> =>
  tx`insert into evses (tenant, uid, station, evse_id, evse_key, state, created_at, changed_at)
    values (${evse.tenant}, ${evse.uid}, ${evse.station ?? null}, ${evse.evseId ?? null}, ${(evse.evseId === undefined ? undefined : evseKey(evse.evseId)) ?? null}, ${evse.state}, at_ms(${at}), at_ms(${at}))
    on conflict (tenant, uid) do update set station = excluded.station, evse_id = excluded.evse_id, evse_key = excluded.evse_key, state = excluded.state,
      changed_at = excluded.changed_at, xid = pg_current_xact_id()`

/** What was there of its plug stays, until now: sessions of that time were at this EVSE. */
const endPlug = (tx: Transaction, tenant: string, uid: string, at: number): PromiseLike<unknown> =>
  tx`update evse_plugs set until_at = greatest(at_ms(${at}), from_at) where tenant = ${tenant} and uid = ${uid} and until_at is null`

/** Those that are as they were keep the time of their last change. */
const writeOutlets = async (
  tx: Transaction,
  { tenant, uid, outlets }: Given<Evse>,
  before: readonly Outlet[],
  at: number,
): Promise<void> => {
  const changed = outlets.filter((outlet) => !before.some((old) => old.id === outlet.id && isSame(outlet, old)))
  const stay = outlets.filter((outlet) => !changed.includes(outlet)).map(({ id }) => id)
  await tx`delete from evse_connectors where tenant = ${tenant} and uid = ${uid} and not (id = any(${stay}::text[]))`
  for (const o of changed)
    await tx`insert into evse_connectors (tenant, uid, id, number, standard, format, power_type, max_volts, max_amps, max_watts, changed_at)
      values (${tenant}, ${uid}, ${o.id}, ${o.number}, ${o.standard}, ${o.format}, ${o.powerType}, ${o.maxVolts}, ${o.maxAmps}, ${o.maxWatts ?? null}, at_ms(${at}))`
}

/** A site has changed with each of its EVSEs (OCPI locations: `last_updated` goes up from the connector). */
const tell = async (
  tx: Transaction,
  { before, after }: { readonly before?: Evse | undefined; readonly after: Evse },
  act: Act,
): Promise<void> => {
  const { tenant, uid, state, station = null, plug } = after
  await tx`update sites s set changed_at = at_ms(${act.at}), xid = pg_current_xact_id() from charging_stations c
    where s.tenant = ${tenant} and c.tenant = ${tenant} and c.site = s.id and c.id = any(${[station, before?.station ?? station]}::text[])`
  const isRemoved = state === 'removed'
  const left = before?.station !== undefined && before.station !== station ? { left: before.station } : {}
  await tellOf(
    tx,
    {
      tenant,
      event: {
        type: 'evse.changed',
        subject: uid,
        data: { evse: uid, station, chargePoint: plug?.chargePoint ?? null, removed: isRemoved, ...left },
      },
      audit: { action: isRemoved ? 'evse.removed' : 'evse.changed', subject: uid, before, after },
    },
    act,
  )
}
