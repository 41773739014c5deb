import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { lookAtPorts } from '../../adapters/postgres/ports.ts'
import { amountText, partsOf } from '../../core/domain/amount.ts'
import { berlin, type2 } from '../support/market.ts'
import type { Sql } from '../../adapters/postgres/connect.ts'
import { administrator, apiOf, startServer, type TestServer, until } from '../support/server.ts'
import { simulatedIccid as iccid } from '../support/sims.ts'
import { type ForeignStation, foreignStation } from '../support/station.ts'

/** A job that was under way while the clock was put forward is taken for lost, and comes again. */
const patienceMs = 45_000
const password = 'a-password-of-the-station'
const realNow = Date.now
const now = new Date()
const monthAt = (ahead: number): string =>
  new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1)).toISOString().slice(0, 7)
const long = '2020-01-01T00:00:00Z'
const first = `${monthAt(-1)}-01`
const [month, nextMonth] = [monthAt(0), monthAt(1)]
/** Providers go on adding to a month for three days after it: by then they do not. */
const later = Date.parse(`${nextMonth}-05T12:00:00Z`)

interface Account {
  readonly party: string
  readonly closing: string
  readonly opening: string
}

interface Run {
  readonly state: string
  readonly digest: string | null
  readonly fault: string | null
  readonly progress: { readonly documents: number; readonly posted: number; readonly fees: number }
}

interface Told {
  readonly minute: number
  readonly wh?: number
  readonly [field: string]: unknown
}

const sum = (amounts: readonly string[]): string =>
  amountText(
    amounts.reduce((all, amount) => all + partsOf(amount), 0n),
    2,
  )

/**
 * 20 kWh for 0.35 and 0.49 a kWh, and 19 % on top: 12.08. S gets 20 % of the 10.15 net, 0.18 a kWh for its electricity and 3.00 a
 * month at least; R 10 %, and 0.90 a port; the platform 0.60 a port of R; P 0.80 a month. 19 % on each, but for P.
 */
