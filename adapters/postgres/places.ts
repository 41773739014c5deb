import type { ChargePointRef } from '../../core/domain/charge-point.ts'
import type { Place } from '../../core/domain/place.ts'
import type { Sql, Transaction } from './connect.ts'
import { present } from './rows.ts'

interface Row {
  readonly zone: string
  readonly site: string | null
  readonly station: string | null
  readonly evse_id: string | null
  readonly country: string | null
}

/**
 * Where a plug was at a time (ms since 1970 UTC); without one, where it is. What an operator tells late holds from before:
 * a charge point that charged an hour before it was said which EVSE it is was that EVSE.
 */
export const placeOf = async (
  tx: Transaction,
  { tenant, identity }: ChargePointRef,
  evse: number,
  at?: number,
): Promise<Place> => {
  const [row] = await tx<
    Row[]
  >`select coalesce(s.zone, i.zone) as zone, s.id as site, c.id as station, e.evse_id, s.country
    from installation i
    left join lateral (
      select p.uid from evse_plugs p
      where p.tenant = ${tenant} and p.key = lower(${identity}) and p.evse = ${evse}
        and (p.until_at is null or p.until_at > coalesce(at_ms(${at ?? null}::bigint), now()))
      order by p.from_at limit 1
    ) p on true
    left join evses e on e.tenant = ${tenant} and e.uid = p.uid
    left join charging_stations c on c.tenant = e.tenant and c.id = e.station
    left join sites s on s.tenant = c.tenant and s.id = c.site`
  const { zone = 'UTC', site = null, station = null, evse_id: evseId = null, country = null } = row ?? {}
  return { zone, ...present({ site, station, evseId, country }) }
}

/** Whether the database has this zone too: one with older tables than ours knows some by their old names alone. */
export const knowsZone = async (tx: Transaction, zone: string): Promise<boolean> => {
  try {
    await tx.savepoint((inner) => inner`select now() at time zone ${zone}::text`)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '22023') return false
    throw error
  }
}

/** Writes down the zone of what stands on no site, for whoever asks where a plug is. */
export const useZone = async (ingest: Sql, zone: string): Promise<void> => {
  await ingest.begin(async (tx) => {
    if (!(await knowsZone(tx, zone))) throw new Error(`the database does not know the time zone ${zone}`)
    await tx`update installation set zone = ${zone} where zone <> ${zone}`
  })
}
