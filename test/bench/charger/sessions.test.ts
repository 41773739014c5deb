import { describe, expect, it } from 'vitest'
import { plugIn, present, unplug } from '../../../bench/charger/arrival.ts'
import { end } from '../../../bench/charger/charging.ts'
import { fail, mend } from '../../../bench/charger/faults.ts'
import { energyOf } from '../../../bench/booked.ts'
import { keepsToTheSchemas, simulated, statuses } from '../../support/simulated.ts'

keepsToTheSchemas()

describe('a session of the simulated charge point', () => {
  it('is authorised, started, metered, stopped; its energy is the difference of the two registers it sent', async () => {
    const station = await simulated()
    const { charger, server, clock, plug } = station
    plugIn(charger, plug, 'CARD1')
    await clock.pass(60_000)
    end(charger, plug, 'Local')
    await clock.pass(2_000)
    const [[start], [stop]] = [server.of('StartTransaction'), server.of('StopTransaction')]
    expect(server.of('Authorize')).toEqual([{ idTag: 'CARD1' }])
    expect(server.of('MeterValues').length).toBe(12)
    expect(stop).toMatchObject({ transactionId: 1, idTag: 'CARD1', reason: 'Local' })
    expect(statuses(station)).toEqual(['Available', 'Preparing', 'Charging', 'Finishing', 'Available'])
    const [session] = charger.sessions
    expect(session && energyOf(session)).toBe(Number(stop?.['meterStop']) - Number(start?.['meterStart']))
    // 11 kW for a minute, but for the ramp of the first seconds
    expect(session && energyOf(session)).toBeGreaterThan(170)
    expect(session && energyOf(session)).toBeLessThan(184)
  })

  it('a card that is refused starts nothing', async () => {
    const station = await simulated()
    station.server.answers['Authorize'] = () => ({ idTagInfo: { status: 'Invalid' } })
    plugIn(station.charger, station.plug, 'STRANGER')
    await station.clock.pass(1_000)
    expect(station.server.of('StartTransaction')).toEqual([])
    expect(statuses(station)).toEqual(['Available', 'Preparing', 'Available'])
  })

  it('one that the server refuses ends as DeAuthorized, or goes on without energy, as it is set up', async () => {
    for (const [value, expected] of [
      ['true', [{ reason: 'DeAuthorized' }]],
      ['false', []],
    ] as const) {
      const { server, charger, clock, plug } = await simulated()
      await server.order('ChangeConfiguration', { key: 'StopTransactionOnInvalidId', value })
      server.answers['StartTransaction'] = () => ({ transactionId: 7, idTagInfo: { status: 'Blocked' } })
      plugIn(charger, plug, 'CARD1')
      await clock.pass(1_000)
      const register = plug.meter.wattHours
      await clock.pass(600_000)
      expect(server.of('StopTransaction')).toMatchObject(expected)
      expect(plug.meter.wattHours).toBe(register)
    }
  })

  it('ends when the car is gone, or waits for its card, as it is set up', async () => {
    const station = await simulated()
    const { charger, server, clock, plug } = station
    plugIn(charger, plug, 'CARD1')
    await clock.pass(1_000)
    await server.order('ChangeConfiguration', { key: 'StopTransactionOnEVSideDisconnect', value: 'false' })
    unplug(charger, plug)
    await clock.pass(1_000)
    expect([statuses(station).at(-1), server.of('StopTransaction').length]).toEqual(['SuspendedEV', 0])
    await server.order('ChangeConfiguration', { key: 'StopTransactionOnEVSideDisconnect', value: 'true' })
    unplug(charger, plug)
    await clock.pass(1_000)
    expect(server.of('StopTransaction')).toMatchObject([{ reason: 'EVDisconnected' }])
  })

  it('goes on while the network is away, and is told in order when it is back', async () => {
    const { charger, server, clock, plug } = await simulated()
    charger.line.breakOff(60_000)
    plugIn(charger, plug, 'CARD1')
    await clock.pass(12_000)
    end(charger, plug, 'Local')
    expect(server.of('StartTransaction')).toEqual([])
    await clock.pass(60_000)
    const told = server.said.map(({ action }) => action).filter((action) => /Transaction|Meter/.test(action))
    expect(told).toEqual(['StartTransaction', 'MeterValues', 'MeterValues', 'StopTransaction'])
  })

  it('errata 3.18: is told under transaction -1 when its start was refused once too often', async () => {
    const { charger, server, clock, plug } = await simulated({ attempts: 2, retryMs: 1_000 })
    server.answers['StartTransaction'] = () => 'InternalError'
    plugIn(charger, plug, 'CARD1')
    await clock.pass(3_000)
    end(charger, plug, 'Local')
    await clock.pass(1_000)
    expect(server.of('StartTransaction').length).toBe(2)
    expect(server.of('StopTransaction')).toMatchObject([{ transactionId: -1 }])
  })

  it('is ended by the card that began it, by one of its group, and by no other', async () => {
    const { charger, server, clock, plug } = await simulated()
    const groups: Record<string, string> = { CARD1: 'FAMILY', CARD2: 'FAMILY', CARD3: 'NEIGHBOURS' }
    server.answers['Authorize'] = ({ idTag }) => ({
      idTagInfo: { status: 'Accepted', parentIdTag: groups[String(idTag)] },
    })
    server.answers['StartTransaction'] = () => ({
      transactionId: 7,
      idTagInfo: { status: 'Accepted', parentIdTag: 'FAMILY' },
    })
    plugIn(charger, plug, 'CARD1')
    await clock.pass(1_000)
    present(charger, plug, 'CARD3')
    await clock.pass(1_000)
    expect(server.of('StopTransaction')).toEqual([])
    present(charger, plug, 'card2')
    await clock.pass(1_000)
    expect(server.of('StopTransaction')).toEqual([])
    present(charger, plug, 'CARD2')
    await clock.pass(1_000)
    expect(server.of('StopTransaction')).toMatchObject([{ reason: 'Local' }])
  })

  it('an unlock ends it; a stuck lock, a fixed cable and an unknown connector say so', async () => {
    const { charger, server, clock, plug } = await simulated()
    plugIn(charger, plug, 'CARD1')
    await clock.pass(1_000)
    expect(await server.order('UnlockConnector', { connectorId: 1 })).toEqual({ status: 'Unlocked' })
    await clock.pass(100)
    expect(server.of('StopTransaction')).toMatchObject([{ reason: 'UnlockCommand' }])
    plug.lock = 'jammed'
    expect(await server.order('UnlockConnector', { connectorId: 1 })).toEqual({ status: 'UnlockFailed' })
    plug.lock = 'none'
    expect(await server.order('UnlockConnector', { connectorId: 1 })).toEqual({ status: 'NotSupported' })
    expect(await server.order('UnlockConnector', { connectorId: 3 })).toEqual({ status: 'NotSupported' })
  })

  it('is begun and ended by order; where no cable comes the connector is free again in time', async () => {
    const { server, clock } = await simulated()
    expect(await server.order('RemoteStartTransaction', { idTag: 'CARD1', connectorId: 1 })).toEqual({
      status: 'Accepted',
    })
    await clock.pass(500)
    expect(server.of('StartTransaction')).toMatchObject([{ connectorId: 1, idTag: 'CARD1' }])
    expect(await server.order('RemoteStartTransaction', { idTag: 'CARD1', connectorId: 1 })).toEqual({
      status: 'Rejected',
    })
    expect(await server.order('RemoteStopTransaction', { transactionId: 1 })).toEqual({ status: 'Accepted' })
    await clock.pass(500)
    expect(server.of('StopTransaction')).toMatchObject([{ transactionId: 1, reason: 'Remote' }])

    const nobody = await simulated({ cableMs: Infinity })
    await nobody.server.order('RemoteStartTransaction', { idTag: 'CARD1', connectorId: 1 })
    await nobody.clock.pass(61_000)
    expect(nobody.server.of('StartTransaction')).toEqual([])
    expect(statuses(nobody)).toEqual(['Available', 'Preparing', 'Available'])
  })

  it('asks about the card of a remote start where it is set up so', async () => {
    const { server, clock } = await simulated()
    await server.order('ChangeConfiguration', { key: 'AuthorizeRemoteTxRequests', value: 'true' })
    server.answers['Authorize'] = () => ({ idTagInfo: { status: 'Blocked' } })
    expect(await server.order('RemoteStartTransaction', { idTag: 'CARD1' })).toEqual({ status: 'Accepted' })
    await clock.pass(1_000)
    expect([server.of('Authorize').length, server.of('StartTransaction').length]).toEqual([1, 0])
  })

  it('keeps a connector in service until it is over, and then takes it out; back in service it is free', async () => {
    const station = await simulated()
    const { charger, server, clock, plug } = station
    plugIn(charger, plug, 'CARD1')
    await clock.pass(1_000)
    expect(await server.order('ChangeAvailability', { connectorId: 0, type: 'Inoperative' })).toEqual({
      status: 'Scheduled',
    })
    await clock.pass(100)
    expect([statuses(station, 0).at(-1), statuses(station, 2).at(-1), plug.status]).toEqual([
      'Unavailable',
      'Unavailable',
      'Charging',
    ])
    end(charger, plug, 'Local')
    await clock.pass(2_000)
    expect(plug.status).toBe('Unavailable')
    plugIn(charger, plug, 'CARD1')
    await clock.pass(1_000)
    expect(server.of('StartTransaction').length).toBe(1)
    expect(await server.order('ChangeAvailability', { connectorId: 1, type: 'Operative' })).toEqual({
      status: 'Accepted',
    })
    await clock.pass(100)
    expect(statuses(station).at(-1)).toBe('Available')
    expect(await server.order('ChangeAvailability', { connectorId: 3, type: 'Operative' })).toEqual({
      status: 'Rejected',
    })
  })

  it('is ended by a fault of its connector, which is of no use until it is mended', async () => {
    const station = await simulated()
    const { charger, server, clock, plug } = station
    plugIn(charger, plug, 'CARD1')
    await clock.pass(1_000)
    fail(charger, plug, 'GroundFailure')
    await clock.pass(3_000)
    expect(server.of('StopTransaction').length).toBe(1)
    expect(server.of('StatusNotification').at(-1)).toMatchObject({ status: 'Faulted', errorCode: 'GroundFailure' })
    expect(await server.order('RemoteStartTransaction', { idTag: 'CARD1', connectorId: 1 })).toEqual({
      status: 'Rejected',
    })
    mend(charger, plug)
    await clock.pass(100)
    expect(server.of('StatusNotification').at(-1)).toMatchObject({ status: 'Available', errorCode: 'NoError' })
  })

  it('brings along with its stop what it is set up to bring along, and is read by the clock', async () => {
    const { charger, server, clock, plug } = await simulated()
    await server.order('ChangeConfiguration', { key: 'StopTxnSampledData', value: 'Energy.Active.Import.Register' })
    await server.order('ChangeConfiguration', { key: 'MeterValueSampleInterval', value: '0' })
    await server.order('ChangeConfiguration', { key: 'ClockAlignedDataInterval', value: '900' })
    plugIn(charger, plug, 'CARD1')
    await clock.pass(901_000)
    end(charger, plug, 'Local')
    await clock.pass(1_000)
    const readings = server.of('MeterValues')
    expect(readings.map((one) => one['connectorId'])).toEqual([1, 2])
    expect(readings[0]).toMatchObject({
      transactionId: 1,
      meterValue: [{ timestamp: '2026-11-24T12:15:00.000Z', sampledValue: [{ context: 'Sample.Clock' }] }],
    })
    const [stop] = server.of('StopTransaction')
    const data = stop?.['transactionData'] as { readonly sampledValue: readonly { readonly context?: string }[] }[]
    expect(data[0]).toMatchObject({ sampledValue: [{ context: 'Transaction.Begin' }] })
    expect(data.at(-1)).toMatchObject({
      sampledValue: [{ context: 'Transaction.End', value: String(stop?.['meterStop']) }],
    })
  })
})
