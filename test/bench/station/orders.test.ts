import { describe, expect, it } from 'vitest'
import { plugIn, present, unplug } from '../../../bench/station/arrival.ts'
import { cardOf } from '../../../bench/station/tokens.ts'
import type { StationOptions } from '../../../bench/station/options.ts'
import { type Stationed, stationed, stationsKeepToTheSchemas, toldEvents } from '../../support/stationed.ts'

stationsKeepToTheSchemas()

const card = cardOf('CARD1')
const idToken = card

/** With somebody charging at the first EVSE. */
const charging = async (
  options: Partial<StationOptions> = {},
): Promise<Stationed & { readonly transactionId: string }> => {
  const one = await stationed({ meterEveryS: 60, ...options })
  plugIn(one.station, one.evse)
  present(one.station, one.evse, card)
  await one.clock.pass(6_000)
  return { ...one, transactionId: one.evse.transaction?.transactionId ?? 'none' }
}

const ended = ({ server }: Stationed): unknown => server.of('TransactionEvent').at(-1)

describe('what is done from afar at a simulated station', () => {
  it('F02: starts without a car, which comes; the order is named once', async () => {
    const one = await stationed({ startPoint: 'Authorized', meterEveryS: 60 })
    expect(await one.server.order('RequestStartTransaction', { idToken, remoteStartId: 7, evseId: 2 })).toEqual({
      status: 'Accepted',
    })
    await one.clock.pass(2_000)
    expect(toldEvents(one)).toEqual([
      ['Started', 'RemoteStart', 'Idle'],
      ['Updated', 'EVDetected', undefined],
      ['Updated', 'CablePluggedIn', 'EVConnected'],
      ['Updated', 'ChargingStateChanged', 'Charging'],
    ])
    const named = one.server
      .of('TransactionEvent')
      .map(({ transactionInfo }) => (transactionInfo as { remoteStartId?: number }).remoteStartId)
    expect(named).toEqual([7, undefined, undefined, undefined])
  })

  it('F01: starts at a car that is there already, whose transaction goes with the answer', async () => {
    const one = await stationed({ startPoint: 'EVConnected', meterEveryS: 60 })
    plugIn(one.station, one.evse)
    await one.clock.pass(1_000)
    const transactionId = one.evse.transaction?.transactionId
    expect(await one.server.order('RequestStartTransaction', { idToken, remoteStartId: 8 })).toEqual({
      status: 'Accepted',
      transactionId,
    })
    await one.clock.pass(1_000)
    expect(toldEvents(one).slice(1)).toEqual([
      ['Updated', 'RemoteStart', undefined],
      ['Updated', 'ChargingStateChanged', 'Charging'],
    ])
  })

  it('F01: asks the server first where it is set up to, and lets nobody in whom that does not know', async () => {
    const one = await stationed({}, (server) => {
      server.answers['Authorize'] = () => ({ idTokenInfo: { status: 'Unknown' } })
    })
    one.station.model.set('AuthCtrlr/AuthorizeRemoteStart', 'true')
    await one.server.order('RequestStartTransaction', { idToken, remoteStartId: 8 })
    await one.clock.pass(2_000)
    expect(one.server.of('Authorize').length).toBe(1)
    expect(one.server.of('TransactionEvent')).toEqual([])
  })

  it('F03: stops, and says why', async () => {
    const one = await charging()
    expect(await one.server.order('RequestStopTransaction', { transactionId: one.transactionId })).toEqual({
      status: 'Accepted',
    })
    await one.clock.pass(1_000)
    expect(ended(one)).toMatchObject({ triggerReason: 'RemoteStop', transactionInfo: { stoppedReason: 'Remote' } })
  })

  it('E14: tells whether a transaction goes on, and whether more is to come of it', async () => {
    const one = await charging()
    const { server, clock, transactionId } = one
    expect(await server.order('GetTransactionStatus', { transactionId })).toEqual({
      ongoingIndicator: true,
      messagesInQueue: false,
    })
    server.answers['TransactionEvent'] = () => undefined
    present(one.station, one.evse, card)
    await clock.pass(100)
    expect(await server.order('GetTransactionStatus', { transactionId })).toEqual({
      ongoingIndicator: false,
      messagesInQueue: true,
    })
    expect(await server.order('GetTransactionStatus', {})).toEqual({ messagesInQueue: true })
  })

  it('F05: does not unlock while somebody charges', async () => {
    const one = await charging()
    const unlock = (evseId: number, connectorId = 1): Promise<unknown> =>
      one.server.order('UnlockConnector', { evseId, connectorId })
    expect(await unlock(1)).toEqual({ status: 'OngoingAuthorizedTransaction' })
    expect(await unlock(2)).toEqual({ status: 'Unlocked' })
    expect(await unlock(2, 2)).toEqual({ status: 'UnknownConnector' })
  })

  it('G03: out of service at once where nobody charges, else behind the transaction', async () => {
    const one = await charging()
    const change = (operationalStatus: string, evse?: object): Promise<unknown> =>
      one.server.order('ChangeAvailability', { operationalStatus, ...(evse && { evse }) })
    expect(await change('Inoperative', { id: 2 })).toEqual({ status: 'Accepted' })
    expect(await change('Inoperative', { id: 1 })).toEqual({ status: 'Scheduled' })
    expect(await change('Inoperative', { id: 9 })).toEqual({ status: 'Rejected' })
    await one.clock.pass(100)
    expect(one.station.evses.map(({ status }) => status)).toEqual(['Occupied', 'Unavailable'])
    present(one.station, one.evse, card)
    unplug(one.station, one.evse)
    await one.clock.pass(100)
    expect(one.evse.status).toBe('Unavailable')
    expect(await change('Operative')).toEqual({ status: 'Accepted' })
    await one.clock.pass(100)
    expect(one.station.evses.map(({ status }) => status)).toEqual(['Available', 'Available'])
  })
})

