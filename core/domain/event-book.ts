import type { ChargingState } from './session-event.ts'
import type { SessionLimits } from './session-limits.ts'

/**
 * Which of a session's events are here, by the station's own numbers, and which of them told what is told only once
 * (2.0.1 part 2 E): a session is the sum of its events in whatever order they come (INV-20), so of several that tell the
 * same the one with the lowest number counts.
 */
export interface EventBook {
  /** Numbers that are here, as runs from the first to the last of each, in order. */
  readonly runs: readonly (readonly [number, number])[]
  /** The number of the event that told it. */
  readonly started?: number
  /** The key of the fact that told its start. */
  readonly startKey?: string
  readonly ended?: number
  readonly evse?: number
  readonly token?: number
  readonly stopToken?: number
  /** The newest state of charging, and the number of the event that told it. */
  readonly charging?: readonly [number, ChargingState]
  /** The newest event that told what the station has worked out, and with which tariff. */
  readonly cost?: number
  readonly tariff?: number
  /** What the station has said last of how far it may go, and the number of that event. */
  readonly limits?: readonly [number, SessionLimits]
  /** What the station is told of it by us, and the number of the event whose answer says so. */
  readonly ordered?: readonly [number, SessionLimits]
  /** Why nobody waits any more for what is missing (INV-22). */
  readonly settled?: string
}

export const emptyBook: EventBook = { runs: [] }

export const hasEvent = ({ runs }: EventBook, seq: number): boolean =>
  runs.some(([from, to]) => seq >= from && seq <= to)

/** The runs with one number more; most numbers follow the last. */
export const withNumber = (runs: EventBook['runs'], seq: number): EventBook['runs'] => {
  const last = runs.at(-1)
  if (last !== undefined && seq === last[1] + 1) return [...runs.slice(0, -1), [last[0], seq]]
  const joined: [number, number][] = []
  for (const [from, to] of [...runs, [seq, seq] as const].sort(([a], [b]) => a - b)) {
    const before = joined.at(-1)
    if (before !== undefined && from <= before[1] + 1) before[1] = Math.max(before[1], to)
    else joined.push([from, to])
  }
  return joined
}

/** What is missing between its start and its end, as runs; undefined while one of the two is not here (INV-21). */
export const missingFrom = ({ runs, started, ended }: EventBook): EventBook['runs'] | undefined => {
  if (started === undefined || ended === undefined) return undefined
  const missing: (readonly [number, number])[] = []
  let next = started
  for (const [from, to] of runs) {
    if (to < next) continue
    if (next > ended) break
    if (from > next) missing.push([next, Math.min(from - 1, ended)])
    next = to + 1
  }
  return missing
}

/** Its start, its end and everything between are here, or nobody waits for the rest any more. */
export const isAccounted = (book: EventBook): boolean => book.settled !== undefined || missingFrom(book)?.length === 0

/** In words for whoever reads the account: `events 3 to 5 and 9 are missing`. */
export const gapsOf = (book: EventBook): string | undefined => {
  const missing = missingFrom(book)
  if (missing === undefined)
    return book.started === undefined && book.ended !== undefined ? 'its start is missing' : undefined
  if (missing.length === 0) return undefined
  const named = missing.slice(0, 5).map(([from, to]) => (from === to ? String(from) : `${from} to ${to}`))
  return `events ${named.join(', ')}${missing.length > 5 ? ' and more' : ''} are missing`
}
