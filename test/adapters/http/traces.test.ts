import { rmSync } from 'node:fs'
import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { preparedData } from '../../support/data-directory.ts'
import { administrator, startServer, type TestServer, until } from '../../support/server.ts'
import { type ForeignStation, foreignStation } from '../../support/station.ts'

interface Frame {
  readonly at: string
  readonly kind: string
  readonly direction: string | null
  readonly action: string | null
  readonly messageId: string | null
  readonly latencyMs: number | null
  readonly verdict: string | null
  readonly size: number
  readonly frame: unknown
}
interface Page {
  readonly items: readonly Frame[]
  readonly next: string | null
}

const password = 'a-password-of-the-station'
const path = (identity: string, query = ''): string => `/api/v1/charge-points/${identity}/frames${query}`

describe('the wire trace over the API', () => {
  let test: TestServer
  let admin: postgres.Sql

  beforeAll(async () => {
    test = await startServer()
    admin = administrator(test.server.target, test.data)
    await test.api('PUT', '/api/v1/tokens/PLANTED-CARD', {})
  })
  afterAll(async () => {
    await admin?.end({ timeout: 1 })
    await test?.stop()
  })

  const stationOf = async (identity: string): Promise<ForeignStation> => {
    await test.api('PUT', `/api/v1/charge-points/${identity}`, { password })
    return foreignStation(test.url, identity, password)
  }
  const page = async (identity: string, query = ''): Promise<Page> =>
    (await test.api('GET', path(identity, query))).body
  const all = async (identity: string, limit = 100): Promise<readonly Frame[]> => {
    const items: Frame[] = []
    for (let next: string | null = ''; next !== null;) {
      const found: Page = await page(identity, `?limit=${limit}${next === '' ? '' : `&cursor=${next}`}`)
      items.push(...found.items)
      next = found.next
    }
    return items
  }
  const storedOf = async (identity: string): Promise<number> =>
    (await admin<{ n: number }[]>`select count(*)::int as n from frames where identity = ${identity}`)[0]?.n ?? 0
  const told = ({ kind, direction, action, verdict }: Frame): string =>
    [kind, direction, action, verdict].filter((word) => word !== null).join(' ')

  it('shows frames newest first, with direction, action, latency and what became of them', async () => {
    const station = await stationOf('SHOWN')
    await station.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' })
    await station.call('Heartbeat', {})
    await station.call('DataTransfer', { vendorId: 'nobody' })
    const shown = await all('SHOWN')
    expect(shown.map(told).toReversed()).toEqual([
      'opened ocpp1.6 accepted',
      'frame in BootNotification taken',
      'registration BootNotification accepted',
      'frame out BootNotification answered',
      'frame in Heartbeat taken',
      'frame out Heartbeat answered',
      'frame in DataTransfer taken',
      'frame out DataTransfer answered',
    ])
    const [answer, call] = shown
    expect(answer).toMatchObject({
      messageId: call?.messageId,
      latencyMs: expect.any(Number),
      frame: [3, call?.messageId, { status: 'UnknownVendorId' }],
      size: JSON.stringify(answer?.frame).length,
    })
    expect(call).toMatchObject({
      latencyMs: null,
      frame: [2, expect.any(String), 'DataTransfer', { vendorId: 'nobody' }],
    })
    await station.close()
  })

  it('comes in pages that miss nothing and repeat nothing, from memory and from the store alike', async () => {
    const station = await stationOf('PAGED')
    for (let i = 0; i < 30; i++) await station.call('Heartbeat', {})
    const fromMemory = await all('PAGED', 7)
    expect(fromMemory).toHaveLength(61)
    expect(new Set(fromMemory.map((frame) => JSON.stringify(frame))).size).toBe(61)
    await until('the store to have them', async () => (await storedOf('PAGED')) === 61)
    expect(await all('PAGED', 7)).toEqual(fromMemory)
    await station.close()
    await until('the close to be stored', async () => (await storedOf('PAGED')) === 62)
    const [closed, ...offline] = await all('PAGED', 7)
    expect(closed).toMatchObject({ kind: 'closed', verdict: 'closed', frame: { code: expect.any(Number) } })
    expect(offline).toEqual(fromMemory)
  })

  it('is found by time, kind, direction, action, verdict, text, and by a token', async () => {
    const station = await stationOf('FOUND')
    await station.call('Authorize', { idTag: 'PLANTED-CARD' })
    await station.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' })
    const found = async (query: string): Promise<readonly string[]> => (await page('FOUND', query)).items.map(told)
    expect(await found('?direction=out&action=Authorize')).toEqual(['frame out Authorize answered'])
    expect(await found('?verdict=taken&action=StatusNotification')).toEqual(['frame in StatusNotification taken'])
    expect(await found('?kind=token')).toEqual(['token Authorize Accepted'])
    expect(await found('?q=Available')).toEqual(['frame in StatusNotification taken'])
    expect(await found('?q=PLANTED-CARD')).toEqual(['token Authorize Accepted', 'frame in Authorize taken'])
    expect(await found('?q=PLANTED-CAR')).toEqual([])
    const [last] = (await page('FOUND')).items
    expect(await found(`?to=${last?.at}&from=2020-01-01T00:00:00Z`)).not.toContain(told(last as Frame))
    expect(await found(`?from=${last?.at}`)).toContain(told(last as Frame))
    expect((await page('FOUND', '?from=2099-01-01T00:00:00Z')).items).toEqual([])
    await station.close()
  })

  it.each([
    '?cursor=nonsense',
    '?cursor=1-',
    '?kind=x',
    '?direction=up',
    '?from=yesterday',
    '?q=',
    `?q=${'x'.repeat(300)}`,
  ])('refuses %s as a mistake of the request', async (query) => {
    await test.api('PUT', '/api/v1/charge-points/REFUSED', { password })
    expect((await test.api('GET', path('REFUSED', query))).status).toBe(400)
  })

  it('is stored for those of whom somebody said so; who said no has it in memory only', async () => {
    const station = await stationOf('TRISTATE')
    const trace = async (on: boolean | null): Promise<unknown> => {
      const { body } = await test.api('PUT', '/api/v1/charge-points/TRISTATE/trace', { on })
      // its worker hears of it by the change feed
      await new Promise((go) => setTimeout(go, 1_000))
      return body['traced']
    }
    const isStored = async (): Promise<boolean> => {
      const { messageId } = (await page('TRISTATE', '?action=Heartbeat')).items[0] ?? {}
      await new Promise((go) => setTimeout(go, 700))
      return (
        (await admin`select 1 from frames where identity = 'TRISTATE' and message_id = ${messageId ?? ''}`).length > 0
      )
    }
    expect((await test.api('GET', '/api/v1/charge-points/TRISTATE')).body).toMatchObject({ traced: null })
    for (const [on, stored] of [
      [false, false],
      [true, true],
      [null, true],
    ] as const) {
      expect(await trace(on)).toBe(on)
      await station.call('Heartbeat', {})
      expect([on, await isStored()]).toEqual([on, stored])
    }
    await station.close()
  })

  it('S-08 S-20: no token and no secret is in the table or in what the API shows', async () => {
    const station = await stationOf('SECRETIVE')
    station.on('ChangeConfiguration', () => ({ status: 'Accepted' }))
    station.on('GetDiagnostics', () => ({}))
    station.on('GetConfiguration', () => ({
      configurationKey: [
        { key: 'AuthorizationKey', readonly: false, value: 'PLANTED-KEY' },
        { key: 'VendorWifiPassword', readonly: false, value: 'PLANTED-WIFI' },
        { key: 'HeartbeatInterval', readonly: false, value: '300' },
      ],
    }))
    station.on('SendLocalList', () => ({ status: 'Accepted' }))
    station.on('RemoteStartTransaction', () => ({ status: 'Rejected' }))
    const at = new Date().toISOString()
    await station.call('Authorize', { idTag: 'PLANTED-CARD' })
    const start = { connectorId: 1, idTag: 'planted-card', meterStart: 0, timestamp: at }
    const { transactionId } = await station.call('StartTransaction', start)
    await station.call('StopTransaction', { transactionId, idTag: 'PLANTED-CARD', meterStop: 1, timestamp: at })
    await station.call('DataTransfer', { vendorId: 'v', data: '{"idTag":"PLANTED-CARD","password":"PLANTED-P"}' })
    const send = (action: string, payload: object): Promise<unknown> =>
      test.api('POST', `/api/v1/charge-points/SECRETIVE/ocpp/${action}`, payload)
    await send('ChangeConfiguration', { key: 'AuthorizationKey', value: 'PLANTED-KEY' })
    await send('GetDiagnostics', { location: 'ftp://user:PLANTED-FTP@host/upload' })
    await send('GetConfiguration', {})
    await send('SendLocalList', {
      listVersion: 1,
      updateType: 'Full',
      localAuthorizationList: [
        { idTag: 'PLANTED-CARD', idTagInfo: { status: 'Accepted', parentIdTag: 'PLANTED-PARENT' } },
      ],
    })
    const order = (body: object): Promise<unknown> =>
      test.api('POST', '/api/v1/charge-points/SECRETIVE/commands?wait=5', body)
    await order({ type: 'setConfig', key: 'AuthorizationKey', value: 'PLANTED-ORDER' })
    await order({ type: 'startCharging', token: 'PLANTED-CARD', evse: 1 })
    const shown = await all('SECRETIVE')
    await until('the store to have all of it', async () => (await storedOf('SECRETIVE')) === shown.length)
    const rows = await admin`select * from frames where identity = 'SECRETIVE'`
    expect(shown.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['frame', 'token', 'order', 'opened']))
    for (const held of [rows, shown]) {
      const text = JSON.stringify(held)
      expect(text).not.toMatch(/planted/i)
      expect(text).toContain('AuthorizationKey')
      expect(text).toContain('***')
    }
    // equal stays equal, so that a token can be followed: the card, its parent, and the tag of the remote start
    const pseudonyms = new Set(JSON.stringify(shown).match(/~[0-9a-f]{10}/g))
    expect(pseudonyms.size).toBe(3)
    await station.close()
  })

  it('tells what a session is made of, as it was received', async () => {
    const station = await stationOf('MESSAGES')
    const at = (minute: number): string => new Date(Date.UTC(2026, 10, 24, 12, minute)).toISOString()
    const start = { connectorId: 1, idTag: 'PLANTED-CARD', meterStart: 0, timestamp: at(0) }
    const { transactionId } = await station.call('StartTransaction', start)
    for (const minute of [1, 2, 3])
      await station.call('MeterValues', {
        connectorId: 1,
        transactionId,
        meterValue: [{ timestamp: at(minute), sampledValue: [{ value: String(minute * 100) }] }],
      })
    await station.call('StopTransaction', { transactionId, meterStop: 400, timestamp: at(4) })
    const [session] = (await test.api('GET', '/api/v1/sessions?chargePoint=MESSAGES')).body['items'] as { id: string }[]
    const messages = (query: string): Promise<{ items: Record<string, unknown>[]; next: string | null }> =>
      test.api('GET', `/api/v1/sessions/${session?.id}/messages${query}`).then(({ body }) => body)
    const first = await messages('?limit=2')
    const rest = await messages(`?cursor=${first.next}`)
    const items = [...first.items, ...rest.items]
    expect(items.map(({ kind }) => kind)).toEqual([
      'session.started',
      'reading',
      'reading',
      'reading',
      'session.stopped',
    ])
    expect(items[0]).toMatchObject({ at: at(0), frame: [2, expect.any(String), 'StartTransaction', { meterStart: 0 }] })
    expect(items[1]).toMatchObject({ frame: null, reading: { timestamp: at(1), sampledValue: [{ value: '100' }] } })
    expect([rest.next, JSON.stringify(items).includes('PLANTED')]).toEqual([null, false])
    await station.close()
  })
})

