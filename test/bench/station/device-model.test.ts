import { describe, expect, it } from 'vitest'
import { feel, fail, mend } from '../../../bench/station/faults.ts'
import { plugIn, present } from '../../../bench/station/arrival.ts'
import { cardOf } from '../../../bench/station/tokens.ts'
import { newer, type Stationed, stationed, stationsKeepToTheSchemas } from '../../support/stationed.ts'

stationsKeepToTheSchemas()

interface Place {
  readonly component: { readonly name: string; readonly evse?: { readonly id: number } }
  readonly variable: { readonly name: string; readonly instance?: string }
}

const at = (component: string, name: string, evse?: number): Place => ({
  component: { name: component, ...(evse !== undefined && { evse: { id: evse } }) },
  variable: { name },
})

const got = async ({ server }: Stationed, place: object): Promise<unknown> => {
  const answer = await server.order('GetVariables', { getVariableData: [place] })
  const [{ attributeStatus, attributeValue } = { attributeStatus: 'nothing' }] = (
    answer as { getVariableResult: { attributeStatus: string; attributeValue?: string }[] }
  ).getVariableResult
  return attributeValue ?? attributeStatus
}

const set = async ({ server }: Stationed, place: object, attributeValue: string): Promise<unknown> => {
  const answer = await server.order('SetVariables', { setVariableData: [{ ...place, attributeValue }] })
  return (answer as { setVariableResult: { attributeStatus: string }[] }).setVariableResult[0]?.attributeStatus
}

const events = ({ server }: Stationed): readonly Record<string, unknown>[] =>
  server.of('NotifyEvent').flatMap(({ eventData }) => eventData as Record<string, unknown>[])

const monitored = async (one: Stationed, data: object): Promise<{ readonly status: string; readonly id: number }> => {
  const answer = await one.server.order('SetVariableMonitoring', { setMonitoringData: [data] })
  return (
    (answer as { setMonitoringResult: { status: string; id: number }[] }).setMonitoringResult[0] ?? {
      status: '',
      id: 0,
    }
  )
}

describe('variables of a simulated station', () => {
  it('B05 B06: what can be read is, what cannot says why', async () => {
    const one = await stationed()
    expect(await got(one, at('txctrlr', 'TXSTARTPOINT'))).toBe('PowerPathClosed')
    expect(await got(one, at('EVSE', 'AvailabilityState', 2))).toBe('Available')
    expect(await got(one, at('Teapot', 'Lid'))).toBe('UnknownComponent')
    expect(await got(one, at('EVSE', 'Power', 9))).toBe('UnknownComponent')
    expect(await got(one, at('TxCtrlr', 'Lid'))).toBe('UnknownVariable')
    expect(await got(one, { ...at('OCPPCommCtrlr', 'MessageAttempts') })).toBe('UnknownVariable')
    expect(await got(one, at('SecurityCtrlr', 'BasicAuthPassword'))).toBe('Rejected')
    expect(await got(one, { ...at('TxCtrlr', 'TxStartPoint'), attributeType: 'Target' })).toBe(
      'NotSupportedAttributeType',
    )
  })

  it('B05: what can be set is, by its kind and its limits, at once or with the next boot', async () => {
    const one = await stationed()
    expect(await set(one, at('TxCtrlr', 'TxStopPoint'), 'EVConnected')).toBe('Accepted')
    expect(await got(one, at('TxCtrlr', 'TxStopPoint'))).toBe('EVConnected')
    expect(await set(one, at('TxCtrlr', 'TxStopPoint'), 'DataSigned')).toBe('Rejected')
    expect(await set(one, at('TxCtrlr', 'TxStartPoint'), '')).toBe('Rejected')
    expect(await set(one, at('TxCtrlr', 'EVConnectionTimeOut'), '0')).toBe('Rejected')
    expect(await set(one, at('AuthCtrlr', 'LocalPreAuthorize'), 'maybe')).toBe('Rejected')
    expect(await set(one, at('SecurityCtrlr', 'SecurityProfile'), '2')).toBe('Rejected')
    expect(await set(one, at('OCPPCommCtrlr', 'WebSocketPingInterval'), '30')).toBe('RebootRequired')
    expect(await got(one, at('OCPPCommCtrlr', 'WebSocketPingInterval'))).toBe('0')
    await one.server.order('Reset', { type: 'Immediate' })
    await one.clock.pass(8_000)
    expect(await got(one, at('OCPPCommCtrlr', 'WebSocketPingInterval'))).toBe('30')
  })

  it('B05.FR.11: more items than fit are refused as a whole', async () => {
    const { server } = await stationed()
    const getVariableData = Array.from({ length: 21 }, () => at('TxCtrlr', 'TxStartPoint'))
    expect(await server.order('GetVariables', { getVariableData })).toBe('OccurrenceConstraintViolation')
  })

  it.each(newer)('B07 %s: all of it comes in pages, numbered, the last of which says so', async (protocol) => {
    const { server, clock, station } = await stationed({ protocol })
    await server.order('GetBaseReport', { requestId: 5, reportBase: 'FullInventory' })
    await clock.pass(100)
    const pages = server.of('NotifyReport')
    expect(pages.map(({ seqNo }) => seqNo)).toEqual(pages.map((_, i) => i))
    expect(pages.map(({ tbc }) => tbc)).toEqual(pages.map((_, i) => i < pages.length - 1))
    const rows = pages.flatMap(({ reportData }) => reportData as { variable: { name: string } }[])
    expect(rows.length).toBe(station.model.all.length)
    expect(rows.length).toBeGreaterThan(100)
  })

  it('B07: the inventory of what can be set has no other, and what is secret without its value', async () => {
    const { server, clock } = await stationed()
    await server.order('GetBaseReport', { requestId: 5, reportBase: 'ConfigurationInventory' })
    await clock.pass(100)
    const attributes = server
      .of('NotifyReport')
      .flatMap(({ reportData }) => reportData as { variableAttribute: { mutability: string; value?: string }[] }[])
      .flatMap(({ variableAttribute }) => variableAttribute)
    expect(attributes.filter(({ mutability }) => mutability === 'ReadOnly')).toEqual([])
    expect(attributes.filter(({ mutability }) => mutability === 'WriteOnly').map(({ value }) => value)).toEqual([
      undefined,
    ])
  })

  it('B08: a custom report is of what is named, and as it stands', async () => {
    const { station, server, clock, evse } = await stationed()
    fail(station, evse, 'E42')
    await server.order('GetReport', {
      requestId: 1,
      componentCriteria: ['Problem'],
      componentVariable: [{ component: { name: 'EVSE' } }],
    })
    await clock.pass(100)
    const rows = server.of('NotifyReport').flatMap(({ reportData }) => reportData as Place[])
    expect(new Set(rows.map(({ component }) => component.evse?.id))).toEqual(new Set([1]))
    expect(
      await server.order('GetReport', { requestId: 2, componentVariable: [{ component: { name: 'Teapot' } }] }),
    ).toEqual({
      status: 'EmptyResultSet',
    })
  })

  it('A01: a new password holds from the next connection on', async () => {
    const one = await stationed()
    expect(await set(one, at('SecurityCtrlr', 'BasicAuthPassword'), 'too short')).toBe('Rejected')
    expect(await set(one, at('SecurityCtrlr', 'BasicAuthPassword'), 'päßwörd-of-some-length')).toBe('Accepted')
    await one.clock.pass(2_000)
    expect(one.server.dialled.map(({ password }) => password)).toEqual([
      'a-password-of-the-station',
      'päßwörd-of-some-length',
    ])
    expect(one.server.of('BootNotification').length).toBe(1)
  })
})

