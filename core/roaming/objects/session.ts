import { ciKey, type Finish, isJson, type Json, unsayable } from '../field.ts'
import type { ChargingPreferences, Session } from '../model.ts'
import {
  boolean,
  ciText,
  dateTime,
  type FieldsOf,
  many,
  maybe,
  number,
  object,
  one,
  owner,
  shape,
  whole,
  words,
} from '../shape.ts'
import { authMethod, chargingPeriod, oneCdrToken } from './cdr-parts.ts'
import { location } from './location.ts'
import { maybePrice } from './price.ts'
import { profileType } from './token.ts'

/** The element of a list that has the CiString in the field. */
export const found = (list: unknown, field: string, value: unknown): Json | undefined =>
  Array.isArray(list) ? list.filter(isJson).find((one) => ciKey(one[field]) === ciKey(value)) : undefined

/** The location with nothing in it but the EVSE and the connector of a session. */
const narrowed = (of: Json, { evse_uid: uid, connector_id: id }: Json): Json => {
  const { evses, ...place } = of
  const evse = found(evses, 'uid', uid)
  if (evse === undefined) return place
  const connector = found(evse['connectors'], 'id', id)
  return connector === undefined ? place : { ...place, evses: [{ ...evse, connectors: [connector] }] }
}

const references = ['location_id', 'evse_uid', 'connector_id'] as const

/** 2.1.1 has the whole location in a session; a part of a session need not. */
const withLocation: Finish = (done, source, { known, note, lower }) => {
  if (references.every((name) => source[name] === undefined)) return done
  if (known.location === undefined || ciKey(known.location['id']) !== ciKey(source['location_id'])) {
    note('missing', 'the location itself belongs into the session, and is not known', '/location_id')
    return unsayable
  }
  const narrow = narrowed(known.location, source)
  if (narrow['evses'] === undefined) {
    note('noField', 'the location has no such EVSE and connector', '/evse_uid')
    note('noField', 'the location has no such EVSE and connector', '/connector_id')
  }
  const embedded = lower(location, narrow, () => '/location_id')
  return embedded === unsayable ? unsayable : { ...done, location: embedded }
}

const withReferences: Finish = ({ location: of, ...done }, _source, { note }) => {
  if (!isJson(of)) return done
  const evse = Array.isArray(of['evses']) && isJson(of['evses'][0]) ? of['evses'][0] : {}
  const connectors = evse['connectors']
  const connector = Array.isArray(connectors) && isJson(connectors[0]) ? connectors[0] : {}
  note('noField', 'a session names its location, and has no more of it', '/location')
  return {
    ...done,
    location_id: of['id'],
    evse_uid: evse['uid'] ?? notAny,
    connector_id: connector['id'] ?? notAny,
  }
}

/** What stands for an EVSE or a connector that a reservation never had. */
export const notAny = '#NA'

const reference = { since: '2.2.1', moved: ['2.1.1'] } as const

/** A session while it lasts (OCPI 2.3.0 mod_sessions). */
export const session = shape(
  'Session',
  {
    country_code: owner('country_code', 2),
    party_id: owner('party_id', 3),
    id: one(ciText(36)),
    start_date_time: one(dateTime, { as: { '2.1.1': 'start_datetime' } }),
    end_date_time: maybe(dateTime, { as: { '2.1.1': 'end_datetime' } }),
    kwh: one(number),
    cdr_token: oneCdrToken,
    auth_method: one(authMethod),
    authorization_reference: maybe(ciText(36), { since: '2.2.1' }),
    location_id: one(ciText(36), reference),
    evse_uid: one(ciText(36), reference),
    connector_id: one(ciText(36), reference),
    meter_id: maybe(whole(255)),
    currency: one(whole(3)),
    charging_periods: many(object(chargingPeriod)),
    total_cost: maybePrice,
    status: one(
      words('SessionStatus', 'ACTIVE COMPLETED INVALID PENDING', {
        since: { '2.2.1': 'RESERVATION' },
        instead: { '2.1.1': { RESERVATION: 'PENDING' } },
        alias: { RESERVED: 'RESERVATION' },
      }),
    ),
    last_updated: one(dateTime),
  } satisfies FieldsOf<Session>,
  {
    only: { '2.1.1': { location: one(object(location)) } },
    down: { '2.1.1': withLocation },
    up: { '2.1.1': withReferences },
  },
)

/** What the driver of a session wants of it. */
export const chargingPreferences = shape(
  'ChargingPreferences',
  {
    profile_type: one(profileType),
    departure_time: maybe(dateTime),
    energy_need: maybe(number),
    discharge_allowed: maybe(boolean),
  } satisfies FieldsOf<ChargingPreferences>,
  { since: '2.2.1' },
)
