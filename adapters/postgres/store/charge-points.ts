import type { ConnectorStatus } from '../../../core/domain/connector.ts'
import type { Registration, SecurityProfile } from '../../../core/domain/charge-point.ts'
import { chargePointEvent } from '../../../core/domain/event.ts'
import type { ChargePointStore, ChargePointView, ConnectorView } from '../../../core/ports/store.ts'
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
  readonly traced: boolean
  readonly clockless: boolean
  readonly security_profile: SecurityProfile | null
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
        readonly session: string | null
      }[]
    | null
}

/** Online is the socket's: open, and held by a worker that has been heard of lately. */
const columns = `p.tenant, p.identity, p.registration, p.blocked, p.traced, p.clockless, p.security_profile, p.vendor, p.model, p.serial, p.firmware, p.iccid, p.imsi, p.meter_type, p.meter_serial,
  coalesce(c.closed_at is null and c.connected_at is not null and w.seen_at > now() - interval '30 seconds', false) as online, c.protocol, ms(c.last_seen) as seen_ms,
  (select json_agg(json_build_object('evse', k.evse, 'connector', k.connector, 'status', k.status, 'errorCode', k.error_code, 'info', k.info,
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
    traced: row.traced,
    clockless: row.clockless,
    online: row.online,
    inventory,
    connectors: (row.connectors ?? []).map(({ info, session, ...connector }): ConnectorView => ({
      ...connector,
      ...present({ info, session }),
    })),
    ...present({ protocol: row.protocol, lastSeen: row.seen_ms, securityProfile: row.security_profile }),
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
      >`select ${tx.unsafe(columns)} from ${tx.unsafe(from)} where p.tenant = ${tenant} and lower(p.identity) = lower(${identity})`
      return row && viewOf(row)
    }),

  put: (tenant, records, at) =>
    asTenant(app, tenant, async (tx) => {
      const results: { identity: string; created: boolean }[] = []
      for (const { identity, verifier, firstTransaction, ...record } of records) {
        const { registration = null, blocked = null, clockless = null, securityProfile = null } = record
        // an identity that differs only in case is the same one, under the spelling it was registered with (BI-06)
        const [row] = await tx<{ identity: string; created: boolean }[]>`
          insert into charge_points as p (tenant, identity, salt, hash, registration, blocked, clockless, security_profile)
          values (${tenant}, ${identity}, ${bytes(verifier?.salt)}, ${bytes(verifier?.hash)}, ${registration ?? 'accepted'}, ${blocked ?? false}, ${clockless ?? false}, ${securityProfile})
          on conflict (tenant, lower(identity)) do update set salt = coalesce(excluded.salt, p.salt), hash = coalesce(excluded.hash, p.hash),
            registration = coalesce(${registration}::text, p.registration), blocked = coalesce(${blocked}::boolean, p.blocked),
            clockless = coalesce(${clockless}::boolean, p.clockless), security_profile = coalesce(${securityProfile}::smallint, p.security_profile)
          returning identity, (xmax = 0) as created`
        if (row === undefined) continue
        if (row.created)
          await tx`insert into connections (tenant, identity) values (${tenant}, ${row.identity}) on conflict do nothing`
        if (row.created)
          // one that was removed and comes back still has its old sessions: their ids are never given again
          await tx`insert into transaction_counters (tenant, identity, next)
            select ${tenant}, ${row.identity}, greatest(${firstTransaction}::bigint, coalesce(max(s.transaction::bigint) + 1, 0)) from sessions s
            where s.tenant = ${tenant} and s.identity = ${row.identity} and s.transaction ~ '^[0-9]{1,10}$'
            on conflict do nothing`
        results.push(row)
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
      >`update charge_points set traced = ${on} where tenant = ${tenant} and lower(identity) = lower(${identity}) returning identity`
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
      >`delete from charge_points where tenant = ${tenant} and lower(identity) = lower(${identity}) returning identity`
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
