import type { Cdr, Hold, Measured } from '../../core/domain/cdr.ts'
import type { Priced } from '../../core/pricing/priced.ts'
import { present } from './rows.ts'

export interface CdrRow {
  readonly id: string
  readonly tenant: string
  readonly version: number
  readonly replaces: string | null
  readonly session: string
  readonly identity: string
  readonly evse: number
  readonly connector: number
  readonly evse_id: string | null
  readonly site: string | null
  readonly station: string | null
  readonly country: string | null
  readonly token: string | null
  readonly contract: string | null
  readonly started_ms: number
  readonly ended_ms: number
  readonly energy_mwh: number
  readonly exported_mwh: number | null
  readonly duration_ms: number
  readonly priced: Priced | null
  readonly stop_reason: string
  readonly state: Cdr['state']
  readonly notes: readonly string[]
  readonly credit: string | null
  readonly hold: Hold | null
  readonly measured: Measured | null
}

/** What to select for a `CdrRow`; `c` is the cdrs table. That a CDR is credited follows from its credit, its hold from its row. */
export const cdrColumns = `c.id, c.tenant, c.version, c.replaces, c.session, c.identity, c.evse, c.connector, c.evse_id, c.site, c.station, c.country, c.token, c.contract, ms(c.started_at) as started_ms,
  ms(c.ended_at) as ended_ms, c.energy_mwh, c.exported_mwh, c.duration_ms, c.priced, c.stop_reason, c.state, c.notes, (select x.id from credits x where x.tenant = c.tenant and x.cdr = c.id) as credit,
  (select json_strip_nulls(json_build_object('reasons', h.reasons, 'proposal', h.proposal, 'heldAt', ms(h.held_at))) from cdr_holds h where h.cdr = c.id and c.state = 'held') as hold,
  (select h.measured from cdr_holds h where h.cdr = c.id) as measured`

export const cdrOf = (row: CdrRow): Cdr => ({
  id: row.id,
  tenant: row.tenant,
  version: row.version,
  session: row.session,
  chargePoint: row.identity,
  evse: row.evse,
  connector: row.connector,
  startedAt: row.started_ms,
  endedAt: row.ended_ms,
  energyMwh: row.energy_mwh,
  durationMs: row.duration_ms,
  stopReason: row.stop_reason,
  state: row.credit === null ? row.state : 'credited',
  credits: row.credit === null ? [] : [row.credit],
  notes: row.notes,
  ...present({
    replaces: row.replaces,
    exportedMwh: row.exported_mwh,
    evseId: row.evse_id,
    site: row.site,
    station: row.station,
    country: row.country,
    priced: row.priced,
    token: row.token,
    contract: row.contract,
    hold: row.hold,
    measured: row.measured,
  }),
})
