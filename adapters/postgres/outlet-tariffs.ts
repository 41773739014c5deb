import type { Evse } from '../../core/domain/evse.ts'
import type { Outlet } from '../../core/domain/outlet.ts'
import { placeKey } from '../../core/pricing/assignment.ts'
import { chooseTariff, type Offer, placeKeys, preferences, versionAt, type Where } from '../../core/pricing/choice.ts'
import type { Transaction } from './connect.ts'
import {
  type AssignmentRow,
  assignmentColumns,
  assignmentOf,
  versionInTime,
  type VersionInTimeRow,
} from './tariff-rows.ts'

/** An outlet of an EVSE, and where it stands. */
export interface Spot {
  readonly plug: NonNullable<Evse['plug']>
  readonly outlet: Outlet
  readonly station: string
  readonly site: string
}

export interface OutletTariffs {
  /** Their ids, in order. */
  readonly of: (spot: Spot) => readonly string[]
  /** When another one comes into force at any of these outlets, or one is no more; ms since 1970 UTC. */
  readonly again: (spots: readonly Spot[]) => number | undefined
}

const whereOf = ({ plug, outlet, station, site }: Spot): Where => ({
  chargePoint: plug.chargePoint,
  evse: plug.evse,
  connector: outlet.number,
  station,
  site,
  contracts: [],
  emps: [],
  isAdHoc: false,
})

/**
 * The tariffs that drivers of partners have at some outlets: those for everyone, for each wish that a driver may have its
 * own; and the one for whoever pays on the spot, where it says that it is for them. What is agreed on with one EMP alone
 * stands in no location, for all EMPs see the same ones.
 */
export const tariffsAt = async (
  tx: Transaction,
  tenant: string,
  spots: readonly Spot[],
  now: number,
): Promise<OutletTariffs> => {
  const keys = [...new Set(spots.flatMap((spot) => placeKeys(whereOf(spot))))]
  const rows = await tx<(AssignmentRow & { readonly versions: readonly VersionInTimeRow[] })[]>`
    select ${tx.unsafe(assignmentColumns)}, v.versions from tariff_assignments a
    cross join lateral (
      select json_agg(json_build_object('version', v.version, 'type', v.content->>'type', 'since_ms', ms(v.since), 'removed_ms', ms(v.removed_at),
        'starts_ms', (v.content->>'startsAt')::bigint, 'ends_ms', (v.content->>'endsAt')::bigint)) as versions
      from tariff_versions v where v.tenant = a.tenant and v.id = a.tariff
    ) v
    where a.tenant = ${tenant} and a.place_key = any(${keys}::text[]) and a.drivers_key in ('everyone', 'adHoc')
      and a.ended_at is null and v.versions is not null order by a.serial`
  const offers = Map.groupBy(
    rows.map((row): Offer => ({ ...assignmentOf(row), versions: row.versions.map(versionInTime) })),
    ({ place }) => placeKey(place),
  )
  const near = (spot: Spot): readonly Offer[] => placeKeys(whereOf(spot)).flatMap((key) => offers.get(key) ?? [])
  const chosen = new Map<string, readonly string[]>()
  return {
    of(spot) {
      const of = near(spot)
      // what is for the same places is chosen among in the same way
      const name = of.map(({ id }) => id).join('\n')
      const ids = chosen.get(name) ?? idsOf(of, whereOf(spot), now)
      chosen.set(name, ids)
      return ids
    },
    again(all) {
      const times = [...new Set(all.flatMap(near))].flatMap(({ from, until, versions }) => [
        from,
        until,
        ...versions.flatMap(({ since, startsAt, endsAt }) => [since, startsAt, endsAt]),
      ])
      return earliest(times, now)
    },
  }
}

/** The first that is still to come. */
export const earliest = (times: Iterable<number | undefined>, now: number): number | undefined => {
  let first: number | undefined
  for (const at of times) if (at !== undefined && at > now && (first === undefined || at < first)) first = at
  return first
}

const idsOf = (offers: readonly Offer[], where: Where, now: number): readonly string[] => {
  const wishes = [undefined, ...preferences].map((preference) =>
    chooseTariff(offers, preference === undefined ? where : { ...where, preference }, now),
  )
  const adHoc = chooseTariff(offers, { ...where, isAdHoc: true }, now)
  const isForThem =
    adHoc !== undefined &&
    offers.some(
      ({ tariff, versions }) => tariff === adHoc.tariff && versionAt(versions, now)?.type === 'AD_HOC_PAYMENT',
    )
  const ids = [...wishes, isForThem ? adHoc : undefined].flatMap((one) => (one === undefined ? [] : [one.tariff]))
  return [...new Set(ids)].sort()
}
