import type { ChargePointRef } from '../../core/domain/charge-point.ts'
import { type Effect, fulfils } from '../../core/domain/command.ts'
import { holds, inferences } from '../../core/domain/deadline.ts'
import { chargePointEvent, type DomainEvent } from '../../core/domain/event.ts'
import { dayOf } from '../../core/domain/instant.ts'
import type { CurrentState, StateReport } from '../../core/ports/current-state.ts'
import { LedgerUnavailable } from '../../core/ports/ledger.ts'
import { insertStatuses } from './charging-course.ts'
import type { Sql, Transaction } from './connect.ts'
import { Days } from './days.ts'
import { isCollision, isOutage } from './faults.ts'
import { fulfilCommands } from './fulfil.ts'
import { endReservation } from './reservations.ts'
import { insertEvents } from './insert-events.ts'

type Report<Kind extends StateReport['kind']> = Extract<StateReport, { readonly kind: Kind }>

/** How things stand, written under the connection epoch: a lower one than stored changes nothing (D-5, INV-35). */
export const postgresCurrentState = (sql: Sql): CurrentState => {
  const days = new Days(sql)
  return {
    async write(reports) {
      try {
        return await sql.begin(async (tx) => {
          await days.ensure(tx, daysOf(reports))
          return writeAll(tx, reports)
        })
      } catch (error) {
        days.forget()
        if (isOutage(error) || isCollision(error)) throw new LedgerUnavailable(String(error), { cause: error })
        throw error
      }
    },
  }
}

/** The course of charging is filed under the day on which we hear of it. */
const daysOf = (reports: readonly StateReport[]): readonly string[] => [
  ...new Set(reports.flatMap((r) => (r.kind === 'status' ? [dayOf(r.at)] : []))),
]

const writeAll = async (tx: Transaction, reports: readonly StateReport[]): Promise<readonly string[]> => {
  const of = <Kind extends StateReport['kind']>(kind: Kind): readonly Report<Kind>[] =>
    reports.filter((r): r is Report<Kind> => r.kind === kind).toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
  const [connected, seen, disconnected, booted, status] = [
    of('connected'),
    of('seen'),
    of('disconnected'),
    of('booted'),
    of('status'),
  ]
  const writes: PromiseLike<readonly Written[]>[] = []
  if (connected.length > 0) writes.push(writeConnected(tx, connected))
  if (seen.length > 0) writes.push(writeSeen(tx, seen))
  if (disconnected.length > 0) writes.push(writeDisconnected(tx, disconnected))
  if (booted.length > 0) writes.push(writeBooted(tx, booted))
  // what is new is seen by what the connectors' rows say still
  if (status.length > 0) writes.push(insertStatuses(tx, status), writeStatus(tx, status))
  for (const lost of of('reservation'))
    writes.push(endReservation(tx, lost, { state: 'ended', reason: lost.reason }, lost.at).then(() => []))
  const free = status.filter((r) => r.report.status === 'available')
  const held = free.length === 0 ? undefined : holdOpenSessions(tx, free)
  const [written] = await Promise.all([Promise.all(writes), held])
  // what lost against a newer socket has not happened: nobody is told of it
  const effective = new Set(written.flat().map(nameOf))
  const events = reports.filter((r) => r.kind === 'alarm' || effective.has(nameOf(writtenBy(r)))).flatMap(eventOf)
  const [done] = await Promise.all([fulfil(tx, reports), events.length > 0 ? insertEvents(tx, events) : undefined])
  return done
}

/** A report that took effect, as its statement tells. */
interface Written extends ChargePointRef {
  readonly kind: StateReport['kind']
  readonly evse?: number
  readonly connector?: number
  readonly epoch: number
}

const nameOf = ({ kind, tenant, identity, epoch, evse = 0, connector = 0 }: Written): string =>
  `${kind} ${tenant}/${identity} ${epoch} ${evse} ${connector}`
const writtenBy = (report: StateReport): Written =>
  report.kind === 'status' ? { ...report, ...report.report, kind: 'status' } : report

const key = (r: StateReport): string => `${r.tenant}/${r.identity}`
const refs = (tx: Transaction, r: readonly (ChargePointRef & { readonly epoch: number })[]) =>
  tx`${r.map((x) => x.tenant)}::text[], ${r.map((x) => x.identity)}::text[], ${r.map((x) => x.epoch)}::bigint[]`

