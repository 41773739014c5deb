import { randomUUID, X509Certificate } from 'node:crypto'
import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { berlin, type2 } from '../support/market.ts'
import { administrator, startServer, type TestServer, until } from '../support/server.ts'
import { type ForeignStation, foreignStation } from '../support/station.ts'
import { startStrictHubject, type StrictHub } from '../support/strict-hubject.ts'

const password = 'a-password-of-the-station'
const secret = 'a-secret-of-the-test-stand'
const hour = 3_600_000
const evco = 'NL-TNM-C00122045-K'
const card = '04A1B2C3D4E5F6'
const evseId = 'DE*ABC*E1'

describe('a CPO that roams over a hub: a whole server, and a hub that takes nothing that OICP 2.3 does not allow', () => {
  let test: TestServer
  let admin: postgres.Sql
  let hub: StrictHub
  let station: ForeignStation

  const made = async (method: string, path: string, body: unknown): Promise<void> => {
    const { status, body: said } = await test.api(method, `/api/v1/${path}`, body)
    if (status >= 300) throw new Error(`${path}: ${status} ${JSON.stringify(said)}`)
  }
  const stands = (status: string) =>
    station.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status })

  beforeAll(async () => {
    hub = await startStrictHubject()
    hub.drivers.set(card, 'NL-EMP')
    test = await startServer({ SM_TRUSTED_PROXIES: '127.0.0.1' }, { roamingHosts: ['127.0.0.1'] })
    admin = administrator(test.server.target, test.data)
    await made('PUT', 'parties/us', { role: 'cpo', name: 'CPO', code: 'DE*ABC' })
    await made('PUT', 'charge-points/FOREIGN-1', { password })
    await made('PUT', 'sites/north', berlin)
    await made('PUT', 'sites/north/roles/operator', { party: 'us' })
    await made('PUT', 'charging-stations/one', { site: 'north' })
    const plug = { chargePoint: 'FOREIGN-1', evse: 1 }
    await made('PUT', 'evses/one', { station: 'one', evseId, connectors: [type2], plug })
    await made('PUT', 'tariffs/day', {
      currency: 'EUR',
      taxIncluded: 'NO',
      startsAt: '2026-01-01T00:00:00Z',
      elements: [{ components: [{ dimension: 'ENERGY', price: '0.49', vat: '19' }] }],
    })
    await made('PUT', 'tariff-assignments/all', { tariff: 'day', from: '2026-01-01T00:00:00Z' })
    station = await foreignStation(test.url, 'FOREIGN-1', password)
    await station.call('BootNotification', { chargePointVendor: 'Foreign', chargePointModel: 'Client' })
    await stands('Available')
    await made('POST', 'roaming-partners/oicp', {
      id: 'hubject',
      baseUrl: hub.address,
      operatorId: 'DE*ABC',
      operatorName: 'ABC',
      hotline: '+4930123456',
      authority: hub.authority,
      hubCertificate: hub.certificate,
      secret,
      ...(await hub.clientFor('DE*ABC')),
    })
  }, 60_000)
  afterAll(async () => {
    await station?.close()
    await admin?.end({ timeout: 1 })
    await test?.stop()
    await hub?.close()
  })

  let meter = 1_000
  const at = (ms: number): string => new Date(Date.now() + ms).toISOString()
  const begun = async (idTag: string) => {
    const body = { connectorId: 1, idTag, meterStart: meter, timestamp: at(-hour) }
    const answer = await station.call('StartTransaction', body)
    return { id: answer['transactionId'] as number, status: (answer['idTagInfo'] as { status: string }).status }
  }
  const ended = (transactionId: number, wh: number) =>
    station.call('StopTransaction', { transactionId, meterStop: (meter += wh), timestamp: at(0) })
  const shows = `Bearer ${secret}`
  const wants = async (operation: string, body: object, headers: Record<string, string> = { authorization: shows }) => {
    const answer = await fetch(
      new URL(`/oicp/default/hubject/api/oicp/charging/v21/providers/NL-TNM/authorize-remote/${operation}`, test.url),
      { method: 'POST', headers, body: JSON.stringify(body) },
    )
    return ((await answer.json()) as { StatusCode: { Code: string } }).StatusCode.Code
  }
  const told = (session: string): readonly string[] =>
    hub.notifications.filter(({ SessionID }) => SessionID === session).map(({ Type }) => Type)

  it('its EVSEs are there with their status, and what changes at a station reaches the hub', async () => {
    await until('the EVSE', async () => hub.statuses.get(evseId) === 'Available')
    await stands('Faulted')
    await until('the fault', async () => hub.statuses.get(evseId) === 'OutOfService')
    await stands('Available')
    await until('the end of the fault', async () => hub.statuses.get(evseId) === 'Available')
    expect([[...hub.evses.keys()], hub.refusals, hub.pushes]).toEqual([
      [evseId],
      [],
      ['evseData fullLoad 1', 'evseStatus fullLoad 1', 'evseStatus update 1', 'evseStatus update 1'],
    ])
  })

  it('a card that nobody here knows is asked about, and its CDR carries the SessionID of the hub', async () => {
    const before = await station.call('Authorize', { idTag: '04FFFFFF' })
    const answer = await station.call('Authorize', { idTag: card })
    const { id, status } = await begun(card)
    const [session = ''] = [...hub.sessions.keys()]
    await until('the word that it began', async () => told(session).includes('Start'))
    await ended(id, 10_000)
    const record = await until('the CDR', async () => hub.cdrs.get(session))
    await until('the word that it is over', async () => told(session).includes('End'))
    expect([before['idTagInfo'], answer['idTagInfo'], status, hub.sessions.size]).toMatchObject([
      { status: 'Invalid' },
      { status: 'Accepted' },
      'Accepted',
      1,
    ])
    expect(record).toMatchObject({
      SessionID: session,
      EvseID: evseId,
      Identification: { RFIDMifareFamilyIdentification: { UID: card } },
      ConsumedEnergy: 10,
    })
  })

  it('an EMP starts a session from afar and stops it, and has the CDR of it', async () => {
    let idTag = ''
    let transaction = 0
    station.on('RemoteStartTransaction', (request) => {
      idTag = String(request['idTag'])
      return { status: 'Accepted' }
    })
    station.on('RemoteStopTransaction', ({ transactionId }) => ({
      status: transactionId === transaction ? 'Accepted' : 'Rejected',
    }))
    const session = randomUUID()
    hub.sessions.set(session, evco)
    const wish = { SessionID: session, ProviderID: 'NL-TNM', EvseID: evseId }
    const start = { ...wish, Identification: { RemoteIdentification: { EvcoID: evco } }, EMPPartnerSessionID: 'emp-1' }
    const started = await wants('start', start)
    const { id, status } = await begun(idTag)
    transaction = id
    await until('the word that it began', async () => told(session).includes('Start'))
    const stopped = await wants('stop', wish)
    await ended(id, 5_000)
    const record = await until('the CDR', async () => hub.cdrs.get(session))
    const [word] = await admin`select a.method, a.authorization_reference as reference, a.partner
      from roaming_authorizations a join sessions s on s.command = a.command`
    expect([started, status, stopped, await wants('stop', wish)]).toEqual(['000', 'Accepted', '000', '400'])
    expect(word).toEqual({ method: 'COMMAND', reference: session, partner: 'hubject' })
    expect(record).toMatchObject({
      SessionID: session,
      EMPPartnerSessionID: 'emp-1',
      Identification: { RemoteIdentification: { EvcoID: evco } },
      ConsumedEnergy: 5,
    })
  })

  it('the hub is known by the certificate that whoever ends TLS has seen, and by no other of its own making', async () => {
    const wish = { SessionID: randomUUID(), ProviderID: 'NL-TNM', EvseID: evseId }
    const seen = (pem: string) => ({
      'client-cert': `:${new X509Certificate(pem).raw.toString('base64')}:`,
    })
    const other = await hub.clientFor('DE*ABC')
    expect([
      await wants('stop', wish, seen(hub.certificate)),
      await wants('stop', wish, seen(other.certificate)),
      await wants('stop', wish, { 'client-cert': 'nonsense' }),
      await wants('stop', wish, {}),
    ]).toEqual(['400', '017', '017', '017'])
  })

  it('the hub is told in its own words alone: nothing waits for it over OCPI', async () => {
    const [ocpi] = await admin`select (select count(*)::int from roaming_deliveries) as deliveries,
      (select count(*)::int from roaming_lanes) as lanes, (select count(*)::int from outbox where kind like 'roaming%') as jobs`
    const { body } = await test.api('GET', '/api/v1/roaming-partners/hubject/oicp')
    const { cdrs, unsent } = body as { readonly cdrs: { readonly sent: number }; readonly unsent: readonly unknown[] }
    expect([ocpi, cdrs.sent, unsent, hub.refusals, hub.overlaps()]).toEqual([
      { deliveries: 0, lanes: 0, jobs: 0 },
      2,
      [],
      ['authorizeStart 102 nobody says yes'],
      0,
    ])
  })
})
