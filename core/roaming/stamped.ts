import { canonical } from '../domain/canonical.ts'
import { ciKey, isJson, type Json } from './field.ts'
import type { DateTime } from './model.ts'

/** Lists of what has a `last_updated` of its own, and what its elements are told apart by. */
const stampedLists = [
  ['evses', 'uid'],
  ['connectors', 'id'],
] as const

/**
 * An object as it is published after a change: everything in it that is as it was keeps its `last_updated`, everything else
 * has the new one, and so has whatever it is in (OCPI 2.3.0 mod_locations). Where nothing has changed it is the very same.
 */
export const stamped = (had: Json | undefined, has: Json, at: DateTime): Json => {
  const made: Record<string, unknown> = { ...has }
  for (const [list, key] of stampedLists)
    if (Array.isArray(has[list])) made[list] = stampedIn(had?.[list], has[list], key, at)
  if (had === undefined) return { ...made, last_updated: at }
  const before = { ...made, last_updated: had['last_updated'] }
  return canonical(before) === canonical(had) ? had : { ...made, last_updated: at }
}

const stampedIn = (had: unknown, has: readonly unknown[], key: string, at: DateTime): readonly unknown[] => {
  const before = new Map(
    (Array.isArray(had) ? had : []).flatMap((one: unknown) => (isJson(one) ? [[ciKey(one[key]), one]] : [])),
  )
  return has.map((one) => (isJson(one) ? stamped(before.get(ciKey(one[key])), one, at) : one))
}