describe('a reset of a simulated station', () => {
  it('B12: at once ends what charges, and comes back with a boot that says so', async () => {
    const one = await charging()
    expect(await one.server.order('Reset', { type: 'Immediate' })).toEqual({ status: 'Accepted' })
    expect(await one.server.order('Reset', { type: 'Immediate' })).toEqual({ status: 'Rejected' })
    await one.clock.pass(8_000)
    expect(ended(one)).toMatchObject({
      triggerReason: 'ResetCommand',
      transactionInfo: { stoppedReason: 'ImmediateReset' },
    })
    expect(one.server.of('BootNotification').map(({ reason }) => reason)).toEqual(['PowerUp', 'RemoteReset'])
  })

  it('B12: waits until nobody charges where that is wanted', async () => {
    const one = await charging()
    expect(await one.server.order('Reset', { type: 'OnIdle' })).toEqual({ status: 'Scheduled' })
    await one.clock.pass(8_000)
    expect(one.server.of('BootNotification').length).toBe(1)
    present(one.station, one.evse, card)
    await one.clock.pass(8_000)
    expect(one.server.of('BootNotification').map(({ reason }) => reason)).toEqual(['PowerUp', 'ScheduledReset'])
  })

  it('B11: of one EVSE ends what charges there, and nothing else', async () => {
    const one = await charging()
    expect(await one.server.order('Reset', { type: 'Immediate', evseId: 1 })).toEqual({ status: 'Accepted' })
    await one.clock.pass(3_000)
    expect(ended(one)).toMatchObject({ eventType: 'Ended', triggerReason: 'ResetCommand' })
    expect(one.server.of('BootNotification').length).toBe(1)
  })

  it('B13 (2.1): what charges goes on behind it', async () => {
    const one = await charging({ protocol: 'ocpp2.1' })
    expect(await one.server.order('Reset', { type: 'ImmediateAndResume' })).toEqual({ status: 'Accepted' })
    await one.clock.pass(8_000)
    expect(one.server.of('BootNotification').length).toBe(2)
    expect(toldEvents(one).at(-1)).toEqual(['Updated', 'TxResumed', undefined])
    expect(one.evse.transaction?.transactionId).toBe(one.transactionId)
  })
})

