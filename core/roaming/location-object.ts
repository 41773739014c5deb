import { threeLetters } from '../domain/country.ts'
import type { PartyCode } from '../domain/party-code.ts'
import type { Party } from '../domain/party.ts'
import type { Site } from '../domain/site.ts'
import { businessDetailsOf } from './business-details.ts'
import { dateTime } from './date-time.ts'
import { evseChangedAt, type EvseNow, evseObject } from './evse-object.ts'
import type { Loss, Mapped } from './mapped.ts'
import type { Location } from './model.ts'
import { hoursOf, lossesOfHours } from './opening-hours.ts'
import { ownerOf } from './owner.ts'

/** A site with everything on it. One operator's: where several have stations on a site, each has a location of it. */
export interface SiteNow {
  readonly site: Site
  /** Of the CPO that the location is of. */
  readonly code: PartyCode
  readonly operator?: Party
  /** The brand that it is offered under, where that is not the operator's. */
  readonly provider?: Party
  readonly owner?: Party
  /** Also those that are removed: partners drop whatever is not in their list any more (roaming.md §2.4). */
  readonly evses: readonly EvseNow[]
}

/** A location (OCPI 2.3.0 mod_locations). */
export const locationObject = ({ site, code, operator, provider, owner, evses }: SiteNow): Mapped<Location> => {
  const { address, openingTimes } = site
  const country = threeLetters(address.country)
  if (country === undefined) return { impossible: [`${address.country} is no country of ISO 3166-1`] }
  const objects = evses.map(evseObject)
  const shown = objects.filter((evse) => evse !== undefined)
  const object: Location = {
    ...ownerOf(code),
    id: site.id,
    publish: site.published,
    name: site.name,
    address: address.street,
    city: address.city,
    ...(address.postalCode !== undefined && { postal_code: address.postalCode }),
    country,
    coordinates: { latitude: site.coordinates.latitude, longitude: site.coordinates.longitude },
    ...(shown.length > 0 && { evses: shown }),
    ...(operator !== undefined && { operator: businessDetailsOf(operator) }),
    ...(provider !== undefined && { suboperator: businessDetailsOf(provider) }),
    ...(owner !== undefined && { owner: businessDetailsOf(owner) }),
    time_zone: site.zone,
    ...(openingTimes !== undefined && { opening_times: hoursOf(openingTimes) }),
    last_updated: dateTime(Math.max(site.changedAt, ...evses.map(evseChangedAt))),
  }
  return { object, losses: [...leftOut(evses), ...(openingTimes === undefined ? [] : lossesOfHours(openingTimes))] }
}

const leftOut = (evses: readonly EvseNow[]): readonly Loss[] =>
  evses.flatMap(({ evse: { uid, outlets } }) =>
    outlets.length > 0 ? [] : [{ pointer: '/evses', detail: `${uid} has no connectors and is left out` }],
  )
