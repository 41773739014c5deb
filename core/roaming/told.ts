import { parseInstant } from '../domain/instant.ts'
import type { DecideReceived, ReceivedObject } from '../ports/roaming.ts'
import { isJson, type Json } from './field.ts'
import type { Kind } from './objects/index.ts'
import { patched } from './patched.ts'
import { changedWithin, type Spot } from './within.ts'

/**
 * What becomes of a partner's object when it tells us of it (OCPI 2.3.0, the receivers of mod_locations, mod_tariffs and
 * mod_sessions). Messages come late, twice and out of order: what says of itself that it is older changes nothing.
 */

/** PUT: the object as a whole. What is no more comes back only with something that is newer than what we had of it. */
export const put =
  (object: Json): DecideReceived =>
  (had) => {
    if (had === undefined) return object
    const [before, now] = [instantOf(had.body), instantOf(object)]
    if (before === undefined || now === undefined) return object
    return now < before || (now === before && had.isRemoved) ? 'stale' : object
  }

/** The object as it stands in the partner's list, which is the truth: what is in it is there. */
export const listed =
  (object: Json): DecideReceived =>
  (had) =>
    had !== undefined && !had.isRemoved && isOlder(object, had.body) ? 'stale' : object

/** PATCH: some fields of what we have. */
export const patch =
  (fields: Json, kind: Kind): DecideReceived =>
  (had) => {
    const body = there(had)
    return body === undefined ? 'unknown' : patched(body, fields, kind)
  }

/** PUT of an EVSE or a connector of a location that we have. */
export const putWithin =
  (spot: Spot, object: Json): DecideReceived =>
  (had) => {
    const body = there(had)
    if (body === undefined) return 'unknown'
    return changedWithin(body, spot, (before) => (before !== undefined && isOlder(object, before) ? 'stale' : object))
  }

/** PATCH of one. */
export const patchWithin =
  (spot: Spot, fields: Json): DecideReceived =>
  (had) => {
    const body = there(had)
    if (body === undefined) return 'unknown'
    const kind = spot.connector === undefined ? 'evse' : 'connector'
    return changedWithin(body, spot, (before) => (before === undefined ? 'unknown' : patched(before, fields, kind)))
  }

/** DELETE. */
export const remove: DecideReceived = (had) => (there(had) === undefined ? 'unknown' : 'removed')

const there = (had: ReceivedObject | undefined): Json | undefined =>
  had === undefined || had.isRemoved ? undefined : had.body

const isOlder = (object: Json, than: Json): boolean => {
  const [now, before] = [instantOf(object), instantOf(than)]
  return now !== undefined && before !== undefined && now < before
}

const instantOf = ({ last_updated: at }: Json): number | undefined =>
  typeof at === 'string' ? parseInstant(at)?.ms : undefined

/** The EVSE or connector of a location; undefined where it has none such. */
export const spotIn = (location: Json, { evse, connector }: Spot): Json | undefined => {
  const of = oneOf(location['evses'], 'uid', evse)
  return of === undefined || connector === undefined ? of : oneOf(of['connectors'], 'id', connector)
}

const oneOf = (list: unknown, key: string, id: string): Json | undefined =>
  Array.isArray(list)
    ? list.filter(isJson).find(({ [key]: of }) => typeof of === 'string' && of.toLowerCase() === id.toLowerCase())
    : undefined
