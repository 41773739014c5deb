import { describe, expect, it } from 'vitest'
import { answersOf } from '../../bench/station/answers/index.ts'
import { ordersOf201, ordersOf21 } from '../support/orders-of-two.ts'
import { newer, stationed, stationsKeepToTheSchemas } from '../support/stationed.ts'

stationsKeepToTheSchemas()

const ordersOf = { 'ocpp2.0.1': ordersOf201, 'ocpp2.1': { ...ordersOf201, ...ordersOf21 } } as const

describe.each(newer)('the simulated station of %s', (protocol) => {
  const orders = ordersOf[protocol as keyof typeof ordersOf]

  it('has an answer to each order of its version, and to no other', async () => {
    expect(Object.keys(answersOf(protocol)).sort()).toEqual(Object.keys(orders).sort())
    expect(Object.keys(orders).length).toBe(protocol === 'ocpp2.1' ? 55 : 40)
    const { server } = await stationed({ protocol })
    expect(await server.order('Teleport', {})).toBe('NotImplemented')
    expect(await server.order('Reset', { type: 'Sideways' })).toBe('FormatViolation')
  })

  it.each(Object.entries(orders))('answers %s as the schema has it, and truly', async (action, [payload, expected]) => {
    const { server, clock } = await stationed({ protocol })
    expect(await server.order(action, payload)).toMatchObject(expected)
    await clock.pass(2_000)
  })

  it('connects with its sub-protocol, boots with a reason, and tells how each connector stands', async () => {
    const { server } = await stationed({ protocol })
    expect(server.dialled.map((one) => one.protocol)).toEqual([protocol])
    expect(server.of('BootNotification')).toMatchObject([
      { reason: 'PowerUp', chargingStation: { serialNumber: 'CS-1' } },
    ])
    expect(server.said.map(({ action }) => action)).toEqual([
      'BootNotification',
      'StatusNotification',
      'StatusNotification',
      'SecurityEventNotification',
    ])
  })
})

describe('a simulated station', () => {
  it.each(['Pending', 'Rejected'])(
    'B02 B03 %s: says nothing but its boot, again after the interval, and what it is asked for',
    async (status) => {
      let registration = status
      const { server, clock } = await stationed({}, (server) => {
        server.answers['BootNotification'] = () => ({
          status: registration,
          currentTime: '2026-11-24T12:00:00Z',
          interval: 20,
        })
      })
      await server.order('TriggerMessage', { requestedMessage: 'Heartbeat' })
      await clock.pass(19_000)
      expect(server.said.map(({ action }) => action)).toEqual(['BootNotification', 'Heartbeat'])
      expect(await server.order('RequestStartTransaction', ordersOf201['RequestStartTransaction']?.[0] ?? {})).toEqual(
        status === 'Pending' ? { status: 'Rejected' } : 'SecurityError',
      )
      registration = 'Accepted'
      await clock.pass(1_500)
      expect(server.of('BootNotification').length).toBe(2)
      expect(server.of('StatusNotification').length).toBe(2)
    },
  )

  it('B04 B10: does not boot again on a new connection, and tells of connectors only what has changed meanwhile', async () => {
    const { station, server, clock, evse } = await stationed()
    server.hangUp()
    evse.available = false
    await clock.pass(5_000)
    expect(server.isConnected).toBe(true)
    expect(server.of('BootNotification').length).toBe(1)
    expect(server.of('StatusNotification').slice(2)).toMatchObject([{ evseId: 1, connectorStatus: 'Unavailable' }])
    station.line.breakOff(70_000)
    await clock.pass(75_000)
    expect(server.of('BootNotification').length).toBe(1)
    expect(server.of('StatusNotification').length).toBe(5)
  })

  it('beats as often as its boot was told, and as it is set up later', async () => {
    const { server, clock } = await stationed()
    await clock.pass(300_000)
    expect(server.of('Heartbeat').length).toBe(1)
    const place = { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' } }
    await server.order('SetVariables', { setVariableData: [{ ...place, attributeValue: '10' }] })
    await clock.pass(30_000)
    expect(server.of('Heartbeat').length).toBe(4)
  })
})
