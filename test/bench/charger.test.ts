import { describe, expect, it } from 'vitest'
import { answers } from '../../bench/charger/answers/index.ts'
import { plugIn } from '../../bench/charger/arrival.ts'
import { isValidAnswer } from '../../core/ocpp/router.ts'
import { orders } from '../support/orders.ts'
import { eventually, inS, keepsToTheSchemas, simulated, statuses } from '../support/simulated.ts'

keepsToTheSchemas()

/** All that a station may say of its own accord. */
const told = [
  'Authorize',
  'BootNotification',
  'DataTransfer',
  'DiagnosticsStatusNotification',
  'FirmwareStatusNotification',
  'Heartbeat',
  'LogStatusNotification',
  'MeterValues',
  'SecurityEventNotification',
  'SignCertificate',
  'SignedFirmwareStatusNotification',
  'StartTransaction',
  'StatusNotification',
  'StopTransaction',
]

describe('the simulated charge point', () => {
  it('has an answer to each of the 26 orders, and to no other', async () => {
    expect(Object.keys(answers).sort()).toEqual(Object.keys(orders).sort())
    const { server } = await simulated()
    expect(await server.order('Teleport', {})).toBe('NotImplemented')
    expect(await server.order('Reset', { type: 'Sideways' })).toBe('FormationViolation')
  })

  it.each(Object.entries(orders))('answers %s as the schema has it, and truly', async (action, [payload, expected]) => {
    const { server, clock } = await simulated()
    const answer = await server.order(action, payload)
    expect(answer).toMatchObject(expected)
    expect(isValidAnswer('ocpp1.6', action, answer)).toBe(true)
    await clock.pass(2_000)
  })

  it('says each of the 14 messages there are for a station', async () => {
    const station = await simulated()
    const { charger, server, clock, plug } = station
    plugIn(charger, plug, 'CARD1')
    await clock.pass(10_000)
    for (const requestedMessage of ['DiagnosticsStatusNotification', 'FirmwareStatusNotification', 'Heartbeat'])
      await server.order('TriggerMessage', { requestedMessage })
    for (const requestedMessage of [
      'LogStatusNotification',
      'FirmwareStatusNotification',
      'SignChargePointCertificate',
    ])
      await server.order('ExtendedTriggerMessage', { requestedMessage })
    await server.order('UnlockConnector', { connectorId: 1 })
    await eventually(station, () => server.of('SignCertificate').length > 0)
    expect([...new Set(server.said.map(({ action }) => action))].sort()).toEqual(told)
  })

  it('boots, then tells how each connector stands, and that it has started', async () => {
    const { server } = await simulated()
    expect(server.said.map(({ action }) => action)).toEqual([
      'BootNotification',
      'StatusNotification',
      'StatusNotification',
      'StatusNotification',
      'SecurityEventNotification',
      'DataTransfer',
    ])
  })

  it.each(['Pending', 'Rejected'])(
    '%s: says nothing but its boot, again after the interval, and what it is asked for',
    async (status) => {
      let registration = status
      const { server, clock } = await simulated({}, (server) => {
        server.answers['BootNotification'] = () => ({
          status: registration,
          currentTime: '2026-11-24T12:00:00Z',
          interval: 20,
        })
      })
      await server.order('TriggerMessage', { requestedMessage: 'Heartbeat' })
      await clock.pass(19_000)
      expect(server.said.map(({ action }) => action)).toEqual(['BootNotification', 'Heartbeat'])
      expect(await server.order('RemoteStartTransaction', { idTag: 'CARD1' })).toEqual({ status: 'Rejected' })
      registration = 'Accepted'
      await clock.pass(1_500)
      expect(server.of('BootNotification').length).toBe(2)
      expect(server.of('StatusNotification').length).toBe(3)
    },
  )

  it('boots again after a minute when its boot was answered an error', async () => {
    let isBroken = true
    const { server, clock } = await simulated({}, (server) => {
      const accept = server.answers['BootNotification']!
      server.answers['BootNotification'] = (payload) => (isBroken ? 'InternalError' : accept(payload))
    })
    isBroken = false
    await clock.pass(61_000)
    expect(server.of('BootNotification').length).toBe(2)
    expect(server.of('StatusNotification').length).toBe(3)
  })

  it('security events that were answered an error are not repeated; those nobody answered are said again', async () => {
    const { server, clock } = await simulated({}, (server) => {
      server.answers['SecurityEventNotification'] = () => undefined
    })
    server.answers['SecurityEventNotification'] = () => 'NotSupported'
    server.hangUp()
    await clock.pass(5_000)
    expect(server.of('SecurityEventNotification').length).toBe(2)
    server.hangUp()
    await clock.pass(5_000)
    expect(server.of('SecurityEventNotification').length).toBe(2)
  })

  it('counts a CALL as unanswered only where its socket stayed open beyond the timeout', async () => {
    const { charger, server, clock } = await simulated({ timeoutMs: 5_000 })
    server.answers['Heartbeat'] = () => undefined
    charger.registration.heartbeat()
    await clock.pass(1_000)
    server.hangUp()
    await clock.pass(10_000)
    expect(charger.books.unanswered).toBe(0)
    charger.registration.heartbeat()
    await clock.pass(5_100)
    expect(charger.books.unanswered).toBe(1)
    expect(charger.books.problems.splice(0)).toEqual([
      expect.stringMatching(/^CP-1: Heartbeat CP-1-\S+ stayed unanswered for 5 s/),
    ])
  })

  it('a reset ends what charges, and comes back with a boot', async () => {
    for (const [type, reason] of [
      ['Hard', 'HardReset'],
      ['Soft', 'SoftReset'],
    ] as const) {
      const station = await simulated()
      const { charger, server, clock, plug } = station
      plugIn(charger, plug, 'CARD1')
      await clock.pass(1_000)
      expect(await server.order('Reset', { type })).toEqual({ status: 'Accepted' })
      expect(await server.order('Reset', { type })).toEqual({ status: 'Rejected' })
      await clock.pass(8_000)
      expect(server.of('StopTransaction')).toMatchObject([{ reason }])
      expect(server.of('BootNotification').length).toBe(2)
      expect(statuses(station).at(-1)).toBe('Available')
      expect(server.of('SecurityEventNotification').map(({ type: event }) => event)).toEqual([
        'StartupOfTheDevice',
        'ResetOrReboot',
        'StartupOfTheDevice',
      ])
    }
  })

  it.each([
    ['TriggerMessage', 'BootNotification'],
    ['TriggerMessage', 'DiagnosticsStatusNotification'],
    ['TriggerMessage', 'FirmwareStatusNotification'],
    ['TriggerMessage', 'Heartbeat'],
    ['TriggerMessage', 'MeterValues'],
    ['TriggerMessage', 'StatusNotification'],
    ['ExtendedTriggerMessage', 'BootNotification'],
    ['ExtendedTriggerMessage', 'LogStatusNotification'],
    ['ExtendedTriggerMessage', 'FirmwareStatusNotification', 'SignedFirmwareStatusNotification'],
    ['ExtendedTriggerMessage', 'Heartbeat'],
    ['ExtendedTriggerMessage', 'MeterValues'],
    ['ExtendedTriggerMessage', 'SignChargePointCertificate', 'SignCertificate'],
    ['ExtendedTriggerMessage', 'StatusNotification'],
  ])('%s of %s: the message comes behind the answer', async (action, requestedMessage, message = requestedMessage) => {
    const station = await simulated()
    const { server } = station
    server.heard.length = 0
    expect(await server.order(action, { requestedMessage })).toEqual({ status: 'Accepted' })
    await eventually(station, () => server.heard.includes(message))
    expect(server.heard.slice(0, 2)).toEqual(['an answer', message])
  })

  it.each([
    ['ReserveNow', { connectorId: 1, expiryDate: '2026-11-24T13:00:00Z', idTag: 'CARD1', reservationId: 1 }],
    ['ChangeAvailability', { connectorId: 1, type: 'Inoperative' }],
    ['RemoteStartTransaction', { connectorId: 1, idTag: 'CARD1' }],
  ])('%s: the status that follows comes behind the answer', async (action, payload) => {
    const station = await simulated()
    station.server.heard.length = 0
    await station.server.order(action, payload)
    await eventually(station, () => station.server.heard.length > 1)
    expect(station.server.heard.slice(0, 2)).toEqual(['an answer', 'StatusNotification'])
  })

  it('meter readings that are triggered come from every connector, with its session where there is one', async () => {
    const { charger, server, clock, plug } = await simulated()
    plugIn(charger, plug, 'CARD1')
    await clock.pass(1_000)
    await server.order('TriggerMessage', { requestedMessage: 'MeterValues' })
    await clock.pass(100)
    expect(server.of('MeterValues')).toMatchObject([{ connectorId: 1, transactionId: 1 }, { connectorId: 2 }])
    expect(server.of('MeterValues')[1]).not.toHaveProperty('transactionId')
    expect(await server.order('TriggerMessage', { requestedMessage: 'MeterValues', connectorId: 9 })).toEqual({
      status: 'Rejected',
    })
  })

  it('is told that a reservation for a time gone by is no good', async () => {
    const station = await simulated()
    const late = { connectorId: 1, expiryDate: inS(station, -1), idTag: 'CARD1', reservationId: 1 }
    expect(await station.server.order('ReserveNow', late)).toEqual({ status: 'Rejected' })
  })
})
