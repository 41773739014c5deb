import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Sql } from '../../adapters/postgres/connect.ts'
import { actionsOf } from '../../core/ocpp/router.ts'
import { request } from '../support/certificates.ts'
import { complaints, maximal, minimal, random, schemaOf } from '../support/payloads.ts'
import { rowsOf } from '../support/rows.ts'
import { startServer, type TestServer, until } from '../support/server.ts'
import { type ForeignStation, foreignStation } from '../support/station.ts'

/**
 * Every action of OCPP 1.6 and its security extension, driven on a whole server by a station that somebody else wrote and
 * that is strict about all we say. Station to us: payloads made from the schema are answered by the schema, and leave
 * something. Us to the station: through the API, as it is and as an order that comes to its end.
 */
describe('the 39 actions of OCPP 1.6', () => {
  const { asks, tells } = actionsOf('ocpp1.6')
  const password = 'a-password-of-the-station'
  let test: TestServer
  let station: ForeignStation
  let rows: Sql

  beforeAll(async () => {
    test = await startServer()
    await test.api('PUT', '/api/v1/charge-points/CP-1', { password })
    await test.api('PUT', '/api/v1/charge-points/CP-2', { password })
    await test.api('PUT', '/api/v1/tokens/CARD1', {})
    rows = await rowsOf(test)
    station = await foreignStation(test.url, 'CP-1', password)
  })
  afterAll(async () => {
    await rows?.end()
    await station?.close()
    await test?.stop()
  })

  it('are all there: 14 that stations send, 26 that we send, DataTransfer among both', () => {
    expect([asks.length, tells.length, new Set([...asks, ...tells]).size]).toEqual([14, 26, 39])
  })

  describe('from the station to us', () => {
    const facts = async (kind: string): Promise<number> =>
      (await rows`select 1 from facts where identity = 'CP-2' and kind = ${kind}`).length
    const counted = async (table: 'security_events' | 'connectors' | 'sessions' | 'outbox'): Promise<number> =>
      (await rows`select 1 from ${rows(table)} where tenant = 'default'`).length
    const described = async (): Promise<string> =>
      JSON.stringify(await rows`select vendor, model, serial from charge_points where identity = 'CP-2'`)
    /** What each leaves behind. Heartbeat and Authorize leave nothing but their frames: they decide nothing that lasts. */
    const left: Readonly<Record<string, () => Promise<unknown>>> = {
      Authorize: () => framesWith('Authorize'),
      BootNotification: described,
      DataTransfer: () => facts('vendor.message'),
      DiagnosticsStatusNotification: () => facts('log.progressed'),
      FirmwareStatusNotification: () => facts('firmware.progressed'),
      Heartbeat: () => framesWith('Heartbeat'),
      LogStatusNotification: () => facts('log.progressed'),
      MeterValues: () => facts('session.sampled'),
      SecurityEventNotification: () => counted('security_events'),
      SignCertificate: () => facts('certificate.requested'),
      SignedFirmwareStatusNotification: () => facts('firmware.progressed'),
      StartTransaction: () => counted('sessions'),
      StatusNotification: () => counted('connectors'),
      StopTransaction: () => facts('session.stopped'),
    }
    const framesWith = async (action: string): Promise<number> => {
      const { body } = await test.api('GET', '/api/v1/charge-points/CP-2/frames?limit=1000')
      const { items }: { readonly items: readonly unknown[] } = body
      return JSON.stringify(items).split(action).length
    }

    /** The station's own schemas are older: an `info` was shorter then (errata 3.2). */
    const sayable = (payload: unknown): object => {
      const said = payload as { readonly info?: string }
      return said.info === undefined ? said : { ...said, info: said.info.slice(0, 50) }
    }

    it.each(asks)('%s is answered by its schema, and leaves what it must', async (action) => {
      const other = await foreignStation(test.url, 'CP-2', password)
      const look = left[action]
      const before = await look?.()
      const schema = schemaOf(`${action}Request`)
      for (const payload of [minimal(schema), maximal(schema), random(schema, 1), random(schema, 2)])
        expect(complaints(`${action}Response`, await other.call(action, sayable(payload)))).toEqual([])
      await until(`what ${action} leaves`, async () => ((await look?.()) === before ? undefined : true))
      await other.close()
    })
  })

  describe('from us to the station, as it is', () => {
    it.each(tells)('%s goes out as it was given, and its answer comes back as it is', async (action) => {
      const payload = minimal(schemaOf(`${action}Request`))
      const answer = minimal(schemaOf(`${action}Response`))
      let heard: unknown
      station.on(action, (params) => {
        heard = params
        return answer as object
      })
      const { status, body } = await test.api('POST', `/api/v1/charge-points/CP-1/ocpp/${action}`, payload)
      expect([status, body, heard]).toEqual([200, { messageId: expect.any(String), result: answer }, payload])
    })
  })

  describe('from us to the station, as an order', () => {
    const now = (): string => new Date().toISOString()
    const accepted = { status: 'Accepted' }
    const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'aa', issuerKeyHash: 'bb', serialNumber: '1' }
    const schedule = { unit: 'A', periods: [{ startS: 0, limit: 16 }] }
    const open = async (): Promise<string> => {
      const page: { items: { id: string }[] } = (await test.api('GET', '/api/v1/sessions?state=open&chargePoint=CP-1'))
        .body
      return page.items[0]?.id ?? ''
    }
    type Params = Readonly<Record<string, unknown>>
    /** An order, what the station answers, and what it then does: its effect, where the order waits for one. */
    const rowsOfOrders: readonly (readonly [
      action: string,
      order: () => object | Promise<object>,
      answer: object,
      then?: (params: Params) => Promise<unknown>,
    ])[] = [
      [
        'RemoteStartTransaction',
        () => ({
          type: 'startCharging',
          evse: 1,
          token: 'CARD1',
          profile: { evse: 1, purpose: 'tx', kind: 'relative', schedule },
        }),
        accepted,
        ({ idTag }) => station.call('StartTransaction', { connectorId: 1, idTag, meterStart: 0, timestamp: now() }),
      ],
      [
        'RemoteStopTransaction',
        async () => ({ type: 'stopCharging', session: await open() }),
        accepted,
        ({ transactionId }) =>
          station.call('StopTransaction', { transactionId, meterStop: 100, timestamp: now(), reason: 'Remote' }),
      ],
      [
        'Reset',
        () => ({ type: 'reset', kind: 'soft' }),
        accepted,
        () => station.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' }),
      ],
      ['UnlockConnector', () => ({ type: 'unlock', evse: 1 }), { status: 'Unlocked' }],
      [
        'ChangeAvailability',
        () => ({ type: 'setAvailability', evse: 1, available: false }),
        { status: 'Scheduled' },
        () => station.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Unavailable' }),
      ],
      ['ReserveNow', () => ({ type: 'reserve', evse: 1, token: 'CARD1', expiresAt: '2099-01-01T00:00:00Z' }), accepted],
      ['CancelReservation', () => ({ type: 'cancelReservation', reservation: 1 }), accepted],
      ['ChangeConfiguration', () => ({ type: 'setConfig', key: 'HeartbeatInterval', value: '60' }), accepted],
      ['GetConfiguration', () => ({ type: 'getConfig' }), { configurationKey: [] }],
      ['ClearCache', () => ({ type: 'clearCache' }), accepted],
      ['GetLocalListVersion', () => ({ type: 'getLocalListVersion' }), { listVersion: 0 }],
      ['SendLocalList', () => ({ type: 'syncLocalList' }), accepted],
      [
        'UpdateFirmware',
        () => ({ type: 'updateFirmware', location: 'https://example.com/f.bin' }),
        {},
        () => station.call('FirmwareStatusNotification', { status: 'Installed' }),
      ],
      [
        'SignedUpdateFirmware',
        () => ({
          type: 'updateFirmware',
          location: 'https://example.com/f.bin',
          signature: 'c2ln',
          signingCertificate: 'PEM',
        }),
        accepted,
        ({ requestId }) => station.call('SignedFirmwareStatusNotification', { status: 'Installed', requestId }),
      ],
      [
        'GetDiagnostics',
        () => ({ type: 'uploadLog' }),
        { fileName: 'd.log' },
        () => station.call('DiagnosticsStatusNotification', { status: 'Uploaded' }),
      ],
      [
        'GetLog',
        () => ({ type: 'uploadLog', log: 'security' }),
        accepted,
        ({ requestId }) => station.call('LogStatusNotification', { status: 'Uploaded', requestId }),
      ],
      [
        'SetChargingProfile',
        () => ({ type: 'setChargingProfile', profile: { evse: 0, purpose: 'txDefault', kind: 'relative', schedule } }),
        accepted,
      ],
      ['ClearChargingProfile', () => ({ type: 'clearChargingProfile', all: true }), accepted],
      [
        'GetCompositeSchedule',
        () => ({ type: 'getCompositeSchedule', evse: 1, durationS: 60 }),
        {
          status: 'Accepted',
          chargingSchedule: { chargingRateUnit: 'A', chargingSchedulePeriod: [{ startPeriod: 0, limit: 16 }] },
        },
      ],
      ['InstallCertificate', () => ({ type: 'installCertificate', use: 'manufacturer', certificate: 'PEM' }), accepted],
      ['DeleteCertificate', () => ({ type: 'deleteCertificate', hash }), accepted],
      [
        'GetInstalledCertificateIds',
        () => ({ type: 'listCertificates', use: 'centralSystem' }),
        { status: 'Accepted', certificateHashData: [hash] },
      ],
      [
        'TriggerMessage',
        () => ({ type: 'trigger', message: 'Heartbeat' }),
        accepted,
        () => station.call('Heartbeat', {}),
      ],
      [
        'ExtendedTriggerMessage',
        () => ({ type: 'trigger', message: 'LogStatusNotification' }),
        accepted,
        () => station.call('LogStatusNotification', { status: 'Idle' }),
      ],
      ['DataTransfer', () => ({ type: 'vendorCall', vendor: 'org.example', data: '{}' }), accepted],
    ]

    const orders = rowsOfOrders.map(([action, order, answer, then]) => ({ action, order, answer, then }))
    it.each(orders)('$action', async ({ action, order, answer, then }) => {
      station.on('GetLocalListVersion', () => ({ listVersion: 0 }))
      station.on(action, (params) => {
        if (then !== undefined) setTimeout(() => void then(params), 50)
        return answer
      })
      const { body } = await test.api('POST', '/api/v1/charge-points/CP-1/commands?wait=20', await order())
      expect(body).toMatchObject({ state: 'done', outcome: 'succeeded', answer })
    })

    it('TC_074_CSMS CertificateSigned: a certificate that is asked for is signed, delivered, and ends the order', async () => {
      const csr = await request('CN=CP-1')
      station.on('ExtendedTriggerMessage', () => {
        setTimeout(() => void station.call('SignCertificate', { csr }), 50)
        return accepted
      })
      let chain = ''
      station.on('CertificateSigned', ({ certificateChain }) => {
        chain = String(certificateChain)
        return accepted
      })
      const { body } = await test.api('POST', '/api/v1/charge-points/CP-1/commands?wait=30', {
        type: 'renewCertificate',
      })
      expect(body).toMatchObject({ state: 'done', outcome: 'succeeded' })
      expect(chain).toContain('-----BEGIN CERTIFICATE-----')
      const page: { items: { state: string }[] } = (await test.api('GET', '/api/v1/charge-points/CP-1/certificates'))
        .body
      expect(page.items.map(({ state }) => state)).toEqual(['accepted'])
    })

    it('leave none out', () => {
      expect([...orders.map(({ action }) => action), 'CertificateSigned'].toSorted()).toEqual([...tells].toSorted())
    })
  })
})
