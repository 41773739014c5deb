import { notBegun, type RunProgress, type RunState, type SettlementRun } from '../../core/settlement/run.ts'
import { present } from './rows.ts'

/** Rows of settlement runs, and as the domain knows them. */

export interface RunRow {
  readonly tenant: string
  readonly month: string
  readonly state: RunState
  readonly progress: Partial<RunProgress>
  readonly charged: string | null
  readonly sealed_kind: string
  readonly sealed_key: string
  readonly fault: string | null
  readonly digest: string | null
  readonly filed: number
  readonly arrived: number
  readonly created_ms: number
  readonly changed_ms: number
}

const deliveries = `statement_deliveries d join closed_statements s on s.tenant = d.tenant and s.number = d.number
  where s.tenant = r.tenant and s.month = r.month`

/** What to select for a `RunRow`; `r` is the table of the runs, `p` that of their periods. */
export const runColumns = `r.tenant, r.month, r.state, r.progress, r.charged, r.sealed_kind, r.sealed_key, r.fault,
  encode(p.digest, 'hex') as digest, (select count(*)::int from ${deliveries}) as filed,
  (select count(*)::int from ${deliveries} and d.state = 'accepted') as arrived, ms(r.created_at) as created_ms, ms(r.changed_at) as changed_ms`

export const runOf = (row: RunRow): SettlementRun => ({
  tenant: row.tenant,
  month: row.month,
  state: row.state,
  progress: { ...notBegun, ...row.progress },
  createdAt: row.created_ms,
  changedAt: row.changed_ms,
  ...(row.state === 'closed' && { deliveries: { filed: row.filed, arrived: row.arrived } }),
  ...present({ digest: row.digest, fault: row.fault }),
})
