import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CourseEntry } from '../../../core/domain/charging-course.ts'
import type { MeterRow } from '../../../core/domain/meter.ts'
import { chargingStates } from '../../../core/domain/session-event.ts'
import type { Account } from '../../../core/pricing/measured.ts'
import { stretchesOf } from '../../../core/pricing/stretches.ts'
import type { Stretch } from '../../../core/pricing/usage.ts'

const kwh = 1_000_000
const minute = 60_000
const noon = Date.UTC(2026, 10, 24, 12)

const account = (over: Partial<Account> = {}): Account => ({
  startedAt: noon,
  endedAt: noon + 60 * minute,
  energyMwh: 10 * kwh,
  firstMwh: 100 * kwh,
  ...over,
})
/** A register in kWh and a power in kW, by minutes after the start. */
const read = (minutes: number, kWh?: number, kW?: number): MeterRow => ({
  at: noon + minutes * minute,
  receivedAt: noon + minutes * minute,
  ...(kWh !== undefined && { registerMwh: Math.round(kWh * kwh) }),
  ...(kW !== undefined && { powerMw: Math.round(kW * kwh) }),
})
const is = (minutes: number, state: CourseEntry['state'], seq?: number): CourseEntry => ({
  at: noon + minutes * minute,
  state,
  ...(seq !== undefined && { seq }),
})
/** `charging 0-20 4.5 kWh 7.4 kW`, one a stretch. */
const told = (stretches: readonly Stretch[]): readonly string[] =>
  stretches.map(({ kind, from, until, energyMwh, powerMw }) =>
    [
      `${kind} ${(from - noon) / minute}-${(until - noon) / minute}`,
      `${energyMwh / kwh} kWh`,
      ...(powerMw === undefined ? [] : [`${powerMw / kwh} kW`]),
    ].join(' '),
  )
const sum = (stretches: readonly Stretch[]): number => stretches.reduce((all, { energyMwh }) => all + energyMwh, 0)