const writeConnected = (tx: Transaction, r: readonly Report<'connected'>[]): PromiseLike<readonly Written[]> =>
  tx<
    Written[]
  >`update connections c set worker = w.worker, protocol = w.protocol, address = w.address, connected_at = at_ms(w.at::bigint), last_seen = at_ms(w.at::bigint), closed_at = null, close_code = null
    from unnest(${refs(tx, r)}, ${r.map((x) => x.worker)}::text[], ${r.map((x) => x.protocol)}::text[], ${r.map((x) => x.address)}::text[], ${r.map((x) => x.at)}::text[]) as w(tenant, identity, epoch, worker, protocol, address, at)
    where c.tenant = w.tenant and c.identity = w.identity and c.epoch <= w.epoch
    returning 'connected' as kind, c.tenant, c.identity, w.epoch`

const writeSeen = (tx: Transaction, r: readonly Report<'seen'>[]): PromiseLike<readonly Written[]> =>
  tx<Written[]>`update connections c set last_seen = at_ms(w.at::bigint)
    from unnest(${refs(tx, r)}, ${r.map((x) => x.at)}::text[]) as w(tenant, identity, epoch, at)
    where c.tenant = w.tenant and c.identity = w.identity and c.epoch = w.epoch`

const writeDisconnected = (tx: Transaction, r: readonly Report<'disconnected'>[]): PromiseLike<readonly Written[]> =>
  tx<
    Written[]
  >`update connections c set closed_at = at_ms(w.at::bigint), last_seen = at_ms(w.at::bigint), close_code = w.code::int
    from unnest(${refs(tx, r)}, ${r.map((x) => x.at)}::text[], ${r.map((x) => x.code)}::text[]) as w(tenant, identity, epoch, at, code)
    where c.tenant = w.tenant and c.identity = w.identity and c.epoch = w.epoch
    returning 'disconnected' as kind, c.tenant, c.identity, w.epoch`

const writeBooted = (tx: Transaction, r: readonly Report<'booted'>[]): PromiseLike<readonly Written[]> => {
  const field = (name: keyof Report<'booted'>['inventory']): (string | null)[] =>
    r.map((x) => x.inventory[name] ?? null)
  // the row is wide and has three indexes: after a power cut thousands boot as they were, and nothing is written
  return tx<Written[]>`with booted as (
      select w.* from unnest(${refs(tx, r)}, ${field('vendor')}::text[], ${field('model')}::text[], ${field('serial')}::text[], ${field('firmware')}::text[],
      ${field('iccid')}::text[], ${field('imsi')}::text[], ${field('meterType')}::text[], ${field('meterSerial')}::text[])
      as w(tenant, identity, epoch, vendor, model, serial, firmware, iccid, imsi, meter_type, meter_serial)
      join connections c on c.tenant = w.tenant and c.identity = w.identity and c.epoch <= w.epoch
    ), written as (
      update charge_points p set vendor = w.vendor, model = w.model, serial = w.serial, firmware = w.firmware, iccid = w.iccid, imsi = w.imsi,
        meter_type = w.meter_type, meter_serial = w.meter_serial
      from booted w where p.tenant = w.tenant and p.identity = w.identity
        and (p.vendor, p.model, p.serial, p.firmware, p.iccid, p.imsi, p.meter_type, p.meter_serial)
          is distinct from (w.vendor, w.model, w.serial, w.firmware, w.iccid, w.imsi, w.meter_type, w.meter_serial)
    ), announced as (
      -- by its serial number it may come in: those who remember another one hear of it
      insert into events (tenant, type, subject, at, data)
      select w.tenant, 'charge-point.registered', w.identity, now(), jsonb_build_object('chargePoint', w.identity)
      from booted w join charge_points p on p.tenant = w.tenant and p.identity = w.identity and (p.serial <> coalesce(w.serial, '') or p.vendor is null)
    ), sims as (
      -- another SIM than it had, or the first that it tells of: core/domain/sim.ts
      insert into outbox (tenant, kind, key)
      select w.tenant, 'sim', 'boot/' || w.identity from booted w
        left join station_sims s on s.tenant = w.tenant and s.identity = w.identity
      where (w.iccid, w.imsi) is distinct from (s.iccid, s.imsi) and coalesce(w.iccid, w.imsi, s.iccid, s.imsi) is not null
      order by w.tenant, w.identity
      on conflict do nothing
    )
    select 'booted' as kind, tenant, identity, epoch from booted`
}

