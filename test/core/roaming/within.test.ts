import { describe, expect, it } from 'vitest'
import type { Json } from '../../../core/roaming/field.ts'
import { patched } from '../../../core/roaming/patched.ts'
import { changedWithin } from '../../../core/roaming/within.ts'

const second = (n: number): string => `2026-11-27T12:00:0${n}Z`
const connector = { id: '1', tariff_ids: ['T1'], last_updated: second(1) }
const evse = { uid: 'E1', status: 'AVAILABLE', connectors: [connector], last_updated: second(2) }
const other = { ...evse, uid: 'E2' }
const location = { id: 'L1', evses: [evse, other], last_updated: second(3) }

const patch =
  (fields: Json, kind: 'evse' | 'connector') =>
  (spot: Json | undefined): Json | 'stale' | 'unknown' =>
    spot === undefined ? 'unknown' : patched(spot, fields, kind)

describe('a change within a location', () => {
  it('of an EVSE makes the location as new as it', () => {
    const change = patch({ status: 'CHARGING', last_updated: second(5) }, 'evse')
    expect(changedWithin(location, { evse: 'e1' }, change)).toEqual({
      ...location,
      evses: [{ ...evse, status: 'CHARGING', last_updated: second(5) }, other],
      last_updated: second(5),
    })
  })

  it('of a connector goes all the way up, and makes nothing older', () => {
    const change = patch({ tariff_ids: ['T2'], last_updated: second(2) }, 'connector')
    expect(changedWithin(location, { evse: 'E2', connector: '1' }, change)).toEqual({
      ...location,
      evses: [evse, { ...other, connectors: [{ ...connector, tariff_ids: ['T2'], last_updated: second(2) }] }],
    })
  })

  it('adds an EVSE that is new', () => {
    const added = { ...evse, uid: 'E3', last_updated: second(4) }
    expect(changedWithin(location, { evse: 'E3' }, () => added)).toEqual({
      ...location,
      evses: [evse, other, added],
      last_updated: second(4),
    })
  })

  it('is none where it came late, and none of what is not there', () => {
    const late = patch({ status: 'CHARGING', last_updated: second(1) }, 'evse')
    expect(changedWithin(location, { evse: 'E1' }, late)).toBe('stale')
    expect(changedWithin(location, { evse: 'E9' }, late)).toBe('unknown')
    expect(changedWithin(location, { evse: 'E9', connector: '1' }, late)).toBe('unknown')
  })
})
