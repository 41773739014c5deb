import type { Supply } from '../../../core/charging/limits.ts'
import type { ConnectorStatus } from '../../../core/domain/connector.ts'
import type { Registration, RemoteStart, SecurityProfile } from '../../../core/domain/charge-point.ts'
import { chargePointEvent } from '../../../core/domain/event.ts'
import type { ChargePointPut, ChargePointStore, ChargePointView, ConnectorView } from '../../../core/ports/store.ts'
import type { DisplayPrice } from '../../../core/pricing/display-price.ts'
import type { Sql, Transaction } from '../connect.ts'
import { insertEvents } from '../insert-events.ts'
import { present } from '../rows.ts'
import { asTenant } from '../tenant.ts'
import { keyOfCursor, pageOf } from './paging.ts'

interface Row {
  readonly tenant: string
  readonly identity: string
  readonly registration: Registration
  readonly blocked: boolean
  readonly traced: boolean | null
  readonly clockless: boolean
  readonly remote_start: RemoteStart
  readonly supply: Supply | null
  readonly security_profile: SecurityProfile | null
  readonly assume_protocol: string | null
  readonly max_power_w: number | null
  readonly display_price: DisplayPrice | null
  readonly vendor: string | null
  readonly model: string | null
  readonly serial: string | null
  readonly firmware: string | null
  readonly iccid: string | null
  readonly imsi: string | null
  readonly meter_type: string | null
  readonly meter_serial: string | null
  readonly online: boolean
  readonly protocol: string | null
  readonly seen_ms: number | null
  readonly connectors:
    | readonly {
        readonly evse: number
        readonly connector: number
        readonly status: ConnectorStatus
        readonly errorCode: string
        readonly info: string | null
        readonly evseId: string | null
        readonly session: string | null
      }[]
    | null
}

/** Online is the socket's: open, and held by a worker that has been heard of lately. */
const columns = `p.tenant, p.identity, p.registration, p.blocked, p.traced, p.clockless, p.remote_start, p.supply, p.security_profile, p.assume_protocol, p.max_power_w, p.display_price, p.vendor, p.model, p.serial, p.firmware, p.iccid, p.imsi, p.meter_type, p.meter_serial,
  coalesce(c.closed_at is null and c.connected_at is not null and w.seen_at > now() - interval '30 seconds', false) as online, c.protocol, ms(c.last_seen) as seen_ms,
  (select json_agg(json_build_object('evse', k.evse, 'connector', k.connector, 'status', k.status, 'errorCode', k.error_code, 'info', k.info,
     'evseId', (select e.evse_id from evse_plugs u join evses e using (tenant, uid) where u.tenant = k.tenant and u.key = p.key and u.evse = k.evse and u.until_at is null),
     'session', (select s.id from sessions s where s.tenant = k.tenant and s.identity = k.identity and s.evse = k.evse and s.state = 'open' order by s.id desc limit 1)) order by k.evse, k.connector)
   from connectors k where k.tenant = p.tenant and k.identity = p.identity) as connectors`
const from = `charge_points p left join connections c using (tenant, identity) left join workers w on w.worker = c.worker`

const viewOf = (row: Row): ChargePointView => {
  const inventory = present({
    vendor: row.vendor,
    model: row.model,
    serial: row.serial,
    firmware: row.firmware,
    iccid: row.iccid,
    imsi: row.imsi,
    meterType: row.meter_type,
    meterSerial: row.meter_serial,
  })
  return {
    tenant: row.tenant,
    identity: row.identity,
    registration: row.registration,
    blocked: row.blocked,
    clockless: row.clockless,
    remoteStart: row.remote_start,
    online: row.online,
    inventory,
    connectors: (row.connectors ?? []).map(({ info, evseId, session, ...connector }): ConnectorView => ({
      ...connector,
      ...present({ info, evseId, session }),
    })),
    ...present({
      traced: row.traced,
      protocol: row.protocol,
      lastSeen: row.seen_ms,
      securityProfile: row.security_profile,
      supply: row.supply,
      assumeProtocol: row.assume_protocol,
      maxPowerW: row.max_power_w,
      displayPrice: row.display_price,
    }),
  }
}