describe('the whole market in one session', { timeout: 100_000 }, () => {
  let test: TestServer
  let station: ForeignStation
  let ahead = 0

  const inTenant = (tenant: string, method: string, path: string, body?: unknown) =>
    test.api(method, `/api/v1/${path}`, body, { 'sm-tenant': tenant })
  const put = async (tenant: string, path: string, body: object): Promise<void> => {
    const answer = await inTenant(tenant, 'PUT', path, body)
    if (answer.status > 201) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  }
  const keyOf = async (tenant: string, role: string, party?: string): Promise<TestServer['api']> => {
    const { body } = await inTenant(tenant, 'POST', 'api-keys', { label: role, role, ...(party && { party }) })
    return apiOf(test.url, (body as { key: string }).key)
  }
  const accounts = async (tenant: string, of: string): Promise<Readonly<Record<string, string>>> => {
    const { body } = await inTenant(tenant, 'GET', `settlement/${of}`)
    const trial = body as { readonly balanced: boolean; readonly accounts: readonly Account[] }
    expect(trial.balanced).toBe(true)
    return Object.fromEntries(trial.accounts.map(({ party, closing }) => [party, closing]))
  }
  const runOf = async (tenant: string): Promise<Run> =>
    (await inTenant(tenant, 'GET', `settlement-runs/${month}`)).body as Run
  const settle = (tenant: string) => inTenant(tenant, 'POST', 'settlement-runs', { month })
  const closed = (tenant: string): Promise<Run> =>
    until(`the end of ${month} in ${tenant}`, async () => {
      const run = await runOf(tenant)
      return run.state === 'closed' && run
    })
  const csvOf = async (tenant: string, party: string): Promise<string> =>
    (await inTenant(tenant, 'GET', `settlement/${month}/parties/${party}?as=csv`)).body

  const openMarket = async (): Promise<void> => {
    const resale = { currency: 'EUR', vat: '19', from: first }
    const ofA = { ...resale, seller: 'r', buyer: 'a', sharePercent: '10', tiers: [{ from: 0, perPort: '0.90' }] }
    const ofR = { ...resale, seller: 'platform', buyer: 'r', tiers: [{ from: 0, perPort: '0.60' }] }
    await test.api('PUT', '/api/v1/tenants/hq', { name: 'Platform', kind: 'platform' })
    await test.api('PUT', '/api/v1/tenants/r', { name: 'R', kind: 'reseller' })
    await test.api('PUT', '/api/v1/tenants/a', { name: 'A', kind: 'cpo', parent: 'r' })
    for (const tenant of ['hq', 'r', 'a']) await put(tenant, 'parties/r', { role: 'csr', name: 'R' })
    for (const tenant of ['r', 'a']) {
      await put(tenant, 'parties/a', { role: 'cpo', name: 'A' })
      await put(tenant, 'resale-contracts/r-a', ofA)
    }
    for (const tenant of ['hq', 'r']) await put(tenant, 'resale-contracts/platform-r', ofR)
    await put('a', 'parties/s', { role: 'siteOwner', name: 'S' })
    await put('a', 'parties/b', { role: 'emp', name: 'B', code: 'DE*EMB' })
    await put('a', 'sites/mall', { ...berlin, timeZone: 'UTC' })
    await put('a', 'sites/mall/roles/owner', { party: 's' })
    await put('a', 'sites/mall/roles/operator', { party: 'a' })
    await put('a', 'charging-stations/mall-1', { site: 'mall' })
    await put('a', 'charge-points/CP-1', { password, maxPowerW: 50_000 })
    await put('a', 'evses/mall-1', {
      station: 'mall-1',
      plug: { chargePoint: 'CP-1', evse: 1 },
      connectors: [type2],
    })
    await put('a', 'site-contracts/mall', {
      owner: 's',
      subject: { kind: 'site', id: 'mall' },
      from: first,
      currency: 'EUR',
      sharePercent: '20',
      electricityPerKwh: '0.18',
      floor: '3.00',
      vat: '19',
    })
    await put('a', 'sim-providers/p', {
      kind: 'simulator',
      settings: { first: iccid, count: 1, tariff: { currency: 'EUR', perMonth: '0.80' } },
    })
    const components = [
      { dimension: 'FLAT', price: '0.35', vat: '19' },
      { dimension: 'ENERGY', price: '0.49', vat: '19' },
    ]
    await put('a', 'tariffs/day', { currency: 'EUR', taxIncluded: 'NO', startsAt: long, elements: [{ components }] })
    await put('a', 'tariff-assignments/all', { tariff: 'day', from: long })
    await put('a', 'contracts/driver', { emp: 'b', validFrom: long })
    await put('a', 'tokens/CARD', {})
    await put('a', 'contracts/driver/tokens/CARD', { from: long })
  }

  /** In a session of two and a half hours that has ended just now. */
  const event = (eventType: string, seqNo: number, { minute, wh, ...more }: Told) => {
    const timestamp = new Date(now.getTime() + (minute - 150) * 60_000).toISOString()
    return station.call('TransactionEvent', {
      eventType,
      triggerReason: eventType === 'Updated' ? 'MeterValuePeriodic' : 'EVDeparted',
      timestamp,
      seqNo,
      transactionInfo: { transactionId: 'tx-1', ...(eventType === 'Ended' && { stoppedReason: 'EVDisconnected' }) },
      ...(wh !== undefined && { meterValue: [{ timestamp, sampledValue: [{ value: wh }] }] }),
      ...more,
    })
  }

  beforeAll(async () => {
    vi.spyOn(Date, 'now').mockImplementation(() => realNow() + ahead)
    test = await startServer({ SM_TIME_ZONE: 'UTC' })
    await openMarket()
    station = await foreignStation(test.url, 'CP-1', password, { protocol: 'ocpp2.0.1', tenant: 'a' })
    await station.call('BootNotification', {
      reason: 'PowerUp',
      chargingStation: { vendorName: 'Foreign', model: 'Client', modem: { iccid: `${iccid}F` } },
    })
    await station.call('StatusNotification', {
      timestamp: new Date(realNow()).toISOString(),
      connectorStatus: 'Available',
      evseId: 1,
      connectorId: 1,
    })
  }, 40_000)
  afterAll(async () => {
    await station?.close()
    await test?.stop()
    vi.restoreAllMocks()
  })

  it('a driver of B charges at the station of S, and everybody’s part of what it costs is in the books of A', async () => {
    await until('the SIM of the station', async () => {
      const { status, body } = await inTenant('a', 'GET', `sims/${iccid}`)
      const sim = body as { provider: string | null; chargePoint: string | null; askedAt: string | null }
      return status === 200 && sim.provider === 'p' && sim.chargePoint === 'CP-1' && sim.askedAt !== null
    })
    expect((await inTenant('a', 'GET', 'charge-points/CP-1/diagnosis')).body).toMatchObject({ cause: 'none' })
    const token = { idToken: { idToken: 'CARD', type: 'ISO14443' }, evse: { id: 1, connectorId: 1 } }
    await event('Started', 0, { minute: 0, wh: 1_000, triggerReason: 'Authorized', ...token })
    await event('Updated', 1, { minute: 120, wh: 21_000 })
    await event('Ended', 2, { minute: 150 })
    const [document] = await until('the sealed CDR', async () => {
      const { items } = (await inTenant('a', 'GET', 'documents')).body as { items: { number: number }[] }
      return items.length > 0 && items
    })
    expect(document?.number).toBe(1)
    expect((await inTenant('a', 'GET', 'cdrs')).body['items']).toMatchObject([{ energyWh: 20_000, totalCost: '12.08' }])
    await until('what is posted', async () => (await inTenant('a', 'GET', `settlement/${month}`)).status === 200)
    const books = await accounts('a', month)
    expect(books).toEqual({
      'emp:b': '12.08',
      'siteOwner:s': '-6.70',
      'reseller:r': '-1.21',
      tax: '-0.67',
      operator: '-3.50',
    })
    expect(sum(Object.values(books))).toBe('0.00')
  })

  it('the month is not settled before it is over, and R not before A, of whose books it gets a share', async () => {
    expect((await settle('a')).status).toBe(409)
    ahead = later - realNow()
    // it would be looked by itself within half an hour
    const admin = administrator(test.server.target, test.data)
    await lookAtPorts(admin as unknown as Sql, Date.now())
    await admin.end({ timeout: 1 })
    expect((await settle('r')).status).toBe(202)
    const { fault } = await until('what R waits for', async () => {
      const run = await runOf('r')
      return run.fault !== null && run
    })
    expect(fault).toContain(`${month} of a must be closed first`)
    expect((await inTenant('r', 'GET', `settlement/${month}`)).body['accounts']).toEqual([])
  })

  it('settled twice at once it is one run, and everybody’s statement adds up to nothing left over', async () => {
    await inTenant('a', 'POST', `sims/${iccid}/commands`, { type: 'look' })
    await until('what the SIM has cost', async () => (await accounts('a', month))['simProvider:p'], patienceMs)
    const answers = await Promise.all([settle('a'), settle('a'), settle('hq'), settle('hq')])
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202])
    const run = await closed('a')
    await closed('hq')
    expect(run.progress).toMatchObject({ documents: 1, posted: 1, fees: 2 })
    const books = await accounts('a', month)
    expect(books).toEqual({
      'emp:b': '12.08',
      'siteOwner:s': '-7.85',
      'reseller:r': '-2.28',
      'simProvider:p': '-0.80',
      tax: '-0.32',
      operator: '-0.83',
    })
    expect(sum(Object.values(books))).toBe('0.00')
    expect(test.log.filter((line) => line.includes('month closed') && line.includes(run.digest ?? '-'))).toHaveLength(1)
    const again = await settle('a')
    expect([again.status, (again.body as Run).digest]).toEqual([202, run.digest])
    expect(await accounts('a', month)).toEqual(books)
  })

  it('the books of R and of the platform say the same from their side, and all of what was paid has found its owner', async () => {
    // it would go on by itself as well
    await settle('r')
    await closed('r')
    const [a, r, hq] = [await accounts('a', month), await accounts('r', month), await accounts('hq', month)]
    expect(r).toEqual({ 'cpo:a': '2.28', 'platform:platform': '-0.71', tax: '-0.25', operator: '-1.32' })
    expect(hq).toEqual({ 'reseller:r': '0.71', tax: '-0.11', operator: '-0.60' })
    expect(sum([a['reseller:r'] ?? '', r['cpo:a'] ?? ''])).toBe('0.00')
    expect(sum([r['platform:platform'] ?? '', hq['reseller:r'] ?? ''])).toBe('0.00')
    const own = [a, r, hq].flatMap(({ tax = '', operator = '' }) => [tax, operator])
    expect(sum([...own, a['siteOwner:s'] ?? '', a['simProvider:p'] ?? ''])).toBe('-12.08')
  })

  it.each([
    ['siteOwner', 's', 'siteOwner:s', '-7.85'],
    ['emp', 'b', 'emp:b', '12.08'],
  ])('a key of role %s sees the statement of its party, and nothing else', async (role, party, account, closing) => {
    const api = await keyOf('a', role, party)
    const at = `/api/v1/settlement/${month}`
    const { body } = await api('GET', `${at}/parties`)
    expect((body as { items: Account[] }).items).toMatchObject([{ party: account, closing }])
    expect((await api('GET', `${at}/parties/${account}`)).body).toMatchObject({ currencies: [{ closing }] })
    const others = ['emp:b', 'siteOwner:s', 'reseller:r', 'simProvider:p', 'tax', 'operator'].filter(
      (one) => one !== account,
    )
    const refused = await Promise.all(others.map((one) => api('GET', `${at}/parties/${one}`)))
    expect(refused.map(({ status }) => status)).toEqual(others.map(() => 404))
    expect((await api('GET', at)).status).toBe(404)
    expect((await api('GET', '/api/v1/resale-contracts')).body['items']).toEqual([])
    expect((await api('POST', '/api/v1/settlement-runs', { month })).status).toBe(403)
    expect((await api('GET', `${at}/parties`, undefined, { 'sm-tenant': 'r' })).status).toBe(403)
  })

  it('R sees its books and those of A below it, not the platform’s; an auditor of A all of A’s, and changes nothing', async () => {
    const [reseller, auditor] = [await keyOf('r', 'reseller'), await keyOf('a', 'auditor')]
    const at = `/api/v1/settlement/${month}/parties`
    expect((await reseller('GET', `${at}/cpo:a`)).body).toMatchObject({ currencies: [{ closing: '2.28' }] })
    const below = await reseller('GET', `${at}/reseller:r`, undefined, { 'sm-tenant': 'a' })
    expect(below.body).toMatchObject({ currencies: [{ closing: '-2.28' }] })
    expect((await reseller('GET', at, undefined, { 'sm-tenant': 'hq' })).status).toBe(403)
    const { body } = await auditor('GET', at)
    expect((body as { items: Account[] }).items).toHaveLength(6)
    expect((await auditor('POST', '/api/v1/settlement-runs', { month })).status).toBe(403)
    expect((await auditor('GET', at, undefined, { 'sm-tenant': 'r' })).status).toBe(403)
  })

  it('what is put right after the closing is of the month after it: the closed one stays as it was, to the byte', async () => {
    const before = await Promise.all(['emp:b', 'siteOwner:s', 'reseller:r', 'operator'].map((one) => csvOf('a', one)))
    const { digest } = await runOf('a')
    await event('Updated', 3, { minute: 140, wh: 31_000 })
    const credited = await until(
      'the credit',
      async () => {
        const { items } = (await inTenant('a', 'GET', 'documents')).body as { items: { kind: string }[] }
        return items.length === 3 && items.map(({ kind }) => kind)
      },
      patienceMs,
    )
    expect(credited).toEqual(['cdr', 'credit', 'cdr'])
    const statement = await until(
      'what is posted',
      async () => {
        const { body } = await inTenant('a', 'GET', `settlement/${nextMonth}/parties/emp:b`)
        const { items } = body as { items?: readonly unknown[] }
        return items?.length === 2 && (body as { currencies: readonly object[] })
      },
      patienceMs,
    )
    // 30 kWh are 17.91
    expect(statement.currencies).toMatchObject([{ opening: '12.08', total: '5.83', closing: '17.91' }])
    expect(sum(Object.values(await accounts('a', nextMonth)))).toBe('0.00')
    const after = await Promise.all(['emp:b', 'siteOwner:s', 'reseller:r', 'operator'].map((one) => csvOf('a', one)))
    expect([after, (await runOf('a')).digest]).toEqual([before, digest])
  })
})
