import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ChargingProfile } from '../../../core/charging/profile.ts'
import {
  compositeFrom16,
  profileFrom16,
  profileTo16,
  type ChargingProfile16,
} from '../../../core/ocpp/charging-profile.ts'
import { faultOfCall } from '../../../core/ocpp/router.ts'
import { hour, noon, periods, profile, second, someProfile } from '../charging/profiles.ts'

const payloadOf = (one: ChargingProfile): ChargingProfile16 => {
  const written = profileTo16(one)
  if ('unsupported' in written) throw new Error(written.unsupported)
  return written.payload
}
const faultOnTheWire = (one: ChargingProfile) =>
  faultOfCall('ocpp1.6', 'SetChargingProfile', { connectorId: one.evse, csChargingProfiles: payloadOf(one) })

describe('a charging profile in OCPP 1.6', () => {
  it('has all its fields (§7.8, §7.13, §7.14)', () => {
    const one = profile(
      {
        id: 5,
        evse: 1,
        purpose: 'tx',
        stackLevel: 2,
        kind: 'weekly',
        transaction: '17',
        validFrom: noon,
        validTo: noon + hour,
      },
      {
        unit: 'W',
        startsAt: noon,
        durationMs: 2 * hour,
        minRate: 13_805,
        periods: periods([0, 110_000, 3], [1, 36_801]),
      },
    )
    expect(payloadOf(one)).toEqual({
      chargingProfileId: 5,
      transactionId: 17,
      stackLevel: 2,
      chargingProfilePurpose: 'TxProfile',
      chargingProfileKind: 'Recurring',
      recurrencyKind: 'Weekly',
      validFrom: '2026-11-24T12:00:00.000Z',
      validTo: '2026-11-24T13:00:00.000Z',
      chargingSchedule: {
        duration: 7_200,
        startSchedule: '2026-11-24T12:00:00.000Z',
        chargingRateUnit: 'W',
        chargingSchedulePeriod: [
          { startPeriod: 0, limit: 11_000, numberPhases: 3 },
          { startPeriod: 3_600, limit: 3_680.1 },
        ],
        minChargingRate: 1_380.5,
      },
    })
  })

  it('writes no field that has nothing to say (handbook/ocpp.md §1.3)', () => {
    expect(payloadOf(profile({ purpose: 'stationMax' }))).toEqual({
      chargingProfileId: 1,
      stackLevel: 0,
      chargingProfilePurpose: 'ChargePointMaxProfile',
      chargingProfileKind: 'Absolute',
      chargingSchedule: {
        startSchedule: '2026-11-24T12:00:00.000Z',
        chargingRateUnit: 'A',
        chargingSchedulePeriod: [{ startPeriod: 0, limit: 10 }],
      },
    })
  })

  it('follows its schema and comes back as it was, whatever it says', () => {
    fc.assert(
      fc.property(someProfile('stationMax', 'txDefault', 'tx'), (one) => {
        expect(faultOnTheWire(one)).toBeUndefined()
        const heard = JSON.parse(JSON.stringify(payloadOf(one))) as ChargingProfile16
        expect(profileFrom16(heard, one.evse)).toEqual(one)
      }),
      { numRuns: 500 },
    )
  })

  it('has every limit of one decimal, to the tenth (handbook/ocpp.md §6, 11)', () => {
    const limits = Array.from({ length: 630 }, (_, i) => i + 1)
    const one = profile({}, { periods: limits.map((limit, i) => ({ startMs: i * second, limit })) })
    expect(faultOnTheWire(one)).toBeUndefined()
    const heard = JSON.parse(JSON.stringify(payloadOf(one))) as ChargingProfile16
    expect(heard.chargingSchedule.chargingSchedulePeriod.map((p) => String(p.limit))).toEqual(
      limits.map((limit) => `${Math.floor(limit / 10)}.${limit % 10}`.replace('.0', '')),
    )
    expect(profileFrom16(heard, 0)).toEqual(one)
  })

  const [schedule] = profile().schedules
  it.each([
    ['a fault in it', profile({ evse: -1 }), 'its EVSE is no number from 0 on'],
    ['a purpose of 2.x', profile({ purpose: 'priority' }), 'OCPP 1.6 has no profiles for priority'],
    ['a kind of 2.1', profile({ kind: 'dynamic' }), 'OCPP 1.6 has no dynamic profiles'],
    [
      'a choice of schedules',
      profile({ purpose: 'tx', evse: 1, schedules: [schedule!, schedule!] }),
      'OCPP 1.6 has one schedule in a profile',
    ],
    [
      'a chosen phase',
      profile({}, { periods: [{ startMs: 0, limit: 60, phases: 1, phaseToUse: 3 }] }),
      'OCPP 1.6 cannot choose a phase',
    ],
    [
      'a transaction without a name',
      profile({ purpose: 'tx', evse: 1, transaction: '' }),
      'OCPP 1.6 has numbers for transactions',
    ],
    [
      'a transaction of 2.x',
      profile({ purpose: 'tx', evse: 1, transaction: 'e3f0' }),
      'OCPP 1.6 has numbers for transactions',
    ],
  ] as const)('is not written with %s', (_, one, unsupported) => {
    expect(profileTo16(one)).toEqual({ unsupported })
  })

  describe('that is heard', () => {
    const heard = (
      over: Partial<ChargingProfile16>,
      inSchedule: Partial<ChargingProfile16['chargingSchedule']> = {},
    ) => {
      const wire = payloadOf(profile())
      return profileFrom16({ ...wire, ...over, chargingSchedule: { ...wire.chargingSchedule, ...inSchedule } }, 2)
    }

    it('is for the connector it was sent for', () => {
      expect(heard({})).toEqual(profile({ evse: 2 }))
    })

    it('is read although it makes no sense, as the station follows it', () => {
      expect(heard({ chargingProfilePurpose: 'ChargePointMaxProfile', stackLevel: -1 })).toEqual(
        profile({ evse: 2, purpose: 'stationMax', stackLevel: -1 }),
      )
    })

    it('is meant for three phases where it names a number that cannot be', () => {
      const odd = [{ startPeriod: 0, limit: 10, numberPhases: 0 }]
      expect(heard({}, { chargingSchedulePeriod: odd })).toEqual(profile({ evse: 2 }))
    })

    it('is not read where it does not say how often it recurs, at what time, or how much', () => {
      const unreadable = { invalid: 'a time or a limit in it cannot be read' }
      expect(heard({ chargingProfileKind: 'Recurring' })).toEqual({ invalid: 'it recurs, but not how often' })
      expect(heard({ validTo: 'tomorrow' })).toEqual(unreadable)
      expect(heard({}, { startSchedule: '' })).toEqual(unreadable)
      expect(heard({}, { chargingSchedulePeriod: [{ startPeriod: 0, limit: 1e300 }] })).toEqual(unreadable)
    })
  })
})

