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

/** A plug, and when (ms since 1970 UTC); without a time, now. */
export interface Spot extends Pick<ChargePointRef, 'identity'> {
  readonly evse: number
  readonly at?: number
}

/**
 * Where plugs were, in the order in which they are asked for. What an operator tells late holds from before: a charge
 * point that charged an hour before it was said which EVSE it is was that EVSE.
 */
export const placesOf = async (tx: Transaction, tenant: string, spots: readonly Spot[]): Promise<readonly Place[]> => {
  const rows = await tx<
    (Row & { readonly nth: number })[]
  >`select w.nth::int, coalesce(s.zone, i.zone) as zone, s.id as site, c.id as station, e.evse_id, s.country
    from unnest(${spots.map(({ identity }) => identity)}::text[], ${spots.map(({ evse }) => evse)}::int[], ${spots.map(({ at }) => at ?? null)}::bigint[]) with ordinality as w(identity, evse, at, nth)
    cross join installation i
    left join lateral (
      select p.uid from evse_plugs p
      where p.tenant = ${tenant} and p.key = lower(w.identity) and p.evse = w.evse
        and (p.until_at is null or p.until_at > coalesce(at_ms(w.at), now()))
      order by p.from_at limit 1
    ) p on true
    left join evses e on e.tenant = ${tenant} and e.uid = p.uid
    left join charging_stations c on c.tenant = e.tenant and c.id = e.station
    left join sites s on s.tenant = c.tenant and s.id = c.site`
  const found = new Map(rows.map((row) => [row.nth, row]))
  return spots.map((_, i) => {
    const { zone = 'UTC', site = null, station = null, evse_id: evseId = null, country = null } = found.get(i + 1) ?? {}
    return { zone, ...present({ site, station, evseId, country }) }
  })
}

/** Where one plug was at a time (ms since 1970 UTC); without one, where it is. */
export const placeOf = async (
  tx: Transaction,
  { tenant, identity }: ChargePointRef,
  evse: number,
  at?: number,
): Promise<Place> => {
  const [place] = await placesOf(tx, tenant, [{ identity, evse, ...(at !== undefined && { at }) }])
  if (place === undefined) throw new Error('every plug is somewhere')
  return place
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
