import { type Aid, ciKey, type Finish, isJson, type Json, type Note, unsayable } from '../field.ts'
import type { CdrLocation } from '../model.ts'
import { ciText, type FieldsOf, maybe, object, one, shape, text } from '../shape.ts'
import { connectorFormat, connectorType, powerType } from './connector.ts'
import { geoLocation } from './geo-location.ts'
import { location } from './location.ts'
import { found, notAny } from './session.ts'

/** Where a session was, as it was then; address and state are shorter than a Location's (OCPI 2.3.0 mod_cdrs). */
export const cdrLocation = shape('CdrLocation', {
  id: one(ciText(36)),
  name: maybe(text(255)),
  address: one(text(45)),
  city: one(text(45)),
  postal_code: maybe(text(10)),
  state: maybe(text(20)),
  country: one(text(3, {}, /^[A-Z]{3}$/)),
  coordinates: one(object(geoLocation)),
  evse_uid: one(ciText(36)),
  evse_id: one(ciText(48)),
  connector_id: one(ciText(36)),
  connector_standard: one(connectorType),
  connector_format: one(connectorFormat),
  connector_power_type: one(powerType),
} satisfies FieldsOf<CdrLocation>)

/** Fields that a CDR's location and a Location have both. */
const common = ['id', 'name', 'address', 'city', 'postal_code', 'state', 'country', 'coordinates'] as const

const picked = (source: Json, names: readonly string[]): Json =>
  Object.fromEntries(
    names.map((name) => [name, source[name]] as const).filter(([, value]) => value !== undefined && value !== ''),
  )

const place = '/cdr_location'

/** 2.1.1 has a whole Location in a CDR: what is not in ours comes from the one that is known, or says nothing. */
export const withWhole: Finish = (done, source, aid) => {
  const of = source['cdr_location']
  if (!isJson(of)) return done
  for (const name of Object.keys(of))
    if (!cdrLocation.fields.has(name)) aid.note('noField', 'a Location stands in its place', `${place}/${name}`)
  const embedded = aid.lower(location, wholeOf(of, source['last_updated'], aid), (pointer) => place + inCdr(pointer))
  return embedded === unsayable ? unsayable : { ...done, location: embedded }
}

/** Where it stands in the CDR, from where it stands in the Location that is made of it. */
const inCdr = (pointer: string): string =>
  pointer
    .replace(/^\/evses\/0\/connectors\/0\/(standard|format|power_type)$/, '/connector_$1')
    .replace(/^\/evses.*$/, '')
    .replace(/^\/(?:parking_type|type)$/, '')

const wholeOf = (of: Json, updated: unknown, { known, note }: Aid): Json => {
  const same = ciKey(known.location?.['id']) === ciKey(of['id']) ? known.location : undefined
  const outlet = found(found(same?.['evses'], 'uid', of['evse_uid'])?.['connectors'], 'id', of['connector_id'])
  if (outlet === undefined) note('filled', 'voltage and amperage of the connector are not known', place)
  const connector = {
    id: of['connector_id'],
    standard: of['connector_standard'],
    format: of['connector_format'],
    power_type: of['connector_power_type'],
    max_voltage: outlet?.['max_voltage'] ?? 0,
    max_amperage: outlet?.['max_amperage'] ?? 0,
    last_updated: updated,
  }
  const evse = {
    uid: of['evse_uid'],
    evse_id: of['evse_id'],
    status: 'UNKNOWN',
    connectors: [connector],
    last_updated: updated,
  }
  const zone = same?.['time_zone']
  return {
    ...picked(of, common),
    ...(zone === undefined ? {} : { time_zone: zone }),
    evses: [evse],
    last_updated: updated,
  }
}

const first = (list: unknown): Json => (Array.isArray(list) && isJson(list[0]) ? list[0] : {})

export const withRelevant: Finish = ({ location: of, ...done }, _source, { note }) => {
  if (!isJson(of)) return done
  const evse = first(of['evses'])
  const connector = first(evse['connectors'])
  note('noField', 'a CDR has what matters of its location', '/location')
  const outlet = {
    evse_uid: evse['uid'] ?? unknown(note, 'the EVSE'),
    evse_id: evse['evse_id'] ?? unknown(note, 'the EVSEID'),
    connector_id: connector['id'] ?? unknown(note, 'the connector'),
    connector_standard: connector['standard'],
    connector_format: connector['format'],
    connector_power_type: connector['power_type'],
  }
  return { ...done, cdr_location: { ...picked(of, common), ...picked(outlet, Object.keys(outlet)) } }
}

const unknown = (note: Note, what: string): string => {
  note('filled', `${what} is not in it`, '/location')
  return notAny
}
