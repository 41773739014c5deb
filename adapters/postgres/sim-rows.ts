import { formatInstant } from '../../core/domain/instant.ts'
import type { Sim, SimAlarm, SimState } from '../../core/domain/sim.ts'
import type { SimCommand, SimCommandOutcome, SimCommandState, SimCommandType } from '../../core/domain/sim-command.ts'
import type { DomainEvent } from '../../core/domain/event.ts'
import type { ProviderRef, SimProviderRecord, SimRef, SimView } from '../../core/ports/sims.ts'
import type { Connectivity, SimEvent } from '../../core/ports/sim.ts'
import type { Transaction } from './connect.ts'
import { insertEvents } from './insert-events.ts'

export interface SimRow {
  readonly tenant: string
  readonly iccid: string
  readonly imsi: string | null
  readonly eid: string | null
  readonly imei: string | null
  readonly provider: string | null
  readonly state: SimState
  readonly connectivity: Connectivity | null
  readonly connectivity_ms: number | null
  readonly events: readonly SimEvent[]
  readonly station: string | null
  readonly since_ms: number | null
  readonly seen_ms: number | null
  readonly asked_ms: number | null
}

export const simColumns = `s.tenant, s.iccid, s.imsi, s.eid, s.imei, s.provider, s.state, s.connectivity,
  ms(s.connectivity_at) as connectivity_ms, s.events, s.station, ms(s.station_since) as since_ms, ms(s.seen_at) as seen_ms,
  ms(s.asked_at) as asked_ms`

export const simOf = (row: SimRow): Sim => ({
  tenant: row.tenant,
  iccid: row.iccid,
  state: row.state,
  ...(row.imsi !== null && { imsi: row.imsi }),
  ...(row.eid !== null && { eid: row.eid }),
  ...(row.imei !== null && { imei: row.imei }),
  ...(row.provider !== null && { provider: row.provider }),
  ...(row.station !== null && { station: row.station }),
  ...(row.since_ms !== null && { stationSince: row.since_ms }),
  ...(row.seen_ms !== null && { seenAt: row.seen_ms }),
  ...(row.asked_ms !== null && { askedAt: row.asked_ms }),
})

export const simViewOf = (row: SimRow): SimView => ({
  ...simOf(row),
  events: row.events,
  ...(row.connectivity !== null && {
    connectivity: { ...row.connectivity, at: row.connectivity_ms ?? 0 },
  }),
})

export interface ProviderRow {
  readonly tenant: string
  readonly id: string
  readonly kind: string
  readonly settings: SimProviderRecord['settings']
  readonly secrets: string | null
  readonly enabled: boolean
  readonly changed_ms: number
  readonly faults: number
  readonly paused_ms: number | null
  readonly turn_ms: number
  readonly held_by: string | null
  readonly held_ms: number | null
  readonly said: string | null
  readonly import_wanted: boolean
  readonly import_cursor: string | null
  readonly imported: number | null
  readonly imported_ms: number | null
}

export const providerColumns = `p.tenant, p.id, p.kind, p.settings, p.secrets, p.enabled, ms(p.changed_at) as changed_ms, p.faults,
  ms(p.paused_until) as paused_ms, coalesce(ms(nullif(p.next_turn_at, '-infinity')), 0) as turn_ms, p.held_by, ms(p.held_until) as held_ms, p.said,
  p.import_wanted, p.import_cursor, p.imported, ms(p.imported_at) as imported_ms`

export const providerOf = (row: ProviderRow): SimProviderRecord => ({
  tenant: row.tenant,
  id: row.id,
  kind: row.kind,
  settings: row.settings,
  ...(row.secrets !== null && { secrets: row.secrets }),
  enabled: row.enabled,
  changedAt: row.changed_ms,
})

