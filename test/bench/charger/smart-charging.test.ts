import { describe, expect, it } from 'vitest'
import { plugIn } from '../../../bench/charger/arrival.ts'
import { end } from '../../../bench/charger/charging.ts'
import type { ChargerOptions } from '../../../bench/charger/options.ts'
import { inS, keepsToTheSchemas, outlet, type Simulated, simulated } from '../../support/simulated.ts'

keepsToTheSchemas()

interface Wanted {
  readonly connectorId?: number
  readonly id?: number
  readonly purpose?: string
  readonly level?: number
  readonly unit?: 'A' | 'W'
  readonly kind?: object
  readonly schedule?: object
  readonly limits?: readonly (readonly [startPeriod: number, limit: number])[]
  readonly transactionId?: number
}

const set = ({ server }: Simulated, wanted: Wanted = {}): Promise<unknown> => {
  const { connectorId = 1, id = 1, purpose = 'TxDefaultProfile', level = 0, unit = 'W', transactionId } = wanted
  const chargingSchedulePeriod = (wanted.limits ?? [[0, 6_000]]).map(([startPeriod, limit]) => ({ startPeriod, limit }))
  return server.order('SetChargingProfile', {
    connectorId,
    csChargingProfiles: {
      chargingProfileId: id,
      stackLevel: level,
      chargingProfilePurpose: purpose,
      ...(wanted.kind ?? { chargingProfileKind: 'Relative' }),
      ...(transactionId !== undefined && { transactionId }),
      chargingSchedule: { chargingRateUnit: unit, chargingSchedulePeriod, ...wanted.schedule },
    },
  })
}

/** Start and limit of each period of the composite. */
const composite = async (
  { server }: Simulated,
  order: { readonly connectorId?: number; readonly duration?: number; readonly chargingRateUnit?: 'A' | 'W' } = {},
): Promise<unknown> => {
  const answer = await server.order('GetCompositeSchedule', {
    connectorId: 1,
    duration: 3_600,
    chargingRateUnit: 'W',
    ...order,
  })
  if (typeof answer === 'string') return answer
  const schedule = answer['chargingSchedule'] as
    | { readonly chargingSchedulePeriod: readonly Record<string, number>[] }
    | undefined
  return schedule?.chargingSchedulePeriod.map(({ startPeriod, limit }) => [startPeriod, limit]) ?? answer
}

const charging = async (options: Partial<ChargerOptions> = {}): Promise<Simulated> => {
  const station = await simulated(options)
  plugIn(station.charger, station.plug, 'CARD1')
  await station.clock.pass(60_000)
  return station
}

/** Watt-hours that are drawn in the next hour. */
const drawn = async ({ clock, plug }: Simulated): Promise<number> => {
  const before = plug.meter.wattHours
  await clock.pass(3_600_000)
  return plug.meter.wattHours - before
}

