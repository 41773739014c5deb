import { parseInstant } from '../domain/instant.ts'
import { ciKey, isJson, type Json } from './field.ts'

/** An EVSE of a location, or a connector of it. */
export interface Spot {
  readonly evse: string
  readonly connector?: string
}

/** What the spot is to be; it is undefined where there is none yet. `stale` and `unknown` change nothing. */
export type Change = (spot: Json | undefined) => Json | 'stale' | 'unknown'

/**
 * A location after a PUT or a PATCH of an EVSE or a connector in it. What it is in has changed with it, and is as new as
 * it (mod_locations: a change bumps `last_updated` all the way up), but never older than before.
 */
export const changedWithin = (location: Json, { evse, connector }: Spot, change: Change): ReturnType<Change> =>
  changed(location, ['evses', 'uid', evse], (of) => {
    if (connector === undefined) return change(of)
    return of === undefined ? 'unknown' : changed(of, ['connectors', 'id', connector], change)
  })

const changed = (
  holder: Json,
  [list, key, id]: readonly [string, string, string],
  change: Change,
): ReturnType<Change> => {
  const elements: readonly unknown[] = Array.isArray(holder[list]) ? holder[list] : []
  const index = elements.findIndex((one) => isJson(one) && ciKey(one[key]) === ciKey(id))
  const had = elements[index]
  const has = change(isJson(had) ? had : undefined)
  if (typeof has === 'string') return has
  const made = index < 0 ? [...elements, has] : elements.with(index, has)
  return { ...holder, [list]: made, last_updated: later(holder['last_updated'], has['last_updated']) }
}

const later = (a: unknown, b: unknown): unknown => (instant(a) >= instant(b) ? a : b)

const instant = (value: unknown): number =>
  typeof value === 'string' ? (parseInstant(value)?.ms ?? -Infinity) : -Infinity
