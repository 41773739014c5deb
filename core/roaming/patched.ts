import { parseInstant } from '../domain/instant.ts'
import { isJson, type Json } from './field.ts'
import type { Kind } from './objects/index.ts'

/**
 * An object of our model after a PATCH, both validated; `stale` where it was sent before what we have: it came late and
 * says nothing new. The periods of a session are added to those it has (mod_sessions); one that starts when one of them does
 * takes its place, so that a PATCH sent twice is like one sent once.
 */
export const patched = (object: Json, patch: Json, kind: Kind): Json | 'stale' => {
  const [had, has] = [instantOf(object), instantOf(patch)]
  if (had !== undefined && has !== undefined && has < had) return 'stale'
  const periods = kind === 'session' ? appended(object['charging_periods'], patch['charging_periods']) : undefined
  return { ...object, ...patch, ...(periods === undefined ? {} : { charging_periods: periods }) }
}

const instantOf = ({ last_updated: at }: Json): number | undefined =>
  typeof at === 'string' ? parseInstant(at)?.ms : undefined

const appended = (had: unknown, more: unknown): readonly unknown[] | undefined => {
  if (!Array.isArray(more)) return undefined
  if (!Array.isArray(had)) return more
  const starts = new Set(more.map(startOf))
  return [...had.filter((period: unknown) => !starts.has(startOf(period))), ...more]
}

const startOf = (period: unknown): unknown => (isJson(period) ? period['start_date_time'] : undefined)
