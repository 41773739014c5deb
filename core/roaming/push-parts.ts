import type { PushedModule } from '../domain/push-lane.ts'
import type { Digest } from '../ports/digest.ts'
import { isJson, type Json } from './field.ts'

/**
 * What a partner was told of an object, part by part: a digest of each, in the words of the partner's version. Digests and
 * not bodies, because a location of a hundred EVSEs is written down anew with each status that it tells of, for each
 * partner; they also say what a partner was told of, and nothing of what is only visible to others.
 */
export type Parts = Readonly<Record<string, string>>

type Key = Pick<Digest, 'key'>

/** Between a kind of part and what it is of: no identifier has it. */
const separator = '\u001f'
const keyOf = (...names: readonly string[]): string => names.join(separator)

/** The part of a field itself; where an object is told apart by fields. */
export const fieldKey = (name: string): string => keyOf('field', name)
export const periodKey = (period: unknown): string =>
  keyOf('period', textOf(isJson(period) ? period['start_date_time'] : undefined))
export const restKey = 'rest'
export const statusKey = (evse: string): string => keyOf('status', evse.toLowerCase())
export const evseKey = (evse: string): string => keyOf('evse', evse.toLowerCase())
export const connectorKey = (evse: string, connector: string): string =>
  keyOf('connector', evse.toLowerCase(), connector.toLowerCase())

/** Whether a part belongs to an EVSE, or to a connector of it. */
export const isPartOf = (key: string, evse: string): boolean => key.split(separator)[1] === evse.toLowerCase()

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')
export const listOf = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.filter(isJson) : [])

/** 64 bits: only two states of one part are ever told apart by them. */
const short = (value: unknown, { key }: Key): string => key(JSON.stringify(value) ?? '').slice(0, 18)

const without = (object: Json, names: readonly string[]): Json =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)))

/** When something was changed says nothing of what it is. */
const stamp = 'last_updated'

const ofLocation = (location: Json, digest: Key): Parts => {
  const parts: Record<string, string> = { [restKey]: short(without(location, ['evses', stamp]), digest) }
  for (const evse of listOf(location['evses'])) {
    const uid = textOf(evse['uid'])
    parts[evseKey(uid)] = short(without(evse, ['status', 'connectors', stamp]), digest)
    parts[statusKey(uid)] = textOf(evse['status'])
    for (const connector of listOf(evse['connectors']))
      parts[connectorKey(uid, textOf(connector['id']))] = short(without(connector, [stamp]), digest)
  }
  return parts
}

/** Field by field; the periods of a session one by one. */
const ofFields = (object: Json, digest: Key): Parts => {
  const parts: Record<string, string> = {}
  for (const [name, value] of Object.entries(object)) {
    if (name === stamp) continue
    if (name === 'charging_periods')
      for (const period of listOf(value)) parts[periodKey(period)] = short(period, digest)
    else parts[fieldKey(name)] = short(value, digest)
  }
  return parts
}

/** The parts of an object as it goes onto the wire. */
export const partsOf = (module: PushedModule, body: Json, digest: Key): Parts =>
  module === 'locations' ? ofLocation(body, digest) : ofFields(body, digest)