/** Takes the lock that everything about a lane is done under. */
export const lockProvider = async (
  tx: Transaction,
  { tenant, provider }: ProviderRef,
): Promise<ProviderRow | undefined> => {
  const [row] = await tx<ProviderRow[]>`select ${tx.unsafe(providerColumns)} from sim_providers p
    where p.tenant = ${tenant} and p.id = ${provider} for no key update`
  return row
}

export interface SimCommandRow {
  readonly tenant: string
  readonly id: string
  readonly iccid: string
  readonly type: SimCommandType
  readonly station: string | null
  readonly state: SimCommandState
  readonly outcome: SimCommandOutcome | null
  readonly reason: string | null
  readonly created_ms: number
  readonly changed_ms: number
  readonly deadline_ms: number
  readonly sent_ms: number | null
  readonly doubtful: boolean
}

export const simCommandColumns = `c.tenant, c.id, c.iccid, c.type, c.station, c.state, c.outcome, c.reason, ms(c.created_at) as created_ms,
  ms(c.changed_at) as changed_ms, ms(c.deadline) as deadline_ms, ms(c.sent_at) as sent_ms, c.doubtful`

export const simCommandOf = (row: SimCommandRow): SimCommand => ({
  tenant: row.tenant,
  id: row.id,
  iccid: row.iccid,
  type: row.type,
  state: row.state,
  createdAt: row.created_ms,
  changedAt: row.changed_ms,
  deadline: row.deadline_ms,
  isDoubtful: row.doubtful,
  ...(row.station !== null && { station: row.station }),
  ...(row.outcome !== null && { outcome: row.outcome }),
  ...(row.reason !== null && { reason: row.reason }),
  ...(row.sent_ms !== null && { sentAt: row.sent_ms }),
})

export const saveSimCommand = async (tx: Transaction, command: SimCommand): Promise<void> => {
  const { tenant, id, iccid, type, state, outcome = null, reason = null, changedAt, deadline, sentAt = null } = command
  await tx`update sim_commands set state = ${state}, outcome = ${outcome}, reason = ${reason}, changed_at = at_ms(${changedAt}::bigint),
      deadline = at_ms(${deadline}::bigint), sent_at = at_ms(${sentAt}::bigint), doubtful = ${command.isDoubtful}
    where tenant = ${tenant} and id = ${id}`
  await insertEvents(tx, [
    {
      tenant,
      type: 'sim-command.changed',
      subject: id,
      at: changedAt,
      data: { command: id, sim: iccid, type, state, outcome, reason, chargePoint: command.station ?? null },
    },
  ])
}

/** An alarm about a SIM: of the charge point that it is in, where there is one. */
export const simAlarm = (
  { tenant, iccid, station }: SimRef & { readonly station?: string | null | undefined },
  { alarm, detail }: SimAlarm,
  at: number,
): DomainEvent => ({
  tenant,
  type: 'security.alarm',
  subject: station ?? iccid,
  at,
  data: { ...(typeof station === 'string' && { chargePoint: station }), sim: iccid, alarm, detail },
})

export const simChanged = (
  { tenant, iccid }: SimRef,
  at: number,
  data: Readonly<Record<string, unknown>>,
): DomainEvent => ({ tenant, type: 'sim.changed', subject: iccid, at, data: { sim: iccid, ...data } })

/** Has the lane of a provider looked after at once; of all of a tenant's where none is named. */
export const wakeSimLane = async (tx: Transaction, tenant: string, provider: string | null): Promise<void> => {
  await tx`insert into outbox (tenant, kind, key)
    select p.tenant, 'sim', 'lane/' || p.id from sim_providers p
    where p.tenant = ${tenant} and p.enabled and (${provider}::text is null or p.id = ${provider}) order by p.id
    on conflict do nothing`
}

/** As the audit log has it: no secret, not even sealed. */
export const providerShown = ({ kind, settings, secrets, enabled, changedAt }: SimProviderRecord) => ({
  kind,
  settings,
  hasSecrets: secrets !== undefined,
  enabled,
  changedAt: formatInstant(changedAt),
})
