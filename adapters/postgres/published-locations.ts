import type { Evse } from '../../core/domain/evse.ts'
import { rolesNow } from '../../core/domain/market-now.ts'
import type { Party } from '../../core/domain/party.ts'
import type { Site } from '../../core/domain/site.ts'
import { capabilitiesOf } from '../../core/roaming/capabilities.ts'
import type { EvseNow } from '../../core/roaming/evse-object.ts'
import { ciKey, isJson, type Json } from '../../core/roaming/field.ts'
import { locationObject } from '../../core/roaming/location-object.ts'
import { statusOf } from '../../core/roaming/status.ts'
import { earliest, type OutletTariffs, type Spot, tariffsAt } from './outlet-tariffs.ts'
import { awayGraceMs, sitesDirtied, sitesHear, sitesUnheard } from './published-locations-events.ts'
import type { Draft, PublishedSource, Reading } from './published-source.ts'
import { readSites, type Sites, type StationRow } from './site-rows.ts'

/**
 * Sites as locations: one for each CPO with a code that operates stations there today. A site that partners may not show
 * is none; it has been one where it was shown before.
 */
export const locationsSource: PublishedSource = {
  module: 'locations',
  hears: sitesHear,
  dirtied: sitesDirtied,
  unheard: sitesUnheard,

  async keysAfter(tx, tenant, after, limit) {
    const rows = await tx<{ id: string }[]>`select id from sites
      where tenant = ${tenant} and id > ${after} order by id limit ${limit}`
    return rows.map(({ id }) => id)
  },

  async read(tx, tenant, keys, now) {
    const all = await readSites(tx, tenant, keys)
    const tariffs = await tariffsAt(tx, tenant, spotsOf(all, all.stations), now)
    const stations = Map.groupBy(all.stations, ({ site }) => site)
    return new Map(
      [...all.sites.values()].map((site) => [
        site.id,
        readingOf({ all, site, stations: stations.get(site.id) ?? [], tariffs, now }),
      ]),
    )
  },

  /** Partners have no other way to hear that a location is no more (mod_locations has no DELETE). */
  gone: (had) =>
    Array.isArray(had['evses']) ? { ...had, publish: false, evses: had['evses'].map(removed) } : undefined,

  kept(had, has) {
    const [before, now] = [evsesIn(had), evsesIn(has)]
    const there = new Set(now.map(({ uid }) => ciKey(uid)))
    const left = before.filter(({ uid }) => !there.has(ciKey(uid)))
    return left.length === 0 ? has : { ...has, evses: [...now, ...left.map(removed)] }
  },
}

const evsesIn = ({ evses }: Json): readonly Json[] => (Array.isArray(evses) ? evses.filter(isJson) : [])
const removed = (evse: Json): Json => ({ ...evse, status: 'REMOVED' })

interface Here {
  readonly all: Sites
  readonly site: Site
  readonly stations: readonly StationRow[]
  readonly tariffs: OutletTariffs
  readonly now: number
}

const readingOf = (here: Here): Reading => {
  const { all, site, stations, tariffs, now } = here
  if (!site.published) return { drafts: [] }
  const ofSite = all.tenuresOf('site', site.id)
  const roles = stations.map((station) => ({
    station,
    ...rolesNow({ own: all.tenuresOf('station', station.id), site: ofSite }, site.zone, now),
  }))
  const drafts: Draft[] = []
  const remarks: string[] = []
  for (const [operator = '', its] of Map.groupBy(roles, ({ holder }) => holder('operator'))) {
    const party = all.parties.get(operator)
    if (party?.role !== 'cpo' || party.code === undefined) continue
    const partyFor = (role: 'provider' | 'owner'): Party | undefined => {
      const [only, ...others] = new Set(its.map(({ holder }) => holder(role)))
      return only === undefined || others.length > 0 || only === operator ? undefined : all.parties.get(only)
    }
    const [provider, owner] = [partyFor('provider'), partyFor('owner')]
    const mapped = locationObject({
      site,
      code: party.code,
      operator: party,
      ...(provider !== undefined && { provider }),
      ...(owner !== undefined && { owner }),
      evses: its.flatMap(({ station }) => evsesOf(here, station)),
    })
    if ('impossible' in mapped) return mapped
    remarks.push(...mapped.losses.map(({ pointer, detail }) => `${pointer}: ${detail}`))
    if (mapped.object.evses !== undefined) drafts.push({ owner: party.code, id: site.id, body: { ...mapped.object } })
  }
  const again = earliest(
    [...roles.map(({ until }) => until), tariffs.again(spotsOf(all, stations)), ...awayFrom(all, stations)],
    now,
  )
  return { drafts, remarks, ...(again !== undefined && { again }) }
}

const spotsOf = (all: Sites, stations: readonly StationRow[]): readonly Spot[] =>
  stations.flatMap(({ id, site }) =>
    (all.evses.get(id) ?? []).flatMap(({ plug, outlets }) =>
      plug === undefined ? [] : outlets.map((outlet) => ({ plug, outlet, station: id, site })),
    ),
  )

/** When charge points will have been away for so long that what they have told says nothing any more. */
const awayFrom = (all: Sites, stations: readonly StationRow[]): readonly (number | undefined)[] =>
  stations
    .flatMap(({ id }) => all.evses.get(id) ?? [])
    .map(({ plug }) => {
      const since = plug && all.chargePoints.get(plug.chargePoint)?.awaySince
      return since === undefined ? undefined : since + awayGraceMs
    })

const evsesOf = (here: Here, station: StationRow): readonly EvseNow[] =>
  (here.all.evses.get(station.id) ?? []).map((evse) => evseNow(here, station, evse))

const evseNow = ({ all, site, tariffs, now }: Here, station: StationRow, evse: Evse): EvseNow => {
  const { plug } = evse
  const point = plug && all.chargePoints.get(plug.chargePoint)
  const its = point?.statuses.filter((one) => one.evse === plug?.evse) ?? []
  const whole = point?.statuses.find((one) => one.evse === 0)?.status
  const away = point?.awaySince
  return {
    evse,
    station: { changedAt: station.changed_ms, ...(station.name !== null && { name: station.name }) },
    status: statusOf({
      state: evse.state,
      connectors: its.map(({ status }) => status),
      ...(whole !== undefined && { station: whole }),
      isAway: away !== undefined && away + awayGraceMs <= now,
    }),
    ...(plug !== undefined &&
      point !== undefined && { capabilities: capabilitiesOf({ ...point, evse: plug.evse }, evse.outlets) }),
    ...(plug !== undefined && {
      tariffs: (outlet) => tariffs.of({ plug, outlet, station: station.id, site: site.id }),
    }),
  }
}