export const chargePointStore = (app: Sql): ChargePointStore => ({
  list: (tenant, page) =>
    asTenant(app, tenant, async (tx) => {
      const after = keyOfCursor(page.cursor, 1)?.[0] ?? null
      const rows = await tx<
        Row[]
      >`select * from (select ${tx.unsafe(columns)} from ${tx.unsafe(from)} where ${after}::text is null or p.identity > ${after}::text) v
        where ${page.online ?? null}::boolean is null or online = ${page.online ?? null}::boolean order by identity limit ${page.limit + 1}`
      return pageOf(rows, page, (row) => [row.identity], viewOf)
    }),

  find: ({ tenant, identity }) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<
        Row[]
      >`select ${tx.unsafe(columns)} from ${tx.unsafe(from)} where p.tenant = ${tenant} and p.key = lower(${identity})`
      return row && viewOf(row)
    }),

  registered: (tenant, identities) =>
    asTenant(app, tenant, async (tx) => {
      const rows = await tx<{ identity: string }[]>`
        select key as identity from charge_points where tenant = ${tenant} and key = any(${identities.map((i) => i.toLowerCase())}::text[])`
      return new Set(rows.map(({ identity }) => identity))
    }),

  isAnothers: ({ tenant, identity }, name) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<{ found: boolean }[]>`
        select exists (select from charge_points where tenant = ${tenant} and key <> lower(${identity})
          and (key = lower(${name}) or lower(serial) = lower(${name}))) as found`
      return row?.found === true
    }),

  put: (tenant, records, at) =>
    asTenant(app, tenant, async (tx) => {
      const created = new Set(await insertNew(tx, tenant, records))
      const results: { identity: string; created: boolean }[] = []
      for (const record of records) {
        const isNew = created.has(record.identity)
        const identity = isNew ? record.identity : await change(tx, tenant, record)
        if (identity !== undefined) results.push({ identity, created: isNew })
      }
      await announce(
        tx,
        tenant,
        results.map((r) => r.identity),
        'charge-point.registered',
        at,
      )
      return results
    }),

  trace: ({ tenant, identity }, on, at) =>
    asTenant(app, tenant, async (tx) => {
      const changed = await tx<
        { identity: string }[]
      >`update charge_points set traced = ${on ?? null} where tenant = ${tenant} and key = lower(${identity}) returning identity`
      await announce(
        tx,
        tenant,
        changed.map((r) => r.identity),
        'charge-point.registered',
        at,
      )
      return changed.length > 0
    }),

  remove: ({ tenant, identity }, at) =>
    asTenant(app, tenant, async (tx) => {
      const gone = await tx<
        { identity: string }[]
      >`delete from charge_points where tenant = ${tenant} and key = lower(${identity}) returning identity`
      await announce(
        tx,
        tenant,
        gone.map((r) => r.identity),
        'charge-point.removed',
        at,
      )
      return gone.length > 0
    }),
})

