import type { ChargePointRef, Registration, SecurityProfile } from '../../core/domain/charge-point.ts'
import type { ChargePointRecord, Credentials, Opening } from '../../core/ports/credentials.ts'
import { batched } from './batched.ts'
import type { Sql } from './connect.ts'
import { ReadThrough } from './read-through.ts'
import type { DisplayPrice } from '../../core/pricing/display-price.ts'
import { present } from './rows.ts'

interface Row {
  readonly place: number
  readonly tenant: string
  readonly identity: string
  readonly salt: Buffer | null
  readonly hash: Buffer | null
  readonly registration: Registration
  readonly blocked: boolean
  readonly traced: boolean | null
  readonly clockless: boolean
  readonly security_profile: SecurityProfile | null
  readonly next_salt: Buffer | null
  readonly next_hash: Buffer | null
  readonly next_after_boot: boolean
  readonly next_profile: SecurityProfile | null
  readonly assume_protocol: string | null
  readonly display_price: DisplayPrice | null
  readonly organisation: string | null
  readonly serial: string | null
  readonly vendor: string | null
  readonly model: string | null
  readonly firmware: string | null
}

const recordOf = (row: Row): ChargePointRecord => {
  const { tenant, identity, salt, hash, registration, blocked, traced, clockless, serial, vendor, model, firmware } =
    row
  const {
    security_profile: securityProfile,
    assume_protocol: assumeProtocol,
    display_price: displayPrice,
    next_salt,
    next_hash,
    next_profile: nextProfile,
    organisation,
  } = row
  return {
    tenant,
    identity,
    registration,
    blocked,
    clockless,
    ...present({
      traced,
      securityProfile,
      nextProfile,
      assumeProtocol,
      displayPrice,
      organisation,
      serial,
      vendor,
      model,
      firmware,
    }),
    ...(salt !== null && hash !== null && { verifier: { salt, hash } }),
    ...(next_salt !== null &&
      next_hash !== null && { next: { salt: next_salt, hash: next_hash, afterBoot: row.next_after_boot } }),
  }
}

export interface CachedCredentials extends Credentials {
  forget(tenant: string, identity: string): void
  forgetAll(): void
}

