import { parseInstant } from '../../../core/domain/instant.ts'
import type { ListFilter, ListStart } from '../../../core/ports/roaming.ts'

/** Which part of a list is asked for (OCPI 2.3.0 transport, "Paginated request"). */
export interface ListQuery {
  readonly filter: Pick<ListFilter, 'from' | 'to'>
  readonly start: ListStart
  /** How many objects there are before it. */
  readonly offset: number
  readonly limit: number
  /** How many there were when this crawl began; absent: it begins here. */
  readonly count?: number
}

export interface QueryFault {
  readonly fault: string
}

/** What is wrong with any of the parameters, or all of them read. What we do not know is nobody's fault. */
export const listQueryOf = (query: URLSearchParams, most: number): ListQuery | QueryFault => {
  const [from, to] = [instantIn(query, 'date_from'), instantIn(query, 'date_to')]
  const [offset, limit] = [wholeIn(query, 'offset', 0), wholeIn(query, 'limit', 1)]
  const cursor = cursorOf(query.get('cursor'))
  if (isFault(from)) return from
  if (isFault(to)) return to
  if (isFault(offset)) return offset
  if (isFault(limit)) return limit
  if (isFault(cursor)) return cursor
  if (from !== undefined && to !== undefined && from > to) return { fault: 'date_to is before date_from' }
  return {
    filter: { ...(from !== undefined && { from }), ...(to !== undefined && { to }) },
    start: cursor === undefined ? { offset: offset ?? 0 } : { after: cursor.after },
    offset: offset ?? 0,
    limit: Math.min(limit ?? most, most),
    ...(cursor !== undefined && { count: cursor.count }),
  }
}

/** Where the next page begins, for a `Link`: behind an object, whatever happens to those before it meanwhile. */
export const cursorText = (after: number, count: number): string => `${after}-${count}`

const isFault = (value: unknown): value is QueryFault => typeof value === 'object' && value !== null && 'fault' in value

const cursorOf = (text: string | null): { readonly after: number; readonly count: number } | QueryFault | undefined => {
  if (text === null) return undefined
  const [, after, count] = /^(\d{1,15})-(\d{1,15})$/.exec(text) ?? []
  if (after === undefined || count === undefined) return { fault: 'cursor is none of ours' }
  return { after: Number(after), count: Number(count) }
}

const wholeIn = (query: URLSearchParams, name: string, least: number): number | QueryFault | undefined => {
  const text = query.get(name)
  if (text === null) return undefined
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= least)) return { fault: `${name} is not a whole number from ${least} on` }
  // more than anybody has
  return Math.min(value, Number.MAX_SAFE_INTEGER)
}

const instantIn = (query: URLSearchParams, name: string): number | QueryFault | undefined => {
  const text = query.get(name)
  if (text === null) return undefined
  // the plus of a zone that was not encoded has come as a space
  const at = parseInstant(text.trim().replace(/ (?=\d\d:?\d\d$)/, '+'))
  return at === undefined ? { fault: `${name} is no time of RFC 3339` } : at.ms
}