describe('a reservation at a simulated station', () => {
  const reserve = ({ server, clock }: Stationed, also: object = {}): Promise<unknown> =>
    server.order('ReserveNow', {
      id: 5,
      idToken,
      evseId: 1,
      expiryDateTime: new Date(clock.now() + 30_000).toISOString(),
      ...also,
    })

  it('H01 H03: is for its token, and is named by the transaction', async () => {
    const one = await stationed()
    expect(await reserve(one)).toEqual({ status: 'Accepted' })
    await one.clock.pass(100)
    expect(one.evse.status).toBe('Reserved')
    present(one.station, one.evse, cardOf('STRANGER'))
    await one.clock.pass(100)
    expect(one.evse.access).toBeUndefined()
    present(one.station, one.evse, card)
    plugIn(one.station, one.evse)
    await one.clock.pass(1_000)
    expect(one.server.of('TransactionEvent')[0]).toMatchObject({ reservationId: 5 })
    await one.clock.pass(60_000)
    expect(one.server.of('ReservationStatusUpdate')).toEqual([])
  })

  it('H04: runs out, and is told', async () => {
    const one = await stationed()
    await reserve(one)
    await one.clock.pass(31_000)
    expect(one.server.of('ReservationStatusUpdate')).toEqual([{ reservationId: 5, reservationUpdateStatus: 'Expired' }])
    expect(one.evse.status).toBe('Available')
  })

  it('H01: ends where its EVSE can no longer be had', async () => {
    const one = await stationed()
    await reserve(one)
    await one.server.order('ChangeAvailability', { operationalStatus: 'Inoperative', evse: { id: 1 } })
    await one.clock.pass(100)
    expect(one.server.of('ReservationStatusUpdate')).toEqual([{ reservationId: 5, reservationUpdateStatus: 'Removed' }])
    expect(await reserve(one)).toEqual({ status: 'Unavailable' })
    expect(await one.server.order('CancelReservation', { reservationId: 5 })).toEqual({ status: 'Rejected' })
  })

  it('H01: is for a kind of connector, or not at all where there is none', async () => {
    const one = await stationed()
    expect(await reserve(one, { connectorType: 'cG105' })).toEqual({ status: 'Rejected' })
    expect(await reserve(one, { connectorType: 'sType2' })).toEqual({ status: 'Accepted' })
  })
})