describe('a server that goes down', () => {
  it('has stored what was said last, and the end of the socket', async () => {
    const data = await preparedData()
    const first = await startServer({ SM_DATA: data, SM_DRAIN_S: '5' })
    await first.api('PUT', '/api/v1/charge-points/CP', { password })
    const station = await foreignStation(first.url, 'CP', password)
    await station.call('Heartbeat', {})
    await first.stop()
    const second = await startServer({ SM_DATA: data })
    try {
      const shown: Page = (await second.api('GET', path('CP'))).body
      expect(shown.items.map(({ kind, verdict }) => `${kind} ${verdict}`)).toEqual([
        'closed dismissed',
        'frame answered',
        'frame taken',
        'opened accepted',
      ])
    } finally {
      await second.stop()
      rmSync(data, { recursive: true, force: true })
    }
  })
})

describe('an installation that stores no trace', () => {
  it('has the last frames in memory, and no table is written', async () => {
    const test = await startServer({ SM_KEEP_FRAMES_DAYS: '0' })
    try {
      await test.api('PUT', '/api/v1/charge-points/CP', { password })
      await test.api('PUT', '/api/v1/charge-points/CP/trace', { on: true })
      const station = await foreignStation(test.url, 'CP', password)
      await station.call('Heartbeat', {})
      const shown: Page = (await test.api('GET', path('CP'))).body
      expect(shown.items.map(({ kind }) => kind)).toEqual(['frame', 'frame', 'opened'])
      await new Promise((go) => setTimeout(go, 700))
      const admin = administrator(test.server.target, test.data)
      expect((await admin`select 1 from frames`).length).toBe(0)
      await admin.end({ timeout: 1 })
      await station.close()
    } finally {
      await test.stop()
    }
  })
})
