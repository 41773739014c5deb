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
  let isSame = had !== undefined
  for (const [list, key] of stampedLists) {
    const [before, now] = [listIn(had, list), listIn(has, list)]
    if (now !== undefined) made[list] = stampedIn(before, now, key, at)
    // what is as it was is the very same: nobody has to look into it again
    isSame &&= isSameList(before, listIn(made, list))
  }
  return had !== undefined && isSame && ownText(had) === ownText(has) ? had : { ...made, last_updated: at }
}

type List = readonly unknown[]

const listIn = (of: Json | undefined, name: string): List | undefined => {
  const list = of?.[name]
  return Array.isArray(list) ? list : undefined
}

const isSameList = (before: List | undefined, now: List | undefined): boolean =>
  before === now || (before?.length === now?.length && now?.every((one, i) => one === before?.[i]) === true)

/** All that it says but for its lists and its time. */
const ownText = (of: Json): string =>
  canonical(Object.fromEntries(Object.entries(of).filter(([name]) => !unread.has(name))))

const unread = new Set<string>(['last_updated', ...stampedLists.map(([list]) => list)])

const stampedIn = (had: List | undefined, has: List, key: string, at: DateTime): List => {
  const before = new Map((had ?? []).flatMap((one) => (isJson(one) ? [[ciKey(one[key]), one] as const] : [])))
  return has.map((one) => (isJson(one) ? stamped(before.get(ciKey(one[key])), one, at) : one))
}
