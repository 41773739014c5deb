import type { ConnectorStatus } from '../../core/domain/connector.ts'
import type { Evse } from '../../core/domain/evse.ts'
import type { Party } from '../../core/domain/party.ts'
import type { Site } from '../../core/domain/site.ts'
import type { Tenure, TenureKind } from '../../core/domain/tenure.ts'
import { capabilitySettings } from '../../core/roaming/capabilities.ts'
import type { Transaction } from './connect.ts'
import { evseColumns, evseOf, type EvseRow, evsesNow } from './store/evses.ts'
import { partyColumns, partyOf, type PartyRow } from './store/parties.ts'
import { siteColumns, siteOf, type SiteRow } from './store/sites.ts'
import { tenureColumns, tenureOf, type TenureRow } from './tenures.ts'

/** Everything that is on some sites, read in few statements whatever their number. */
export interface Sites {
  readonly sites: ReadonlyMap<string, Site>
  readonly stations: readonly StationRow[]
  /** By their stations. */
  readonly evses: ReadonlyMap<string, readonly Evse[]>
  readonly tenuresOf: (kind: TenureKind, id: string) => readonly Tenure[]
  readonly parties: ReadonlyMap<string, Party>
  /** By their identities. */
  readonly chargePoints: ReadonlyMap<string, ChargePointNow>
}

export interface StationRow {
  readonly id: string
  readonly site: string
  readonly name: string | null
  readonly changed_ms: number
}

/** What is known of a charge point at the moment. */
export interface ChargePointNow {
  readonly isConnected: boolean
  /** Since when it is not connected, as far as it ever was and is not. */
  readonly awaySince?: number
  readonly statuses: readonly StatusNow[]
  readonly settings: ReadonlyMap<string, string>
}

export interface StatusNow {
  /** As OCPP numbers it; 0 is the charge point as a whole. */
  readonly evse: number
  readonly status: ConnectorStatus
  readonly at: number
}

export const readSites = async (tx: Transaction, tenant: string, keys: readonly string[]): Promise<Sites> => {
  const ids = [...keys]
  const onThem = tx`select c.id from charging_stations c where c.tenant = ${tenant} and c.site = any(${ids}::text[])`
  const [siteRows, stations, evseRows, tenureRows] = await Promise.all([
    tx<
      SiteRow[]
    >`select ${tx.unsafe(siteColumns)}, null as tenures from sites s where s.tenant = ${tenant} and s.id = any(${ids}::text[])`,
    tx<StationRow[]>`select id, site, name, ms(changed_at) as changed_ms from charging_stations c
      where c.tenant = ${tenant} and c.site = any(${ids}::text[]) order by id`,
    tx<EvseRow[]>`select ${tx.unsafe(evseColumns)} from ${tx.unsafe(evsesNow)}
      where e.tenant = ${tenant} and e.station in (${onThem}) order by e.uid`,
    tx<(TenureRow & { readonly kind: TenureKind; readonly subject: string })[]>`
      select ${tx.unsafe(tenureColumns)}, r.kind, r.subject from market_roles r
      where r.tenant = ${tenant} and (r.kind = 'site' and r.subject = any(${ids}::text[]) or r.kind = 'station' and r.subject in (${onThem}))`,
  ])
  const evses = evseRows.map(evseOf)
  const tenures = Map.groupBy(tenureRows, ({ kind, subject }) => `${kind} ${subject}`)
  const parties = [...new Set(tenureRows.map(({ party }) => party))]
  const [partyRows, chargePoints] = await Promise.all([
    tx<
      PartyRow[]
    >`select ${tx.unsafe(partyColumns)} from parties where tenant = ${tenant} and id = any(${parties}::text[])`,
    readChargePoints(tx, tenant, evses),
  ])
  return {
    sites: new Map(siteRows.map((row) => [row.id, siteOf(row)])),
    stations,
    evses: Map.groupBy(evses, ({ station = '' }) => station),
    tenuresOf: (kind, id) => (tenures.get(`${kind} ${id}`) ?? []).map(tenureOf),
    parties: new Map(partyRows.map((row) => [row.id, partyOf(row)])),
    chargePoints,
  }
}

const readChargePoints = async (
  tx: Transaction,
  tenant: string,
  evses: readonly Evse[],
): Promise<ReadonlyMap<string, ChargePointNow>> => {
  const plugs = evses.flatMap(({ plug }) => plug ?? [])
  const identities = [...new Set(plugs.map(({ chargePoint }) => chargePoint))]
  const names = [...capabilitySettings([...new Set(plugs.map(({ evse }) => evse))])]
  const [connections, statuses, settings] = await Promise.all([
    tx<{ identity: string; connected: boolean; away_ms: number | null }[]>`
      select c.identity, c.connected_at is not null as connected,
        case when not coalesce(c.closed_at is null and w.seen_at > now() - interval '30 seconds', false) then ms(coalesce(c.closed_at, c.last_seen)) end as away_ms
      from connections c left join workers w on w.worker = c.worker where c.tenant = ${tenant} and c.identity = any(${identities}::text[])`,
    tx<(StatusNow & { identity: string })[]>`select identity, evse, status, ms(reported_at) as at from connectors
      where tenant = ${tenant} and identity = any(${identities}::text[]) order by identity, evse, connector`,
    tx<{ identity: string; name: string; value: string }[]>`
      select identity, lower(key) as name, value from configuration
      where tenant = ${tenant} and identity = any(${identities}::text[]) and lower(key) = any(${names}::text[]) and value is not null
      union all select identity, key, body->>'value' from items
      where tenant = ${tenant} and identity = any(${identities}::text[]) and kind = 'variable' and key = any(${names}::text[]) and body->>'value' is not null`,
  ])
  const statusesOf = Map.groupBy(statuses, ({ identity }) => identity)
  const settingsOf = Map.groupBy(settings, ({ identity }) => identity)
  const connectionOf = new Map(connections.map((row) => [row.identity, row]))
  return new Map(
    identities.map((identity) => {
      const { connected = false, away_ms: away = null } = connectionOf.get(identity) ?? {}
      return [
        identity,
        {
          isConnected: connected,
          ...(connected && away !== null && { awaySince: away }),
          statuses: statusesOf.get(identity) ?? [],
          settings: new Map((settingsOf.get(identity) ?? []).map(({ name, value }) => [name, value])),
        },
      ]
    }),
  )
}
