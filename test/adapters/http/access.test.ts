import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keepAskedCommand } from '../../support/asked-command.ts'
import { agreeing, agreements, pricedCdr } from '../../support/agreements.ts'
import { market } from '../../support/market.ts'
import { foreignStation } from '../../support/station.ts'
import { registerHub } from '../../support/oicp-hub.ts'
import { refusedStatement } from '../../support/closed-statements.ts'
import { refusedDelivery, roamingRows } from '../../support/roaming-rows.ts'
import { simulatedIccid, simulatedSim } from '../../support/sims.ts'
import { apiOf, startServer, type TestServer, until } from '../../support/server.ts'
import { operationsOf } from './operations.ts'

interface Problem {
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly pointer?: string
}
interface NewKey {
  readonly id: string
  readonly key: string
}

const tariff = {
  currency: 'EUR',
  taxIncluded: 'NO',
  elements: [{ components: [{ dimension: 'ENERGY', price: '0.45' }] }],
}

describe('who may use the API', () => {
  let test: TestServer

  beforeAll(async () => {
    test = await startServer()
    await test.addTenant('other')
  })
  afterAll(() => test?.stop())

  const makeKey = async (body: object, tenant = 'default'): Promise<NewKey> => {
    const made = await test.api('POST', '/api/v1/api-keys', body, { 'sm-tenant': tenant })
    expect(made.status).toBe(201)
    return made.body
  }
  const statusWith = async (key: string): Promise<number> =>
    (await apiOf(test.url, key)('GET', '/api/v1/tokens?limit=1')).status

  it('BI-50: every route refuses a request without a key, as a problem that names the scheme', async () => {
    const operations = await operationsOf(test)
    expect(operations.length).toBeGreaterThan(20)
    for (const { method, path } of operations) {
      const response = await fetch(new URL(path.replaceAll(/\{[^}]+\}/g, 'x'), test.url), { method })
      const problem = (await response.json()) as Problem
      expect([method, path, response.status]).toEqual([method, path, 401])
      expect(response.headers.get('content-type')).toBe('application/problem+json')
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer /)
      expect(problem).toMatchObject({ type: 'about:blank', title: 'Not authenticated', status: 401 })
    }
  })

  const refused: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['an unknown key', { authorization: 'Bearer sm_00000000_000000000000000000000000000000000000000000000000' }],
    ['an unsigned JWT', { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.' }],
    ['an empty key', { authorization: 'Bearer ' }],
    ['Basic instead of Bearer', { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` }],
    ['a very long key', { authorization: `Bearer ${'k'.repeat(4_000)}` }],
    ['a made-up console cookie', { cookie: 'sm_session=eyJ0ZW5hbnQiOiJkZWZhdWx0In0.c2lnbmF0dXJl' }],
    ['a cookie without a signature', { cookie: 'sm_session=eyJ0ZW5hbnQiOiJkZWZhdWx0In0' }],
    ['an empty cookie', { cookie: 'sm_session=' }],
  ]
  it.each(refused)('BI-50: %s opens nothing', async (_, headers) => {
    const response = await fetch(new URL('/api/v1/tokens', test.url), { headers })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer /)
  })

  it('BI-50: a key does not get in by the address', async () => {
    for (const query of [`key=${test.key}`, `access_token=${test.key}`])
      expect((await fetch(new URL(`/api/v1/tokens?${query}`, test.url))).status).toBe(401)
  })

  it('BI-50: an expired key is refused, and it was good until then', async () => {
    const { key } = await makeKey({ label: 'short', expiresAt: new Date(Date.now() + 1_500).toISOString() })
    expect(await statusWith(key)).toBe(200)
    await until('the expiry', async () => (await statusWith(key)) === 401, 4_000)
  })

  it('BI-50: a key that was born expired is refused', async () => {
    const { key } = await makeKey({ label: 'past', expiresAt: '2020-01-01T00:00:00Z' })
    expect(await statusWith(key)).toBe(401)
  })

  it('BI-50: a revoked key dies within two seconds, even while it is in use', async () => {
    const { id, key } = await makeKey({ label: 'revoked' })
    expect(await statusWith(key)).toBe(200)
    expect((await test.api('DELETE', `/api/v1/api-keys/${id}`)).status).toBe(204)
    const began = performance.now()
    await until('the refusal', async () => (await statusWith(key)) === 401, 2_500)
    expect(performance.now() - began).toBeLessThan(2_200)
  })

  it('a key is shown once: the list has neither it nor its hash', async () => {
    const { id, key } = await makeKey({ label: 'listed' })
    const listed = await test.api('GET', '/api/v1/api-keys')
    const page: { items: { id: string; label: string }[] } = listed.body
    expect(page.items.find((item) => item.id === id)).toEqual({
      id,
      tenant: 'default',
      label: 'listed',
      role: 'operator',
      scope: 'tenant',
      party: null,
      createdAt: expect.any(String),
      expiresAt: null,
      revokedAt: null,
    })
    expect(JSON.stringify(page)).not.toContain(key)
  })

  describe('between tenants', () => {
    const ids = {
      session: '',
      command: '',
      apiKey: '',
      cdr: '',
      file: '',
      reservation: '',
      statement: '',
      campaign: '',
      document: '',
      whatIf: '',
      roamingCommand: '',
      simCommand: '',
    }
    const month = new Date().toISOString().slice(0, 7)
    let foreign: TestServer['api']
    let foreignKey: NewKey

    beforeAll(async () => {
      foreignKey = await makeKey({ label: 'foreign' }, 'other')
      foreign = apiOf(test.url, foreignKey.key)
      ids.apiKey = (await makeKey({ label: 'ours' })).id
      await test.api('PUT', '/api/v1/charge-points/OURS', { password: 'a-password-of-the-station' })
      await test.api('PUT', '/api/v1/tokens/OURCARD', {})
      await test.api('PUT', '/api/v1/tariffs/OURTARIFF', tariff)
      await test.api('PUT', '/api/v1/tariff-assignments/OURASSIGNMENT', { tariff: 'OURTARIFF' })
      const station = await foreignStation(test.url, 'OURS', 'a-password-of-the-station')
      await station.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' })
      const started = await station.call('StartTransaction', {
        connectorId: 1,
        idTag: 'OURCARD',
        meterStart: 0,
        timestamp: new Date().toISOString(),
      })
      await station.call('StopTransaction', {
        transactionId: started['transactionId'],
        meterStop: 1_000,
        timestamp: new Date(Date.now() + 1_000).toISOString(),
      })
      station.on('ReserveNow', () => ({ status: 'Accepted' }))
      const reserved = await test.api('POST', '/api/v1/charge-points/OURS/commands?wait=10', {
        type: 'reserve',
        token: 'OURCARD',
        expiresAt: '2099-01-01T00:00:00Z',
      })
      const { number }: { number: number } = reserved.body
      ids.reservation = String(number)
      await station.close()
      const first = async (path: string): Promise<string> =>
        until(path, async () => {
          const page: { items: { id: string }[] } = (await test.api('GET', path)).body
          return page.items[0]?.id
        })
      ids.session = await first('/api/v1/sessions')
      ids.cdr = await first('/api/v1/cdrs')
      await first('/api/v1/documents')
      const order = await test.api('POST', '/api/v1/charge-points/OURS/commands', { type: 'clearCache' })
      const command: { id: string } = order.body
      ids.command = command.id
      const file = await test.api('POST', '/api/v1/files?name=x', 'x', { 'content-type': 'application/octet-stream' })
      const { id }: { id: string } = file.body
      ids.file = id
      const plan = await test.api('POST', '/api/v1/campaigns', {
        name: 'ours',
        order: { type: 'clearCache' },
        targets: { all: true },
        ratePerS: 1,
        stopRule: { failureShare: 1 },
      })
      const campaign: { id: string } = plan.body
      ids.campaign = campaign.id
      const { certificate } = (await test.api('GET', '/api/v1/authority')).body as { certificate: string }
      await test.api('PUT', '/api/v1/trust-anchors/OURROOT', { use: 'mo', certificate })
      const url = 'https://books.example.com/'
      const secrets = { signingSecret: `whsec_${Buffer.alloc(24, 7).toString('base64')}` }
      const target = { kind: 'webhook', settings: { url }, secrets, enabled: false }
      await test.api('PUT', '/api/v1/erp-targets/OURBOOKS', target)
      await test.api('PUT', '/api/v1/roaming-partners/OURPARTNER', {})
      await roamingRows(test, { partner: 'OURPARTNER', location: 'OURLOCATION' })
      await registerHub(test, 'OURHUB')
      ids.roamingCommand = await keepAskedCommand(test, 'OURPARTNER')
      ids.simCommand = await simulatedSim(test, 'OURSIMS')
      await until('the document', async () => {
        const range = { fromNumber: 1, toNumber: 1 }
        const { body } = await test.api('POST', '/api/v1/erp-targets/OURBOOKS/replay', range)
        return (body as { queued: number }).queued === 1
      })
      await refusedDelivery(test, 'OURPARTNER')
      const filed = (await test.api('GET', '/api/v1/erp-deliveries')).body as { items: { document: string }[] }
      ids.document = filed.items[0]?.document ?? ''
      await test.api('PUT', '/api/v1/contracts/OURCONTRACT', { emp: 'DE*ABC' })
      await test.api('PUT', '/api/v1/contracts/OURCONTRACT/tokens/OURCARD', {})
      const asked = await test.api('POST', '/api/v1/tariffs/OURTARIFF/what-if', { month: '2026-10' })
      ids.whatIf = (asked.body as { id: string }).id
      const put = { ...market('OURPLACE', 'OURCARD'), ...agreeing('OURPLACE'), ...agreements('OURPLACE') }
      for (const [path, body] of Object.entries(put)) await test.api('PUT', `/api/v1/${path}`, body)
      await pricedCdr(test, 'OURCDR')
      await test.api('POST', '/api/v1/settlement-runs', { month: '2020-01' })
      const party = { kind: 'siteOwner', id: 'OURPLACE' }
      const adjustment = { party, amount: '-1', currency: 'EUR', reason: 'ours' }
      expect((await test.api('POST', '/api/v1/settlement/adjustments', adjustment)).status).toBe(201)
      ids.statement = await refusedStatement(test, 'OURBOOKS')
    })

    const routes: readonly (readonly [string, (known: typeof ids) => string, unknown?])[] = [
      ['GET', () => '/api/v1/charge-points/OURS'],
      ['DELETE', () => '/api/v1/charge-points/OURS'],
      ['GET', () => '/api/v1/charge-points/OURS/frames'],
      ['PUT', () => '/api/v1/charge-points/OURS/trace', { on: true }],
      ['GET', () => '/api/v1/charge-points/OURS/commands'],
      ['POST', () => '/api/v1/charge-points/OURS/commands', { type: 'clearCache' }],
      ['POST', () => '/api/v1/charge-points/OURS/ocpp/ClearCache', {}],
      ['GET', (known) => `/api/v1/commands/${known.command}`],
      ['GET', () => '/api/v1/tokens/OURCARD'],
      ['DELETE', () => '/api/v1/tokens/OURCARD'],
      ['GET', (known) => `/api/v1/sessions/${known.session}`],
      ['GET', (known) => `/api/v1/sessions/${known.session}/samples`],
      ['GET', (known) => `/api/v1/sessions/${known.session}/messages`],
      ['GET', (known) => `/api/v1/cdrs/${known.cdr}`],
      ['GET', (known) => `/api/v1/cdrs/${known.cdr}/explain`],
      ['GET', () => `/api/v1/statements/${month}/emp/-`],
      ['GET', () => '/api/v1/settlement-runs/2020-01'],
      ['GET', () => `/api/v1/settlement/${month}`],
      ['GET', () => `/api/v1/settlement/${month}/parties/siteOwner:OURPLACE`],
      ['POST', (known) => `/api/v1/cdrs/${known.cdr}/release`, { as: 'measured', note: 'not mine' }],
      ['GET', () => '/api/v1/documents/1'],
      ['GET', () => '/api/v1/documents/1/bytes'],
      ['DELETE', (known) => `/api/v1/api-keys/${known.apiKey}`],
      ['POST', (known) => `/api/v1/commands/${known.command}/cancel`, {}],
      ['GET', () => '/api/v1/charge-points/OURS/configuration'],
      ['GET', () => '/api/v1/charge-points/OURS/local-list'],
      ['GET', () => '/api/v1/charge-points/OURS/items/variable'],
      ['GET', () => '/api/v1/tariffs/OURTARIFF'],
      ['GET', () => '/api/v1/tariffs/OURTARIFF/versions'],
      ['GET', () => '/api/v1/tariffs/OURTARIFF/versions/1'],
      ['GET', () => '/api/v1/tariffs/OURTARIFF/lint'],
      ['POST', () => '/api/v1/tariffs/OURTARIFF/try', { minutes: 1, kWh: '1' }],
      ['POST', () => '/api/v1/tariffs/OURTARIFF/what-if', { month: '2026-10' }],
      ['GET', (known) => `/api/v1/what-ifs/${known.whatIf}`],
      ['POST', (known) => `/api/v1/what-ifs/${known.whatIf}/cancel`, {}],
      ['DELETE', () => '/api/v1/tariffs/OURTARIFF'],
      ['GET', () => '/api/v1/charge-points/OURS/tariff'],
      ['GET', () => '/api/v1/tariff-assignments/OURASSIGNMENT'],
      ['DELETE', () => '/api/v1/tariff-assignments/OURASSIGNMENT'],
      ['GET', () => '/api/v1/contracts/OURCONTRACT'],
      ['GET', () => '/api/v1/contracts/OURCONTRACT/tokens'],
      ['DELETE', () => '/api/v1/contracts/OURCONTRACT/tokens/OURCARD'],
      ['DELETE', () => '/api/v1/contracts/OURCONTRACT'],
      ['GET', () => '/api/v1/trust-anchors/OURROOT'],
      ['DELETE', () => '/api/v1/trust-anchors/OURROOT'],
      ...Object.keys({ ...market('OURPLACE', 'OURCARD'), ...agreements('OURPLACE') }).flatMap((path) =>
        ['GET', 'DELETE'].map((method) => [method, () => `/api/v1/${path}`] as const),
      ),
      ['GET', () => '/api/v1/charge-points/OURS/installed-certificates'],
      ['GET', () => '/api/v1/charge-points/OURS/charging-profiles'],
      ['GET', () => '/api/v1/charge-points/OURS/composite-schedule'],
      ['GET', () => '/api/v1/charge-points/OURS/web-payments'],
      ['POST', () => '/api/v1/charge-points/OURS/web-payments', { evse: 1, totp: 'x' }],
      ['GET', (known) => `/api/v1/reservations/${known.reservation}`],
      ['GET', () => '/api/v1/charge-points/OURS/certificates'],
      ['GET', (known) => `/api/v1/files/${known.file}`],
      ['GET', (known) => `/api/v1/files/${known.file}/content`],
      ['DELETE', (known) => `/api/v1/files/${known.file}`],
      ['GET', (known) => `/api/v1/campaigns/${known.campaign}`],
      ['GET', (known) => `/api/v1/campaigns/${known.campaign}/targets`],
      ['POST', (known) => `/api/v1/campaigns/${known.campaign}/pause`, {}],
      ['POST', (known) => `/api/v1/campaigns/${known.campaign}/resume`, {}],
      ['POST', (known) => `/api/v1/campaigns/${known.campaign}/continue`, {}],
      ['POST', (known) => `/api/v1/campaigns/${known.campaign}/cancel`, {}],
      ['GET', () => '/api/v1/roaming-partners/OURPARTNER'],
      ['DELETE', () => '/api/v1/roaming-partners/OURPARTNER'],
      ['POST', () => '/api/v1/roaming-partners/OURPARTNER/invitation', {}],
      ['POST', () => '/api/v1/roaming-partners/OURPARTNER/connect', { url: 'https://emp.example/', token: 'x' }],
      ['POST', () => '/api/v1/roaming-partners/OURPARTNER/rotate', {}],
      ['POST', () => '/api/v1/roaming-partners/OURPARTNER/unregister', {}],
      ['POST', (known) => `/api/v1/roaming-deliveries/OURPARTNER/${known.document}/retry`, {}],
      ['POST', (known) => `/api/v1/roaming-deliveries/OURPARTNER/${known.document}/resolve`, { note: 'not mine' }],
      ['GET', () => '/api/v1/roaming-partners/OURPARTNER/scorecard'],
      ['GET', () => '/api/v1/roaming-partners/OURPARTNER/chores'],
      ['POST', () => '/api/v1/roaming-partners/OURPARTNER/pull', {}],
      ['POST', () => '/api/v1/roaming-partners/OURPARTNER/reconcile', {}],
      ['GET', () => '/api/v1/roaming/locations/DE/CPO/OURLOCATION'],
      ['GET', () => '/api/v1/roaming/cdrs/DE/CPO/OURCDR/retail'],
      ['POST', () => '/api/v1/roaming-partners/OURPARTNER/commands', { type: 'STOP_SESSION', session: 'x' }],
      ['GET', () => '/api/v1/roaming-partners/OURPARTNER/commands'],
      ['GET', (known) => `/api/v1/roaming-partners/OURPARTNER/commands/${known.roamingCommand}`],
      ['GET', () => '/api/v1/roaming-partners/OURHUB/oicp'],
      ['POST', () => '/api/v1/roaming-partners/OURHUB/oicp/full-load', {}],
      ['GET', () => '/api/v1/sim-providers/OURSIMS'],
      ['DELETE', () => '/api/v1/sim-providers/OURSIMS'],
      ['POST', () => '/api/v1/sim-providers/OURSIMS/import', {}],
      ['GET', () => `/api/v1/sims/${simulatedIccid}`],
      ['POST', () => `/api/v1/sims/${simulatedIccid}/commands`, { type: 'suspend' }],
      ['GET', () => `/api/v1/sims/${simulatedIccid}/commands`],
      ['GET', (known) => `/api/v1/sims/${simulatedIccid}/commands/${known.simCommand}`],
      ['GET', () => '/api/v1/charge-points/OURS/diagnosis'],
      ['GET', () => '/api/v1/erp-targets/OURBOOKS'],
      ['DELETE', () => '/api/v1/erp-targets/OURBOOKS'],
      ['POST', () => '/api/v1/erp-targets/OURBOOKS/test', {}],
      ['POST', () => '/api/v1/erp-targets/OURBOOKS/replay', { fromNumber: 1, toNumber: 1 }],
      ['POST', (known) => `/api/v1/erp-deliveries/OURBOOKS/${known.document}/retry`, {}],
      ['POST', (known) => `/api/v1/erp-deliveries/OURBOOKS/${known.document}/resolve`, { note: 'not mine' }],
      ['POST', (known) => `/api/v1/statement-deliveries/OURBOOKS/${known.statement}/retry`, {}],
      ['POST', (known) => `/api/v1/statement-deliveries/OURBOOKS/${known.statement}/resolve`, { note: 'not mine' }],
      ['GET', () => '/api/v1/tenants/default'],
    ]

    const anyId = Object.fromEntries(Object.keys(ids).map((name) => [name, '{id}'])) as typeof ids
    anyId.document = '{document}'
    anyId.statement = '{document}'
    anyId.roamingCommand = '{command}'
    anyId.simCommand = '{command}'
    const placeholders = {
      [`${month}/emp/-`]: '{month}/{role}/{party}',
      'settlement-runs/2020-01': 'settlement-runs/{month}',
      [`${month}/parties/siteOwner:OURPLACE`]: '{month}/parties/{party}',
      [`settlement/${month}`]: 'settlement/{month}',
      'api/v1/contracts/OURCONTRACT': 'api/v1/contracts/{id}',
      'roaming-partners/OURPARTNER': 'roaming-partners/{id}',
      'roaming-partners/OURHUB': 'roaming-partners/{id}',
      'roaming-deliveries/OURPARTNER': 'roaming-deliveries/{partner}',
      'erp-targets/OURBOOKS': 'erp-targets/{id}',
      'roaming/cdrs/DE/CPO/OURCDR': 'roaming/cdrs/{country}/{party}/{id}',
      'sim-providers/OURSIMS': 'sim-providers/{id}',
      [simulatedIccid]: '{iccid}',
      'roaming/locations/DE/CPO/OURLOCATION': 'roaming/{module}/{country}/{party}/{id}',
      OURBOOKS: '{target}',
      OURASSIGNMENT: '{id}',
      OURTARIFF: '{id}',
      OURPLACE: '{id}',
      OURCARD: '{uid}',
      OURROOT: '{name}',
      OURS: '{identity}',
      'versions/1': 'versions/{version}',
      'documents/1': 'documents/{number}',
      'roles/owner': 'roles/{role}',
      'items/variable': 'items/{kind}',
      ClearCache: '{action}',
      'tenants/default': 'tenants/{tenant}',
    }
    const described = (path: string): string =>
      Object.entries(placeholders).reduce((said, [ours, name]) => said.replace(ours, name), path)

    it("BI-51: another tenant's ids are not there, on any route, and are still there for their owner", async () => {
      const covered = new Set(routes.map(([method, path]) => `${method} ${described(path(anyId))}`))
      // PUT names what it makes: under another tenant it is another thing
      // what any text is can be told, and the lists of a module are looked at below; a month is everybody's, and whoever moves
      // tenants has a permission that this key lacks (permissions.test.ts)
      const isOfNobody =
        /\/(?:identifiers\/\{text\}|roaming\/\{module\}|resale\/\{month\}|settlement\/\{month\}\/parties|tenants\/\{tenant\}\/.+)$/
      const withIds = (await operationsOf(test)).filter(
        ({ method, path }) => path.includes('{') && method !== 'PUT' && !isOfNobody.test(path),
      )
      expect(withIds.map(({ method, path }) => `${method} ${path}`).filter((route) => !covered.has(route))).toEqual([])
      for (const [method, path, body] of routes) {
        const answer = await foreign(method, path(ids), body)
        const problem: Problem = answer.body
        expect([method, path(ids), answer.status, problem.title]).toEqual([method, path(ids), 404, 'Not found'])
      }
      for (const [, path] of routes.filter(([method, path]) => method === 'GET' && !path(ids).includes('ocpp')))
        expect([path(ids), (await test.api('GET', path(ids))).status]).toEqual([path(ids), 200])
    })

    it("BI-51: another tenant's lists and filters show nothing of ours", async () => {
      for (const path of [
        '/api/v1/charge-points',
        '/api/v1/tokens',
        '/api/v1/files',
        '/api/v1/reservations',
        '/api/v1/security-events',
        `/api/v1/sessions?chargePoint=OURS`,
        `/api/v1/cdrs?session=${ids.session}`,
        '/api/v1/campaigns',
        '/api/v1/roaming-partners',
        '/api/v1/roaming-deliveries',
        '/api/v1/roaming/exchanges',
        ...['locations', 'tariffs', 'sessions', 'cdrs', 'tokens'].map((module) => `/api/v1/roaming/${module}`),
        '/api/v1/sims',
        '/api/v1/sim-providers',
        '/api/v1/erp-targets',
        '/api/v1/erp-deliveries',
        '/api/v1/statement-deliveries',
        '/api/v1/settlement-runs',
        `/api/v1/settlement/${month}/parties`,
        '/api/v1/tariffs',
        '/api/v1/tariff-assignments',
        '/api/v1/site-contracts',
        '/api/v1/site-contracts/gaps',
        '/api/v1/resale-contracts',
        '/api/v1/roaming-prices',
        '/api/v1/retail-prices',
      ]) {
        const page: { items: readonly unknown[] } = (await foreign('GET', path)).body
        expect([path, page.items]).toEqual([path, []])
      }
      const keys: { items: readonly { id: string }[] } = (await foreign('GET', '/api/v1/api-keys')).body
      expect(keys.items.map(({ id }) => id)).not.toContain(ids.apiKey)
    })

    it('BI-51: the same identity in two tenants is two charge points', async () => {
      expect((await foreign('PUT', '/api/v1/charge-points/OURS', { blocked: true })).status).toBe(201)
      const ours: { blocked: boolean; tenant: string } = (await test.api('GET', '/api/v1/charge-points/OURS')).body
      expect(ours).toMatchObject({ tenant: 'default', blocked: false })
      expect((await foreign('DELETE', '/api/v1/charge-points/OURS')).status).toBe(204)
      expect((await test.api('GET', '/api/v1/charge-points/OURS')).status).toBe(200)
    })

    it('BI-51: an Idempotency-Key of one tenant is not one of another', async () => {
      const headers = { 'idempotency-key': 'the same' }
      const ours = await test.api('POST', '/api/v1/api-keys', { label: 'ours' }, headers)
      const theirs = await foreign('POST', '/api/v1/api-keys', { label: 'theirs' }, headers)
      expect([ours.status, theirs.status]).toEqual([201, 201])
      expect(theirs.headers.get('idempotency-replayed')).toBeNull()
    })

    it('BI-51: a tenant key cannot name another tenant, but its own', async () => {
      expect((await foreign('GET', '/api/v1/tokens', undefined, { 'sm-tenant': 'default' })).status).toBe(403)
      expect((await foreign('GET', '/api/v1/tokens', undefined, { 'sm-tenant': 'other' })).status).toBe(200)
    })

    it('BI-51: a key that a tenant key makes belongs to the same tenant', async () => {
      const made = await foreign('POST', '/api/v1/api-keys', { label: 'child' })
      expect(made.body).toMatchObject({ tenant: 'other' })
    })

    const writes: readonly (readonly [string, string, unknown])[] = [
      ['PUT', '/api/v1/charge-points/NOWHERE', {}],
      ['PUT', '/api/v1/tokens/NOWHERE', {}],
      ['POST', '/api/v1/api-keys', { label: 'nowhere' }],
      ['POST', '/api/v1/imports/tokens?dryRun=false', '{"uid":"NOWHERE"}'],
      ['POST', '/api/v1/imports/charge-points?dryRun=false', '{"identity":"NOWHERE"}'],
    ]
    it.each(writes)('BI-51: %s %s for a tenant that does not exist is 404', async (method, path, body) => {
      const answer = await test.api(method, path, body, {
        'sm-tenant': 'nobody',
        ...(path.includes('imports') && { 'content-type': 'application/x-ndjson' }),
      })
      expect(answer.status).toBe(404)
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
    })

    it.each(['Other', 'a b', '../default', "'; drop table tenants", '-', 'x'.repeat(64)])(
      'BI-51: %j is not a tenant name',
      async (tenant) => {
        const answer = await test.api('GET', '/api/v1/tokens', undefined, { 'sm-tenant': tenant })
        expect(answer.status).toBe(400)
      },
    )
  })

  describe('with the console’s cookie', () => {
    const signIn = async (key: string): Promise<{ cookie: string; csrf: string; setCookie: string }> => {
      const response = await fetch(new URL('/session', test.url), { method: 'POST', body: JSON.stringify({ key }) })
      expect(response.status).toBe(201)
      const setCookie = response.headers.get('set-cookie') ?? ''
      const { csrf } = (await response.json()) as { csrf: string }
      return { setCookie, csrf, cookie: setCookie.split(';')[0] ?? '' }
    }
    const call = async (
      method: string,
      path: string,
      headers: Record<string, string>,
      body?: object,
    ): Promise<Response> =>
      fetch(new URL(path, test.url), {
        method,
        redirect: 'manual',
        headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      })

    it('S-16: a valid key is traded for a cookie that no script and no other site can use', async () => {
      const { setCookie } = await signIn(test.key)
      expect(setCookie).toMatch(/^sm_session=/)
      for (const attribute of ['HttpOnly', 'SameSite=Strict', 'Path=/', 'Max-Age=43200'])
        expect(setCookie).toContain(attribute)
      expect(setCookie).not.toContain(test.key)
    })

    it.each([[{ key: 'wrong' }], [{}], [{ key: 7 }], [[]], [null]])('S-16: %j is no sign-in', async (body) => {
      const response = await fetch(new URL('/session', test.url), { method: 'POST', body: JSON.stringify(body) })
      expect(response.status).toBe(401)
      expect(response.headers.get('set-cookie')).toBeNull()
    })

    it('S-16: the cookie reads; it writes only with its own CSRF token', async () => {
      const { cookie, csrf } = await signIn(test.key)
      const stranger = await signIn(test.key)
      expect((await call('GET', '/api/v1/tokens', { cookie })).status).toBe(200)
      const write = (headers: Record<string, string>) => call('PUT', '/api/v1/tokens/COOKIE', headers, {})
      expect((await write({ cookie })).status).toBe(403)
      expect((await write({ cookie, 'x-csrf-token': 'wrong' })).status).toBe(403)
      expect((await write({ cookie, 'x-csrf-token': stranger.csrf })).status).toBe(403)
      expect((await write({ cookie, 'x-csrf-token': csrf })).status).toBe(201)
      expect((await call('DELETE', '/api/v1/tokens/COOKIE', { cookie })).status).toBe(403)
    })

    it('S-16: a changed cookie is worth nothing', async () => {
      const { cookie } = await signIn(test.key)
      const [payload = '', signature = ''] = cookie.replace('sm_session=', '').split('.')
      const session = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as object
      const forged = Buffer.from(JSON.stringify({ ...session, tenant: 'other' })).toString('base64url')
      for (const value of [
        `${forged}.${signature}`,
        `${payload}.${createHash('sha256').update(payload).digest('base64url')}`,
        payload,
      ])
        expect((await call('GET', '/api/v1/tokens', { cookie: `sm_session=${value}` })).status).toBe(401)
    })

    it('S-16: the session says its CSRF token and tenant again, and ends', async () => {
      const { cookie, csrf } = await signIn(test.key)
      expect(await (await call('GET', '/session', { cookie })).json()).toEqual({
        csrf,
        tenant: 'default',
        name: 'Default',
        kind: 'cpo',
        home: null,
      })
      expect((await call('GET', '/session', {})).status).toBe(401)
      const ended = await call('DELETE', '/session', { cookie })
      expect(ended.status).toBe(204)
      expect(ended.headers.get('set-cookie')).toMatch(/sm_session=;.*Max-Age=0/)
    })

    it('BI-51: the cookie of a tenant key shows that tenant', async () => {
      const { key } = await makeKey({ label: 'console' }, 'other')
      const { cookie } = await signIn(key)
      expect(await (await call('GET', '/session', { cookie })).json()).toMatchObject({ tenant: 'other' })
    })

    it('BI-50: the cookie of a revoked key dies with the key', async () => {
      const { id, key } = await makeKey({ label: 'console' })
      const { cookie } = await signIn(key)
      expect((await call('GET', '/api/v1/tokens', { cookie })).status).toBe(200)
      await test.api('DELETE', `/api/v1/api-keys/${id}`)
      await until('the end', async () => (await call('GET', '/api/v1/tokens', { cookie })).status === 401, 2_500)
    })

    it('S-16: the link of the demo signs in once', async () => {
      const link = new URL(test.server.consoleLink())
      const first = await call('GET', link.pathname + link.search, {})
      expect([first.status, first.headers.get('location')]).toEqual([303, '/'])
      const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? ''
      expect((await call('GET', '/api/v1/tokens', { cookie })).status).toBe(200)
      const second = await call('GET', link.pathname + link.search, {})
      expect([second.headers.get('location'), second.headers.get('set-cookie')]).toEqual(['/?expired', null])
    })
  })
})
