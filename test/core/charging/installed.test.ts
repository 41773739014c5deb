import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clear, type ClearCriteria, install } from '../../../core/charging/installed.ts'
import type { ChargingProfile } from '../../../core/charging/profile.ts'
import { profile, someProfile } from './profiles.ts'

const anyProfile = someProfile('stationMax', 'txDefault', 'tx', 'priority', 'external', 'localGeneration')
const ids = (profiles: readonly ChargingProfile[]) => profiles.map(({ id }) => id)

describe('a profile that a station accepted', () => {
  const held = [
    profile({ id: 1, evse: 0, stackLevel: 0 }),
    profile({ id: 2, evse: 1, stackLevel: 0 }),
    profile({ id: 3, evse: 1, stackLevel: 1 }),
    profile({ id: 4, evse: 1, stackLevel: 1, purpose: 'tx' }),
  ]
  it.each([
    [
      'takes the place of the one with its purpose, level and EVSE (1.6 §3.13.2)',
      { id: 9, evse: 1, stackLevel: 1 },
      [1, 2, 4, 9],
    ],
    [
      'takes the place of the one with its id, wherever that is (1.6 §5.16.3)',
      { id: 2, evse: 2, stackLevel: 7 },
      [1, 3, 4, 2],
    ],
    ['takes both places', { id: 1, evse: 1, stackLevel: 1 }, [2, 4, 1]],
    ['stands beside those of other levels, EVSEs and purposes', { id: 9, evse: 2, stackLevel: 0 }, [1, 2, 3, 4, 9]],
  ] as const)('%s', (_, accepted, left) => {
    expect(ids(install(held, profile(accepted)))).toEqual(left)
  })

  it('is there once, however often it was sent', () => {
    fc.assert(
      fc.property(fc.array(anyProfile, { maxLength: 8 }), anyProfile, (all, one) => {
        const once = install(all, one)
        expect(once).toContain(one)
        expect(install(once, one)).toEqual(once)
      }),
    )
  })

  it('leaves no two of one id, nor of one purpose, level and EVSE', () => {
    fc.assert(
      fc.property(fc.array(anyProfile), (all) => {
        const left = all.reduce<readonly ChargingProfile[]>(install, [])
        expect(new Set(ids(left)).size).toBe(left.length)
        expect(new Set(left.map((p) => `${p.purpose}/${p.stackLevel}/${p.evse}`)).size).toBe(left.length)
      }),
    )
  })
})

describe('profiles that a station cleared', () => {
  const held = [
    profile({ id: 1, purpose: 'stationMax' }),
    profile({ id: 2, evse: 0, stackLevel: 1 }),
    profile({ id: 3, evse: 1, stackLevel: 1 }),
    profile({ id: 4, evse: 1, stackLevel: 2, purpose: 'tx' }),
  ]
  it.each([
    ['an id, whatever else is named (1.6 §6.13)', { id: 3, evse: 2, stackLevel: 9 }, [1, 2, 4]],
    ['an id that is not there', { id: 9 }, [1, 2, 3, 4]],
    ['an EVSE', { evse: 1 }, [1, 2]],
    ['EVSE 0, which is not all of them', { evse: 0 }, [3, 4]],
    ['a purpose', { purpose: 'txDefault' }, [1, 4]],
    ['a level and an EVSE, both of them (1.6 errata 3.25)', { stackLevel: 1, evse: 1 }, [1, 2, 4]],
    ['a level and a purpose that do not meet', { stackLevel: 2, purpose: 'txDefault' }, [1, 2, 3, 4]],
    ['nothing, which is all (1.6 errata 3.26)', {}, []],
  ] as const)('are those of %s', (_, criteria, left) => {
    expect(ids(clear(held, criteria))).toEqual(left)
  })

  it('are never those that others have set (2.1 K10.FR.04, K10.FR.09)', () => {
    const others = [profile({ id: 5, purpose: 'external' }), profile({ id: 6, purpose: 'localGeneration' })]
    expect([clear(others, {}), clear(others, { id: 5 })]).toEqual([others, others])
  })

  it('are gone at the first time', () => {
    const some = fc.record(
      {
        id: fc.nat(9),
        evse: fc.nat(2),
        purpose: fc.constantFrom('stationMax', 'txDefault', 'tx'),
        stackLevel: fc.nat(4),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.array(anyProfile), some, (all, criteria) => {
        const left = clear(all, criteria as ClearCriteria)
        expect(clear(left, criteria as ClearCriteria)).toEqual(left)
        expect(all.filter((one) => left.includes(one))).toEqual(left)
      }),
    )
  })
})