const writeStatus = (tx: Transaction, r: readonly Report<'status'>[]): PromiseLike<readonly Written[]> => {
  // a batch holds the newest report of each connector only, but two epochs of one charge point may meet in it
  const rows = [
    ...new Map(
      r.toSorted((a, b) => a.epoch - b.epoch).map((x) => [`${key(x)}/${x.report.evse}/${x.report.connector}`, x]),
    ).values(),
  ].sort((a, b) => (key(a) < key(b) ? -1 : 1))
  return tx<
    Written[]
  >`insert into connectors (tenant, identity, evse, connector, status, error_code, info, vendor_id, vendor_error_code, irregular, reported_at, epoch)
    select w.tenant, w.identity, evse::int, connector::int, status, error_code, info, vendor_id, vendor_error_code, irregular::boolean, at_ms(at::bigint), w.epoch
    from unnest(${refs(tx, rows)}, ${rows.map((x) => x.report.evse)}::text[], ${rows.map((x) => x.report.connector)}::text[], ${rows.map((x) => x.report.status)}::text[], ${rows.map((x) => x.report.errorCode)}::text[],
      ${rows.map((x) => x.report.info ?? null)}::text[], ${rows.map((x) => x.report.vendorId ?? null)}::text[], ${rows.map((x) => x.report.vendorErrorCode ?? null)}::text[], ${rows.map((x) => String(x.irregular))}::text[], ${rows.map((x) => x.at)}::text[])
    as w(tenant, identity, epoch, evse, connector, status, error_code, info, vendor_id, vendor_error_code, irregular, at)
    join charge_points p on p.tenant = w.tenant and p.identity = w.identity
    on conflict (tenant, identity, evse, connector) do update set status = excluded.status, error_code = excluded.error_code, info = excluded.info,
      vendor_id = excluded.vendor_id, vendor_error_code = excluded.vendor_error_code, irregular = excluded.irregular, reported_at = excluded.reported_at, epoch = excluded.epoch
    where connectors.epoch <= excluded.epoch
    returning 'status' as kind, tenant, identity, evse, connector, epoch`
}

/** A connector that is free has no session any more: the open one gets a deadline, in case its stop never comes (INV-24). */
const holdOpenSessions = (tx: Transaction, r: readonly Report<'status'>[]): PromiseLike<unknown> =>
  tx`insert into deadlines (tenant, kind, key, due, reason)
    select distinct on (s.id) s.tenant, 'session.infer', s.id, at_ms(w.at::bigint + ${holds.connectorAvailable}::bigint), ${inferences.connectorAvailable}
    from unnest(${refs(tx, r)}, ${r.map((x) => x.report.evse)}::text[], ${r.map((x) => x.at)}::text[]) as w(tenant, identity, epoch, evse, at)
    join sessions s on s.tenant = w.tenant and s.identity = w.identity and s.evse = w.evse::int and s.state = 'open'
    order by s.id
    on conflict (tenant, kind, key) do nothing`

const eventOf = (r: StateReport): readonly DomainEvent[] => {
  switch (r.kind) {
    case 'connected':
      return [chargePointEvent('charge-point.connected', r, r.at, { protocol: r.protocol })]
    case 'disconnected':
      return [chargePointEvent('charge-point.disconnected', r, r.at, { code: r.code, reason: r.reason })]
    case 'booted':
      return [chargePointEvent('charge-point.booted', r, r.at, { ...r.inventory, registration: r.registration })]
    case 'status': {
      if (r.unchanged) return []
      const { evse, connector, status, errorCode, info } = r.report
      return [
        chargePointEvent('connector.status', r, r.at, {
          evse,
          connector,
          status,
          errorCode,
          before: r.before,
          ...(info !== undefined && { info }),
          ...(r.irregular && { irregular: true }),
        }),
      ]
    }
    case 'alarm':
      return [chargePointEvent('security.alarm', r, r.at, { alarm: r.alarm, detail: r.detail })]
    case 'seen':
    case 'message':
    case 'reservation':
      return []
  }
}

/** Orders that waited for what these reports say. */
const fulfil = async (tx: Transaction, reports: readonly StateReport[]): Promise<readonly string[]> => {
  const telling = reports.filter((r) => r.kind === 'booted' || r.kind === 'status' || r.kind === 'message')
  if (telling.length === 0) return []
  const open = await tx<
    { command: string; tenant: string; identity: string; effect: Effect; answered: number | null }[]
  >`
    select e.command, e.tenant, e.identity, e.effect, case c.state when 'answered' then (c.history->-1->>'at')::bigint end as answered
    from expectations e join commands c on c.id = e.command
    join (select distinct * from unnest(${telling.map((r) => r.tenant)}::text[], ${telling.map((r) => r.identity)}::text[]) as w(tenant, identity)) w on w.tenant = e.tenant and w.identity = e.identity
    where e.until > now() order by e.command`
  const done = open.flatMap(({ command, effect, answered, ...ref }) => {
    const waiting = { effect, ...(answered !== null && { answeredAt: answered }) }
    const report = telling.find((r) => r.tenant === ref.tenant && r.identity === ref.identity && fulfils(waiting, r))
    return report === undefined ? [] : [{ command, at: report.at }]
  })
  if (done.length > 0) await fulfilCommands(tx, done)
  return done.map((d) => d.command)
}
