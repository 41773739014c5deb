import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { faultOf, type ChargingProfile, type Schedule } from '../../../core/charging/profile.ts'
import { hour, noon, periods, profile, someProfile } from './profiles.ts'

describe('a charging profile that is about to be sent', () => {
  const good: readonly [string, ChargingProfile][] = [
    ['an absolute default', profile()],
    [
      'a daily one that lasts longer than a day: the rest is cut (1.6 errata 3.44)',
      profile({ kind: 'daily' }, { durationMs: 30 * hour }),
    ],
    ['a limit of the station', profile({ purpose: 'stationMax' })],
    ['a relative one for a session', profile({ purpose: 'tx', evse: 1, kind: 'relative', transaction: '17' })],
    [
      'a validity for a session (1.6 errata 3.65, 3.66)',
      profile({ purpose: 'tx', evse: 1, validFrom: noon, validTo: noon + 1 }),
    ],
    [
      'three schedules for a session (2.x K01.FR.34)',
      profile({ purpose: 'tx', evse: 1, schedules: [1, 2, 3].flatMap(() => profile().schedules) }),
    ],
    ['a dynamic one', profile({ kind: 'dynamic' })],
    [
      'a period that never comes (2.x K01.FR.11)',
      profile({}, { durationMs: hour, periods: periods([0, 100], [2, 60]) }),
    ],
    ['one phase, chosen', profile({}, { periods: [{ startMs: 0, limit: 60, phases: 1, phaseToUse: 2 }] })],
  ]
  it.each(good)('is let through: %s', (_, one) => {
    expect(faultOf(one)).toBeUndefined()
  })

  const bad: readonly [string, ChargingProfile, string][] = [
    ['whose id is none', profile({ id: 1.5 }), 'its id is no whole number'],
    ['of a negative EVSE', profile({ evse: -1 }), 'its EVSE is no number from 0 on'],
    ['of a negative level (1.6 §7.8)', profile({ stackLevel: -1 }), 'its stack level is no number from 0 on'],
    [
      'of others (2.x K01.FR.22)',
      profile({ purpose: 'external' }),
      'limits from outside are set by whoever imposes them, never by us',
    ],
    [
      'of the station at an EVSE (1.6 §3.13.1)',
      profile({ purpose: 'stationMax', evse: 1 }),
      'a limit of the whole station belongs to EVSE 0',
    ],
    [
      'of the station and relative (2.x K01.FR.38)',
      profile({ purpose: 'stationMax', kind: 'relative' }),
      'a limit of the whole station has no session to follow',
    ],
    [
      'of a session at EVSE 0 (1.6 §3.13.1, 2.x K01.FR.16)',
      profile({ purpose: 'tx' }),
      'a profile of one session belongs to its EVSE, not to EVSE 0',
    ],
    [
      'of a session, yet for all (1.6 §7.8)',
      profile({ transaction: '17' }),
      'only a profile of one session names a session',
    ],
    ['valid from no time', profile({ validFrom: Number.NaN }), 'its validity has an end that is no point in time'],
    ['valid to beyond the years', profile({ validTo: 1e15 }), 'its validity has an end that is no point in time'],
    ['never valid', profile({ validFrom: noon, validTo: noon }), 'its validity ends before it begins'],
    ['without a schedule', profile({ schedules: [] }), 'it has none, or more than three schedules'],
    [
      'with a choice for nobody (2.x K01.FR.34)',
      profile({ schedules: [...profile().schedules, ...profile().schedules] }),
      'only a profile of one session has a choice of schedules',
    ],
    [
      'that is dynamic with two periods (2.1 K28.FR.01)',
      profile({ kind: 'dynamic' }, { periods: periods([0, 1], [1, 2]) }),
      'a dynamic profile has one schedule with one period',
    ],
    [
      'of priority with a duration (2.1 K01.FR.70)',
      profile({ purpose: 'priority' }, { durationMs: hour }),
      'a priority profile lasts until the end of the session and has no duration',
    ],
    [
      'that is relative to two things (2.x K01.FR.41)',
      profile({ kind: 'relative' }, { startsAt: noon }),
      'a relative schedule starts with the session, at no point in time of its own',
    ],
    [
      'that recurs from nowhere (2.x K01.FR.40)',
      profile({ kind: 'weekly', schedules: [{ unit: 'A', periods: periods([0, 1]) }] }),
      'its schedule does not say when it starts',
    ],
  ]
  it.each(bad)('is told what is wrong when it is one %s', (_, one, sentence) => {
    expect(faultOf(one)).toBe(sentence)
  })

  const period = { startMs: 0, limit: 60 }
  const badly: readonly [string, Partial<Schedule>, string][] = [
    ['starts at no time', { startsAt: -1 }, 'its schedule starts at no point in time'],
    ['lasts no time', { durationMs: 0 }, 'it lasts no whole seconds'],
    ['lasts half a second', { durationMs: 500 }, 'it lasts no whole seconds'],
    ['has a least rate below a tenth', { minRate: 0.5 }, 'its least rate is no number of tenths'],
    ['has no period', { periods: [] }, 'its first period does not start at 0'],
    [
      'begins late (1.6 errata 3.45, 2.x K01.FR.31)',
      { periods: periods([1, 60]) },
      'its first period does not start at 0',
    ],
    [
      'counts less than seconds',
      { periods: [period, { ...period, startMs: 1_500 }] },
      'a period starts at no whole second',
    ],
    [
      'goes back in time (2.x K01.FR.35)',
      { periods: periods([0, 60], [2, 60], [1, 60]) },
      'its periods are not in the order of their start',
    ],
    [
      'has two periods at once',
      { periods: periods([0, 60], [1, 60], [1, 70]) },
      'its periods are not in the order of their start',
    ],
    ['discharges', { periods: periods([0, -60]) }, 'a limit is no number of tenths from 0 on'],
    ['limits to hundredths', { periods: periods([0, 0.5]) }, 'a limit is no number of tenths from 0 on'],
    ['has four phases', { periods: [{ ...period, phases: 4 as never }] }, 'there are one, two or three phases'],
    [
      'chooses one of three phases (2.x K01.FR.19)',
      { periods: [{ ...period, phaseToUse: 1 }] },
      'one phase is chosen, yet more are used',
    ],
  ]
  it.each(badly)('is told what is wrong when its schedule %s', (_, schedule, sentence) => {
    expect(faultOf(profile({}, schedule))).toBe(sentence)
  })

  it('is not let through with any number that is none', () => {
    const odd = fc.constantFrom(Number.NaN, Infinity, -Infinity, 0.5, -1, 2 ** 60)
    const place = fc.constantFrom('evse', 'stackLevel', 'validFrom', 'validTo')
    const deeper = fc.constantFrom('startsAt', 'durationMs', 'minRate')
    const deepest = fc.constantFrom('startMs', 'limit', 'phases')
    fc.assert(
      fc.property(someProfile('stationMax', 'txDefault', 'tx'), odd, place, deeper, deepest, (one, value, a, b, c) => {
        const [schedule] = one.schedules
        const [period] = schedule?.periods ?? []
        expect(faultOf({ ...one, [a]: value })).toBeDefined()
        expect(faultOf({ ...one, schedules: [{ ...schedule!, [b]: value }] })).toBeDefined()
        expect(faultOf({ ...one, schedules: [{ ...schedule!, periods: [{ ...period!, [c]: value }] }] })).toBeDefined()
      }),
    )
  })
})