describe('a session in stretches', () => {
  it('is cut at each reading, and the last stretch has what is left of its energy', () => {
    const stretches = stretchesOf(account(), [read(20, 104), read(40, 107)], [])
    expect(told(stretches)).toEqual(['charging 0-20 4 kWh', 'charging 20-40 3 kWh', 'charging 40-60 3 kWh'])
  })

  it('is one stretch where there are no readings', () => {
    expect(told(stretchesOf(account(), [], []))).toEqual(['charging 0-60 10 kWh'])
  })

  it('is parking while the vehicle asks for no power, and not while its station gives none', () => {
    const course = [is(0, 'charging'), is(20, 'suspendedByStation'), is(30, 'suspendedByVehicle'), is(50, 'charging')]
    const stretches = stretchesOf(account(), [read(30, 110)], course)
    expect(told(stretches)).toEqual(['charging 0-30 10 kWh', 'parking 30-50 0 kWh', 'charging 50-60 0 kWh'])
  })

  it('keeps what flows while it is parked as energy', () => {
    const stretches = stretchesOf(account(), [read(30, 109), read(60, 110)], [is(30, 'suspendedByVehicle')])
    expect(told(stretches)).toEqual(['charging 0-30 9 kWh', 'parking 30-60 1 kWh'])
  })

  it('only parks where the vehicle never asked for power', () => {
    const stretches = stretchesOf(account({ energyMwh: 0 }), [read(30, 100)], [is(-1, 'suspendedByVehicle')])
    expect(told(stretches)).toEqual(['parking 0-60 0 kWh'])
  })

  it('has no energy in it where it drew none', () => {
    expect(told(stretchesOf(account({ energyMwh: 0 }), [read(30, 100)], []))).toEqual(['charging 0-60 0 kWh'])
  })

  it('is one stretch of no length where it ends as it begins, with all of its energy', () => {
    const stretches = stretchesOf(account({ endedAt: noon, energyMwh: 5 }), [read(0, 100)], [])
    expect(told(stretches)).toEqual(['charging 0-0 0.000005 kWh'])
  })

  it('has the power that was sampled where a stretch begins', () => {
    const stretches = stretchesOf(account(), [read(0, 100, 11), read(30, 105, 7), read(50, 109)], [])
    expect(told(stretches)).toEqual(['charging 0-30 5 kWh 11 kW', 'charging 30-50 4 kWh 7 kW', 'charging 50-60 1 kWh'])
  })

  it('does not believe a sample of no power where energy flows after it', () => {
    expect(told(stretchesOf(account(), [read(0, 100, 0)], []))).toEqual(['charging 0-60 10 kWh'])
  })

  it('follows its samples of power where no reading has a register', () => {
    const stretches = stretchesOf(account(), [read(0, undefined, 30), read(15, undefined, 10)], [])
    expect(told(stretches)).toEqual(['charging 0-15 5 kWh 30 kW', 'charging 15-60 5 kWh 10 kW'])
  })

  it('knows no readings from outside of it', () => {
    const stretches = stretchesOf(account(), [read(-5, 50), read(30, 106), read(70, 300)], [])
    expect(told(stretches)).toEqual(['charging 0-30 6 kWh', 'charging 30-60 4 kWh'])
  })

  it('takes no notice of a reading whose time cannot be read', () => {
    expect(told(stretchesOf(account(), [{ ...read(30, 106), isTimeless: true }], []))).toEqual(['charging 0-60 10 kWh'])
  })

  it('takes the highest of two registers of the same time', () => {
    const stretches = stretchesOf(account(), [read(30, 106), read(30, 105), read(30, 106)], [])
    expect(told(stretches)).toEqual(['charging 0-30 6 kWh', 'charging 30-60 4 kWh'])
  })

  it('goes by the order of the station where two states are of one time', () => {
    const course = [is(30, 'suspendedByVehicle', 7), is(30, 'charging', 6)]
    expect(told(stretchesOf(account(), [], course))).toEqual(['charging 0-30 5 kWh', 'parking 30-60 5 kWh'])
  })

  it('gives no energy to where a register trembles', () => {
    const stretches = stretchesOf(account(), [read(10, 104), read(20, 103.95), read(30, 104), read(40, 110)], [])
    expect(told(stretches)).toEqual([
      'charging 0-10 4 kWh',
      'charging 10-20 0 kWh',
      'charging 20-30 0 kWh',
      'charging 30-40 6 kWh',
      'charging 40-60 0 kWh',
    ])
  })

  it('shares its energy out by every rise where the meter began anew', () => {
    const stretches = stretchesOf(
      account({ energyMwh: 9 * kwh, lastMwh: 3 * kwh }),
      [read(20, 106), read(30, 1), read(60, 3)],
      [],
    )
    expect(told(stretches)).toEqual(['charging 0-20 6 kWh', 'charging 20-30 1 kWh', 'charging 30-60 2 kWh'])
  })

  it('does not go by a reading gone wrong between two good ones', () => {
    const stretches = stretchesOf(account(), [read(20, 104), read(30, 0), read(40, 9_000), read(45, 108)], [])
    expect(told(stretches)).toEqual(['charging 0-20 4 kWh', 'charging 20-45 4 kWh', 'charging 45-60 2 kWh'])
  })

  it.each([
    ['less', 5, ['charging 0-30 3 kWh', 'charging 30-60 2 kWh']],
    ['more', 20, ['charging 0-30 12 kWh', 'charging 30-60 8 kWh']],
  ])('shares out a corrected energy as its registers rose: %s than they say', (_, corrected, stretches) => {
    const released = account({ energyMwh: corrected * kwh, lastMwh: 110 * kwh })
    expect(told(stretchesOf(released, [read(30, 106)], []))).toEqual(stretches)
  })

  it('moves its readings and states with a corrected clock', () => {
    const measured = { startedAt: noon, endedAt: noon + 60 * minute }
    const late = account({ startedAt: noon - 30 * minute, endedAt: noon + 30 * minute, measured })
    const stretches = stretchesOf(late, [read(20, 109)], [is(40, 'suspendedByVehicle')])
    expect(told(stretches)).toEqual(['charging -30--10 9 kWh', 'charging -10-10 0.5 kWh', 'parking 10-30 0.5 kWh'])
  })

  it.each([
    ['midnight', Date.UTC(2026, 10, 24, 23, 30)],
    ["a month's end", Date.UTC(2026, 10, 30, 23, 30)],
  ])('goes on over %s', (_, startedAt) => {
    const facts = [read(0, 106)].map((one) => ({ ...one, at: startedAt + 40 * minute }))
    const stretches = stretchesOf(account({ startedAt, endedAt: startedAt + 60 * minute }), facts, [])
    expect(stretches).toEqual([
      { kind: 'charging', from: startedAt, until: startedAt + 40 * minute, energyMwh: 6 * kwh },
      { kind: 'charging', from: startedAt + 40 * minute, until: startedAt + 60 * minute, energyMwh: 4 * kwh },
    ])
  })

  it('is quick with as many readings as are ever looked at', () => {
    const readings = Array.from({ length: 5_000 }, (_, i) => read(i / 100, 100 + i / 500, 11))
    const begun = performance.now()
    const stretches = stretchesOf(account(), readings, [is(20, 'suspendedByVehicle')])
    expect([stretches.length > 4_999, sum(stretches), performance.now() - begun < 500]).toEqual([true, 10 * kwh, true])
  })
})