describe('smart charging of a simulated station', () => {
  const profile = (limit: number, also: object = {}): object => ({
    id: 1,
    stackLevel: 0,
    chargingProfilePurpose: 'TxDefaultProfile',
    chargingProfileKind: 'Relative',
    chargingSchedule: [{ id: 1, chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit }] }],
    ...also,
  })
  const install = ({ server }: Stationed, chargingProfile: object, evseId = 1): Promise<unknown> =>
    server.order('SetChargingProfile', { evseId, chargingProfile })

  it('K01: a limit of nothing holds the car back, and one of something lets it go on', async () => {
    const one = await charging()
    expect(await install(one, profile(0))).toEqual({ status: 'Accepted' })
    await one.clock.pass(1_000)
    expect(toldEvents(one).at(-1)).toEqual(['Updated', 'ChargingStateChanged', 'SuspendedEVSE'])
    const held = one.evse.meter.wattHours
    await one.clock.pass(60_000)
    expect(one.evse.meter.wattHours).toBe(held)
    await install(one, profile(5_000))
    await one.clock.pass(1_000)
    expect(toldEvents(one).at(-1)).toEqual(['Updated', 'ChargingStateChanged', 'Charging'])
  })

  it('K01.FR.06 K01.FR.33: takes none in the place of another, and none for a transaction that is not there', async () => {
    const one = await charging()
    await install(one, profile(5_000))
    expect(await install(one, profile(4_000, { id: 2 }))).toEqual({ status: 'Rejected' })
    const forThis = { id: 3, chargingProfilePurpose: 'TxProfile', transactionId: one.transactionId }
    expect(await install(one, profile(4_000, forThis))).toEqual({ status: 'Accepted' })
    expect(await install(one, profile(4_000, { ...forThis, id: 4, transactionId: 'none' }))).toEqual({
      status: 'Rejected',
    })
    expect(
      await install(one, profile(4_000, { id: 5, chargingProfilePurpose: 'ChargingStationExternalConstraints' })),
    ).toEqual({ status: 'Rejected' })
  })

  it('K08: what it comes to is the least of what is allowed', async () => {
    const one = await stationed()
    await install(one, profile(5_000))
    await install(
      one,
      profile(4_000, {
        id: 2,
        chargingProfilePurpose: 'ChargingStationMaxProfile',
        chargingProfileKind: 'Absolute',
        chargingSchedule: [
          {
            id: 1,
            startSchedule: '2026-11-24T11:00:00Z',
            chargingRateUnit: 'W',
            chargingSchedulePeriod: [{ startPeriod: 0, limit: 4_000 }],
          },
        ],
      }),
      0,
    )
    expect(await one.server.order('GetCompositeSchedule', { evseId: 1, duration: 600 })).toMatchObject({
      status: 'Accepted',
      schedule: { evseId: 1, chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit: 4_000 }] },
    })
  })

  it('K09 K10: reports what there is, EVSE by EVSE, and clears it', async () => {
    const one = await stationed()
    await install(one, profile(5_000))
    await install(one, profile(5_000, { id: 2 }), 2)
    expect(await one.server.order('GetChargingProfiles', { requestId: 9, chargingProfile: {} })).toEqual({
      status: 'Accepted',
    })
    await one.clock.pass(100)
    expect(one.server.of('ReportChargingProfiles').map(({ evseId, tbc }) => [evseId, tbc])).toEqual([
      [1, true],
      [2, false],
    ])
    const criteria = { chargingProfileCriteria: { evseId: 2 } }
    expect(await one.server.order('ClearChargingProfile', criteria)).toEqual({ status: 'Accepted' })
    expect(await one.server.order('ClearChargingProfile', criteria)).toEqual({ status: 'Unknown' })
  })

  it('K21 (2.1): a priority is used, and told of', async () => {
    const one = await charging({ protocol: 'ocpp2.1' })
    const { server, clock, transactionId } = one
    const use = (): Promise<unknown> => server.order('UsePriorityCharging', { transactionId, activate: true })
    await install(one, profile(2_000))
    expect(await use()).toEqual({ status: 'NoProfile' })
    await install(one, profile(9_000, { id: 2, chargingProfilePurpose: 'PriorityCharging' }))
    expect(await use()).toEqual({ status: 'Accepted' })
    await clock.pass(100)
    expect(server.of('NotifyPriorityCharging')).toEqual([{ transactionId, activated: true }])
    expect(await server.order('GetCompositeSchedule', { evseId: 1, duration: 60 })).toMatchObject({
      schedule: { chargingSchedulePeriod: [{ limit: 9_000 }] },
    })
  })

  it('K28 (2.1): a dynamic one is told its limits, and asks for them', async () => {
    const one = await charging({ protocol: 'ocpp2.1' })
    const { server, clock, station } = one
    const dynamic = profile(5_000, { chargingProfileKind: 'Dynamic', dynUpdateInterval: 10 })
    expect(await install(one, dynamic)).toEqual({ status: 'Accepted' })
    const limitNow = (): unknown =>
      station.profiles.find(1)?.profile.chargingSchedule[0]?.chargingSchedulePeriod[0]?.limit
    const update = { chargingProfileId: 1, scheduleUpdate: { limit: 3_000 } }
    expect(await server.order('UpdateDynamicSchedule', update)).toEqual({ status: 'Accepted' })
    expect(limitNow()).toBe(3_000)
    await clock.pass(11_000)
    expect(server.of('PullDynamicScheduleUpdate')).toEqual([{ chargingProfileId: 1 }])
    expect(limitNow()).toBe(7)
  })
})

