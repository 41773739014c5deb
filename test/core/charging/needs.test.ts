import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Charging, compositeSchedule } from '../../../core/charging/composite.ts'
import { isWithinLimits, profileForNeeds, type VehicleNeeds } from '../../../core/charging/needs.ts'
import { type ChargingProfile, faultOf } from '../../../core/charging/profile.ts'
import { hour, noon, periods, profile, someProfile, someSupply, threePhases } from './profiles.ts'

const needs: VehicleNeeds = {
  evse: 1,
  mode: 'AC_three_phase',
  departsAt: noon + 4 * hour,
  most: { A: 320 },
  least: { A: 60 },
}
const charging = (...profiles: readonly ChargingProfile[]): Charging => ({
  profiles,
  supply: threePhases,
  session: { startedAt: noon, transaction: 'tx-1' },
})
const planOf = (of: VehicleNeeds, ...profiles: readonly ChargingProfile[]) =>
  profileForNeeds(of, charging(...profiles), noon)
const hours = (plan: ReturnType<typeof planOf>) =>
  plan?.schedules[0]?.periods.map(({ startMs, limit }) => [startMs / hour, limit])

describe('a profile for what a vehicle needs', () => {
  it('is all that it can draw until it leaves, where nothing limits it', () => {
    expect(planOf(needs)).toEqual({
      evse: 1,
      purpose: 'tx',
      stackLevel: 0,
      kind: 'absolute',
      transaction: 'tx-1',
      schedules: [
        { unit: 'A', startsAt: noon, durationMs: 4 * hour, minRate: 60, periods: [{ startMs: 0, limit: 320 }] },
      ],
    })
  })

  it('follows the limits that hold', () => {
    const limited = profile({}, { periods: periods([0, 160], [1, 80], [2, 500]) })
    expect(hours(planOf(needs, limited))).toEqual([
      [0, 160],
      [1, 80],
      [2, 320],
    ])
  })

  it('is not bounded by the profile that it takes the place of', () => {
    const own = profile({ id: 3, purpose: 'tx', evse: 1, transaction: 'tx-1' }, { periods: periods([0, 60]) })
    expect(hours(planOf(needs, own))).toEqual([[0, 320]])
  })

  it('has no more periods than the vehicle takes: the last one is the lowest of the rest', () => {
    const limited = profile({}, { periods: periods([0, 160], [1, 80], [2, 100], [3, 60]) })
    expect(hours(planOf({ ...needs, mostPeriods: 2 }, limited))).toEqual([
      [0, 160],
      [1, 60],
    ])
  })

  it('uses one phase where the vehicle has one, and watts where it is of DC', () => {
    const one = planOf({ ...needs, mode: 'AC_single_phase' })
    expect(one?.schedules[0]?.periods).toEqual([{ startMs: 0, limit: 320, phases: 1 }])
    const dc = planOf({ evse: 1, mode: 'DC', most: { W: 500_000 } })
    expect(dc?.schedules[0]).toMatchObject({ unit: 'W', durationMs: 24 * hour, periods: [{ limit: 500_000 }] })
  })

  it('is none where nobody says how much', () => {
    expect(planOf({ evse: 1, mode: 'DC_BPT' })).toBeUndefined()
  })

  it('may always be sent, and never goes beyond what holds', () => {
    const some = fc.record({
      profiles: fc.array(someProfile('stationMax', 'txDefault', 'external'), { maxLength: 5 }),
      supply: someSupply,
      mode: fc.constantFrom<VehicleNeeds['mode']>('AC_single_phase', 'AC_three_phase', 'DC', 'DC_BPT'),
      stay: fc.integer({ min: -10, max: 1_000_000 }),
      mostPeriods: fc.integer({ min: 1, max: 5 }),
    })
    fc.assert(
      fc.property(some, ({ profiles, supply, mode, stay, mostPeriods }) => {
        const known: Charging = { profiles, supply, session: { startedAt: noon, transaction: '17' } }
        const of = { evse: 1, mode, departsAt: noon + stay * 1_000, most: { A: 320, W: 220_000 }, mostPeriods }
        const plan = profileForNeeds(of, known, noon + 1)
        const [schedule] = plan?.schedules ?? []
        if (plan === undefined || schedule === undefined) throw new Error('there is no plan')
        expect(faultOf({ ...plan, id: 1 })).toBeUndefined()
        expect(schedule.periods.length).toBeLessThanOrEqual(mostPeriods)
        expect(isWithinLimits(schedule, { evse: 1, startsAt: noon }, known)).toBe(true)
      }),
    )
  })
})

describe('a plan that a vehicle has made', () => {
  const limited = charging(profile({}, { periods: periods([0, 160], [1, 80]) }))
  const plan = (...pairs: readonly (readonly [number, number])[]) =>
    isWithinLimits(
      { unit: 'A', durationMs: 2 * hour, periods: periods(...pairs) },
      { evse: 1, startsAt: noon },
      limited,
    )
  it.each([
    [
      'stays below',
      [
        [0, 100],
        [1, 60],
      ],
      true,
    ],
    [
      'is the same',
      [
        [0, 160],
        [1, 80],
      ],
      true,
    ],
    ['goes beyond at the end', [[0, 160]], false],
    ['goes beyond at once', [[0, 161.1 * 10]], false],
    ['says nothing of the beginning', [[1, 80]], true],
  ] as const)('that %s: taken %s', (_, pairs, taken) => {
    expect(plan(...(pairs as readonly (readonly [number, number])[]))).toBe(taken)
  })
})

describe('what may be drawn by periods of 2.1', () => {
  const drawn = (period: object, unit: 'A' | 'W' = 'W') =>
    compositeSchedule({
      profiles: [profile({}, { unit, periods: [{ startMs: 0, ...period }] })],
      evse: 1,
      from: noon,
      durationMs: hour,
      unit,
      supply: threePhases,
    }).periods[0]?.limit

  it.each([
    ['a setpoint below the limit', { limit: 110_000, setpoint: 40_000 }, 40_000],
    ['a setpoint that gives back', { setpoint: -40_000, operationMode: 'CentralSetpoint' }, 0],
    ['watts of three phases', { limit: 10_000, limitL2: 20_000, limitL3: 30_000 }, 60_000],
    ['nothing but a mode', { operationMode: 'LocalFrequency' }, undefined],
    ['idle', { operationMode: 'Idle' }, 0],
  ])('%s', (_, period, limit) => {
    expect(drawn(period)).toBe(limit)
  })

  it('amperes of three phases hold for each: the lowest', () => {
    expect(drawn({ limit: 160, limitL2: 100, limitL3: 320 }, 'A')).toBe(100)
  })

  it.each([
    ['says nothing', {}, 'a period says neither how much nor what for'],
    [
      'gives back without a mode for it',
      { limit: 10, dischargeLimit: -10 },
      'it gives power back, yet its mode is to charge only',
    ],
    ['gives back upwards', { dischargeLimit: 10 }, 'a limit of discharging is no number of tenths up to 0'],
    ['has a setpoint beyond its limit', { limit: 10, setpoint: 20 }, 'its setpoint is beyond its own limits'],
    ['has L2 alone', { limitL2: 10 }, 'a value of L2 or L3 stands without the one of L1'],
  ])('a period that %s is not sent', (_, period, sentence) => {
    expect(faultOf(profile({}, { periods: [{ startMs: 0, ...period }] }))).toBe(sentence)
  })
})
