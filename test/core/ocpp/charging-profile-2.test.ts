import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ChargingProfile, faultOf, operationModes, type Schedule } from '../../../core/charging/profile.ts'
import { compositeFrom2, profileFrom2, profileTo2 } from '../../../core/ocpp/charging-profile-2.ts'
import { faultOfCall } from '../../../core/ocpp/router.ts'
import type { Protocol2 } from '../../../core/ocpp/version.ts'
import { hour, noon, periods, profile, someProfile } from '../charging/profiles.ts'

const written = (one: ChargingProfile, protocol: Protocol2 = 'ocpp2.1') => {
  const words = profileTo2(one, protocol)
  if ('unsupported' in words) throw new Error(words.unsupported)
  return words.payload
}
const faultOnTheWire = (one: ChargingProfile, protocol: Protocol2) =>
  faultOfCall(protocol, 'SetChargingProfile', { evseId: one.evse, chargingProfile: written(one, protocol) })
const refused = (one: ChargingProfile, protocol: Protocol2) => {
  const words = profileTo2(one, protocol)
  return 'unsupported' in words ? words.unsupported : undefined
}

/** As it comes back: three phases are what is meant where none are named. */
const plain = (one: ChargingProfile): ChargingProfile => ({
  ...one,
  schedules: one.schedules.map((schedule) => ({
    ...schedule,
    periods: schedule.periods.map(({ phases, ...period }) => ({
      ...period,
      ...(phases !== undefined && phases !== 3 && { phases }),
    })),
  })),
})

const tenths = (min: number, max: number) => fc.integer({ min, max })
/** Any period that 2.1 has words for beside those of 2.0.1. */
const someRates = fc
  .record(
    {
      limit: tenths(0, 220_000),
      dischargeLimit: tenths(-220_000, 0),
      setpoint: tenths(-220_000, 220_000),
      setpointReactive: tenths(-50_000, 50_000),
      limitL2: tenths(0, 110_000),
      limitL3: tenths(0, 110_000),
      dischargeLimitL2: tenths(-110_000, 0),
      setpointL3: tenths(-110_000, 110_000),
      operationMode: fc.constantFrom(...operationModes),
      phaseToUse: fc.constantFrom(1 as const, 2 as const, 3 as const),
      phases: fc.constantFrom(1 as const, 2 as const),
    },
    { requiredKeys: [] },
  )
  .map((rates) => ({ startMs: 0, ...rates }))

const someProfile21 = fc
  .tuple(someProfile('txDefault', 'tx'), fc.array(someRates, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(([one, rates, isDynamic]): ChargingProfile => {
    const [schedule] = one.schedules as [Schedule]
    if (!isDynamic)
      return { ...one, schedules: [{ ...schedule, periods: rates.map((p, i) => ({ ...p, startMs: i * hour })) }] }
    return {
      ...one,
      kind: 'dynamic',
      updateEveryS: 30,
      schedules: [{ ...schedule, startsAt: noon, periods: rates.slice(0, 1) }],
    }
  })
  .filter((one) => faultOf(one) === undefined)

describe('a charging profile in OCPP 2.x', () => {
  it('comes back as it went, and its words are right by the schema, in both versions', () => {
    const any = someProfile('stationMax', 'txDefault', 'tx')
    fc.assert(
      fc.property(any, fc.constantFrom<Protocol2>('ocpp2.0.1', 'ocpp2.1'), (one, protocol) => {
        expect(faultOnTheWire(one, protocol)).toBeUndefined()
        expect(profileFrom2(written(one, protocol), one.evse)).toEqual(plain(one))
      }),
    )
  })

  it('of 2.1 comes back with setpoints, discharging, modes and single phases', () => {
    fc.assert(
      fc.property(someProfile21, (one) => {
        expect(faultOnTheWire(one, 'ocpp2.1')).toBeUndefined()
        expect(profileFrom2(written(one), one.evse)).toEqual(one)
      }),
    )
  })

  it('never names three phases (K01.FR.49)', () => {
    const [schedule] = written(profile({}, { periods: periods([0, 60, 3], [1, 60, 1]) })).chargingSchedule
    expect(schedule?.chargingSchedulePeriod).toEqual([
      { startPeriod: 0, limit: 6 },
      { startPeriod: 3_600, limit: 6, numberPhases: 1 },
    ])
  })

  it('has up to three schedules, each with a number of its own', () => {
    const { schedules } = profile()
    const one = profile({ purpose: 'tx', evse: 1, transaction: 'tx-1', schedules: [...schedules, ...schedules] })
    expect(written(one).chargingSchedule.map(({ id }) => id)).toEqual([1, 2])
  })

  it('of a dynamic kind says when it was updated, and not when it starts', () => {
    const words = written(profile({ kind: 'dynamic' }, { startsAt: noon }))
    expect(words).toMatchObject({ chargingProfileKind: 'Dynamic', dynUpdateTime: '2026-11-24T12:00:00.000Z' })
    expect(words.chargingSchedule[0]).not.toHaveProperty('startSchedule')
  })

  it.each([
    ['a dynamic one', profile({ kind: 'dynamic' }), 'OCPP 2.0.1 has no dynamic profiles'],
    ['one of priority', profile({ purpose: 'priority' }), 'OCPP 2.0.1 has no profiles for priority'],
    [
      'one that discharges',
      profile({}, { periods: [{ startMs: 0, limit: 60, dischargeLimit: -60, operationMode: 'ExternalLimits' }] }),
      'OCPP 2.0.1 has limits of charging only',
    ],
  ])('is not written in 2.0.1 where it is %s', (_, one, sentence) => {
    expect(refused(one, 'ocpp2.0.1')).toBe(sentence)
  })

  it.each([
    ['recurs, nobody knows how often', { chargingProfileKind: 'Recurring' }, 'it recurs, but not how often'],
    ['begins at no time', { validFrom: 'tomorrow' }, 'a time or a limit in it cannot be read'],
    [
      'limits to what is no number',
      {
        chargingSchedule: [
          { id: 1, chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 1e300 }] },
        ],
      },
      'a time or a limit in it cannot be read',
    ],
  ])('that a station reports and that %s is not taken for one', (_, over, invalid) => {
    expect(profileFrom2({ ...written(profile()), ...over } as never, 0)).toEqual({ invalid })
  })
})

describe('a composite schedule in OCPP 2.x', () => {
  const schedule = {
    evseId: 1,
    duration: 3_600,
    scheduleStart: '2026-11-24T12:00:00Z',
    chargingRateUnit: 'A' as const,
    chargingSchedulePeriod: [{ startPeriod: 600, limit: 16, numberPhases: 1 }],
  }
  it('has no limit before its first period', () => {
    expect(compositeFrom2({ status: 'Accepted', schedule } as never, { at: 0, durationMs: 1 })).toEqual({
      startsAt: noon,
      durationMs: hour,
      unit: 'A',
      periods: [{ startMs: 0 }, { startMs: 600_000, limit: 160, phases: 1 }],
    })
  })

  it('that is not there is none', () => {
    expect(compositeFrom2({ status: 'Accepted' }, { at: 0, durationMs: 1 })).toEqual({
      invalid: 'the station accepted, but sent no schedule',
    })
  })
})