/** Registers those that are not there yet, however many, in three statements; answers which. */
const insertNew = async (
  tx: Transaction,
  tenant: string,
  records: readonly ChargePointPut[],
): Promise<readonly string[]> => {
  const hex = (of: Uint8Array | undefined): string | null => (of === undefined ? null : Buffer.from(of).toString('hex'))
  const text = (of: boolean | number | undefined): string | null => (of === undefined ? null : String(of))
  const rows = await tx<{ identity: string }[]>`
    insert into charge_points (tenant, identity, salt, hash, registration, blocked, clockless, remote_start, supply, security_profile, assume_protocol, max_power_w, display_price)
    select ${tenant}, identity, decode(salt, 'hex'), decode(hash, 'hex'), coalesce(registration, (select t.registration from tenants t where t.tenant = ${tenant}), 'accepted'), coalesce(blocked::boolean, false),
      coalesce(clockless::boolean, false), coalesce(remote_start, 'tag'), supply::jsonb, profile::smallint, nullif(protocol, 'none'), max_power_w::int, nullif(display_price, 'null')::jsonb
    from unnest(${records.map((r) => r.identity)}::text[], ${records.map((r) => hex(r.verifier?.salt))}::text[], ${records.map((r) => hex(r.verifier?.hash))}::text[],
      ${records.map((r) => r.registration ?? null)}::text[], ${records.map((r) => text(r.blocked))}::text[], ${records.map((r) => text(r.clockless))}::text[],
      ${records.map((r) => r.remoteStart ?? null)}::text[], ${records.map((r) => (r.supply === undefined ? null : JSON.stringify(r.supply)))}::text[], ${records.map((r) => text(r.securityProfile))}::text[],
      ${records.map((r) => r.assumeProtocol ?? null)}::text[], ${records.map((r) => text(r.maxPowerW))}::text[],
      ${records.map((r) => (r.displayPrice === undefined ? null : JSON.stringify(r.displayPrice)))}::text[])
    as w(identity, salt, hash, registration, blocked, clockless, remote_start, supply, profile, protocol, max_power_w, display_price)
    on conflict do nothing
    returning identity`
  const created = rows.map(({ identity }) => identity)
  if (created.length === 0) return created
  const firsts = new Map(records.map((r) => [r.identity, r.firstTransaction]))
  await tx`insert into connections (tenant, identity) select ${tenant}, identity from unnest(${created}::text[]) as w(identity) on conflict do nothing`
  // one that was removed and comes back still has its old sessions: their ids are never given again
  await tx`insert into transaction_counters (tenant, identity, next)
    select ${tenant}, w.identity, greatest(w.first::bigint, coalesce((select max(s.transaction::bigint) + 1 from sessions s
      where s.tenant = ${tenant} and s.identity = w.identity and s.transaction ~ '^[0-9]{1,10}$'), 0))
    from unnest(${created}::text[], ${created.map((identity) => String(firsts.get(identity) ?? 0))}::text[]) as w(identity, first)
    on conflict do nothing`
  return created
}

/** One that is there already, under the spelling it was registered with (BI-06); what is not given stays. */
const change = async (tx: Transaction, tenant: string, record: ChargePointPut): Promise<string | undefined> => {
  const { identity, verifier, registration, blocked, clockless, remoteStart, supply } = record
  const { securityProfile, assumeProtocol, maxPowerW, displayPrice } = record
  const [row] = await tx<{ identity: string }[]>`
    update charge_points p set salt = coalesce(${bytes(verifier?.salt)}, p.salt), hash = coalesce(${bytes(verifier?.hash)}, p.hash),
      next_salt = case when ${verifier !== undefined} then null else p.next_salt end, next_hash = case when ${verifier !== undefined} then null else p.next_hash end,
      registration = coalesce(${registration ?? null}::text, p.registration), blocked = coalesce(${blocked ?? null}::boolean, p.blocked),
      clockless = coalesce(${clockless ?? null}::boolean, p.clockless), remote_start = coalesce(${remoteStart ?? null}::text, p.remote_start),
      supply = coalesce(${supply === undefined ? null : JSON.stringify(supply)}::text::jsonb, p.supply), security_profile = coalesce(${securityProfile ?? null}::smallint, p.security_profile),
      next_profile = case when ${securityProfile !== undefined} then null else p.next_profile end,
      assume_protocol = nullif(coalesce(${assumeProtocol ?? null}::text, p.assume_protocol), 'none'), max_power_w = coalesce(${maxPowerW ?? null}::int, p.max_power_w),
      display_price = case when ${displayPrice !== undefined} then ${displayPrice == null ? null : JSON.stringify(displayPrice)}::text::jsonb else p.display_price end
    where p.tenant = ${tenant} and p.key = lower(${identity})
    returning p.identity`
  return row?.identity
}

const bytes = (of: Uint8Array | undefined): Buffer | null => (of === undefined ? null : Buffer.from(of))

const announce = async (
  tx: Transaction,
  tenant: string,
  identities: readonly string[],
  type: 'charge-point.registered' | 'charge-point.removed',
  at: number,
): Promise<void> => {
  if (identities.length > 0)
    await insertEvents(
      tx,
      identities.map((identity) => chargePointEvent(type, { tenant, identity }, at, {})),
    )
}
