import { isJson } from './field.ts'

/** Whether two values say the same; the order of fields says nothing, and what is undefined is not there. */
export const sameJson = (a: unknown, b: unknown): boolean => {
  if (a === b) return true
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((one: unknown, i) => sameJson(one, b[i]))
  if (!isJson(a) || !isJson(b)) return false
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((name) => sameJson(a[name], b[name]))
}