const anyReading = fc.record(
  {
    at: fc.integer({ min: -10, max: 130 }).map((half) => noon + half * 30_000),
    receivedAt: fc.constant(noon),
    registerMwh: fc.oneof(fc.integer({ min: 0, max: 200 * kwh }), fc.integer({ min: 99 * kwh, max: 112 * kwh })),
    powerMw: fc.integer({ min: -kwh, max: 300 * kwh }),
  },
  { requiredKeys: ['at', 'receivedAt'] },
)
const anyState = fc.record(
  {
    at: fc.integer({ min: -10, max: 130 }).map((half) => noon + half * 30_000),
    state: fc.constantFrom(...chargingStates),
    seq: fc.nat(9),
  },
  { requiredKeys: ['at', 'state'] },
)
const anyAccount = fc.record(
  {
    startedAt: fc.constant(noon),
    endedAt: fc.integer({ min: 0, max: 120 }).map((half) => noon + half * 30_000),
    energyMwh: fc.oneof(fc.nat(20 * kwh), fc.constant(0), fc.constant(Number.MAX_SAFE_INTEGER)),
    firstMwh: fc.nat(150 * kwh),
    lastMwh: fc.nat(150 * kwh),
  },
  { requiredKeys: ['startedAt', 'endedAt', 'energyMwh'] },
)

describe('the stretches of any session', () => {
  it('add up to its energy, none of them negative, each where the one before ends', () => {
    fc.assert(
      fc.property(anyAccount, fc.array(anyReading), fc.array(anyState), (of, readings, states) => {
        const stretches = stretchesOf(of, readings, states)
        const ends = stretches.flatMap(({ from, until }) => [from, until])
        expect([ends[0], ends.at(-1), sum(stretches)]).toEqual([of.startedAt, of.endedAt, of.energyMwh])
        expect(ends).toEqual(ends.toSorted((a, b) => a - b))
        expect(stretches.slice(1).map(({ from }) => from)).toEqual(stretches.slice(0, -1).map(({ until }) => until))
        expect(stretches.filter(({ energyMwh }) => energyMwh < 0)).toEqual([])
      }),
    )
  })

  it('are the same in whatever order and however often the facts came (INV-20)', () => {
    const shuffled = <One>(all: fc.Arbitrary<readonly One[]>) =>
      all.chain((one) =>
        fc.tuple(fc.constant(one), fc.shuffledSubarray([...one, ...one], { minLength: one.length * 2 })),
      )
    fc.assert(
      fc.property(
        anyAccount,
        shuffled(fc.array(anyReading)),
        shuffled(fc.array(anyState)),
        (of, [readings, again], [states, statesAgain]) => {
          expect(stretchesOf(of, again, statesAgain)).toEqual(stretchesOf(of, readings, states))
        },
      ),
    )
  })
})
