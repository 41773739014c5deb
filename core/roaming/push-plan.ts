import type { PushedModule } from '../domain/push-lane.ts'
import { parseInstant } from '../domain/instant.ts'
import type { Digest } from '../ports/digest.ts'
import { isJson, type Json } from './field.ts'
import {
  connectorKey,
  evseKey,
  fieldKey,
  isPartOf,
  listOf,
  type Parts,
  partsOf,
  periodKey,
  restKey,
  statusKey,
  textOf,
} from './push-parts.ts'

/** One request that tells a partner of an object, or of something in it. */
export interface PushStep {
  readonly method: 'PUT' | 'PATCH' | 'DELETE'
  /** Behind the address of the object: its EVSE, a connector of that. */
  readonly below: readonly string[]
  readonly body?: Json
  /** What the partner has been told once it has taken this; `gone`: that the object is no more. */
  readonly tells: Parts | 'gone'
}

export interface PushPlan {
  /** One after the other; none: it has been told all. */
  readonly steps: readonly PushStep[]
  /** The whole object: what is told where a part of it was not taken. Absent: the object is no more. */
  readonly whole?: PushStep & { readonly body: Json }
}

export interface PushGiven {
  readonly module: PushedModule
  /** As it goes onto the wire, in the partner's version. */
  readonly body: Json
  readonly isRemoved: boolean
  /** What the partner was told last; absent: nothing, or nobody knows what. */
  readonly told?: Parts
  /** It takes PATCH. */
  readonly patches: boolean
}

/** More requests than this for one object are one for the whole of it. */
const mostSteps = 8

/**
 * How an object is told, by what has changed since it was told last (OCPI 2.3.0 mod_locations, mod_sessions, mod_tariffs,
 * mod_tokens: "Receiver Interface"): a status alone by a PATCH of its EVSE, what has changed within by a PUT there, what is
 * new in a session by a PATCH, and the whole object where that would not do.
 */
export const pushPlan = (given: PushGiven, digest: Pick<Digest, 'key'>): PushPlan => {
  const { module, body, isRemoved, told } = given
  if (module === 'tariffs' && isRemoved) return { steps: [{ method: 'DELETE', below: [], tells: 'gone' }] }
  const parts = partsOf(module, body, digest)
  const whole = { method: 'PUT', below: [], body, tells: parts } as const
  const all = { steps: [whole], whole }
  if (told === undefined) return all
  if (isEqual(told, parts)) return { steps: [], whole }
  if (module === 'tariffs') return all
  const steps = (module === 'locations' ? stepsWithin : stepOfFields)({ ...given, told }, parts)
  if (steps === undefined || steps.length > mostSteps) return all
  return { steps, whole }
}

type Known = PushGiven & { readonly told: Parts }

const isEqual = (a: Parts, b: Parts): boolean =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([key, part]) => b[key] === part)

/** Undefined: a part of it cannot tell what has changed. */
const stepsWithin = ({ body, told, patches }: Known, parts: Parts): readonly PushStep[] | undefined => {
  if (told[restKey] !== parts[restKey]) return undefined
  const evses = listOf(body['evses'])
  const uids = new Set(evses.map((evse) => evseKey(textOf(evse['uid']))))
  const isGone = (key: string): boolean => key.startsWith(evseKey('')) && !uids.has(key)
  if (uids.size < evses.length || Object.keys(told).some(isGone)) return undefined
  const steps: PushStep[] = []
  let known = told
  for (const evse of evses) {
    const step = stepOfEvse(evse, { known, parts, patches })
    if (step === undefined) continue
    steps.push(step)
    if (step.tells !== 'gone') known = step.tells
  }
  return steps
}

interface Sides {
  readonly known: Parts
  readonly parts: Parts
  readonly patches: boolean
}

