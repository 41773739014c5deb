import { parseInstant } from '../domain/instant.ts'
import { at, ciKey, isJson, type Json } from './field.ts'

/**
 * Where a partner has something else than what we have told it, as a JSON pointer; undefined where it has all of it. What
 * it has beyond that is its own affair, and so is when it was told.
 */
export const firstDifference = (ours: Json, theirs: Json, pointer = ''): string | undefined => {
  for (const [name, value] of Object.entries(ours)) {
    if (name === 'last_updated' || value === undefined) continue
    const found = differing(value, theirs[name], at(pointer, name))
    if (found !== undefined) return found
  }
  return undefined
}

const differing = (ours: unknown, theirs: unknown, pointer: string): string | undefined => {
  if (isJson(ours)) return isJson(theirs) ? firstDifference(ours, theirs, pointer) : pointer
  if (!Array.isArray(ours)) return isEqual(ours, theirs) ? undefined : pointer
  // nothing, and a list of nothing, are the same
  const list: readonly unknown[] = Array.isArray(theirs) ? theirs : []
  if (ours.length !== list.length) return pointer
  for (const [i, one] of ours.entries()) {
    const found = differing(one, partnerOf(one, list, i), at(pointer, i))
    if (found !== undefined) return found
  }
  return undefined
}

/** Lists of what has a name of its own may be in another order. */
const partnerOf = (one: unknown, list: readonly unknown[], place: number): unknown => {
  if (!isJson(one)) return list[place]
  const key = ['uid', 'id'].find((name) => typeof one[name] === 'string')
  if (key === undefined) return list[place]
  return list.find((other) => isJson(other) && ciKey(other[key]) === ciKey(one[key]))
}

const isEqual = (a: unknown, b: unknown): boolean => {
  if (a === b) return true
  if (typeof a !== 'string' || typeof b !== 'string') return false
  const [at1, at2] = [parseInstant(a)?.ms, parseInstant(b)?.ms]
  if (at1 !== undefined && at1 === at2) return true
  return /^-?\d+(\.\d+)?$/.test(a) && /^-?\d+(\.\d+)?$/.test(b) && plain(a) === plain(b)
}

const plain = (decimal: string): string => (decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal)
