import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Protocol, protocols } from '../../core/ocpp/version.ts'
import { startServer, type TestServer, until } from '../support/server.ts'
import { type ForeignStation, foreignStation } from '../support/station.ts'

const password = 'a-password-of-the-station'
const at = (minute: number): string => new Date(Date.UTC(2026, 10, 24, 12, minute)).toISOString()

/** A station's side of one story, in the words of its version. */
interface Story {
  boot(): Promise<Record<string, unknown>>
  plugIn(): Promise<unknown>
  authorize(): Promise<Record<string, unknown>>
  start(token: string, more?: object): Promise<unknown>
  meter(minute: number, wh: number): Promise<unknown>
  stop(minute: number, wh: number, reason: string): Promise<unknown>
}

const story16 = (station: ForeignStation): Story => {
  let transactionId = 0
  return {
    boot: () => station.call('BootNotification', { chargePointVendor: 'Foreign', chargePointModel: 'Client' }),
    plugIn: () => station.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Preparing' }),
    authorize: async () =>
      (await station.call('Authorize', { idTag: 'CARD1' }))['idTagInfo'] as Record<string, unknown>,
    start: async (idTag) => {
      const payload = { connectorId: 1, idTag, meterStart: 1000, timestamp: at(0) }
      transactionId = (await station.call('StartTransaction', payload))['transactionId'] as number
      await station.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Charging' })
    },
    meter: (minute, wh) =>
      station.call('MeterValues', {
        connectorId: 1,
        transactionId,
        meterValue: [{ timestamp: at(minute), sampledValue: [{ value: String(wh), unit: 'Wh' }] }],
      }),
    stop: async (minute, wh, reason) => {
      await station.call('StopTransaction', { transactionId, meterStop: wh, timestamp: at(minute), reason })
      await station.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Finishing' })
    },
  }
}

const story2 = (station: ForeignStation): Story => {
  let [transactionId, seqNo] = ['', 0]
  const event = (eventType: string, triggerReason: string, minute: number, wh: number, more: object = {}) => {
    const { info = {}, context = 'Sample.Periodic', ...others } = more as { info?: object; context?: string }
    return station.call('TransactionEvent', {
      eventType,
      triggerReason,
      timestamp: at(minute),
      seqNo: seqNo++,
      transactionInfo: { transactionId, ...info },
      meterValue: [{ timestamp: at(minute), sampledValue: [{ value: wh, context }] }],
      ...others,
    })
  }
  return {
    boot: () =>
      station.call('BootNotification', {
        reason: 'PowerUp',
        chargingStation: { vendorName: 'Foreign', model: 'Client' },
      }),
    plugIn: () =>
      station.call('StatusNotification', { timestamp: at(0), connectorStatus: 'Occupied', evseId: 1, connectorId: 1 }),
    authorize: async () =>
      (await station.call('Authorize', { idToken: { idToken: 'CARD1', type: 'ISO14443' } }))['idTokenInfo'] as Record<
        string,
        unknown
      >,
    start: (idToken, more = {}) => {
      ;[transactionId, seqNo] = [`tx-${idToken}-${Object.keys(more).length}`, 0]
      return event('Started', 'Authorized', 0, 1000, {
        evse: { id: 1, connectorId: 1 },
        idToken: { idToken, type: 'ISO14443' },
        context: 'Transaction.Begin',
        info: { chargingState: 'Charging', ...more },
      })
    },
    meter: (minute, wh) => event('Updated', 'MeterValuePeriodic', minute, wh),
    stop: (minute, wh, stoppedReason) =>
      event('Ended', stoppedReason === 'Remote' ? 'RemoteStop' : 'EVDeparted', minute, wh, {
        context: 'Transaction.End',
        info: { stoppedReason },
      }),
  }
}