const stepOfEvse = (evse: Json, { known, parts, patches }: Sides): PushStep | undefined => {
  const uid = textOf(evse['uid'])
  const ours = Object.keys(parts).filter((key) => isPartOf(key, uid))
  const changed = ours.filter((key) => known[key] !== parts[key])
  const gone = Object.keys(known).filter((key) => isPartOf(key, uid) && parts[key] === undefined)
  if (changed.length === 0 && gone.length === 0) return undefined
  const only = gone.length === 0 && changed.length === 1 ? changed[0] : undefined
  const tells = told(known, parts, [...changed, ...gone])
  if (only === statusKey(uid) && patches) {
    const { status, last_updated } = evse
    return { method: 'PATCH', below: [uid], body: { status, last_updated }, tells }
  }
  const connector = listOf(evse['connectors']).find(({ id }) => only === connectorKey(uid, textOf(id)))
  if (connector !== undefined) return { method: 'PUT', below: [uid, textOf(connector['id'])], body: connector, tells }
  return { method: 'PUT', below: [uid], body: evse, tells }
}

/** What is known when these parts have been told of. */
const told = (known: Parts, parts: Parts, keys: readonly string[]): Parts =>
  Object.fromEntries(
    Object.entries({ ...known, ...Object.fromEntries(keys.map((key) => [key, parts[key]])) }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  )

/** Of a token only its validity, of a session whatever has been added to it or has changed. */
const stepOfFields = ({ module, body, told: had, patches }: Known, parts: Parts): readonly PushStep[] | undefined => {
  const changed = Object.keys(parts).filter((key) => had[key] !== parts[key])
  // a PATCH takes nothing away, and adds the periods that it has to those that are there
  const takesAway = Object.keys(had).some((key) => parts[key] === undefined)
  const isPeriod = (key: string): boolean => key.startsWith(periodKey(undefined))
  if (!patches || takesAway || changed.some((key) => isPeriod(key) && had[key] !== undefined)) return undefined
  if (module === 'tokens' && changed.some((key) => key !== fieldKey('valid'))) return undefined
  const fields = Object.entries(body).filter(([name]) => changed.includes(fieldKey(name)))
  const periods = listOf(body['charging_periods']).filter((period) => changed.includes(periodKey(period)))
  const patch = {
    ...Object.fromEntries(fields),
    ...(periods.length > 0 && { charging_periods: periods }),
    last_updated: body['last_updated'],
  }
  return [{ method: 'PATCH', below: [], body: patch, tells: parts }]
}

/**
 * An object that is no more, as partners are told of it where they keep it all the same: EVSEs are REMOVED, a token is not
 * valid. In the words of our model.
 */
export const asRemoved = (module: PushedModule, body: Json, at: string): Json => {
  if (module === 'tokens') return { ...body, valid: false, last_updated: at }
  if (module !== 'locations') return body
  const evses = listOf(body['evses']).map((evse) =>
    evse['status'] === 'REMOVED' ? evse : { ...evse, status: 'REMOVED', last_updated: at },
  )
  return { ...body, ...(evses.length > 0 && { evses }), last_updated: at }
}

/** Whether what a partner has is what it should have; times and figures may be written otherwise, and nothing may be missing or more. */
export const isSame = (ours: unknown, theirs: unknown): boolean => {
  if (isJson(ours)) {
    if (!isJson(theirs)) return false
    const names = new Set([...Object.keys(ours), ...Object.keys(theirs)])
    return [...names].every((name) => isSame(ours[name], theirs[name]))
  }
  if (Array.isArray(ours)) {
    const list: readonly unknown[] = Array.isArray(theirs) ? theirs : []
    return ours.length === list.length && ours.every((one, n) => isSame(one, list[n]))
  }
  if (isNothing(ours)) return isNothing(theirs)
  if (typeof ours === 'string' && typeof theirs === 'string') return ours === theirs || isSameTime(ours, theirs)
  return ours === theirs
}

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0)

const isSameTime = (ours: string, theirs: string): boolean => {
  const at = parseInstant(ours)?.ms
  return at !== undefined && at === parseInstant(theirs)?.ms
}
