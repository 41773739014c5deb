import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/server.ts'
import { type Setting, setUp } from './setting.ts'
import { type Station2, station2 } from './station-2.ts'

const accepted = { status: 'Accepted' }
const at = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString()
const startsAt = '2026-11-24T12:00:00.000Z'

/** Smart charging of OCPP 2.0.1 (test cases of part 6, block K) and what 2.1 adds, on a whole server. */
describe('smart charging of OCPP 2.x', () => {
  let setting: Setting
  let one: Station2
  let serial = 0

  beforeAll(async () => {
    setting = await setUp()
  })
  afterAll(() => setting?.stop())
  afterEach(() => one?.close())
  const begin = async (protocol: 'ocpp2.0.1' | 'ocpp2.1' = 'ocpp2.0.1'): Promise<Station2> =>
    (one = await station2(setting.test, `SMART-${++serial}`, protocol))

  const limits = (unit: 'A' | 'W', ...pairs: readonly (readonly [startS: number, limit: number])[]) => ({
    unit,
    periods: pairs.map(([startS, limit]) => ({ startS, limit })),
  })
  const default1 = { evse: 1, purpose: 'txDefault', kind: 'absolute', schedule: { ...limits('A', [0, 16]), startsAt } }
  const installed = async (): Promise<readonly unknown[]> =>
    (
      await one.shown<{ items: readonly { id: number; evse: number; purpose: string }[] }>('charging-profiles')
    ).items.map(({ id, evse, purpose }) => [id, evse, purpose])

  describe('profiles are set', () => {
    it('TC_K_01_CSMS a default for one EVSE, with exactly what it has, and three phases by saying nothing', async () => {
      await begin()
      one.answers('SetChargingProfile', accepted)
      const schedule = {
        ...limits('A', [0, 10.5], [3_600, 6]),
        startsAt,
        durationS: 7_200,
        minRate: 6,
      }
      const profile = { ...default1, id: 7, stackLevel: 1, schedule, validFrom: startsAt }
      expect(await one.order({ type: 'setChargingProfile', profile })).toMatchObject({ outcome: 'succeeded' })
      expect(one.last('SetChargingProfile')).toEqual({
        evseId: 1,
        chargingProfile: {
          id: 7,
          stackLevel: 1,
          chargingProfilePurpose: 'TxDefaultProfile',
          chargingProfileKind: 'Absolute',
          validFrom: startsAt,
          chargingSchedule: [
            {
              id: 1,
              startSchedule: startsAt,
              duration: 7_200,
              chargingRateUnit: 'A',
              minChargingRate: 6,
              chargingSchedulePeriod: [
                { startPeriod: 0, limit: 10.5 },
                { startPeriod: 3_600, limit: 6 },
              ],
            },
          ],
        },
      })
      expect(await installed()).toEqual([[7, 1, 'txDefault']])
    })

    it('TC_K_02_CSMS one for a session that is not there is not sent', async () => {
      await begin()
      one.answers('SetChargingProfile', accepted)
      const profile = { evse: 1, purpose: 'tx', kind: 'relative', schedule: limits('A', [0, 16]) }
      expect(await one.order({ type: 'setChargingProfile', profile })).toMatchObject({
        outcome: 'unsupported',
        reason: 'no session is open there for it',
      })
      expect(one.asked('SetChargingProfile')).toEqual([])
    })

    it('TC_K_03_CSMS a limit of the whole station goes to EVSE 0', async () => {
      await begin()
      one.answers('SetChargingProfile', accepted)
      const profile = {
        ...default1,
        evse: 0,
        purpose: 'stationMax',
        schedule: { ...limits('W', [0, 22_000]), startsAt },
      }
      await one.order({ type: 'setChargingProfile', profile })
      expect(one.last('SetChargingProfile')).toMatchObject({
        evseId: 0,
        chargingProfile: {
          chargingProfilePurpose: 'ChargingStationMaxProfile',
          chargingSchedule: [{ chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit: 22_000 }] }],
        },
      })
    })

    it('TC_K_04_CSMS one of the same purpose, level and EVSE has the id of the one that it replaces', async () => {
      await begin()
      one.answers('SetChargingProfile', accepted)
      await one.order({ type: 'setChargingProfile', profile: { ...default1, id: 41 } })
      const schedule = { ...limits('A', [0, 8]), startsAt }
      await one.order({ type: 'setChargingProfile', profile: { ...default1, schedule } })
      expect(one.asked('SetChargingProfile').map((p) => (p['chargingProfile'] as { id: number }).id)).toEqual([41, 41])
      expect(await installed()).toEqual([[41, 1, 'txDefault']])
    })

    it('what stands in its place under another id is cleared first (K01.FR.06)', async () => {
      await begin()
      one.answers('SetChargingProfile', accepted)
      one.answers('ClearChargingProfile', accepted)
      await one.order({ type: 'setChargingProfile', profile: { ...default1, id: 41 } })
      const { outcome } = await one.order({ type: 'setChargingProfile', profile: { ...default1, id: 42 } })
      expect([outcome, one.asked('ClearChargingProfile')]).toEqual(['succeeded', [{ chargingProfileId: 41 }]])
      expect(await installed()).toEqual([[42, 1, 'txDefault']])
    })

    it('TC_K_10_CSMS a default for all EVSEs goes to EVSE 0', async () => {
      await begin()
      one.answers('SetChargingProfile', accepted)
      await one.order({ type: 'setChargingProfile', profile: { ...default1, evse: 0 } })
      expect(one.last('SetChargingProfile')).toMatchObject({
        evseId: 0,
        chargingProfile: { chargingProfilePurpose: 'TxDefaultProfile' },
      })
    })

    it('TC_K_15_CSMS a station that takes none says so: the order is rejected, and nothing is taken for set', async () => {
      await begin()
      one.answers('SetChargingProfile', { status: 'Rejected', statusInfo: { reasonCode: 'UnsupportedRequest' } })
      expect(await one.order({ type: 'setChargingProfile', profile: default1 })).toMatchObject({
        outcome: 'rejected',
        reason: 'Rejected: UnsupportedRequest',
      })
      expect(await installed()).toEqual([])
    })

    it('TC_K_19_CSMS one that recurs every day', async () => {
      await begin()
      one.answers('SetChargingProfile', accepted)
      await one.order({ type: 'setChargingProfile', profile: { ...default1, kind: 'daily' } })
      expect(one.last('SetChargingProfile')).toMatchObject({
        chargingProfile: { chargingProfileKind: 'Recurring', recurrencyKind: 'Daily' },
      })
    })

    it('TC_K_60_CSMS one for the session that runs names its transaction', async () => {
      await begin()
      one.answers('SetChargingProfile', accepted)
      await one.event('Started', 'tx-60')
      const profile = { evse: 1, purpose: 'tx', kind: 'relative', schedule: limits('A', [0, 16]) }
      await one.order({ type: 'setChargingProfile', profile })
      expect(one.last('SetChargingProfile')).toMatchObject({
        evseId: 1,
        chargingProfile: { chargingProfilePurpose: 'TxProfile', transactionId: 'tx-60' },
      })
    })

    it('TC_K_70_CSMS several of different purposes and levels stand side by side', async () => {
      await begin()
      one.answers('SetChargingProfile', accepted)
      await one.event('Started', 'tx-70')
      const tx = { evse: 1, purpose: 'tx', kind: 'relative', schedule: limits('A', [0, 16]) }
      for (const profile of [
        { ...default1, evse: 0, id: 1, purpose: 'stationMax' },
        { ...default1, id: 2 },
        { ...default1, id: 3, stackLevel: 1 },
        { ...tx, id: 4 },
      ])
        expect(await one.order({ type: 'setChargingProfile', profile })).toMatchObject({ outcome: 'succeeded' })
      expect(await installed()).toEqual([
        [1, 0, 'stationMax'],
        [2, 1, 'txDefault'],
        [3, 1, 'txDefault'],
        [4, 1, 'tx'],
      ])
    })

    it('TC_K_37_CSMS a remote start brings a profile for its session, which is known as soon as that has begun', async () => {
      await begin()
      one.answers('RequestStartTransaction', accepted, ({ remoteStartId }) =>
        one.event('Started', 'tx-37', { transactionInfo: { transactionId: 'tx-37', remoteStartId } }),
      )
      const profile = { id: 5, evse: 1, purpose: 'tx', kind: 'relative', schedule: limits('A', [0, 16]) }
      const order = { type: 'startCharging', evse: 1, token: 'GOOD', profile }
      expect(await one.order(order)).toMatchObject({ outcome: 'succeeded' })
      expect(one.last('RequestStartTransaction')).toMatchObject({
        evseId: 1,
        chargingProfile: {
          id: 5,
          chargingProfilePurpose: 'TxProfile',
          chargingSchedule: [{ id: 1, chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }] }],
        },
      })
      expect(one.last('RequestStartTransaction')?.['chargingProfile']).not.toHaveProperty('transactionId')
      expect(await one.shown('charging-profiles')).toMatchObject({ items: [{ id: 5, transaction: 'tx-37' }] })
    })
  })

  describe('profiles are cleared', () => {
    it.each([
      ['TC_K_05_CSMS by its id, and nothing else', { id: 7 }, { chargingProfileId: 7 }, []],
      [
        'TC_K_06_CSMS by purpose and level',
        { purpose: 'txDefault', stackLevel: 0 },
        { chargingProfileCriteria: { chargingProfilePurpose: 'TxDefaultProfile', stackLevel: 0 } },
        [],
      ],
      ['by its EVSE', { evse: 2 }, { chargingProfileCriteria: { evseId: 2 } }, [[7, 1, 'txDefault']]],
    ] as const)('%s', async (_, named, payload, left) => {
      await begin()
      one.answers('SetChargingProfile', accepted)
      one.answers('ClearChargingProfile', accepted)
      await one.order({ type: 'setChargingProfile', profile: { ...default1, id: 7 } })
      expect(await one.order({ type: 'clearChargingProfile', ...named })).toMatchObject({ outcome: 'succeeded' })
      expect(one.last('ClearChargingProfile')).toEqual(payload)
      expect(await installed()).toEqual(left)
    })

    it('TC_K_08_CSMS where there is none, the order says so', async () => {
      await begin()
      one.answers('ClearChargingProfile', { status: 'Unknown' })
      expect(await one.order({ type: 'clearChargingProfile', id: 9 })).toMatchObject({
        outcome: 'rejected',
        reason: 'the charge point has no such profile',
      })
    })
  })

  describe('profiles are reported', () => {
    const schedule = (limit: number) => ({
      id: 1,
      startSchedule: startsAt,
      chargingRateUnit: 'A',
      chargingSchedulePeriod: [{ startPeriod: 0, limit }],
    })
    const profile = (id: number, limit: number) => ({
      id,
      stackLevel: 0,
      chargingProfilePurpose: 'TxDefaultProfile',
      chargingProfileKind: 'Absolute',
      chargingSchedule: [schedule(limit)],
    })
    const page = (requestId: unknown, source: string, id: number, tbc: boolean, limit = 16) =>
      one.say('ReportChargingProfiles', {
        requestId,
        chargingLimitSource: source,
        evseId: 1,
        chargingProfile: [profile(id, limit)],
        ...(tbc && { tbc }),
      })

    it.each([
      ['TC_K_29_CSMS of EVSE 0', { evse: 0 }, { evseId: 0, chargingProfile: {} }],
      ['TC_K_30_CSMS of an EVSE', { evse: 1 }, { evseId: 1, chargingProfile: {} }],
      ['TC_K_31_CSMS of whatever EVSE', {}, { chargingProfile: {} }],
      ['TC_K_32_CSMS of an id', { ids: [7] }, { chargingProfile: { chargingProfileId: [7] } }],
      [
        'TC_K_33_CSMS of an EVSE and a level',
        { evse: 1, stackLevel: 0 },
        { evseId: 1, chargingProfile: { stackLevel: 0 } },
      ],
      [
        'TC_K_34_CSMS of an EVSE and a source',
        { evse: 1, sources: ['CSO'] },
        { evseId: 1, chargingProfile: { chargingLimitSource: ['CSO'] } },
      ],
      [
        'TC_K_35_CSMS of an EVSE and a purpose',
        { evse: 1, purpose: 'txDefault' },
        { evseId: 1, chargingProfile: { chargingProfilePurpose: 'TxDefaultProfile' } },
      ],
      [
        'TC_K_36_CSMS of an EVSE, a purpose and a level',
        { evse: 1, purpose: 'txDefault', stackLevel: 0 },
        { evseId: 1, chargingProfile: { chargingProfilePurpose: 'TxDefaultProfile', stackLevel: 0 } },
      ],
    ])('%s', async (_, named, payload) => {
      await begin()
      one.answers('GetChargingProfiles', accepted, async ({ requestId }) => {
        await page(requestId, 'EMS', -1, true)
        await page(requestId, 'CSO', 7, false)
      })
      const done = await one.order({ type: 'reportChargingProfiles', ...named })
      expect(done).toMatchObject({ outcome: 'succeeded' })
      expect(one.last('GetChargingProfiles')).toEqual({ requestId: done.number, ...payload })
      expect((await one.items('stationProfile')).map(({ key }) => key)).toEqual(['CSO/1/7', 'EMS/1/-1'])
    })

    it('a station that has none answers so, and what it had is gone', async () => {
      await begin()
      one.answers('GetChargingProfiles', { status: 'NoProfiles' })
      await page(1, 'CSO', 7, false)
      expect(await one.order({ type: 'reportChargingProfiles' })).toMatchObject({ outcome: 'succeeded' })
      expect(await one.items('stationProfile')).toEqual([])
    })

    it('where its report differs from what it has taken, that is shown', async () => {
      await begin()
      one.answers('SetChargingProfile', accepted)
      for (const [id, evse] of [
        [1, 1],
        [2, 2],
        [3, 0],
      ])
        await one.order({ type: 'setChargingProfile', profile: { ...default1, id, evse } })
      one.answers('GetChargingProfiles', accepted, async ({ requestId }) => {
        await page(requestId, 'CSO', 1, true)
        await page(requestId, 'CSO', 2, true, 10)
        await page(requestId, 'CSO', 9, false)
      })
      await one.order({ type: 'reportChargingProfiles' })
      const { items } = await one.shown<{ items: readonly { id: number; drift: string | null }[] }>('charging-profiles')
      expect(items.map(({ id, drift }) => [id, drift])).toEqual([
        [1, null],
        [2, 'different'],
        [3, 'missing'],
        [9, 'foreign'],
      ])
    })
  })

  describe('composite schedules', () => {
    it.each([
      ['TC_K_43_CSMS of an EVSE', 1],
      ['TC_K_44_CSMS of the station', 0],
    ])('%s is held against ours', async (_, evse) => {
      await begin()
      one.answers('SetChargingProfile', accepted)
      const profile = {
        ...default1,
        evse: 0,
        purpose: 'stationMax',
        schedule: { ...limits('W', [0, 11_000]), startsAt },
      }
      await one.order({ type: 'setChargingProfile', profile })
      const composite = (limit: number) => ({
        status: 'Accepted',
        schedule: {
          evseId: evse,
          duration: 600,
          scheduleStart: at(0),
          chargingRateUnit: 'W',
          chargingSchedulePeriod: [{ startPeriod: 0, limit }],
        },
      })
      const ask = { type: 'getCompositeSchedule', evse, durationS: 600, unit: 'W' }
      one.answers('GetCompositeSchedule', composite(11_000))
      const same = await one.order(ask)
      one.answers('GetCompositeSchedule', composite(22_000))
      const other = await one.order(ask)
      expect(one.last('GetCompositeSchedule')).toEqual({ duration: 600, chargingRateUnit: 'W', evseId: evse })
      expect([same, other].map(({ history }) => history.at(-1)?.note)).toEqual([
        'as its profiles make us expect',
        'differs from what its profiles make us expect: 0–600 s 22000 W, expected 11000 W',
      ])
    })
  })

  describe('limits of others', () => {
    const limit = (limit_: number) => ({
      id: 1,
      startSchedule: at(-1),
      chargingRateUnit: 'W',
      chargingSchedulePeriod: [{ startPeriod: 0, limit: limit_ }],
    })
    const mayDraw = async (): Promise<unknown> =>
      (await one.shown<{ periods: readonly { limit: number }[] }>('composite-schedule?evse=1&durationS=60')).periods[0]

    it('TC_K_50_CSMS TC_K_51_CSMS a limit is told with or without a session, and holds beside ours', async () => {
      await begin()
      const tell = async (source: string, watts: number) =>
        one.say('NotifyChargingLimit', {
          evseId: 1,
          chargingLimit: { chargingLimitSource: source, isGridCritical: true },
          chargingSchedule: [limit(watts)],
        })
      expect(await tell('EMS', 7_000)).toEqual({})
      await one.event('Started', 'tx-50')
      expect(await tell('EMS', 5_000)).toEqual({})
      expect((await one.items('chargingLimit')).map(({ key }) => key)).toEqual(['EMS/1'])
      expect(await mayDraw()).toMatchObject({ limit: 5_000 })
    })

    it('TC_K_48_CSMS a limit without a schedule is known, and bounds nothing', async () => {
      await begin()
      expect(await one.say('NotifyChargingLimit', { chargingLimit: { chargingLimitSource: 'SO' } })).toEqual({})
      expect(await one.items('chargingLimit')).toMatchObject([{ key: 'SO/0', body: { source: 'SO', schedules: [] } }])
      expect(await mayDraw()).toMatchObject({ limit: null })
    })

    it('TC_K_52_CSMS a limit that is released holds no more', async () => {
      await begin()
      await one.say('NotifyChargingLimit', {
        chargingLimit: { chargingLimitSource: 'EMS' },
        chargingSchedule: [limit(7_000)],
      })
      expect(await one.say('ClearedChargingLimit', { chargingLimitSource: 'EMS' })).toEqual({})
      expect([await one.items('chargingLimit'), await mayDraw()]).toMatchObject([[], { limit: null }])
    })
  })

  describe('vehicles that say what they need (ISO 15118)', () => {
    const ac = (evMaxCurrent: number, more: object = {}) => ({
      evseId: 1,
      maxScheduleTuples: 3,
      chargingNeeds: {
        requestedEnergyTransfer: 'AC_three_phase',
        departureTime: at(120),
        acChargingParameters: { energyAmount: 20_000, evMinCurrent: 6, evMaxCurrent, evMaxVoltage: 230 },
        ...more,
      },
    })
    const sent = async (count: number) =>
      until(
        'the profile',
        async () => one.asked('SetChargingProfile').length >= count && one.last('SetChargingProfile'),
      )
    const plan = (limit: number) => ({
      timeBase: at(0),
      evseId: 1,
      chargingSchedule: {
        id: 1,
        chargingRateUnit: 'A',
        duration: 3_600,
        chargingSchedulePeriod: [{ startPeriod: 0, limit }],
      },
    })

    it('TC_K_53_CSMS are accepted, and get all that the limits leave until they go', async () => {
      await begin()
      one.answers('SetChargingProfile', accepted)
      await one.event('Started', 'tx-53')
      const schedule = { ...limits('A', [0, 20]), startsAt }
      await one.order({ type: 'setChargingProfile', profile: { ...default1, schedule } })
      expect(await one.say('NotifyEVChargingNeeds', ac(32))).toEqual({ status: 'Accepted' })
      const { chargingProfile } = (await sent(2)) as { readonly chargingProfile: Record<string, never[]> }
      expect(chargingProfile).toMatchObject({
        chargingProfilePurpose: 'TxProfile',
        chargingProfileKind: 'Absolute',
        transactionId: 'tx-53',
        chargingSchedule: [
          {
            chargingRateUnit: 'A',
            minChargingRate: 6,
            chargingSchedulePeriod: [{ startPeriod: 0, limit: 20 }],
          },
        ],
      })
      expect(await one.say('NotifyEVChargingSchedule', plan(20))).toEqual({ status: 'Accepted' })
      expect((await one.items('chargingNeeds'))[0]?.body).toMatchObject({ energyWh: 20_000, most: { A: 320 } })
      expect((await one.items('chargingSchedule'))[0]).toMatchObject({ key: '1' })
    })

    it('TC_K_55_CSMS without a session nobody can plan for them: Rejected', async () => {
      await begin()
      one.answers('SetChargingProfile', accepted)
      expect(await one.say('NotifyEVChargingNeeds', ac(32))).toEqual({ status: 'Rejected' })
      expect(one.asked('SetChargingProfile')).toEqual([])
    })

    it('TC_K_57_CSMS may ask anew: the new profile takes the place of the one before', async () => {
      await begin()
      one.answers('SetChargingProfile', accepted)
      await one.event('Started', 'tx-57')
      await one.say('NotifyEVChargingNeeds', ac(32))
      await sent(1)
      await until('the first is taken', async () => (await installed()).length === 1)
      await one.say('NotifyEVChargingNeeds', ac(10))
      await sent(2)
      const [first, second] = one.asked('SetChargingProfile').map((p) => p['chargingProfile'] as { id: number })
      expect(second?.id).toBe(first?.id)
      expect(second).toMatchObject({ chargingSchedule: [{ chargingSchedulePeriod: [{ startPeriod: 0, limit: 10 }] }] })
    })

    it('TC_K_58_CSMS get a new profile when the operator wants it', async () => {
      await begin()
      one.answers('SetChargingProfile', accepted)
      await one.event('Started', 'tx-58')
      await one.say('NotifyEVChargingNeeds', ac(32))
      await sent(1)
      expect(await one.order({ type: 'scheduleCharging', evse: 1 })).toMatchObject({ outcome: 'succeeded' })
      expect(one.asked('SetChargingProfile')).toHaveLength(2)
    })

    it('TC_K_59_CSMS whose plan goes beyond the limits are refused, and get a new profile', async () => {
      await begin()
      one.answers('SetChargingProfile', accepted)
      await one.event('Started', 'tx-59')
      await one.say('NotifyEVChargingNeeds', ac(16))
      await sent(1)
      await until('it is taken', async () => (await installed()).length === 1)
      expect(await one.say('NotifyEVChargingSchedule', plan(32))).toEqual({ status: 'Rejected' })
      expect(await sent(2)).toMatchObject({ chargingProfile: { transactionId: 'tx-59' } })
    })

    it('in OCPP 2.1 a vehicle that no limit bounds and that names none charges without a profile', async () => {
      await begin('ocpp2.1')
      await one.event('Started', 'tx-free')
      const needs = { evseId: 1, timestamp: at(0), chargingNeeds: { requestedEnergyTransfer: 'DC_BPT' } }
      expect(await one.say('NotifyEVChargingNeeds', needs)).toEqual({ status: 'NoChargingProfile' })
    })
  })

  describe('OCPP 2.1', () => {
    const dynamic = {
      id: 8,
      evse: 1,
      purpose: 'tx',
      kind: 'dynamic',
      updateEveryS: 60,
      schedule: {
        unit: 'W',
        periods: [
          { startS: 0, limit: 11_000, dischargeLimit: -5_000, setpoint: 4_000, operationMode: 'CentralSetpoint' },
        ],
      },
    }

    it('a dynamic profile is set, updated, and pulled', async () => {
      await begin('ocpp2.1')
      one.answers('SetChargingProfile', accepted)
      one.answers('UpdateDynamicSchedule', accepted)
      await one.event('Started', 'tx-dynamic')
      expect(await one.order({ type: 'setChargingProfile', profile: dynamic })).toMatchObject({ outcome: 'succeeded' })
      expect(one.last('SetChargingProfile')).toMatchObject({
        chargingProfile: {
          chargingProfileKind: 'Dynamic',
          dynUpdateInterval: 60,
          chargingSchedule: [
            {
              chargingSchedulePeriod: [
                {
                  startPeriod: 0,
                  limit: 11_000,
                  dischargeLimit: -5_000,
                  setpoint: 4_000,
                  operationMode: 'CentralSetpoint',
                },
              ],
            },
          ],
        },
      })
      const update = { type: 'updateDynamicSchedule', id: 8, setpoint: -2_500 }
      expect(await one.order(update)).toMatchObject({ outcome: 'succeeded' })
      expect(one.last('UpdateDynamicSchedule')).toEqual({ chargingProfileId: 8, scheduleUpdate: { setpoint: -2_500 } })
      expect(await one.say('PullDynamicScheduleUpdate', { chargingProfileId: 8 })).toEqual({
        status: 'Accepted',
        scheduleUpdate: { limit: 11_000, dischargeLimit: -5_000, setpoint: -2_500 },
      })
      expect(await one.say('PullDynamicScheduleUpdate', { chargingProfileId: 9 })).toEqual({
        status: 'Rejected',
        statusInfo: { reasonCode: 'InvalidProfile' },
      })
    })

    it('a vehicle in dynamic mode gets a dynamic profile', async () => {
      await begin('ocpp2.1')
      one.answers('SetChargingProfile', accepted)
      await one.event('Started', 'tx-20')
      const chargingNeeds = {
        requestedEnergyTransfer: 'DC',
        controlMode: 'DynamicControl',
        dcChargingParameters: { evMaxCurrent: 200, evMaxVoltage: 400 },
      }
      await one.say('NotifyEVChargingNeeds', { evseId: 1, chargingNeeds })
      await until('the profile', async () => one.asked('SetChargingProfile').length > 0)
      expect(one.last('SetChargingProfile')).toMatchObject({
        chargingProfile: {
          chargingProfileKind: 'Dynamic',
          chargingSchedule: [{ chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit: 80_000 }] }],
        },
      })
    })

    it('a session gets priority from us, and loses it at the station', async () => {
      await begin('ocpp2.1')
      one.answers('UsePriorityCharging', accepted)
      await one.event('Started', 'tx-prior')
      await one.order({ type: 'usePriorityCharging', session: await one.session() })
      expect(one.last('UsePriorityCharging')).toEqual({ transactionId: 'tx-prior', activate: true })
      expect(await one.items('priorityCharging')).toMatchObject([{ key: 'tx-prior', body: { activated: true } }])
      expect(await one.say('NotifyPriorityCharging', { transactionId: 'tx-prior', activated: false })).toEqual({})
      expect(await one.items('priorityCharging')).toMatchObject([{ key: 'tx-prior', body: { activated: false } }])
      one.answers('UsePriorityCharging', { status: 'NoProfile' })
      expect(await one.order({ type: 'usePriorityCharging', session: await one.session() })).toMatchObject({
        outcome: 'rejected',
        reason: 'it has no profile of priority',
      })
    })

    it('a vehicle may give back from now on, and follows the signals of the grid', async () => {
      await begin('ocpp2.1')
      one.answers('NotifyAllowedEnergyTransfer', accepted)
      one.answers('AFRRSignal', accepted)
      await one.event('Started', 'tx-v2x')
      const modes = ['DC', 'DC_BPT']
      await one.order({ type: 'allowEnergyTransfer', session: await one.session(), modes })
      expect(one.last('NotifyAllowedEnergyTransfer')).toEqual({
        transactionId: 'tx-v2x',
        allowedEnergyTransfer: modes,
      })
      await one.order({ type: 'afrrSignal', timestamp: startsAt, signal: -30 })
      expect(one.last('AFRRSignal')).toEqual({ timestamp: startsAt, signal: -30 })
    })

    it('what a vehicle gives back stands beside what it draws, in session and CDR', async () => {
      await begin('ocpp2.1')
      const meter = (minutes: number, context: string, drawn: number, back: number) => ({
        timestamp: at(minutes),
        meterValue: [
          {
            timestamp: at(minutes),
            sampledValue: [
              { value: drawn, context },
              { value: back, context, measurand: 'Energy.Active.Export.Register' },
            ],
          },
        ],
      })
      await one.event('Started', 'tx-back', meter(-60, 'Transaction.Begin', 1_000, 500))
      await one.event('Updated', 'tx-back', meter(-30, 'Sample.Periodic', 3_000, 900))
      const session = await one.session()
      const shown = async (path: string) => (await setting.test.api('GET', `/api/v1/${path}`)).body as never
      expect(await shown(`sessions/${session}`)).toMatchObject({ energyWh: 2_000, exportedWh: 400 })
      await one.event('Ended', 'tx-back', {
        triggerReason: 'EVDeparted',
        ...meter(-1, 'Transaction.End', 3_000, 1_900),
      })
      const cdr = await until('the CDR', async () => {
        const page: { items: readonly object[] } = await shown(`cdrs?session=${session}`)
        return page.items[0]
      })
      expect(cdr).toMatchObject({ energyWh: 2_000, exportedWh: 1_400, state: 'issued' })
    })

    const curve = { priority: 1, yUnit: 'PctMaxW', curveData: [{ x: 1, y: 2 }] }

    it('a control of the grid is set, reported, superseded and cleared', async () => {
      await begin('ocpp2.1')
      one.answers('SetDERControl', { status: 'Accepted', supersededIds: ['old'] })
      one.answers('ClearDERControl', accepted)
      const control = { ...curve, startTime: startsAt, duration: 600 }
      const set = { type: 'setDerControl', id: 'volt', controlType: 'VoltWatt', isDefault: false, control }
      expect(await one.order(set)).toMatchObject({ outcome: 'succeeded' })
      expect(one.last('SetDERControl')).toEqual({
        isDefault: false,
        controlId: 'volt',
        controlType: 'VoltWatt',
        curve: control,
      })
      await one.say('NotifyDERStartStop', { controlId: 'volt', started: true, timestamp: startsAt })
      expect(await one.items('derControl')).toMatchObject([
        { key: 'old', body: { isSuperseded: true } },
        { key: 'volt', body: { controlType: 'VoltWatt', isSuperseded: false, started: true } },
      ])
      one.answers('GetDERControl', accepted, async ({ requestId }) => {
        const got = { id: 'volt', curveType: 'VoltWatt', isDefault: false, isSuperseded: false, curve: control }
        await one.say('ReportDERControl', { requestId, curve: [got], tbc: true })
        const gradient = { priority: 0, gradient: 1, softGradient: 2 }
        await one.say('ReportDERControl', { requestId, gradient: [{ id: 'slow', gradient }] })
      })
      expect(await one.order({ type: 'reportDerControls' })).toMatchObject({ outcome: 'succeeded' })
      expect((await one.items('derControl')).map(({ key }) => key)).toEqual(['slow', 'volt'])
      await one.order({ type: 'clearDerControl', isDefault: false })
      expect(one.last('ClearDERControl')).toEqual({ isDefault: false })
      expect((await one.items('derControl')).map(({ key }) => key)).toEqual(['slow'])
    })

    it.each([
      [
        'a default that begins',
        { controlType: 'VoltWatt', isDefault: true, control: { ...curve, startTime: startsAt } },
      ],
      [
        'gradients that are no default',
        { controlType: 'Gradients', isDefault: false, control: { priority: 0, gradient: 1, softGradient: 2 } },
      ],
      ['a control without its times', { controlType: 'VoltWatt', isDefault: false, control: curve }],
    ])('%s is refused before it is sent', async (_, control) => {
      await begin('ocpp2.1')
      one.answers('SetDERControl', accepted)
      const { status } = await setting.test.api('POST', `/api/v1/charge-points/SMART-${serial}/commands`, {
        type: 'setDerControl',
        ...control,
      })
      expect([status, one.asked('SetDERControl')]).toEqual([422, []])
    })

    it('a control that is not of its type is not sent', async () => {
      await begin('ocpp2.1')
      one.answers('SetDERControl', accepted)
      const control = { type: 'setDerControl', controlType: 'FixedVar', isDefault: true, control: curve }
      expect(await one.order(control)).toMatchObject({ outcome: 'unsupported' })
      expect(one.asked('SetDERControl')).toEqual([])
    })

    it('an alarm of the grid is kept until it has ended', async () => {
      await begin('ocpp2.1')
      const alarm = { controlType: 'HVMustTrip', gridEventFault: 'OverVoltage', timestamp: startsAt }
      expect(await one.say('NotifyDERAlarm', alarm)).toEqual({})
      expect(await one.items('derAlarm')).toMatchObject([{ key: 'HVMustTrip', body: { fault: 'OverVoltage' } }])
      await one.say('NotifyDERAlarm', { ...alarm, alarmEnded: true })
      expect(await one.items('derAlarm')).toEqual([])
    })
  })
})