/** One story, told by stations of all versions side by side; what comes out must not tell which was which. */
describe('the same session on OCPP 1.6, 2.0.1 and 2.1', () => {
  let test: TestServer
  const stations = new Map<Protocol, { readonly station: ForeignStation; readonly story: Story }>()
  const nameOf = (protocol: Protocol): string => `CP-${protocol.replaceAll('.', '-')}`

  beforeAll(async () => {
    test = await startServer()
    await test.api('PUT', '/api/v1/tokens/CARD1', { type: 'RFID', contract: 'contract-7' })
    for (const protocol of protocols) {
      await test.api('PUT', `/api/v1/charge-points/${nameOf(protocol)}`, { password })
      const station = await foreignStation(test.url, nameOf(protocol), password, { protocol })
      stations.set(protocol, { station, story: protocol === 'ocpp1.6' ? story16(station) : story2(station) })
    }
  })
  afterAll(async () => {
    for (const { station } of stations.values()) await station.close()
    await test?.stop()
  })

  /** The same of each version: everything but names, times of our own and numbers that must differ. */
  const told = async (protocol: Protocol, path: string): Promise<Record<string, unknown>> => {
    const [first] = await until(`${path} of ${protocol}`, async () => {
      const { body } = await test.api('GET', `/api/v1/${path}?chargePoint=${nameOf(protocol)}`)
      const items = body['items'] as Record<string, unknown>[]
      // of a CDR its number in the books comes a moment later
      return items.length > 0 && items.every(({ state, number }) => state !== 'open' && number !== null)
        ? items
        : undefined
    })
    const { id: _, chargePoint: __, session: ___, cdr, transaction: ____, number: _____, ...same } = first ?? {}
    return { ...same, hasCdr: cdr !== null }
  }

  it('is charged, metered and stopped at the station: session and CDR are the same field by field', async () => {
    for (const { story } of stations.values()) {
      expect(await story.boot()).toMatchObject({ status: 'Accepted', interval: 300 })
      await story.plugIn()
      expect(await story.authorize()).toMatchObject({ status: 'Accepted' })
      await story.start('CARD1')
      for (let i = 1; i <= 5; i++) await story.meter(i, 1000 + i * 100)
      await story.stop(6, 1550, 'EVDisconnected')
    }
    const cdrs = await Promise.all(protocols.map((protocol) => told(protocol, 'cdrs')))
    const sessions = await Promise.all(protocols.map((protocol) => told(protocol, 'sessions')))
    expect(sessions[2]).toMatchObject({
      state: 'closed',
      energyWh: 550,
      evse: 1,
      connector: 1,
      token: 'CARD1',
      stopReason: 'EVDisconnected',
    })
    expect(cdrs[2]).toMatchObject({ energyWh: 550, durationS: 360, contract: 'contract-7' })
    expect(sessions[0]).toEqual(sessions[2])
    expect(sessions[1]).toEqual(sessions[2])
    expect(cdrs[0]).toEqual(cdrs[2])
    expect(cdrs[1]).toEqual(cdrs[2])
  })

  it.each(protocols)('%s: the connector stands as the session says', async (protocol) => {
    const { body } = await test.api('GET', `/api/v1/charge-points/${nameOf(protocol)}`)
    expect(body).toMatchObject({ protocol, evses: [{ id: 1, connectors: [{ id: 1, status: 'finishing' }] }] })
  })

  it.each(protocols)('%s: the same API call begins a session, and another ends it', async (protocol) => {
    const { station, story } = stations.get(protocol) ?? {}
    const starts = protocol === 'ocpp1.6' ? 'RemoteStartTransaction' : 'RequestStartTransaction'
    const stops = protocol === 'ocpp1.6' ? 'RemoteStopTransaction' : 'RequestStopTransaction'
    station?.on(starts, ({ idTag, idToken, remoteStartId }) => {
      const token = (idTag ?? (idToken as { idToken: string }).idToken) as string
      setTimeout(() => void story?.start(token, remoteStartId === undefined ? {} : { remoteStartId }), 20)
      return { status: 'Accepted' }
    })
    station?.on(stops, () => {
      setTimeout(() => void story?.stop(30, 2000, 'Remote'), 20)
      return { status: 'Accepted' }
    })
    const commands = `/api/v1/charge-points/${nameOf(protocol)}/commands?wait=10`
    const begun = await test.api('POST', commands, { type: 'startCharging', evse: 1, token: 'CARD1' })
    expect(begun.body).toMatchObject({ state: 'done', outcome: 'succeeded', session: expect.any(String) })
    const session = begun.body['session'] as string
    expect((await test.api('GET', `/api/v1/sessions/${session}`)).body).toMatchObject({
      state: 'open',
      token: 'CARD1',
      command: begun.body['id'],
    })
    const ended = await test.api('POST', commands, { type: 'stopCharging', session })
    expect(ended.body).toMatchObject({ state: 'done', outcome: 'succeeded', session })
  })

  it('a station that comes with another version keeps its identity, its history and its open session', async () => {
    const { station, story } = stations.get('ocpp2.0.1') ?? {}
    await story?.start('CARD1', { timeSpentCharging: 0, chargingState: 'Charging' })
    await station?.close()
    const again = await foreignStation(test.url, nameOf('ocpp2.0.1'), password, { protocol: 'ocpp2.1' })
    stations.set('ocpp2.0.1', { station: again, story: story2(again) })
    const { body } = await test.api('GET', `/api/v1/sessions?chargePoint=${nameOf('ocpp2.0.1')}&state=open`)
    const [open] = body['items'] as { id: string; transaction?: string }[]
    await again.call('TransactionEvent', {
      eventType: 'Ended',
      triggerReason: 'EVDeparted',
      timestamp: at(40),
      seqNo: 1,
      transactionInfo: { transactionId: 'tx-CARD1-2', stoppedReason: 'EVDisconnected' },
      meterValue: [{ timestamp: at(40), sampledValue: [{ value: 4000, context: 'Transaction.End' }] }],
    })
    const { body: closed } = await test.api('GET', `/api/v1/sessions/${open?.id ?? ''}`)
    expect(closed).toMatchObject({ state: 'closed', energyWh: 3000 })
    expect((await test.api('GET', `/api/v1/charge-points/${nameOf('ocpp2.0.1')}`)).body).toMatchObject({
      protocol: 'ocpp2.1',
    })
  })
})