describe('what a simulated station shows and charges', () => {
  const message = (id: number, also: object = {}): object => ({
    message: { id, priority: 'NormalCycle', message: { format: 'UTF8', content: `No. ${id}` }, ...also },
  })

  it('O01–O06: shows messages, tells them in pages, and clears them', async () => {
    const { server, clock } = await stationed()
    for (let id = 1; id <= 7; id++)
      expect(await server.order('SetDisplayMessage', message(id))).toEqual({ status: 'Accepted' })
    expect(
      await server.order('SetDisplayMessage', message(8, { message: { format: 'HTML', content: '<b>' } })),
    ).toEqual({ status: 'NotSupportedMessageFormat' })
    expect(await server.order('SetDisplayMessage', message(8, { transactionId: 'none' }))).toEqual({
      status: 'UnknownTransaction',
    })
    await server.order('GetDisplayMessages', { requestId: 3 })
    await clock.pass(100)
    expect(
      server.of('NotifyDisplayMessages').map(({ messageInfo, tbc }) => [(messageInfo as object[]).length, tbc]),
    ).toEqual([
      [5, true],
      [2, false],
    ])
    expect(await server.order('ClearDisplayMessage', { id: 7 })).toEqual({ status: 'Accepted' })
    expect(await server.order('GetDisplayMessages', { requestId: 4, id: [7] })).toEqual({ status: 'Unknown' })
  })

  it('O: a message of a transaction goes with it, and one with an end at its time', async () => {
    const one = await charging()
    await one.server.order('SetDisplayMessage', message(1, { transactionId: one.transactionId }))
    await one.server.order(
      'SetDisplayMessage',
      message(2, { endDateTime: new Date(one.clock.now() + 5_000).toISOString() }),
    )
    present(one.station, one.evse, card)
    await one.clock.pass(6_000)
    expect(await one.server.order('GetDisplayMessages', { requestId: 4 })).toEqual({ status: 'Unknown' })
  })

  const tariff = (tariffId: string, also: object = {}): object => ({
    tariffId,
    currency: 'EUR',
    energy: { prices: [{ priceKwh: 0.5 }] },
    fixedFee: { prices: [{ priceFixed: 1 }] },
    ...also,
  })

  it('I07–I12 (2.1): charges by the tariff it had when the transaction began, and works out what it came to', async () => {
    const one = await stationed({ protocol: 'ocpp2.1', meterEveryS: 60, speed: 60 })
    const { server, station, evse, clock } = one
    expect(await server.order('SetDefaultTariff', { evseId: 0, tariff: tariff('T1') })).toEqual({ status: 'Accepted' })
    expect(await server.order('GetTariffs', { evseId: 0 })).toMatchObject({
      tariffAssignments: [{ tariffId: 'T1', evseIds: [1, 2] }],
    })
    plugIn(station, evse)
    present(station, evse, card)
    await clock.pass(60_000)
    const transactionId = evse.transaction?.transactionId
    const change = (wanted: object): Promise<unknown> =>
      server.order('ChangeTransactionTariff', { transactionId, tariff: wanted })
    expect(await change(tariff('T2', { currency: 'CHF' }))).toEqual({ status: 'NoCurrencyChange' })
    expect(await change(tariff('T2'))).toEqual({ status: 'Accepted' })
    expect(await server.order('ClearTariffs', {})).toEqual({
      clearTariffsResult: [{ tariffId: 'T1', status: 'Accepted' }],
    })
    present(station, evse, card)
    await clock.pass(100)
    const named = server
      .of('TransactionEvent')
      .flatMap(({ transactionInfo }) => (transactionInfo as { tariffId?: string }).tariffId ?? [])
    expect(named).toEqual(['T1', 'T2'])
    const { costDetails } = ended(one) as {
      costDetails: { totalUsage: { energy: number }; totalCost: { total: { exclTax: number } } }
    }
    expect(costDetails.totalCost.total.exclTax).toBeCloseTo(costDetails.totalUsage.energy * 0.5 + 1, 3)
  })

  it.each([
    ['TooManyElements', { energy: { prices: Array.from({ length: 6 }, () => ({ priceKwh: 1 })) } }],
    ['ConditionNotSupported', { fixedFee: { prices: [{ priceFixed: 1, conditions: { paymentBrand: 'VISA' } }] } }],
  ])('I07 (2.1): a tariff it cannot work with is %s', async (status, also) => {
    const { server } = await stationed({ protocol: 'ocpp2.1' })
    expect(await server.order('SetDefaultTariff', { evseId: 1, tariff: tariff('T1', also) })).toEqual({ status })
  })

  it('C25 (2.1): nobody else begins where somebody pays', async () => {
    const one = await stationed({ protocol: 'ocpp2.1' })
    await one.server.order('NotifyWebPaymentStarted', { evseId: 1, timeout: 30 })
    const start = { idToken, remoteStartId: 1, evseId: 1 }
    expect(await one.server.order('RequestStartTransaction', start)).toEqual({ status: 'Rejected' })
    await one.clock.pass(31_000)
    expect(await one.server.order('RequestStartTransaction', start)).toEqual({ status: 'Accepted' })
  })
})

