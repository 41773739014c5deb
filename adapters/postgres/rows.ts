import type { Exported } from '../../core/domain/export.ts'
import type { Authorization } from '../../core/domain/authorization.ts'
import { refKey } from '../../core/domain/charge-point.ts'
import type { EventBook } from '../../core/domain/event-book.ts'
import { type Interval, type Session, type SessionState, wireKey } from '../../core/domain/session.ts'

/** Rows as PostgreSQL gives them, and as the domain knows them. Times travel as milliseconds. */

export interface SessionRow {
  readonly id: string
  readonly tenant: string
  readonly identity: string
  readonly day: string
  readonly start_key: string
  readonly transaction: string | null
  readonly evse: number
  readonly connector: number
  readonly token: string | null
  readonly auth: Authorization | null
  readonly started_ms: number | null
  readonly meter_start_mwh: number | null
  readonly ended_ms: number | null
  readonly meter_stop_mwh: number | null
  readonly stop_key: string | null
  readonly stop_reason: string | null
  readonly stop_token: string | null
  readonly stop_auth: Authorization | null
  readonly first_register_ms: number | null
  readonly first_register_mwh: number | null
  readonly last_register_ms: number | null
  readonly last_register_mwh: number | null
  readonly peak_mwh: number | null
  readonly begin_mwh: number | null
  readonly end_mwh: number | null
  readonly intervals: readonly Interval[] | null
  readonly exported: Exported | null
  readonly events: EventBook | null
  readonly station_cost: Readonly<Record<string, unknown>> | null
  readonly station_tariff: string | null
  readonly inferred_by: string | null
  readonly command: string | null
  readonly flags: readonly string[]
  readonly state: SessionState
  readonly version: number
}

/** What to select for a `SessionRow`; `s` is the sessions table. */
export const sessionColumns = `s.id, s.tenant, s.identity, s.day::text, s.start_key, s.transaction, s.evse, s.connector, s.token, s.auth,
  ms(s.started_at) as started_ms, s.meter_start_mwh, ms(s.ended_at) as ended_ms, s.meter_stop_mwh, s.stop_key, s.stop_reason, s.stop_token,
  s.stop_auth, ms(s.first_register_at) as first_register_ms, s.first_register_mwh, ms(s.last_register_at) as last_register_ms,
  s.last_register_mwh, s.peak_mwh, s.begin_mwh, s.end_mwh, s.intervals, s.exported, s.events, s.station_cost, s.station_tariff, s.inferred_by, s.command, s.flags, s.state, s.version`

/** Null fields of a row are absent fields of the domain. */
export const present = <Fields extends Readonly<Record<string, unknown>>>(
  fields: Fields,
): { [K in keyof Fields]?: NonNullable<Fields[K]> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined)) as never

export const sessionOf = (row: SessionRow): Session => ({
  id: row.id,
  tenant: row.tenant,
  identity: row.identity,
  day: row.day,
  startKey: row.start_key,
  evse: row.evse,
  connector: row.connector,
  flags: row.flags,
  state: row.state,
  version: row.version,
  ...present({
    transaction: row.transaction,
    wireKey: row.transaction === null ? null : wireKey(refKey(row), row.transaction),
    token: row.token,
    authorization: row.auth,
    startedAt: row.started_ms,
    meterStartMwh: row.meter_start_mwh,
    endedAt: row.ended_ms,
    meterStopMwh: row.meter_stop_mwh,
    stopKey: row.stop_key,
    stopReason: row.stop_reason,
    stopToken: row.stop_token,
    stopAuthorization: row.stop_auth,
    firstRegister: register(row.first_register_ms, row.first_register_mwh),
    lastRegister: register(row.last_register_ms, row.last_register_mwh),
    peakMwh: row.peak_mwh,
    beginMwh: row.begin_mwh,
    endMwh: row.end_mwh,
    intervals: row.intervals,
    exported: row.exported,
    events: row.events,
    stationCost: row.station_cost,
    stationTariff: row.station_tariff,
    inferredBy: row.inferred_by,
    command: row.command,
  }),
})

const register = (at: number | null, mwh: number | null): { readonly at: number; readonly mwh: number } | null =>
  at === null || mwh === null ? null : { at, mwh }