describe('monitors of a simulated station', () => {
  it('N04: a threshold is told when it is passed, and when that is over', async () => {
    const one = await stationed()
    const { status, id } = await monitored(one, {
      ...at('ChargingStation', 'Temperature'),
      type: 'UpperThreshold',
      value: 60,
      severity: 4,
    })
    expect(status).toBe('Accepted')
    feel(one.station, 65)
    feel(one.station, 70)
    feel(one.station, 50)
    await one.clock.pass(100)
    expect(events(one).map((event) => [event['variableMonitoringId'], event['actualValue'], event['cleared']])).toEqual(
      [
        [id, '65', undefined],
        [id, '50', true],
      ],
    )
  })

  it('N04: a delta is told from step to step, of what is no number with any change', async () => {
    const one = await stationed()
    await monitored(one, { ...at('ChargingStation', 'Temperature'), type: 'Delta', value: 10, severity: 4 })
    await monitored(one, { ...at('EVSE', 'AvailabilityState', 1), type: 'Delta', value: 1, severity: 4 })
    for (const celsius of [30, 36, 40, 20]) feel(one.station, celsius)
    plugIn(one.station, one.evse)
    await one.clock.pass(100)
    expect(events(one).map(({ actualValue, trigger }) => [actualValue, trigger])).toEqual([
      ['36', 'Delta'],
      ['20', 'Delta'],
      ['Occupied', 'Delta'],
    ])
  })

  it('N04: a periodic one tells its value over and over, until it is cleared', async () => {
    const one = await stationed()
    const { id } = await monitored(one, { ...at('EVSE', 'Power', 1), type: 'Periodic', value: 10, severity: 4 })
    await one.clock.pass(35_000)
    expect(events(one).length).toBe(3)
    expect(await one.server.order('ClearVariableMonitoring', { id: [id] })).toEqual({
      clearMonitoringResult: [{ id, status: 'Accepted' }],
    })
    await one.clock.pass(35_000)
    expect(events(one).length).toBe(3)
  })

  it.each([
    [{ ...at('Teapot', 'Lid'), type: 'Delta', value: 1 }, 'UnknownComponent'],
    [{ ...at('EVSE', 'Lid', 1), type: 'Delta', value: 1 }, 'UnknownVariable'],
    [{ ...at('EVSE', 'SupplyPhases', 1), type: 'Delta', value: 1 }, 'UnsupportedMonitorType'],
    [{ ...at('EVSE', 'AvailabilityState', 1), type: 'UpperThreshold', value: 1 }, 'UnsupportedMonitorType'],
    [{ ...at('ChargingStation', 'Temperature'), type: 'UpperThreshold', value: 500 }, 'Rejected'],
    [{ ...at('ChargingStation', 'Temperature'), type: 'Delta', value: 1, id: 99 }, 'Rejected'],
    [{ ...at('ChargingStation', 'Temperature'), type: 'UpperThreshold', value: 70, severity: 2 }, 'Duplicate'],
  ])('N04: %o is %s', async (data, status) => {
    const one = await stationed()
    expect((await monitored(one, { severity: 5, ...data })).status).toBe(status)
  })

  it('N02 N05 N06: reports them, tells no milder ones than is wanted, and goes back to those it was delivered with', async () => {
    const one = await stationed()
    const { server, clock, station } = one
    await monitored(one, { ...at('ChargingStation', 'Temperature'), type: 'Delta', value: 1, severity: 8 })
    await server.order('SetMonitoringLevel', { severity: 3 })
    feel(station, 90)
    await clock.pass(100)
    expect(events(one).map(({ trigger }) => trigger)).toEqual(['Alerting'])
    await server.order('GetMonitoringReport', { requestId: 1, monitoringCriteria: ['DeltaMonitoring'] })
    await clock.pass(100)
    expect(server.of('NotifyMonitoringReport')).toMatchObject([
      { requestId: 1, seqNo: 0, tbc: false, monitor: [{ variableMonitoring: [{ type: 'Delta' }] }] },
    ])
    await server.order('SetMonitoringBase', { monitoringBase: 'HardWiredOnly' })
    expect(await server.order('GetMonitoringReport', { requestId: 2 })).toEqual({ status: 'EmptyResultSet' })
    await server.order('SetMonitoringBase', { monitoringBase: 'FactoryDefault' })
    expect(await server.order('GetMonitoringReport', { requestId: 3 })).toEqual({ status: 'Accepted' })
  })

  it('N07 G05: what breaks is told without a monitor, ends the transaction there, and is told when it is mended', async () => {
    const one = await stationed()
    plugIn(one.station, one.evse)
    present(one.station, one.evse, cardOf('CARD1'))
    await one.clock.pass(1_000)
    fail(one.station, one.evse, 'E42')
    await one.clock.pass(100)
    expect(one.evse.status).toBe('Faulted')
    expect(one.server.of('TransactionEvent').at(-1)).toMatchObject({
      eventType: 'Ended',
      triggerReason: 'AbnormalCondition',
    })
    mend(one.station, one.evse)
    await one.clock.pass(100)
    expect(events(one).map(({ techCode, cleared }) => [techCode, cleared])).toEqual([
      ['E42', false],
      ['E42', true],
    ])
  })
})