/** Who may connect, from memory after the first look; epochs from one batched statement. */
export const postgresCredentials = (sql: Sql): CachedCredentials => {
  const load = batched<string, ChargePointRecord>(async (keys) => {
    const wanted = keys.map((key) => JSON.parse(key) as [string, string])
    const rows = await sql<Row[]>`
      select w.place::int, p.tenant, p.identity, p.salt, p.hash, p.registration, p.blocked, p.traced, p.clockless, p.security_profile, p.next_salt, p.next_hash, p.next_after_boot, p.next_profile, p.assume_protocol, p.display_price, t.organisation, p.serial, p.vendor, p.model, p.firmware
      from unnest(${wanted.map(([tenant]) => tenant)}::text[], ${wanted.map(([, identity]) => identity)}::text[]) with ordinality as w(tenant, identity, place)
      join charge_points p on p.tenant = w.tenant and p.key = w.identity
      join tenants t on t.tenant = p.tenant`
    const found: (ChargePointRecord | undefined)[] = keys.map(() => undefined)
    for (const row of rows) found[row.place - 1] = recordOf(row)
    return found
  })
  const cache = new ReadThrough<ChargePointRecord>(load)
  const openings = batched<ChargePointRef, Opening>(async (refs) => {
    // two sockets of one charge point in one batch get one epoch more each: the statement may touch a row only once
    const counts = new Map<string, { readonly ref: ChargePointRef; count: number }>()
    for (const ref of refs) {
      const entry = counts.get(JSON.stringify(ref)) ?? { ref, count: 0 }
      entry.count++
      counts.set(JSON.stringify(ref), entry)
    }
    const wanted = [...counts.values()].sort((a, b) => (JSON.stringify(a.ref) < JSON.stringify(b.ref) ? -1 : 1))
    const rows = await sql<
      (ChargePointRef & {
        epoch: number
        connectors: Opening['connectors'] | null
        reservations: Opening['reservations'] | null
        orders: boolean
      })[]
    >`
      insert into connections as c (tenant, identity, epoch)
      select p.tenant, p.identity, w.count::bigint from unnest(${wanted.map((w) => w.ref.tenant)}::text[], ${wanted.map((w) => w.ref.identity)}::text[], ${wanted.map((w) => w.count)}::text[]) as w(tenant, identity, count)
        join charge_points p on p.tenant = w.tenant and p.identity = w.identity
      on conflict (tenant, identity) do update set epoch = c.epoch + excluded.epoch
      returning tenant, identity, epoch, (select json_agg(json_build_object('evse', k.evse, 'connector', k.connector, 'status', k.status, 'errorCode', k.error_code, 'info', k.info) order by k.reported_at desc)
        from connectors k where k.tenant = c.tenant and k.identity = c.identity) as connectors,
        (select json_agg(json_build_object('id', r.id, 'evse', r.evse)) from reservations r where r.tenant = c.tenant and r.identity = c.identity and r.state = 'active') as reservations,
        exists (select 1 from commands o where o.tenant = c.tenant and o.identity = c.identity and o.state = 'queued' and o.waits) as orders`
    const reached = new Map(
      rows.map(({ epoch, connectors, reservations, orders, tenant, identity }) => [
        JSON.stringify({ tenant, identity }),
        { epoch, connectors: connectors ?? [], reservations: reservations ?? [], ordersWait: orders },
      ]),
    )
    return refs
      .toReversed()
      .map((ref) => {
        const key = JSON.stringify({ tenant: ref.tenant, identity: ref.identity })
        const opening = reached.get(key)
        if (opening !== undefined) reached.set(key, { ...opening, epoch: opening.epoch - 1 })
        return opening
      })
      .toReversed()
  })
  return {
    find: (tenant, identity) => cache.find(JSON.stringify([tenant, identity.toLowerCase()])),
    findAnew: (tenant, identity) => cache.renew(JSON.stringify([tenant, identity.toLowerCase()])),
    isKnown: (tenant, identity) => cache.has(JSON.stringify([tenant, identity.toLowerCase()])),
    async open({ tenant, identity }) {
      const opening = await openings({ tenant, identity })
      if (opening === undefined) throw new Error(`charge point ${tenant}/${identity} is not registered any more`)
      return opening
    },
    async settle({ tenant, identity }, shown) {
      await (shown.type === 'next password'
        ? settlePassword(sql, { tenant, identity }, shown.hash)
        : settleProfile(sql, { tenant, identity }, shown.profile))
      cache.forget(JSON.stringify([tenant, identity.toLowerCase()]))
    },
    forget: (tenant, identity) => cache.forget(JSON.stringify([tenant, identity.toLowerCase()])),
    forgetAll: () => cache.forgetAll(),
  }
}

/** Each leaves the record as it is where somebody else has settled it already. Others hear of it by the change feed. */
const settlePassword = (sql: Sql, { tenant, identity }: ChargePointRef, hash: Uint8Array) => sql`with changed as (
    update charge_points set salt = next_salt, hash = next_hash, next_salt = null, next_hash = null, next_after_boot = false
    where tenant = ${tenant} and identity = ${identity} and next_hash = ${Buffer.from(hash)} returning tenant, identity)
  ${announced(sql)}`
const settleProfile = (
  sql: Sql,
  { tenant, identity }: ChargePointRef,
  profile: SecurityProfile,
) => sql`with changed as (
    update charge_points set security_profile = greatest(security_profile, next_profile), next_profile = null
    where tenant = ${tenant} and identity = ${identity} and next_profile = ${profile} returning tenant, identity)
  ${announced(sql)}`
const announced = (sql: Sql) => sql`insert into events (tenant, type, subject, at, data)
  select tenant, 'charge-point.registered', identity, now(), jsonb_build_object('chargePoint', identity) from changed`
