import { describe, expect, it } from 'vitest'
import type { PushedModule } from '../../../core/domain/push-lane.ts'
import type { Json } from '../../../core/roaming/field.ts'
import { partsOf } from '../../../core/roaming/push-parts.ts'
import { asRemoved, isSame, pushPlan } from '../../../core/roaming/push-plan.ts'
import { testKey } from '../../support/digest.ts'
import { aConnector, aLocation, anEvse, aSession, aTariff, aToken } from '../../support/roaming-lanes.ts'

const then = '2026-11-24T12:00:00Z'
const now = '2026-11-24T12:10:00Z'

/** The requests that tell a partner who has been told one thing of another. */
const told = (module: PushedModule, before: Json | undefined, after: Json, patches = true) => {
  const parts = before && partsOf(module, before, testKey)
  const plan = pushPlan(
    { module, body: after, isRemoved: false, patches, ...(parts !== undefined && { told: parts }) },
    testKey,
  )
  return plan.steps.map(({ method, below, body }) => ({ at: [method, ...below].join(' '), body }))
}

const location = aLocation('LOC1', 3, then)
const evses = location['evses'] as readonly Json[]
const withEvse = (n: number, change: Json): Json => ({
  ...location,
  evses: evses.map((evse, i) => (i === n ? { ...evse, ...change, last_updated: now } : evse)),
  last_updated: now,
})

describe('how a partner is told of a location', () => {
  it('is whole where it has been told nothing', () => {
    expect(told('locations', undefined, location)).toEqual([{ at: 'PUT', body: location }])
  })

  it('is not at all where nothing has changed but the time', () => {
    expect(told('locations', location, { ...location, last_updated: now })).toEqual([])
  })

  it('is the status of an EVSE alone where nothing else has changed', () => {
    expect(told('locations', location, withEvse(1, { status: 'CHARGING' }))).toEqual([
      { at: 'PATCH evse-2', body: { status: 'CHARGING', last_updated: now } },
    ])
  })

  it('is an EVSE or a connector where that has changed, and also a status for whoever takes no PATCH', () => {
    const moved = withEvse(0, { physical_reference: '7' })
    expect(told('locations', location, moved)).toEqual([{ at: 'PUT evse-1', body: (moved['evses'] as Json[])[0] }])
    const connector = { ...aConnector('1', now), max_amperage: 16 }
    expect(told('locations', location, withEvse(2, { connectors: [connector] }))).toEqual([
      { at: 'PUT evse-3 1', body: connector },
    ])
    const charging = withEvse(0, { status: 'CHARGING' })
    expect(told('locations', location, charging, false)).toEqual([
      { at: 'PUT evse-1', body: (charging['evses'] as Json[])[0] },
    ])
  })

  it('is an EVSE that is new, or one that has lost a connector', () => {
    const more = { ...location, evses: [...evses, anEvse(4, now)], last_updated: now }
    expect(told('locations', location, more)).toEqual([{ at: 'PUT evse-4', body: anEvse(4, now) }])
    const two = withEvse(0, { connectors: [aConnector('1', then), aConnector('2', then)] })
    expect(told('locations', two, withEvse(0, {})).map(({ at }) => at)).toEqual(['PUT evse-1'])
  })

  it('is whole where it has changed itself, an EVSE is missing, or too much has changed', () => {
    expect(told('locations', location, { ...location, name: 'South' }).map(({ at }) => at)).toEqual(['PUT'])
    expect(told('locations', location, { ...location, evses: evses.slice(1) }).map(({ at }) => at)).toEqual(['PUT'])
    const big = aLocation('BIG', 9, then)
    const dark = { ...big, evses: (big['evses'] as Json[]).map((evse) => ({ ...evse, status: 'UNKNOWN' })) }
    expect(told('locations', big, dark).map(({ at }) => at)).toEqual(['PUT'])
  })

  it('is each EVSE as REMOVED where it is no more', () => {
    expect(told('locations', location, asRemoved('locations', location, now))).toEqual(
      ['evse-1', 'evse-2', 'evse-3'].map((uid) => ({
        at: `PATCH ${uid}`,
        body: { status: 'REMOVED', last_updated: now },
      })),
    )
  })
})

describe('how a partner is told of a session', () => {
  it('§11.3: is what is new, with the periods that it has not been told', () => {
    expect(told('sessions', aSession('S', 2, then), aSession('S', 3, now))).toEqual([
      {
        at: 'PATCH',
        body: {
          kwh: '3',
          charging_periods: [(aSession('S', 3, now)['charging_periods'] as Json[])[2]],
          last_updated: now,
        },
      },
    ])
  })

  it('is whole where a period was told otherwise or something is taken away, or it takes no PATCH', () => {
    const longer = aSession('S', 2, now)
    const [first, second] = longer['charging_periods'] as Json[]
    const grown = { ...longer, charging_periods: [first, { ...second, dimensions: [] }] }
    expect(told('sessions', aSession('S', 2, then), grown).map(({ at }) => at)).toEqual(['PUT'])
    expect(
      told('sessions', aSession('S', 1, then, { meter_id: 'M' }), aSession('S', 1, now)).map(({ at }) => at),
    ).toEqual(['PUT'])
    expect(told('sessions', aSession('S', 2, then), aSession('S', 3, now), false).map(({ at }) => at)).toEqual(['PUT'])
  })
})

describe('how a partner is told of a token and of a tariff', () => {
  it('is its validity alone where nothing else has changed', () => {
    expect(told('tokens', aToken('04A1', true, then), asRemoved('tokens', aToken('04A1', true, then), now))).toEqual([
      { at: 'PATCH', body: { valid: false, last_updated: now } },
    ])
    const other = { ...aToken('04A1', false, now), whitelist: 'NEVER' }
    expect(told('tokens', aToken('04A1', true, then), other)).toEqual([{ at: 'PUT', body: other }])
  })

  it('is the whole tariff, or that it is no more', () => {
    const dearer = aTariff('T', '0.50', now)
    expect(told('tariffs', aTariff('T', '0.40', then), dearer)).toEqual([{ at: 'PUT', body: dearer }])
    const plan = pushPlan({ module: 'tariffs', body: dearer, isRemoved: true, patches: true }, testKey)
    expect(plan).toEqual({ steps: [{ method: 'DELETE', below: [], tells: 'gone' }] })
  })
})

describe('what a partner has', () => {
  it('is the same however it writes times, and whatever it leaves empty', () => {
    expect(isSame(location, { ...location, last_updated: '2026-11-24T12:00:00.000Z', images: [], owner: null })).toBe(
      true,
    )
  })

  it('is another where something is missing, more, or otherwise', () => {
    const { name: _, ...nameless } = location
    for (const theirs of [nameless, { ...location, state: 'X' }, { ...location, name: 'north' }, undefined, [location]])
      expect(isSame(location, theirs)).toBe(false)
  })
})