describe('the grid and a simulated station of 2.1', () => {
  const curve = (priority: number, also: object = {}): object => ({
    curveData: [{ x: 1, y: 2 }],
    priority,
    yUnit: 'PctMaxW',
    ...also,
  })
  const set = ({ server }: Stationed, controlId: string, body: object): Promise<unknown> =>
    server.order('SetDERControl', { controlId, controlType: 'FreqWatt', isDefault: false, ...body })

  it('R04: keeps controls, says which are beaten, begins and ends them, and reports them', async () => {
    const one = await stationed({ protocol: 'ocpp2.1' })
    const { server, clock } = one
    const startTime = new Date(clock.now() + 5_000).toISOString()
    expect(await set(one, 'c1', { curve: curve(5, { startTime, duration: 10 }) })).toEqual({ status: 'Accepted' })
    expect(await set(one, 'c2', { curve: curve(1, { startTime }) })).toEqual({
      status: 'Accepted',
      supersededIds: ['c1'],
    })
    expect(await set(one, 'd1', { isDefault: true, curve: curve(1, { startTime }) })).toEqual({ status: 'Rejected' })
    expect(await set(one, 'g1', { controlType: 'PowerMonitoringMustTrip', curve: curve(1) })).toEqual({
      status: 'NotSupported',
    })
    await set(one, 'e1', {
      isDefault: true,
      controlType: 'EnterService',
      enterService: { priority: 1, highVoltage: 1, lowVoltage: 1, highFreq: 51, lowFreq: 49 },
    })
    expect(await server.order('GetDERControl', { requestId: 4 })).toEqual({ status: 'Accepted' })
    await clock.pass(16_000)
    expect(server.of('ReportDERControl').map((report) => Object.keys(report).at(-1))).toEqual([
      'curve',
      'curve',
      'enterService',
    ])
    expect(server.of('NotifyDERStartStop').map(({ controlId, started }) => [controlId, started])).toEqual([
      ['c1', true],
      ['c2', true],
      ['c1', false],
    ])
    expect(await server.order('ClearDERControl', { isDefault: false, controlId: 'c2' })).toEqual({ status: 'Accepted' })
    expect(await server.order('ClearDERControl', { isDefault: false })).toEqual({ status: 'NotFound' })
  })

  it('S02 S03: a battery is swapped, out and in under one request', async () => {
    const { server, clock } = await stationed({ protocol: 'ocpp2.1' })
    await server.order('RequestBatterySwap', { requestId: 12, idToken })
    await clock.pass(3_000)
    expect(server.of('BatterySwap').map(({ eventType, requestId }) => [eventType, requestId])).toEqual([
      ['BatteryOut', 12],
      ['BatteryIn', 12],
    ])
  })
})