describe('streams of a simulated station of 2.1', () => {
  const withStream = (interval: number, values: number) => ({
    ...at('EVSE', 'Power', 1),
    type: 'Periodic',
    value: 1,
    severity: 4,
    periodicEventStream: { interval, values },
  })

  it('N11–N15: is opened, sends its values in bundles that nobody answers, is adjusted, and closed', async () => {
    const one = await stationed({ protocol: 'ocpp2.1' })
    const { server, clock } = one
    const { id } = await monitored(one, withStream(60, 4))
    await clock.pass(8_500)
    const [opened] = server.of('OpenPeriodicEventStream')
    expect(opened).toMatchObject({
      constantStreamData: { variableMonitoringId: id, params: { interval: 60, values: 4 } },
    })
    expect(server.of('NotifyPeriodicEventStream').map(({ data }) => (data as object[]).length)).toEqual([4, 4])
    expect(server.of('NotifyEvent')).toEqual([])
    const stream = (opened?.['constantStreamData'] as { id: number }).id
    expect(
      await server.order('AdjustPeriodicEventStream', { id: stream, params: { values: 2, interval: 60 } }),
    ).toEqual({
      status: 'Accepted',
    })
    await clock.pass(2_000)
    expect(server.of('NotifyPeriodicEventStream').length).toBe(3)
    expect(await server.order('GetPeriodicEventStream', {})).toMatchObject({ constantStreamData: [{ id: stream }] })
    await server.order('ClearVariableMonitoring', { id: [id] })
    await clock.pass(5_000)
    expect(server.of('ClosePeriodicEventStream')).toEqual([{ id: stream }])
    expect(await server.order('GetPeriodicEventStream', {})).toEqual({})
  })

  it('N11.FR.05: where the server wants none, its values come as events', async () => {
    const one = await stationed({ protocol: 'ocpp2.1' }, (server) => {
      server.answers['OpenPeriodicEventStream'] = () => ({ status: 'Rejected' })
    })
    await monitored(one, withStream(60, 4))
    await one.clock.pass(3_500)
    expect(one.server.of('NotifyPeriodicEventStream')).toEqual([])
    expect(events(one).length).toBe(3)
  })
})
