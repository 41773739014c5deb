import { describe, expect, it } from 'vitest'
import { plugIn } from '../../../bench/charger/arrival.ts'
import { fail } from '../../../bench/charger/faults.ts'
import { inS, keepsToTheSchemas, type Simulated, simulated, statuses } from '../../support/simulated.ts'

keepsToTheSchemas()

const reserve = (
  station: Simulated,
  order: Partial<Record<'connectorId' | 'reservationId', number>> & {
    idTag?: string
    parentIdTag?: string
    seconds?: number
  } = {},
): Promise<unknown> => {
  const { seconds = 600, ...rest } = order
  return station.server.order('ReserveNow', {
    connectorId: 1,
    reservationId: 1,
    idTag: 'CARD1',
    expiryDate: inS(station, seconds),
    ...rest,
  })
}

describe('a reservation of the simulated charge point', () => {
  it('is for its card, whatever its case, and is named by the start', async () => {
    const station = await simulated()
    const { charger, server, clock, plug } = station
    expect(await reserve(station)).toEqual({ status: 'Accepted' })
    plugIn(charger, plug, 'CARD2')
    await clock.pass(100)
    expect(server.of('StartTransaction')).toEqual([])
    plugIn(charger, plug, 'card1')
    await clock.pass(100)
    expect(server.of('StartTransaction')).toMatchObject([{ connectorId: 1, reservationId: 1 }])
    expect(statuses(station)).toEqual(['Available', 'Reserved', 'Preparing', 'Charging'])
    expect(await server.order('CancelReservation', { reservationId: 1 })).toEqual({ status: 'Rejected' })
  })

  it('is over in its time, by the station’s clock', async () => {
    const station = await simulated()
    await reserve(station, { seconds: 60 })
    await station.clock.pass(59_000)
    expect(station.plug.status).toBe('Reserved')
    await station.clock.pass(1_500)
    expect(statuses(station)).toEqual(['Available', 'Reserved', 'Available'])
    plugIn(station.charger, station.plug, 'CARD2')
    await station.clock.pass(100)
    expect(station.server.of('StartTransaction')[0]).not.toHaveProperty('reservationId')
  })

  it('says why it cannot be', async () => {
    const station = await simulated()
    const { charger, server, clock, plug } = station
    expect(await reserve(station, { connectorId: 3 })).toEqual({ status: 'Rejected' })
    expect(await reserve(station)).toEqual({ status: 'Accepted' })
    expect(await reserve(station, { reservationId: 2 })).toEqual({ status: 'Occupied' })
    expect(await reserve(station, { idTag: 'CARD9' })).toEqual({ status: 'Accepted' })
    plugIn(charger, plug, 'CARD9')
    await clock.pass(100)
    expect(await reserve(station)).toEqual({ status: 'Occupied' })
    await server.order('ChangeAvailability', { connectorId: 2, type: 'Inoperative' })
    expect(await reserve(station, { connectorId: 2 })).toEqual({ status: 'Unavailable' })
    fail(charger, plug, 'OverCurrentFailure')
    expect(await reserve(station)).toEqual({ status: 'Faulted' })
  })

  it('of any connector keeps one free, and no more than one', async () => {
    const station = await simulated()
    const { charger, server, clock } = station
    charger.configuration.set('ReserveConnectorZeroSupported', 'false')
    expect(await reserve(station, { connectorId: 0 })).toEqual({ status: 'Rejected' })
    charger.configuration.set('ReserveConnectorZeroSupported', 'true')
    expect(await reserve(station, { connectorId: 0 })).toEqual({ status: 'Accepted' })
    for (const plug of charger.plugs) {
      plugIn(charger, plug, 'CARD2')
      await clock.pass(100)
    }
    expect(server.of('StartTransaction')).toMatchObject([{ connectorId: 1 }])
    expect(await reserve(station, { connectorId: 0, reservationId: 2 })).toEqual({ status: 'Occupied' })
    const [, second] = charger.plugs
    if (second !== undefined) plugIn(charger, second, 'CARD1')
    await clock.pass(100)
    expect(server.of('StartTransaction')).toMatchObject([{ connectorId: 1 }, { connectorId: 2, reservationId: 1 }])
  })

  it('is cancelled once', async () => {
    const station = await simulated()
    await reserve(station)
    await station.clock.pass(100)
    expect(await station.server.order('CancelReservation', { reservationId: 1 })).toEqual({ status: 'Accepted' })
    expect(await station.server.order('CancelReservation', { reservationId: 1 })).toEqual({ status: 'Rejected' })
    await station.clock.pass(100)
    expect(statuses(station)).toEqual(['Available', 'Reserved', 'Available'])
  })

  it('is for the whole group, of which the server is asked', async () => {
    const { charger, server, clock, plug, ...rest } = await simulated()
    await reserve({ charger, server, clock, plug, ...rest }, { parentIdTag: 'FAMILY' })
    server.answers['Authorize'] = ({ idTag }) => ({
      idTagInfo: { status: 'Accepted', parentIdTag: idTag === 'CARD2' ? 'family' : 'NEIGHBOURS' },
    })
    plugIn(charger, plug, 'CARD3')
    await clock.pass(100)
    expect(server.of('StartTransaction')).toEqual([])
    plugIn(charger, plug, 'CARD2')
    await clock.pass(100)
    expect(server.of('StartTransaction')).toMatchObject([{ idTag: 'CARD2', reservationId: 1 }])
  })

  it('lets a remote start through with its card only', async () => {
    const station = await simulated({ connectors: 1 })
    await reserve(station)
    expect(await station.server.order('RemoteStartTransaction', { idTag: 'CARD2' })).toEqual({ status: 'Rejected' })
    expect(await station.server.order('RemoteStartTransaction', { idTag: 'CARD1' })).toEqual({ status: 'Accepted' })
    await station.clock.pass(500)
    expect(station.server.of('StartTransaction')).toMatchObject([{ idTag: 'CARD1', reservationId: 1 }])
  })

  it('is gone with a connector that is taken out of service', async () => {
    const station = await simulated()
    await reserve(station)
    await station.clock.pass(100)
    await station.server.order('ChangeAvailability', { connectorId: 1, type: 'Inoperative' })
    expect(await station.server.order('CancelReservation', { reservationId: 1 })).toEqual({ status: 'Rejected' })
    await station.clock.pass(100)
    expect(statuses(station)).toEqual(['Available', 'Reserved', 'Unavailable'])
  })
})
