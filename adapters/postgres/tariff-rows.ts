import type { AssignedPlace, Counting, Drivers, VersionInTime } from '../../core/pricing/assignment.ts'
import type { Tariff, TariffType } from '../../core/pricing/tariff.ts'
import type { AssignmentView, TariffView } from '../../core/ports/tariffs.ts'
import { present } from './rows.ts'

/** Rows of tariffs as PostgreSQL gives them. What never changes of a version is its content. */

export interface VersionRow {
  readonly id: string
  readonly version: number
  readonly content: Omit<Tariff, 'id' | 'version'>
  readonly created_ms: number
  readonly since_ms: number
  readonly removed_ms: number | null
}

/** What is read of a version; `v` is the tariff_versions table. */
export const versionColumns = `v.id, v.version, v.content, ms(v.created_at) as created_ms, ms(v.since) as since_ms, ms(v.removed_at) as removed_ms`

export const tariffOf = ({ id, version, content }: VersionRow): Tariff => ({ ...content, id, version })

export const viewOf = (row: VersionRow): TariffView => ({
  tariff: tariffOf(row),
  createdAt: row.created_ms,
  since: row.since_ms,
  ...present({ removedAt: row.removed_ms }),
})

export interface VersionInTimeRow {
  readonly version: number
  readonly type: TariffType | null
  readonly since_ms: number
  readonly removed_ms: number | null
  readonly starts_ms: number | null
  readonly ends_ms: number | null
}

export const versionInTime = (row: VersionInTimeRow): VersionInTime => ({
  version: row.version,
  since: row.since_ms,
  ...present({ type: row.type, endedAt: row.removed_ms, startsAt: row.starts_ms, endsAt: row.ends_ms }),
})

export interface AssignmentRow {
  readonly id: string
  readonly tariff: string
  readonly drivers: Drivers
  readonly place: AssignedPlace
  readonly starts_ms: number | null
  readonly ends_ms: number | null
  readonly changed_ms: number
  readonly since_ms: number
  readonly ended_ms: number | null
}

/** What is read of an assignment; `a` is the tariff_assignments table. */
export const assignmentColumns = `a.id, a.tariff, a.drivers, a.place, ms(a.starts_at) as starts_ms, ms(a.ends_at) as ends_ms,
  ms(a.changed_at) as changed_ms, ms(a.since) as since_ms, ms(a.ended_at) as ended_ms`

export const assignmentOf = (row: AssignmentRow): AssignmentView & Counting => ({
  id: row.id,
  tariff: row.tariff,
  drivers: row.drivers,
  place: row.place,
  changedAt: row.changed_ms,
  since: row.since_ms,
  ...present({ from: row.starts_ms, until: row.ends_ms, endedAt: row.ended_ms }),
})
