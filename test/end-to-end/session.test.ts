import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer, until } from '../support/server.ts'
import { type ForeignStation, foreignStation } from '../support/station.ts'

const password = 'a-password-of-the-station'
const boot = { chargePointVendor: 'Foreign', chargePointModel: 'Client' }

interface SessionView {
  readonly id: string
  readonly state: string
  readonly energyWh: number
  readonly cdr: string | null
  readonly command: string | null
}

describe('a charging session, end to end, with a charge point that somebody else wrote', () => {
  let test: TestServer
  let station: ForeignStation

  beforeAll(async () => {
    test = await startServer()
    await test.api('PUT', '/api/v1/charge-points/FOREIGN-1', { password })
    await test.api('PUT', '/api/v1/tokens/CARD1', { status: 'Accepted' })
    station = await foreignStation(test.url, 'FOREIGN-1', password)
  })
  afterAll(async () => {
    await station?.close()
    await test?.stop()
  })

  const at = (minute: number): string => new Date(Date.UTC(2026, 10, 24, 12, minute)).toISOString()
  const cdrOf = (session: string): Promise<{ id: string; energyWh: number; durationS: number; totalCost: null }> =>
    until('the CDR', async () => (await test.api('GET', `/api/v1/cdrs?session=${session}`)).body['items']?.[0])

  it('R-19 TC_001_CSMS TC_003_CSMS: with no tariff and no payment set up it boots, reports, authorises, starts, is metered ten times, stops; and a CDR comes out', async () => {
    expect(await station.call('BootNotification', boot)).toMatchObject({ status: 'Accepted', interval: 300 })
    await station.call('StatusNotification', { connectorId: 0, errorCode: 'NoError', status: 'Available' })
    await station.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Preparing' })
    expect(await station.call('Authorize', { idTag: 'CARD1' })).toEqual({ idTagInfo: { status: 'Accepted' } })
    const started = await station.call('StartTransaction', {
      connectorId: 1,
      idTag: 'CARD1',
      meterStart: 1000,
      timestamp: at(0),
    })
    expect(started).toMatchObject({ idTagInfo: { status: 'Accepted' } })
    const transactionId = started['transactionId'] as number
    await station.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Charging' })
    for (let i = 1; i <= 10; i++)
      await station.call('MeterValues', {
        connectorId: 1,
        transactionId,
        meterValue: [{ timestamp: at(i), sampledValue: [{ value: String(1000 + i * 100), unit: 'Wh' }] }],
      })
    expect(
      await station.call('StopTransaction', {
        transactionId,
        meterStop: 2050,
        timestamp: at(11),
        reason: 'EVDisconnected',
      }),
    ).toEqual({})

    const [session] = (await test.api('GET', '/api/v1/sessions?chargePoint=FOREIGN-1')).body['items'] as SessionView[]
    expect(session).toMatchObject({ state: 'closed', energyWh: 1050, token: 'CARD1', stopReason: 'EVDisconnected' })
    const samples = (await test.api('GET', `/api/v1/sessions/${session?.id}/samples`)).body as {
      items: { registerWh: number }[]
    }
    expect(samples.items.map((s) => s.registerWh)).toEqual([1100, 1200, 1300, 1400, 1500, 1600, 1700, 1800, 1900, 2000])
    const cdr = await cdrOf(session?.id ?? '')
    expect(cdr).toMatchObject({
      session: session?.id,
      energyWh: 1050,
      durationS: 660,
      totalCost: null,
      stopReason: 'EVDisconnected',
    })
  })

  it('shows the charge point as it is', async () => {
    const { body } = await test.api('GET', '/api/v1/charge-points/FOREIGN-1')
    expect(body).toMatchObject({
      online: true,
      protocol: 'ocpp1.6',
      vendor: 'Foreign',
      evses: [{ id: 1, connectors: [{ id: 1, status: 'charging' }] }],
    })
  })

  it('TC_010_CSMS: the same session begun by an order, whose outcome is the session', async () => {
    station.on('RemoteStartTransaction', ({ idTag, connectorId }) => {
      setTimeout(
        () =>
          void station.call('StartTransaction', {
            connectorId: connectorId as number,
            idTag: idTag as string,
            meterStart: 3000,
            timestamp: at(20),
          }),
        50,
      )
      return { status: 'Accepted' }
    })
    const { status, body } = await test.api('POST', '/api/v1/charge-points/FOREIGN-1/commands?wait=10', {
      type: 'startCharging',
      evse: 1,
      token: 'CARD1',
    })
    expect([status, body]).toMatchObject([201, { state: 'done', outcome: 'succeeded', session: expect.any(String) }])
    const session = (await test.api('GET', `/api/v1/sessions/${String(body['session'])}`)).body as SessionView
    expect(session).toMatchObject({ state: 'open', command: body['id'] })

    station.on('RemoteStopTransaction', ({ transactionId }) => {
      setTimeout(
        () =>
          void station.call('StopTransaction', {
            transactionId: transactionId as number,
            meterStop: 3500,
            timestamp: at(30),
            reason: 'Remote',
          }),
        50,
      )
      return { status: 'Accepted' }
    })
    const stopped = await test.api('POST', '/api/v1/charge-points/FOREIGN-1/commands?wait=10', {
      type: 'stopCharging',
      session: session.id,
    })
    expect(stopped.body).toMatchObject({ state: 'done', outcome: 'succeeded', session: session.id })
    expect(await cdrOf(session.id)).toMatchObject({ energyWh: 500, stopReason: 'Remote' })
  })

  const orders: readonly [string, string, object, object, object][] = [
    [
      'TC_026_CSMS: a remote start that is rejected',
      'RemoteStartTransaction',
      { type: 'startCharging', evse: 1, token: 'CARD1' },
      { status: 'Rejected' },
      { outcome: 'rejected' },
    ],
    [
      'TC_018_1_CSMS: an unlock',
      'UnlockConnector',
      { type: 'unlock', evse: 1 },
      { status: 'Unlocked' },
      { outcome: 'succeeded' },
    ],
    [
      'TC_030_CSMS: an unlock that fails',
      'UnlockConnector',
      { type: 'unlock', evse: 1 },
      { status: 'UnlockFailed' },
      { outcome: 'failed' },
    ],
    [
      'TC_031_CSMS: an unlock of an unknown connector',
      'UnlockConnector',
      { type: 'unlock', evse: 9 },
      { status: 'NotSupported' },
      { outcome: 'unsupported' },
    ],
    [
      'TC_021_CSMS: a configuration key',
      'ChangeConfiguration',
      { type: 'setConfig', key: 'HeartbeatInterval', value: '60' },
      { status: 'Accepted' },
      { outcome: 'succeeded' },
    ],
    [
      'TC_040_1_CSMS: an unknown configuration key',
      'ChangeConfiguration',
      { type: 'setConfig', key: 'X', value: '1' },
      { status: 'NotSupported' },
      { outcome: 'unsupported' },
    ],
    [
      'TC_019_1_CSMS: all configuration keys',
      'GetConfiguration',
      { type: 'getConfig' },
      { configurationKey: [] },
      { outcome: 'succeeded' },
    ],
    [
      'TC_061_CSMS: clearing the cache',
      'ClearCache',
      { type: 'clearCache' },
      { status: 'Accepted' },
      { outcome: 'succeeded' },
    ],
    [
      'a vendor call',
      'DataTransfer',
      { type: 'vendorCall', vendor: 'v', data: 'x' },
      { status: 'Accepted', data: 'y' },
      { outcome: 'succeeded' },
    ],
    [
      'an answer that breaks its schema',
      'ClearCache',
      { type: 'clearCache' },
      { status: 'Perhaps' },
      { outcome: expect.stringMatching(/invalidAnswer|callError|timeoutUnknown/) },
    ],
  ]
  it.each(orders)('%s ends with a truthful outcome', async (_, action, order, answer, expected) => {
    station.on(action, () => answer)
    const { body } = await test.api('POST', '/api/v1/charge-points/FOREIGN-1/commands?wait=15', order)
    expect(body).toMatchObject({ state: 'done', ...expected })
  })

  it('TC_014_CSMS: a reset ends with the boot that follows', async () => {
    station.on('Reset', () => {
      setTimeout(() => void station.call('BootNotification', boot), 50)
      return { status: 'Accepted' }
    })
    const { body } = await test.api('POST', '/api/v1/charge-points/FOREIGN-1/commands?wait=10', {
      type: 'reset',
      kind: 'soft',
    })
    expect(body).toMatchObject({ state: 'done', outcome: 'succeeded' })
  })

  it('a change of availability ends with the status that follows', async () => {
    station.on('ChangeAvailability', () => {
      setTimeout(
        () => void station.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Unavailable' }),
        50,
      )
      return { status: 'Accepted' }
    })
    const { body } = await test.api('POST', '/api/v1/charge-points/FOREIGN-1/commands?wait=10', {
      type: 'setAvailability',
      evse: 1,
      available: false,
    })
    expect(body).toMatchObject({ state: 'done', outcome: 'succeeded' })
  })

  it('TC_054_CSMS: a triggered message ends with the message', async () => {
    station.on('TriggerMessage', () => {
      setTimeout(() => void station.call('Heartbeat', {}), 50)
      return { status: 'Accepted' }
    })
    const { body } = await test.api('POST', '/api/v1/charge-points/FOREIGN-1/commands?wait=10', {
      type: 'trigger',
      message: 'Heartbeat',
    })
    expect(body).toMatchObject({ state: 'done', outcome: 'succeeded' })
  })

  it('any action can be sent as it is, and answers as the station answered', async () => {
    station.on('GetLocalListVersion', () => ({ listVersion: 3 }))
    expect((await test.api('POST', '/api/v1/charge-points/FOREIGN-1/ocpp/GetLocalListVersion', {})).body).toMatchObject(
      { result: { listVersion: 3 } },
    )
    expect(
      (await test.api('POST', '/api/v1/charge-points/FOREIGN-1/ocpp/GetDiagnostics', { location: 'ftp://x' })).body,
    ).toMatchObject({ error: { code: 'NotImplemented' } })
    expect((await test.api('POST', '/api/v1/charge-points/FOREIGN-1/ocpp/Reset', { type: 'Sideways' })).status).toBe(
      422,
    )
  })

  it('S-20: tokens are pseudonyms in the wire trace and in the log', async () => {
    const { body } = await test.api('GET', '/api/v1/charge-points/FOREIGN-1/frames')
    expect(JSON.stringify(body)).toContain('StartTransaction')
    expect(JSON.stringify(body)).not.toContain('CARD1')
    expect(test.log.join('\n')).toContain('session started')
    expect(test.log.join('\n')).not.toContain('CARD1')
  })

  it('INV-08: frames accepted are frames answered, once everything has settled', async () => {
    const metrics = await (await fetch(new URL('/metrics', test.server.opsUrl))).text()
    const value = (name: string): number => Number(new RegExp(`^${name}(?:{[^}]*})? (\\d+)`, 'm').exec(metrics)?.[1])
    expect(value('ocpp_frames_accepted_total')).toBeGreaterThan(20)
    expect(value('ocpp_frames_accepted_total')).toBe(value('ocpp_frames_answered_total'))
  })

  it('an order to a charge point that is not connected is not delivered', async () => {
    await test.api('PUT', '/api/v1/charge-points/AWAY', { password })
    const { body } = await test.api('POST', '/api/v1/charge-points/AWAY/commands?wait=5', { type: 'unlock', evse: 1 })
    expect(body).toMatchObject({ state: 'done', outcome: 'notDelivered' })
  })

  it('INV-30 R-10 R-12: a second socket takes over, the first is closed, and the charge point stays online', async () => {
    const second = await foreignStation(test.url, 'FOREIGN-1', password)
    await until('the first socket to be closed', async () =>
      station.call('Heartbeat', {}).then(
        () => false as const,
        () => true,
      ),
    )
    expect(await second.call('Heartbeat', {})).toMatchObject({ currentTime: expect.any(String) })
    expect((await test.api('GET', '/api/v1/charge-points/FOREIGN-1')).body).toMatchObject({ online: true })
    await second.close()
    await until(
      'it to be offline',
      async () => (await test.api('GET', '/api/v1/charge-points/FOREIGN-1')).body['online'] === false,
    )
  })
})