describe('smart charging in the simulated charge point', () => {
  it('limits what is drawn, from the moment on it is set', async () => {
    const station = await charging()
    expect(await set(station, { limits: [[0, 6_000]] })).toEqual({ status: 'Accepted' })
    const wattHours = await drawn(station)
    expect(wattHours).toBeGreaterThanOrEqual(5_990)
    expect(wattHours).toBeLessThanOrEqual(6_010)
  })

  it('changes its power in the middle between two readings where the schedule does', async () => {
    const station = await charging()
    await station.server.order('ChangeConfiguration', { key: 'MeterValueSampleInterval', value: '3600' })
    const kind = { chargingProfileKind: 'Absolute' }
    await set(station, {
      kind,
      schedule: { startSchedule: inS(station, 0) },
      limits: [
        [0, 6_000],
        [1_800, 2_000],
      ],
    })
    const { clock, plug } = station
    const before = plug.meter.wattHours
    await clock.pass(3_600_000)
    end(station.charger, plug, 'Local')
    expect(plug.meter.wattHours - before).toBe(4_000)
  })

  it('a session’s own profile goes before the default one, with its session only, and goes with it', async () => {
    const station = await charging()
    await set(station, { id: 1, limits: [[0, 9_000]] })
    expect(await set(station, { id: 2, purpose: 'TxProfile', transactionId: 99 })).toEqual({ status: 'Rejected' })
    expect(await set(station, { id: 2, purpose: 'TxProfile', connectorId: 2 })).toEqual({ status: 'Rejected' })
    expect(await set(station, { id: 2, purpose: 'TxProfile', transactionId: 1, limits: [[0, 4_000]] })).toEqual({
      status: 'Accepted',
    })
    expect(await composite(station)).toEqual([[0, 4_000]])
    end(station.charger, station.plug, 'Local')
    expect(await composite(station)).toEqual([[0, 9_000]])
    expect(await station.server.order('ClearChargingProfile', { id: 2 })).toEqual({ status: 'Unknown' })
  })

  it('a remote start brings the profile of its session along', async () => {
    const station = await simulated()
    const chargingProfile = {
      chargingProfileId: 5,
      stackLevel: 0,
      chargingProfilePurpose: 'TxProfile',
      chargingProfileKind: 'Relative',
      chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 8 }] },
    }
    const order = { idTag: 'CARD1', connectorId: 1, chargingProfile }
    expect(await station.server.order('RemoteStartTransaction', order)).toEqual({ status: 'Accepted' })
    await station.clock.pass(500)
    expect(await composite(station, { chargingRateUnit: 'A' })).toEqual([[0, 8]])
    const other = {
      ...order,
      connectorId: 2,
      chargingProfile: { ...chargingProfile, chargingProfilePurpose: 'TxDefaultProfile' },
    }
    expect(await station.server.order('RemoteStartTransaction', other)).toEqual({ status: 'Rejected' })
  })

  it('the composite follows periods, levels and the limit of the station, and names each change once', async () => {
    const station = await simulated()
    const from = { chargingProfileKind: 'Absolute' }
    const startSchedule = inS(station, 0)
    await set(station, {
      id: 1,
      level: 0,
      kind: from,
      schedule: { startSchedule },
      limits: [
        [0, 9_000],
        [600, 7_000],
      ],
    })
    await set(station, {
      id: 2,
      level: 1,
      kind: from,
      schedule: { startSchedule, duration: 900 },
      limits: [
        [0, 10_000],
        [300, 5_000],
      ],
    })
    await set(station, {
      id: 3,
      connectorId: 0,
      purpose: 'ChargePointMaxProfile',
      kind: from,
      schedule: { startSchedule },
      limits: [[0, 8_000]],
    })
    expect(await composite(station)).toEqual([
      [0, 8_000],
      [300, 5_000],
      [900, 7_000],
    ])
    // both connectors together: the second one has no limit of its own but the station's
    expect(await composite(station, { connectorId: 0, duration: 600 })).toEqual([[0, 8_000]])
    expect(await composite(station, { connectorId: 3 })).toEqual({ status: 'Rejected' })
  })

  it('where nothing is installed the hardware is the limit, in either unit; a current is of three phases at 230 V', async () => {
    const station = await simulated({ outlet: outlet('AC 22 kW') })
    expect(await composite(station)).toEqual([[0, 22_000]])
    expect(await composite(station, { chargingRateUnit: 'A' })).toEqual([[0, 31.8]])
    await set(station, { unit: 'A', limits: [[0, 16]] })
    expect(await composite(station)).toEqual([[0, 11_040]])
  })

  it('one that recurs begins anew with each day, from its own start on', async () => {
    const station = await simulated()
    const kind = { chargingProfileKind: 'Recurring', recurrencyKind: 'Daily' }
    const startSchedule = inS(station, -86_400 + 600)
    await set(station, {
      kind,
      schedule: { startSchedule, duration: 1_200 },
      limits: [
        [0, 3_000],
        [600, 4_000],
      ],
    })
    expect(await composite(station)).toEqual([
      [0, 11_000],
      [600, 3_000],
      [1_200, 4_000],
      [1_800, 11_000],
    ])
  })

  it('is replaced by its id, and by its purpose and level on its connector', async () => {
    const station = await simulated()
    await set(station, { id: 1, level: 0, limits: [[0, 9_000]] })
    await set(station, { id: 2, level: 0, limits: [[0, 3_000]] })
    expect(await composite(station)).toEqual([[0, 3_000]])
    expect(await station.server.order('ClearChargingProfile', { id: 1 })).toEqual({ status: 'Unknown' })
    await set(station, { id: 2, level: 1, limits: [[0, 5_000]] })
    expect(await station.server.order('ClearChargingProfile', { connectorId: 1, stackLevel: 0 })).toEqual({
      status: 'Unknown',
    })
    expect(await composite(station)).toEqual([[0, 5_000]])
  })

  it('is cleared by its id whatever else is said, else by all that is said, else all of it', async () => {
    const station = await simulated()
    const { server } = station
    const clear = (order: object): Promise<unknown> => server.order('ClearChargingProfile', order)
    await set(station, { id: 1, level: 1 })
    await set(station, { id: 2, level: 2 })
    await set(station, { id: 3, level: 3, connectorId: 2 })
    expect(await clear({ id: 1, connectorId: 2 })).toEqual({ status: 'Accepted' })
    expect(await clear({ connectorId: 2, stackLevel: 2 })).toEqual({ status: 'Unknown' })
    expect(await clear({ chargingProfilePurpose: 'TxDefaultProfile', stackLevel: 2 })).toEqual({ status: 'Accepted' })
    expect(await clear({})).toEqual({ status: 'Accepted' })
    expect(await clear({})).toEqual({ status: 'Unknown' })
  })

  it.each<[string, Wanted]>([
    ['a connector that is not there', { connectorId: 9 }],
    ['the limit of the station on a connector', { purpose: 'ChargePointMaxProfile' }],
    ['a level beyond the highest', { level: 11 }],
    ['a first period that does not start at 0', { limits: [[10, 6_000]] }],
    [
      'periods out of order',
      {
        limits: [
          [0, 6_000],
          [20, 1],
          [10, 2],
        ],
      },
    ],
    ['one that does not say when it starts', { kind: { chargingProfileKind: 'Absolute' } }],
    [
      'one that does not say how often it recurs',
      { kind: { chargingProfileKind: 'Recurring' }, schedule: { startSchedule: '2026-11-24T00:00:00Z' } },
    ],
  ])('refuses %s', async (_, wanted) => {
    const station = await simulated()
    expect(await set(station, wanted)).toEqual({ status: 'Rejected' })
    expect(await composite(station)).toEqual([[0, 11_000]])
  })

  it('refuses a current where only power is charged, and more profiles than it has room for', async () => {
    const direct = await simulated({ outlet: outlet('DC 150 kW') })
    expect(await set(direct, { unit: 'A' })).toEqual({ status: 'Rejected' })
    for (let id = 1; id <= 20; id++)
      expect(await set(direct, { id, level: id % 10, connectorId: id <= 10 ? 1 : 2 })).toEqual({ status: 'Accepted' })
    expect(await set(direct, { id: 21, level: 10 })).toEqual({ status: 'Rejected' })
  })

  it('says that it waits while nothing may be drawn, and goes on when it may', async () => {
    const station = await charging()
    await set(station, { limits: [[0, 0]] })
    await station.clock.pass(1)
    expect(station.plug.status).toBe('SuspendedEVSE')
    expect(await drawn(station)).toBe(0)
    await station.server.order('ClearChargingProfile', {})
    await station.clock.pass(1)
    expect(station.plug.status).toBe('Charging')
  })

  it('two that charge share what the station may draw', async () => {
    const station = await charging()
    const [, second] = station.charger.plugs
    if (second !== undefined) plugIn(station.charger, second, 'CARD2')
    await station.clock.pass(60_000)
    const kind = { chargingProfileKind: 'Absolute' }
    const schedule = { startSchedule: inS(station, 0) }
    await set(station, { connectorId: 0, purpose: 'ChargePointMaxProfile', kind, schedule, limits: [[0, 8_000]] })
    expect(Math.round((await drawn(station)) / 100)).toBe(40)
  })
})