describe('the composite schedule of a station in OCPP 1.6', () => {
  const asked = { at: noon, durationMs: hour }
  const answer = (
    chargingSchedulePeriod: readonly { startPeriod: number; limit: number; numberPhases?: number }[],
    over: object = {},
  ) => ({
    status: 'Accepted' as const,
    connectorId: 1,
    scheduleStart: '2026-11-24T12:00:01Z',
    chargingSchedule: {
      duration: 1_800,
      chargingRateUnit: 'A' as const,
      chargingSchedulePeriod: [...chargingSchedulePeriod],
      ...over,
    },
  })

  it('is read as ours is computed (§6.22, errata 3.57)', () => {
    expect(
      compositeFrom16(
        answer([
          { startPeriod: 0, limit: 16, numberPhases: 3 },
          { startPeriod: 60, limit: 6.1 },
        ]),
        asked,
      ),
    ).toEqual({
      startsAt: noon + second,
      durationMs: 1_800 * second,
      unit: 'A',
      periods: [
        { startMs: 0, limit: 160, phases: 3 },
        { startMs: 60 * second, limit: 61 },
      ],
    })
  })

  it('starts when we asked and lasts as long as we asked for, where it does not say so', () => {
    const { scheduleStart: _start, ...without } = answer([{ startPeriod: 0, limit: 16 }], { duration: undefined })
    expect(compositeFrom16(without, asked)).toMatchObject({ startsAt: noon, durationMs: hour })
  })

  it('starts at the start of its schedule, where only that says so', () => {
    const { scheduleStart: _start, ...without } = answer([{ startPeriod: 0, limit: 16 }], {
      startSchedule: '2026-11-24T11:59:59Z',
    })
    expect(compositeFrom16(without, asked)).toMatchObject({ startsAt: noon - second })
  })

  it.each([
    [
      'begins late: no limit before',
      [[60, 16]],
      [
        [0, null],
        [60, 160],
      ],
    ],
    [
      'is in disorder',
      [
        [60, 16],
        [0, 6],
      ],
      [
        [0, 60],
        [60, 160],
      ],
    ],
    [
      'repeats itself',
      [
        [0, 6],
        [60, 6],
        [90, 16],
      ],
      [
        [0, 60],
        [90, 160],
      ],
    ],
    [
      'goes on after its end',
      [
        [0, 6],
        [1_800, 16],
      ],
      [[0, 60]],
    ],
    [
      'begins before its start',
      [
        [-60, 6],
        [-1, 16],
        [60, 6],
      ],
      [
        [0, 160],
        [60, 60],
      ],
    ],
    ['has none', [], [[0, null]]],
  ] as const)('is put in order where it %s', (_, sent, read) => {
    const heard = compositeFrom16(answer(sent.map(([startPeriod, limit]) => ({ startPeriod, limit }))), asked)
    expect('periods' in heard && heard.periods.map((p) => [p.startMs / second, p.limit ?? null])).toEqual(read)
  })

  it('is none where the station has none, sends none, or cannot be read', () => {
    expect(compositeFrom16({ status: 'Rejected' }, asked)).toEqual({
      invalid: 'the station has no composite schedule for this',
    })
    expect(compositeFrom16({ status: 'Accepted' }, asked)).toEqual({
      invalid: 'the station accepted, but sent no schedule',
    })
    expect(compositeFrom16({ ...answer([]), scheduleStart: 'now' }, asked)).toEqual({
      invalid: 'a time or a limit in it cannot be read',
    })
  })
})
