import { describe, expect, it } from 'vitest'
import { type CompositeQuestion, compositeSchedule } from '../../../core/charging/composite.ts'
import type { ChargingProfile, Schedule } from '../../../core/charging/profile.ts'
import { day, dc, hour, noon, onePhase, periods, profile, threePhases } from './profiles.ts'

/** EVSE 1 for six hours from noon on, in amperes on three phases, unless said otherwise. */
const compose = (profiles: readonly ChargingProfile[], over: Partial<CompositeQuestion> = {}) =>
  compositeSchedule({ profiles, evse: 1, from: noon, durationMs: 6 * hour, unit: 'A', supply: threePhases, ...over })

/** Hours and limits, as they are easiest to read; null is no limit. */
const told = (profiles: readonly ChargingProfile[], over: Partial<CompositeQuestion> = {}) =>
  compose(profiles, over).periods.map(({ startMs, limit }) => [startMs / hour, limit ?? null])

const running = { startedAt: noon + hour, transaction: '17' }
const tx = (over: Partial<ChargingProfile> = {}, schedule: Partial<Schedule> = {}) =>
  profile({ id: 7, purpose: 'tx', evse: 1, ...over }, schedule)

describe('a composite schedule', () => {
  it('has no limit where there is no profile (1.6 §3.13.6)', () => {
    expect(compose([])).toEqual({ startsAt: noon, durationMs: 6 * hour, unit: 'A', periods: [{ startMs: 0 }] })
  })

  it('is the example of 1.6 §3.13.7: 6 kW by day, 11 kW by night, every day', () => {
    const daily = profile(
      { kind: 'daily' },
      {
        unit: 'W',
        startsAt: Date.UTC(2013, 0),
        durationMs: day,
        periods: periods([0, 110_000, 3], [8, 60_000, 3], [20, 110_000, 3]),
      },
    )
    expect(compose([daily], { unit: 'W', durationMs: day }).periods).toEqual([
      { startMs: 0, limit: 60_000, phases: 3 },
      { startMs: 8 * hour, limit: 110_000, phases: 3 },
      { startMs: 20 * hour, limit: 60_000, phases: 3 },
    ])
  })

  describe('follows the schedule of a profile', () => {
    it('whose last period lasts to its duration, and those after it never come (1.6 §5.16.4, 2.x K01.FR.11, K01.FR.12)', () => {
      const one = profile({}, { durationMs: 2 * hour, periods: periods([0, 100], [1, 60], [3, 320]) })
      expect(told([one])).toEqual([
        [0, 100],
        [1, 60],
        [2, null],
      ])
    })

    it('whose last period lasts for ever without a duration (1.6 §7.13)', () => {
      expect(told([profile({}, { startsAt: noon - 400 * day })])).toEqual([[0, 100]])
    })

    it('not before it starts (2.x K01.FR.30)', () => {
      expect(told([profile({}, { startsAt: noon + hour })])).toEqual([
        [0, null],
        [1, 100],
      ])
    })

    it('that began before the time that is looked at', () => {
      const one = profile({}, { startsAt: noon - 3 * hour, periods: periods([0, 100], [4, 60]) })
      expect(told([one])).toEqual([
        [0, 100],
        [1, 60],
      ])
    })

    it('from validFrom on, up to but not at validTo (2.x K01.FR.36, K01.FR.37)', () => {
      const one = profile({ validFrom: noon + hour, validTo: noon + 3 * hour }, { startsAt: noon - day })
      expect(told([one])).toEqual([
        [0, null],
        [1, 100],
        [3, null],
      ])
    })

    it('when it is dynamic: from its last update on, and no longer than its duration (2.1 errata K28.FR.13)', () => {
      const one = profile({ kind: 'dynamic' }, { durationMs: 2 * hour })
      expect(told([one])).toEqual([
        [0, 100],
        [2, null],
      ])
      expect(told([profile({ kind: 'dynamic' }, { startsAt: noon - hour, durationMs: 2 * hour })])).toEqual([
        [0, 100],
        [1, null],
      ])
    })

    it('by its first schedule, where there is a choice (2.1 K15.FR.22)', () => {
      const [a] = profile().schedules
      const [b] = profile({}, { periods: periods([0, 60]) }).schedules
      expect(told([tx({ schedules: [a!, b!] })], { session: running })).toEqual([[0, 100]])
    })
  })

  describe('repeats a recurring profile', () => {
    it('every 24 hours from its start, not from midnight (1.6 errata 3.79)', () => {
      const one = profile(
        { kind: 'daily' },
        { startsAt: noon - 30 * day + 2 * hour, periods: periods([0, 60], [1, 100]) },
      )
      expect(told([one])).toEqual([
        [0, 100],
        [2, 60],
        [3, 100],
      ])
    })

    it('every 7 days from its start, not from Monday (1.6 errata 3.79)', () => {
      const one = profile({ kind: 'weekly' }, { startsAt: noon - 70 * day, durationMs: day })
      expect(told([one], { durationMs: 15 * day })).toEqual([
        [0, 100],
        [24, null],
        [7 * 24, 100],
        [8 * 24, null],
        [14 * 24, 100],
      ])
    })

    it('not before it starts for the first time', () => {
      const one = profile({ kind: 'daily' }, { startsAt: noon + hour, durationMs: hour })
      expect(told([one], { durationMs: 2 * day })).toEqual([
        [0, null],
        [1, 100],
        [2, null],
        [25, 100],
        [26, null],
      ])
    })

    it('that is shorter than its recurrence: a lower one fills the rest (1.6 errata 3.43, 2.x K01.FR.13)', () => {
      const short = profile({ stackLevel: 1, kind: 'daily' }, { durationMs: hour, periods: periods([0, 60]) })
      expect(told([short, profile({ id: 2 })], { durationMs: 30 * hour })).toEqual([
        [0, 60],
        [1, 100],
        [24, 60],
        [25, 100],
      ])
    })

    it('that is longer than its recurrence: it is cut (1.6 errata 3.44)', () => {
      const long = profile(
        { kind: 'daily' },
        { durationMs: 30 * hour, periods: periods([0, 60], [23, 100], [25, 320]) },
      )
      expect(told([long], { durationMs: 2 * day })).toEqual([
        [0, 60],
        [23, 100],
        [24, 60],
        [47, 100],
      ])
    })

    it('by UTC, also over a night that has 25 hours somewhere', () => {
      const before = Date.UTC(2026, 9, 24, 22)
      const one = profile({ kind: 'daily' }, { startsAt: before, durationMs: hour })
      expect(told([one], { from: before, durationMs: 2 * day })).toEqual([
        [0, 100],
        [1, null],
        [24, 100],
        [25, null],
      ])
    })
  })

  describe('starts a relative profile with the session', () => {
    const relative = profile({ kind: 'relative' }, { periods: periods([0, 60], [1, 100]) })

    it('that runs (2.x K01.FR.42)', () => {
      expect(told([relative], { session: running })).toEqual([
        [0, null],
        [1, 60],
        [2, 100],
      ])
    })

    it('and never where none runs', () => {
      expect(told([relative])).toEqual([[0, null]])
    })

    it('as one that should say when it starts, and does not (1.6 §7.13)', () => {
      expect(told([{ ...relative, kind: 'absolute' }], { session: running })).toEqual([
        [0, null],
        [1, 60],
        [2, 100],
      ])
    })
  })

  describe('follows the highest level of a purpose', () => {
    const low = profile({ id: 1, stackLevel: 0 })
    const high = (over: Partial<ChargingProfile>, schedule: Partial<Schedule>) =>
      profile({ id: 2, stackLevel: 3, ...over }, schedule)

    it('also where it allows more than the lower one (1.6 §3.13.2)', () => {
      expect(told([low, high({}, { periods: periods([0, 320]) })])).toEqual([[0, 320]])
    })

    it('where it has a period, and is valid (2.1 block K §3.6)', () => {
      const gap = high({ validTo: noon + 3 * hour }, { startsAt: noon + hour, periods: periods([0, 60]) })
      expect(told([low, gap])).toEqual([
        [0, 100],
        [1, 60],
        [3, 100],
      ])
    })

    it('for ever, where it has no duration (1.6 errata 3.7)', () => {
      expect(
        told([low, high({}, { startsAt: noon + hour, periods: periods([0, 60]) })], { durationMs: 400 * day }),
      ).toEqual([
        [0, 100],
        [1, 60],
      ])
    })

    it('of several exceptions to a rule: evenings 2 kW, but not on Sundays, and Christmas on a Friday (2.1 block K §3.7.1)', () => {
      const evenings = profile(
        { id: 10, stackLevel: 1, kind: 'daily' },
        { unit: 'W', startsAt: Date.UTC(2020, 0, 9, 17), durationMs: 3 * hour, periods: periods([0, 20_000]) },
      )
      const sundays = profile(
        { id: 11, stackLevel: 2, kind: 'weekly' },
        { unit: 'W', startsAt: Date.UTC(2020, 0, 5), durationMs: day, periods: periods([0, 9_999_990]) },
      )
      const christmas = profile(
        { id: 12, stackLevel: 3, validFrom: Date.UTC(2020, 0), validTo: Date.UTC(2021, 0) },
        { unit: 'W', startsAt: Date.UTC(2020, 11, 25), durationMs: day, periods: periods([0, 9_999_990]) },
      )
      const on = (date: number) =>
        told([sundays, christmas, evenings], { unit: 'W', from: Date.UTC(2020, 11, date, 16), durationMs: 2 * hour })
      expect(on(24)).toEqual([
        [0, null],
        [1, 20_000],
      ])
      expect(on(25)).toEqual([[0, 9_999_990]])
      expect(on(26)).toEqual([
        [0, null],
        [1, 20_000],
      ])
      expect(on(27)).toEqual([[0, 9_999_990]])
    })

    it('and keeps both of two that should not be of one level (1.6 §3.13.2, 2.x K01.FR.06)', () => {
      const twin = profile({ id: 2 }, { periods: periods([0, 60], [1, 320]) })
      expect(told([low, twin])).toEqual([
        [0, 60],
        [1, 100],
      ])
      expect(told([twin, low])).toEqual([
        [0, 60],
        [1, 100],
      ])
    })
  })

  describe('puts a default', () => {
    it('of EVSE 0 on every EVSE (1.6 §3.13.1, 2.x K01.FR.14)', () => {
      expect([told([profile()], { evse: 1 }), told([profile()], { evse: 2 })]).toEqual([[[0, 100]], [[0, 100]]])
    })

    it('of an EVSE in the place of that of EVSE 0, for this EVSE only, and even while it has no period (1.6 §3.13.1)', () => {
      const own = profile({ id: 2, evse: 1 }, { startsAt: noon + hour, periods: periods([0, 320]) })
      expect(told([profile(), own], { evse: 1 })).toEqual([
        [0, null],
        [1, 320],
      ])
      expect(told([profile(), own], { evse: 2 })).toEqual([[0, 100]])
    })

    it('of another EVSE nowhere else (2.x K01.FR.15)', () => {
      expect(told([profile({ evse: 2 })])).toEqual([[0, null]])
    })

    it('on an EVSE where no session runs (2.1 K08.FR.06)', () => {
      expect(told([profile({ evse: 1 })])).toEqual([[0, 100]])
    })

    it('behind the profile of a session, while that has a period (1.6 §3.13.1, 2.x K02.FR.04, K02.FR.08)', () => {
      const own = tx({}, { startsAt: noon + hour, durationMs: 2 * hour, periods: periods([0, 320]) })
      expect(told([profile({ stackLevel: 9 }), own], { session: running })).toEqual([
        [0, 100],
        [1, 320],
        [3, 100],
      ])
    })
  })

  describe('gives the profile of a session', () => {
    const own = tx({ transaction: '17' }, { periods: periods([0, 60]) })

    it('to that session only', () => {
      expect(told([own], { session: running })).toEqual([[0, 60]])
      expect(told([own], { session: { ...running, transaction: '18' } })).toEqual([[0, null]])
      expect(told([own])).toEqual([[0, null]])
    })

    it('to the session that runs, where one of both is not named', () => {
      expect(told([own], { session: { startedAt: noon } })).toEqual([[0, 60]])
      expect(told([tx()], { session: running })).toEqual([[0, 100]])
    })

    it('to its EVSE only', () => {
      expect(told([own], { session: running, evse: 2 })).toEqual([[0, null]])
    })
  })

  describe('keeps the lowest limit', () => {
    it('of the station, of others, and of the default, at every instant (1.6 §3.13.3)', () => {
      const all = [
        profile({ id: 1 }, { periods: periods([0, 160], [3, 80]) }),
        profile({ id: 2, purpose: 'stationMax' }, { periods: periods([0, 320], [1, 100], [2, 320]) }),
        profile({ id: 3, purpose: 'external' }, { periods: periods([0, 320], [4, 60]) }),
      ]
      expect(told(all)).toEqual([
        [0, 160],
        [1, 100],
        [2, 160],
        [3, 80],
        [4, 60],
      ])
    })

    it('in whichever unit each is given: 11 kW are less than 16 A (1.6 §7.12)', () => {
      const all = [
        profile({ id: 1 }, { periods: periods([0, 160]) }),
        profile({ id: 2, purpose: 'stationMax' }, { unit: 'W', periods: periods([0, 110_000], [1, 220_000]) }),
      ]
      expect(told(all)).toEqual([
        [0, 159],
        [1, 160],
      ])
      expect(told(all, { unit: 'W' })).toEqual([
        [0, 110_000],
        [1, 110_400],
      ])
    })

    it('on the fewest phases that one of them names (2.1 block K §3.8)', () => {
      const all = [
        profile({ id: 1 }, { periods: periods([0, 160, 1]) }),
        profile({ id: 2, purpose: 'stationMax' }, { periods: periods([0, 100, 3]) }),
      ]
      expect(compose(all, { unit: 'W' }).periods).toEqual([{ startMs: 0, limit: 23_000, phases: 1 }])
    })

    it('for those phases that are there, unscaled (1.6 errata 3.34)', () => {
      const one = profile({}, { periods: periods([0, 160, 3]) })
      expect(compose([one], { supply: onePhase }).periods).toEqual([{ startMs: 0, limit: 160, phases: 1 }])
      expect(compose([one], { supply: onePhase, unit: 'W' }).periods).toEqual([
        { startMs: 0, limit: 36_800, phases: 1 },
      ])
    })

    it('without phases on DC', () => {
      const one = profile({}, { unit: 'W', periods: periods([0, 500_000, 3]) })
      expect(compose([one], { supply: dc, unit: 'W' }).periods).toEqual([{ startMs: 0, limit: 500_000 }])
      expect(compose([one], { supply: dc }).periods).toEqual([{ startMs: 0, limit: 1_250 }])
    })

    it('from outside for the station, whatever level one for the EVSE has', () => {
      const all = [
        profile({ id: 1, purpose: 'external', evse: 0, stackLevel: 0 }, { periods: periods([0, 60]) }),
        profile({ id: 2, purpose: 'external', evse: 1, stackLevel: 9 }, { periods: periods([0, 320]) }),
      ]
      expect([told(all), told(all.slice(1))]).toEqual([[[0, 60]], [[0, 320]]])
    })
  })

  describe('of 2.1', () => {
    const priority = profile({ id: 5, purpose: 'priority' }, { startsAt: noon + hour, periods: periods([0, 320]) })
    const all = [
      profile(),
      tx({}, { periods: periods([0, 60]) }),
      profile({ id: 2, purpose: 'stationMax' }, { periods: periods([0, 200]) }),
      priority,
    ]

    it('lets priority charging replace both profiles of a session, never the limit of the station (K21.FR.04)', () => {
      expect(told(all, { session: { ...running, hasPriority: true } })).toEqual([
        [0, 60],
        [1, 200],
      ])
    })

    it('holds priority charging back until it is asked for (K21.FR.07)', () => {
      expect(told(all, { session: running })).toEqual([[0, 60]])
    })

    it('adds local generation on top: 5 kW and 2 kW, then 1 kW (K27)', () => {
      const sun = profile(
        { id: 3, purpose: 'localGeneration' },
        { unit: 'W', durationMs: 4 * hour, periods: periods([0, 20_000], [2, 10_000]) },
      )
      const limit = profile({}, { unit: 'W', periods: periods([0, 50_000]) })
      expect(told([limit, sun], { unit: 'W' })).toEqual([
        [0, 70_000],
        [2, 60_000],
        [4, 50_000],
      ])
      expect(told([sun], { unit: 'W' })).toEqual([[0, null]])
    })

    it('adds local generation on the phases that are used', () => {
      const sun = profile({ id: 3, purpose: 'localGeneration' }, { periods: periods([0, 50, 3]) })
      const limit = profile({}, { periods: periods([0, 100, 1]) })
      expect(compose([limit, sun], { unit: 'W' }).periods).toEqual([{ startMs: 0, limit: 34_500, phases: 1 }])
    })
  })

  describe('of the station', () => {
    const evses = [{ evse: 1, session: running }, { evse: 2 }]
    const station = { evse: 0, evses }
    const max = profile({ id: 2, purpose: 'stationMax' }, { periods: periods([0, 320], [1, 250], [2, 150]) })

    it('is the sum of its EVSEs, no more than its own limit (1.6 §3.13.3, errata 3.30, 2.x K04)', () => {
      const all = [profile({}, { periods: periods([0, 120]) }), max]
      expect(told(all, station)).toEqual([
        [0, 240],
        [2, 150],
      ])
    })

    it('counts each session at its EVSE', () => {
      const all = [profile({}, { periods: periods([0, 120]) }), tx({ kind: 'relative' }, { periods: periods([0, 60]) })]
      expect(told(all, station)).toEqual([
        [0, 240],
        [1, 180],
      ])
    })

    it('is its own limit, where an EVSE has none, or the EVSEs are not known', () => {
      expect(told([profile({ evse: 1 }), max], station)).toEqual([
        [0, 320],
        [1, 250],
        [2, 150],
      ])
      expect(told([profile(), max], { evse: 0 })).toEqual([
        [0, 320],
        [1, 250],
        [2, 150],
      ])
      expect(told([profile({ evse: 1 })], station)).toEqual([[0, null]])
    })

    it('is what others allow for the station, where that is less', () => {
      const others = profile({ id: 3, purpose: 'external' }, { periods: periods([0, 60]) })
      expect(told([profile(), max, others], station)).toEqual([[0, 60]])
    })

    it('adds the watts of EVSEs that use one phase each, as they may be wired to different ones', () => {
      const all = [
        profile({}, { periods: periods([0, 160, 1]) }),
        profile({ id: 2, purpose: 'stationMax' }, { periods: periods([0, 200]) }),
      ]
      expect(compose(all, { ...station, unit: 'W' }).periods).toEqual([{ startMs: 0, limit: 73_600, phases: 1 }])
      expect(compose(all, station).periods).toEqual([{ startMs: 0, limit: 200, phases: 1 }])
    })

    it('counts local generation once, not for every EVSE (2.1 K04.FR.05)', () => {
      const sun = profile({ id: 3, purpose: 'localGeneration' }, { periods: periods([0, 50]) })
      const roof = profile({ id: 4, purpose: 'localGeneration', evse: 2 }, { periods: periods([0, 10]) })
      const all = [profile(), max, sun, roof]
      expect(told(all, station)).toEqual([
        [0, 260],
        [2, 210],
      ])
    })
  })

  it('merges equal neighbours, whoever they come from', () => {
    const all = [
      profile({ id: 1 }, { durationMs: hour, periods: periods([0, 100]) }),
      profile({ id: 2, stackLevel: 1 }, { startsAt: noon + hour, periods: periods([0, 100, 3], [1, 100]) }),
    ]
    expect(told(all)).toEqual([[0, 100]])
  })

  it('takes the periods of a station that sends them in disorder', () => {
    expect(told([profile({}, { periods: periods([2, 60], [0, 100], [1, 80]) })])).toEqual([
      [0, 100],
      [1, 80],
      [2, 60],
    ])
  })
})
