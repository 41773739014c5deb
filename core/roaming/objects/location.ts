import type { Location } from '../model.ts'
import {
  boolean,
  ciText,
  dateTime,
  type FieldsOf,
  many,
  maybe,
  object,
  one,
  owner,
  shape,
  text,
  words,
} from '../shape.ts'
import { businessDetails, displayText, energyMix, image } from './basics.ts'
import { evse } from './evse.ts'
import { additionalGeoLocation, geoLocation } from './geo-location.ts'
import { hours } from './hours.ts'
import { parking } from './parking.ts'
import { publishToken } from './token.ts'

/** 2.1.1 calls it the type of the location and wants one always. */
const parkingType = words('ParkingType', 'PARKING_GARAGE PARKING_LOT ON_STREET UNDERGROUND_GARAGE', {
  open: true,
  since: { '2.2.1': 'ALONG_MOTORWAY ON_DRIVEWAY' },
  only: { '2.1.1': 'OTHER UNKNOWN' },
  instead: { '2.1.1': { ALONG_MOTORWAY: 'OTHER', ON_DRIVEWAY: 'OTHER' } },
  upward: { '2.1.1': { UNKNOWN: undefined, OTHER: 'OTHER' } },
})

const facility = words(
  'Facility',
  'HOTEL RESTAURANT CAFE MALL SUPERMARKET SPORT RECREATION_AREA NATURE MUSEUM BUS_STOP TAXI_STAND TRAIN_STATION AIRPORT ' +
    'CARPOOL_PARKING FUEL_STATION WIFI',
  { open: true, since: { '2.2.1': 'BIKE_SHARING TRAM_STOP METRO_STATION PARKING_LOT' } },
)

/** A place with charging stations (OCPI 2.3.0 mod_locations). */
export const location = shape('Location', {
  country_code: owner('country_code', 2),
  party_id: owner('party_id', 3),
  id: one(ciText(36, { '2.1.1': 39 })),
  publish: one(boolean, { since: '2.2.1', implied: true, bars: true }),
  publish_allowed_to: many(object(publishToken), { since: '2.2.1' }),
  name: maybe(text(255)),
  address: one(text(255, { '2.1.1': 45 })),
  city: one(text(45)),
  postal_code: maybe(text(10), {
    card: { '2.1.1': '1' },
    fill: { '2.1.1': '' },
    up: { '2.1.1': (value) => (value === '' ? undefined : value) },
  }),
  state: maybe(text(45), { since: '2.2.1' }),
  country: one(text(3, {}, /^[A-Z]{3}$/)),
  coordinates: one(object(geoLocation)),
  related_locations: many(object(additionalGeoLocation)),
  parking_type: maybe(parkingType, {
    as: { '2.1.1': 'type' },
    card: { '2.1.1': '1' },
    fill: { '2.1.1': 'UNKNOWN' },
  }),
  evses: many(object(evse)),
  parking_places: many(object(parking), { since: '2.3.0' }),
  directions: many(object(displayText)),
  operator: maybe(object(businessDetails)),
  suboperator: maybe(object(businessDetails)),
  owner: maybe(object(businessDetails)),
  facilities: many(facility),
  time_zone: one(text(255, {}, /^[A-Za-z0-9_+-]+(?:\/[A-Za-z0-9_+-]+)*$/), {
    card: { '2.1.1': '?' },
    given: ({ timeZone }) => timeZone,
  }),
  opening_times: maybe(object(hours)),
  charging_when_closed: maybe(boolean),
  images: many(object(image)),
  energy_mix: maybe(object(energyMix)),
  help_phone: maybe(ciText(25), { since: '2.3.0' }),
  last_updated: one(dateTime),
} satisfies FieldsOf<Location>)
