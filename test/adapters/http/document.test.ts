import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../../adapters/http/app.ts'
import type { ApiParts } from '../../../adapters/http/parts.ts'
import type { CertificateStore } from '../../../core/ports/certificates.ts'
import { certified } from '../../support/certificates.ts'
import { keepAskedCommand } from '../../support/asked-command.ts'
import { agreeing, agreements, pricedCdr } from '../../support/agreements.ts'
import { market } from '../../support/market.ts'
import { type ForeignStation, foreignStation } from '../../support/station.ts'
import { registerHub } from '../../support/oicp-hub.ts'
import { refusedStatement } from '../../support/closed-statements.ts'
import { refusedDelivery, roamingRows } from '../../support/roaming-rows.ts'
import { simulatedIccid, simulatedSim } from '../../support/sims.ts'
import { startServer, type TestServer, until } from '../../support/server.ts'
import { deskOf } from '../../support/tickets.ts'
import { documentOf, type OpenApi, operationsOf } from './operations.ts'

const certificate: Parameters<CertificateStore['record']>[0] = {
  tenant: 'default',
  identity: 'CP-1',
  serial: '4a',
  fingerprint: 'af',
  chain: 'PEM',
  notBefore: 0,
  notAfter: 1,
  issuedAt: 0,
}

const tariff = {
  currency: 'EUR',
  taxIncluded: 'NO',
  elements: [{ components: [{ dimension: 'ENERGY', price: '0.45', vat: '19' }] }],
}

/** Orders and messages that leave something to look at; answers the number of the reservation. */
const tellsOfItself = async (test: TestServer, station: ForeignStation): Promise<string> => {
  const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'aa', issuerKeyHash: 'bb', serialNumber: '1' }
  station.on('GetConfiguration', () => ({ configurationKey: [{ key: 'K', readonly: false, value: 'v' }] }))
  station.on('ReserveNow', () => ({ status: 'Accepted' }))
  station.on('GetInstalledCertificateIds', () => ({ status: 'Accepted', certificateHashData: [hash] }))
  station.on('SetChargingProfile', () => ({ status: 'Accepted' }))
  station.on('GetLocalListVersion', () => ({ listVersion: 0 }))
  station.on('SendLocalList', () => ({ status: 'Accepted' }))
  const schedule = { unit: 'A', startsAt: '2026-01-01T00:00:00Z', periods: [{ startS: 0, limit: 10.5 }] }
  const numbers: number[] = []
  for (const order of [
    { type: 'getConfig' },
    { type: 'listCertificates', use: 'centralSystem' },
    { type: 'setChargingProfile', profile: { evse: 0, purpose: 'stationMax', kind: 'absolute', schedule } },
    { type: 'syncLocalList' },
    { type: 'reserve', token: 'CARD', expiresAt: '2099-01-01T00:00:00Z' },
  ]) {
    const { body } = await test.api('POST', '/api/v1/charge-points/CP-1/commands?wait=10', order)
    const command: { readonly number: number; readonly outcome: string } = body
    expect([order.type, command.outcome]).toEqual([order.type, 'succeeded'])
    numbers.push(command.number)
  }
  await station.call('SecurityEventNotification', { type: 'SettingSystemTime', timestamp: new Date().toISOString() })
  return String(numbers.at(-1))
}

describe('the description of the API, and what is beside it', () => {
  let test: TestServer
  let document: OpenApi

  beforeAll(async () => {
    test = await startServer()
    document = await documentOf(test)
  })
  afterAll(() => test?.stop())

  it('is OpenAPI 3.1 with a title, a version and the key', () => {
    expect(document).toMatchObject({
      openapi: expect.stringMatching(/^3\.1\.\d+$/),
      info: { title: 'Stationmaster', version: expect.any(String) },
      security: [{ key: [] }],
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
    })
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)]
    expect(references.length).toBeGreaterThan(10)
    for (const [, name] of references) expect(document.components.schemas).toHaveProperty(name ?? '')
  })

  it('describes every route, and no other', async () => {
    // nothing is asked of the parts until a request comes
    const { routes } = createApp({ store: {}, pages: new Map() } as unknown as ApiParts)
    const described = (await operationsOf(test)).map(
      ({ method, path }) => `${method} ${path.replaceAll(/\{([^}]+)\}/g, ':$1')}`,
    )
    expect(described.length).toBeGreaterThan(20)
    expect(described.toSorted()).toEqual(routes.toSorted())
  })

  it('says of every operation what it is for, and how a missing key is answered', async () => {
    for (const { method, path, operation } of await operationsOf(test)) {
      expect([method, path, operation]).toEqual([
        method,
        path,
        expect.objectContaining({ summary: expect.any(String), tags: [expect.any(String)] }),
      ])
      expect(operation.responses).toHaveProperty('401')
      const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name)
      for (const name of names)
        expect(operation).toHaveProperty(
          'parameters',
          expect.arrayContaining([expect.objectContaining({ name, in: 'path', required: true })]),
        )
    }
  })

  describe('with a charge point that has charged', () => {
    const known = {
      identity: 'CP-1',
      uid: 'CARD',
      session: '',
      cdr: '',
      held: '',
      command: '',
      file: '',
      reservation: '',
      campaign: '',
      whatIf: '',
      roamingCommand: '',
      simCommand: '',
    }
    const adjustment = { party: { kind: 'siteOwner', id: 'here' }, amount: '-1.5', currency: 'EUR', reason: 'agreed' }
    const campaign = {
      name: 'one',
      order: { type: 'clearCache' },
      targets: { identities: ['CP-1'] },
      ratePerS: 1,
      canary: { count: 1 },
      stopRule: { failureShare: 0.1 },
      window: { from: '22:00', to: '21:59' },
      startAt: '2099-01-01T00:00:00Z',
    }
    const validators = new Map<string, ValidateFunction>()

    beforeAll(async () => {
      await test.api('PUT', '/api/v1/charge-points/CP-1', { password: 'a-password-of-the-station' })
      await test.api('PUT', '/api/v1/charge-points/CP-0', {})
      await test.api('PUT', '/api/v1/tokens/CARD', { contract: 'DE-ABC-C123', expiresAt: '2099-01-01T00:00:00Z' })
      await test.api('PUT', '/api/v1/contracts/fleet', { emp: 'DE*ABC', evcoId: 'DE-8AA-001234567-0' })
      await test.api('PUT', '/api/v1/contracts/fleet/tokens/FLEET-CARD', {})
      await test.api('PUT', '/api/v1/tariffs/day', tariff)
      await test.api('PUT', '/api/v1/tariff-assignments/all', { tariff: 'day' })
      await test.api('POST', '/api/v1/api-keys', { label: 'one' })
      const station = await foreignStation(test.url, 'CP-1', 'a-password-of-the-station')
      station.on('ClearCache', () => ({ status: 'Accepted' }))
      await station.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M', iccid: '1' })
      for (const connectorId of [0, 1])
        await station.call('StatusNotification', { connectorId, errorCode: 'NoError', status: 'Available' })
      const at = (second: number): string => new Date(Date.now() + second * 1_000).toISOString()
      const start = { connectorId: 1, idTag: 'CARD', meterStart: 0, timestamp: at(0) }
      const { transactionId } = await station.call('StartTransaction', start)
      for (const second of [1, 2, 3])
        await station.call('MeterValues', {
          connectorId: 1,
          transactionId,
          meterValue: [{ timestamp: at(second), sampledValue: [{ value: `${second * 100}` }] }],
        })
      await station.call('StopTransaction', { transactionId, meterStop: 500, timestamp: at(5) })
      await station.call('StartTransaction', { ...start, meterStart: 500, timestamp: at(6) })
      const order = await test.api('POST', '/api/v1/charge-points/CP-1/commands?wait=5', { type: 'clearCache' })
      const { id }: { id: string } = order.body
      known.command = id
      const plan = await test.api('POST', '/api/v1/campaigns', campaign)
      known.campaign = (plan.body as { id: string }).id
      known.reservation = await tellsOfItself(test, station)
      const cdrOf = (state: string) =>
        until('the CDR', async () => {
          const path = `/api/v1/cdrs?state=${state}`
          const page: { items: { id: string; session: string }[] } = (await test.api('GET', path)).body
          return page.items[0]
        })
      const cdr = await cdrOf('issued')
      known.cdr = cdr.id
      known.session = cdr.session
      await until('its document', async () => {
        const page: { items: unknown[] } = (await test.api('GET', '/api/v1/documents')).body
        return page.items[0]
      })
      // two that cannot be: one is issued by somebody, and one waits
      for (const connectorId of [2, 3]) {
        const odd = await station.call('StartTransaction', { ...start, connectorId })
        await station.call('StopTransaction', {
          transactionId: odd['transactionId'],
          meterStop: 900_000,
          timestamp: at(60),
        })
        known.held = (await cdrOf('held')).id
        if (connectorId === 2)
          await test.api('POST', `/api/v1/cdrs/${known.held}/release`, { as: 'measured', note: 'so it is' })
      }
      const desk = await deskOf(test)
      await desk.store.certificates.record(certificate)
      const { pem } = await certified({ name: 'CN=MO Root', ca: true })
      await test.api('PUT', '/api/v1/trust-anchors/mo-root', { use: 'mo', certificate: pem })
      const whatIf = await test.api('POST', '/api/v1/tariffs/day/what-if', { month: '2026-10' })
      known.whatIf = (whatIf.body as { id: string }).id
      await until('the end of the what-if', async () => {
        const { state }: { state: string } = (await test.api('GET', `/api/v1/what-ifs/${known.whatIf}`)).body
        return state === 'done' ? state : undefined
      })
      const put = { ...market('here', 'CARD'), ...agreeing('here'), ...agreements('here') }
      for (const [path, body] of Object.entries(put)) await test.api('PUT', `/api/v1/${path}`, body)
      await pricedCdr(test, 'CDR-1')
      await desk.close()
      await test.api('POST', '/api/v1/settlement-runs', { month: '2020-01' })
      await test.api('POST', '/api/v1/settlement/adjustments', adjustment)
      const url = 'https://books.example.com/'
      const secrets = { signingSecret: `whsec_${Buffer.alloc(24, 7).toString('base64')}` }
      const target = { kind: 'webhook', settings: { url }, secrets, enabled: false }
      await test.api('PUT', '/api/v1/erp-targets/books', target)
      await test.api('PUT', '/api/v1/roaming-partners/emp', {})
      await roamingRows(test, { partner: 'emp', location: 'LOC1' })
      await registerHub(test, 'hub')
      known.roamingCommand = await keepAskedCommand(test, 'emp')
      known.simCommand = await simulatedSim(test, 'sims')
      await until('the document', async () => {
        const range = { fromNumber: 1, toNumber: 9 }
        const { body } = await test.api('POST', '/api/v1/erp-targets/books/replay', range)
        return (body as { queued: number }).queued > 0
      })
      await refusedDelivery(test, 'emp')
      await refusedStatement(test, 'books')
      await test.api('PUT', '/api/v1/tenants/seller', { name: 'Seller', kind: 'reseller' })
      await test.api('PUT', '/api/v1/tenants/below', { name: 'Below', kind: 'cpo', parent: 'seller' })
      const brought = await test.api('POST', '/api/v1/files?name=x', 'x', {
        'content-type': 'application/octet-stream',
      })
      const file: { id: string } = brought.body
      known.file = file.id
      return () => station.close()
    })

    const namedIn = (text: string, found = new Map<string, object>()): ReadonlyMap<string, object> => {
      for (const [, name = ''] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
        const component = document.components.schemas[name] ?? {}
        if (!found.has(name)) namedIn(JSON.stringify(component), found.set(name, component))
      }
      return found
    }

    const validatorOf = (path: string, method: string, status: number): ValidateFunction => {
      const content = document.paths[path]?.[method]?.responses[status]?.content
      const schema = content?.['application/json']?.schema ?? content?.['application/problem+json']?.schema
      if (schema === undefined) throw new Error(`${method} ${path} does not describe ${status}`)
      // all problems are of one schema: each is compiled once, with the components that it names
      const name = JSON.stringify(schema)
      const validator =
        validators.get(name) ??
        new Ajv2020({
          strict: false,
          allErrors: true,
          formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/ },
        }).compile({ ...schema, components: { schemas: Object.fromEntries(namedIn(name)) } })
      validators.set(name, validator)
      return validator
    }
    const filled = (path: string): string =>
      path
        .replace('{identity}', known.identity)
        .replace('{uid}', known.uid)
        .replace('{name}', 'mo-root')
        .replace('{number}', '1')
        .replace('{kind}', 'variable')
        .replace('/erp-targets/{id}', '/erp-targets/books')
        .replace('/sim-providers/{id}', '/sim-providers/sims')
        .replace('{iccid}/commands/{command}', `{iccid}/commands/${known.simCommand}`)
        .replace('{iccid}', simulatedIccid)
        .replace('/roaming-partners/{id}/oicp', '/roaming-partners/hub/oicp')
        .replace('/roaming-partners/{id}', '/roaming-partners/emp')
        .replace('cdrs/{country}/{party}/{id}', 'cdrs/DE/CPO/CDR-1')
        .replace('{module}/{country}/{party}/{id}', 'locations/DE/CPO/LOC1')
        .replace('/roaming/{module}', '/roaming/locations')
        .replace('{command}', known.roamingCommand)
        .replace('/contracts/{id}', '/contracts/fleet')
        .replace(/(parties|sites|charging-stations|site-contracts|resale-contracts|roaming-prices)\/\{id\}/, '$1/here')
        .replace('{month}/{role}/{party}', `${new Date().toISOString().slice(0, 7)}/emp/-`)
        .replace('/resale/{month}', '/resale/2026-11')
        .replace('{tenant}', 'below')
        .replace('{from}', '2099-01-01')
        .replace('{month}/parties/{party}', `${new Date().toISOString().slice(0, 7)}/parties/siteOwner:here`)
        .replace('settlement-runs/{month}', 'settlement-runs/2020-01')
        .replace('{month}', new Date().toISOString().slice(0, 7))
        .replace('{role}', 'owner')
        .replace('{text}', 'DE-8AA-001234567-0')
        .replace('{version}', '1')
        .replace('/tariffs/{id}', '/tariffs/day')
        .replace('/what-ifs/{id}', `/what-ifs/${known.whatIf}`)
        .replace('/tariff-assignments/{id}', '/tariff-assignments/all')
        .replace('/files/{id}', `/files/${known.file}`)
        .replace('/reservations/{id}', `/reservations/${known.reservation}`)
        .replace(
          '{id}',
          path.includes('release')
            ? known.held
            : path.includes('campaigns')
              ? known.campaign
              : path.includes('cdrs')
                ? known.cdr
                : path.includes('commands')
                  ? known.command
                  : known.session,
        )

    it('answers every GET as it is described', async () => {
      const gets = (await operationsOf(test)).filter(
        ({ method, path }) => method === 'GET' && !/\/(?:events|content|logo)$/.test(path),
      )
      expect(gets.length).toBeGreaterThan(10)
      for (const { path } of gets) {
        const as = /^\/api\/v1\/resale(?:\/|$)/.test(path) ? { 'sm-tenant': 'seller' } : {}
        const answer = await test.api('GET', filled(path), undefined, as)
        expect([path, answer.status]).toEqual([path, 200])
        const body: { readonly items?: readonly unknown[] } = answer.body
        // what is in quarantine is looked at where something is put there (live.test.ts); 1.6 has no device model, and no port is below the reseller
        const isEmpty = path === '/api/v1/quarantine' || /\/(?:items\/\{kind\}|resale\/\{month\})$/.test(path)
        if (body.items !== undefined && !isEmpty) expect([path, body.items.length > 0]).toEqual([path, true])
        const validate = validatorOf(path, 'get', 200)
        validate(body)
        expect([path, validate.errors]).toEqual([path, null])
      }
    })

    it('answers every GET of what is not there, and every request without a key, as it is described', async () => {
      for (const { method, path } of await operationsOf(test)) {
        const absent = path.replace('{kind}', 'variable').replaceAll(/\{[^}]+\}/g, 'absent')
        const validate = validatorOf(path, method.toLowerCase(), 401)
        validate(await (await fetch(new URL(absent, test.url), { method })).json())
        expect([method, path, validate.errors]).toEqual([method, path, null])
        // whatever a text is, what it is can be told
        if (method !== 'GET' || absent === path || path.startsWith('/api/v1/identifiers/')) continue
        const validateMissing = validatorOf(path, 'get', 404)
        validateMissing((await test.api('GET', absent)).body)
        expect([path, validateMissing.errors]).toEqual([path, null])
      }
    })

    const writes: readonly (readonly [string, string, number, unknown, string?])[] = [
      ['PUT', '/api/v1/charge-points/{identity}', 201, {}, 'CP-NEW'],
      ['PUT', '/api/v1/charge-points/{identity}', 200, { blocked: false }],
      ['PUT', '/api/v1/charge-points/{identity}', 422, { tenant: 'x' }],
      ['PUT', '/api/v1/tokens/{uid}', 200, {}],
      ['PUT', '/api/v1/tokens/{uid}', 422, { role: 'x' }],
      ['PUT', '/api/v1/parties/{id}', 200, { role: 'siteOwner', name: 'Other' }],
      ['PUT', '/api/v1/sites/{id}', 422, { name: 'x' }],
      ['PUT', '/api/v1/charging-stations/{id}', 200, { site: 'here', name: 'A' }],
      ['PUT', '/api/v1/evses/{uid}', 200, { station: 'here', connectors: [] }],
      ['PUT', '/api/v1/evses/{uid}', 422, { station: 'there', connectors: [] }],
      ['PUT', '/api/v1/sites/{id}/roles/{role}', 200, { party: 'here', until: '2099-01-01' }],
      ['PUT', '/api/v1/contracts/{id}', 200, { emp: 'DE*ABC' }],
      ['PUT', '/api/v1/contracts/{id}', 409, { emp: 'NL*TNM' }],
      ['PUT', '/api/v1/contracts/{id}', 422, { emp: 'DE*ABC', driver: 'Erika Mustermann' }],
      ['POST', '/api/v1/api-keys', 201, { label: 'x', expiresAt: '2099-01-01T00:00:00Z' }],
      ['POST', '/api/v1/charge-points/{identity}/commands', 201, { type: 'clearCache' }],
      ['POST', '/api/v1/cdrs/{id}/release', 422, { as: 'guessed' }],
      ['POST', '/api/v1/cdrs/{id}/release', 200, { as: 'measured', note: 'so it is' }],
      ['POST', '/api/v1/cdrs/{id}/release', 409, { as: 'measured', note: 'so it is' }],
      ['POST', '/api/v1/campaigns', 201, { ...campaign, retryOffline: true }],
      ['POST', '/api/v1/campaigns', 422, { ...campaign, targets: { identities: ['CP-NOT-THERE'] } }],
      ['POST', '/api/v1/campaigns/{id}/continue', 409, {}],
      ['POST', '/api/v1/campaigns/{id}/cancel', 200, {}],
      ['PUT', '/api/v1/charge-points/{identity}/trace', 200, { on: true }],
      ['PUT', '/api/v1/charge-points/{identity}/trace', 404, { on: true }, 'CP-NOT-THERE'],
      ['PUT', '/api/v1/charge-points/{identity}/configuration/{key}', 200, { desired: 'w' }],
      ['PUT', '/api/v1/charge-points/{identity}/configuration/{key}', 422, { desired: 7 }],
      ['POST', '/api/v1/commands/{id}/cancel', 409, {}],
      ['PUT', '/api/v1/erp-targets/{id}', 422, { kind: 'fax' }],
      ['PUT', '/api/v1/sim-providers/{id}', 422, { kind: 'pigeon' }],
      ['PUT', '/api/v1/sim-providers/{id}', 422, { kind: 'emnify' }],
      ['PUT', '/api/v1/sim-providers/{id}', 200, { kind: 'simulator', settings: { count: 1 } }],
      ['POST', '/api/v1/sim-providers/{id}/import', 202, undefined],
      ['POST', '/api/v1/sims/{iccid}/commands', 201, { type: 'reset' }],
      ['POST', '/api/v1/sims/{iccid}/commands', 409, { type: 'wakeUp' }],
      ['POST', '/api/v1/sims/{iccid}/commands', 422, { type: 'shout' }],
      ['POST', '/api/v1/erp-targets/{id}/replay', 200, { fromNumber: 1, toNumber: 9 }],
      ['PUT', '/api/v1/roaming-partners/{id}', 200, { name: 'EMP', quirks: { tokenIn: 'either' } }],
      ['PUT', '/api/v1/roaming-partners/{id}', 422, { quirks: { tokenIn: 'plain' } }],
      ['POST', '/api/v1/roaming-partners', 422, { id: 'x', url: 'https://emp.example/versions' }],
      ['POST', '/api/v1/roaming-partners/{id}/invitation', 201, undefined],
      ['POST', '/api/v1/roaming-partners/{id}/connect', 422, {}],
      ['POST', '/api/v1/roaming-partners/{id}/rotate', 409, undefined],
      ['POST', '/api/v1/roaming-partners/{id}/pull', 409, {}],
      ['POST', '/api/v1/roaming-partners/{id}/pull', 422, { module: 'moods' }],
      ['POST', '/api/v1/roaming-partners/{id}/reconcile', 409, { module: 'tariffs' }],
      ['POST', '/api/v1/roaming-partners/{id}/commands', 409, { type: 'STOP_SESSION', session: 's-1' }],
      ['POST', '/api/v1/roaming-partners/{id}/commands', 422, { type: 'STOP_SESSION' }],
      ['POST', '/api/v1/roaming-partners/oicp', 422, { id: 'other', operatorId: 'nobody' }],
      ['GET', '/api/v1/tenant', 200, undefined],
      ['PUT', '/api/v1/tenant', 200, { organisation: 'Operator' }],
      ['PUT', '/api/v1/tenant', 422, { registration: 'maybe' }],
      ['PUT', '/api/v1/tenants/{tenant}', 200, { name: 'Below it', kind: 'cpo' }],
      ['PUT', '/api/v1/tenants/{tenant}', 422, { name: 'Below it', kind: 'reseller' }],
      ['PUT', '/api/v1/tenants/{tenant}/parents/{from}', 422, { reseller: 'seller' }],
      ['POST', '/api/v1/tenants/{tenant}/move', 200, { reseller: null, day: '2099-01-01' }],
      ['PUT', '/api/v1/tenants/{tenant}/parents/{from}', 200, { reseller: 'seller' }],
      ['PUT', '/api/v1/brand', 200, { name: 'Ours', colours: { light: { accent: '#7a1fa2' } } }],
      ['PUT', '/api/v1/brand', 422, { name: 'Ours', colours: { light: { accent: '#ffffff' } } }],
      ['PUT', '/api/v1/site-contracts/{id}', 200, { ...agreements('here')['site-contracts/here'], vat: '19' }],
      ['PUT', '/api/v1/site-contracts/{id}', 422, { ...agreements('here')['site-contracts/here'], vat: '190' }],
      ['PUT', '/api/v1/resale-contracts/{id}', 200, { ...agreements('here')['resale-contracts/here'], vat: '19' }],
      ['PUT', '/api/v1/resale-contracts/{id}', 422, { ...agreements('here')['resale-contracts/here'], seller: 'here' }],
      ['PUT', '/api/v1/roaming-prices/{id}', 200, { ...agreements('here')['roaming-prices/here'], vat: '19' }],
      ['PUT', '/api/v1/roaming-prices/{id}', 422, { ...agreements('here')['roaming-prices/here'], partner: 'none' }],
      ['PUT', '/api/v1/tariffs/{id}', 200, { ...tariff, elements: [...tariff.elements, ...tariff.elements] }],
      ['PUT', '/api/v1/tariffs/{id}', 422, { ...tariff, currency: 'eur' }],
      ['POST', '/api/v1/tariffs/lint', 200, { ...tariff, elements: [...tariff.elements, ...tariff.elements] }],
      ['POST', '/api/v1/tariffs/{id}/try', 200, { minutes: 60, kWh: '20', parkedMinutes: 5, reservedMinutes: 5 }],
      ['POST', '/api/v1/tariffs/{id}/try', 422, { minutes: 60 }],
      ['POST', '/api/v1/tariffs/{id}/what-if', 202, { month: '2026-10' }],
      ['POST', '/api/v1/tariffs/{id}/what-if', 422, { month: '2026-13' }],
      ['POST', '/api/v1/what-ifs/{id}/cancel', 409, {}],
      ['POST', '/api/v1/settlement-runs', 202, { month: '2020-01' }],
      ['POST', '/api/v1/settlement-runs', 409, { month: '2098-01' }],
      ['POST', '/api/v1/settlement-runs', 422, { month: '2026-13' }],
      ['POST', '/api/v1/settlement/adjustments', 201, adjustment],
      ['POST', '/api/v1/settlement/adjustments', 422, { ...adjustment, currency: 'EURO' }],
      ['POST', '/api/v1/settlement/adjustments', 422, { ...adjustment, amount: '0.001' }],
      ['POST', '/api/v1/settlement/adjustments', 422, { ...adjustment, party: { kind: 'emp', id: 'nobody' } }],
      ['PUT', '/api/v1/tariff-assignments/{id}', 200, { tariff: 'day', drivers: { kind: 'adHoc' } }],
      ['PUT', '/api/v1/tariff-assignments/{id}', 422, { tariff: 'night' }],
      ['POST', '/api/v1/charge-points/{identity}/ocpp/{action}', 200, {}, 'CP-1'],
      ['POST', '/api/v1/charge-points/{identity}/ocpp/{action}', 409, {}, 'CP-0'],
    ]
    it('answers as it is described to whoever roams over a hub, which has no handshake; no key is shown again', async () => {
      const path = '/api/v1/roaming-partners/oicp'
      const answer = await registerHub(test, 'another')
      const validate = validatorOf(path, 'post', 201)
      validate(answer)
      expect([validate.errors, JSON.stringify(answer).includes('-----BEGIN')]).toEqual([null, false])
      const at = '/api/v1/roaming-partners/another'
      const statuses: number[] = []
      for (const act of ['invitation', 'rotate', 'oicp/full-load', 'unregister', 'connect'])
        statuses.push((await test.api('POST', `${at}/${act}`, act === 'connect' ? {} : undefined)).status)
      expect(statuses).toEqual([409, 409, 202, 200, 422])
    })

    it('answers writes as they are described', async () => {
      for (const [method, path, status, body, identity = 'CP-1'] of writes) {
        const at = filled(path.replace('{identity}', identity).replace('{action}', 'ClearCache').replace('{key}', 'K'))
        const answer = await test.api(method, at, body)
        expect([method, at, answer.status, answer.body]).toEqual([method, at, status, expect.anything()])
        const validate = validatorOf(path, method.toLowerCase(), status)
        validate(answer.body)
        expect([method, at, validate.errors]).toEqual([method, at, null])
      }
    })

    it('the wire trace shows no token and no password', async () => {
      const trace = JSON.stringify((await test.api('GET', '/api/v1/charge-points/CP-1/frames')).body)
      expect(trace).toContain('StartTransaction')
      expect(trace).not.toContain('CARD')
      expect(trace).not.toContain('a-password-of-the-station')
    })

    it('a junk cursor of the samples is refused', async () => {
      for (const parts of [['x', 'y'], [1], [1, 'y'], ['1e99', '00000000-0000-0000-0000-000000000000'], 7]) {
        const cursor = Buffer.from(JSON.stringify(parts)).toString('base64url')
        const answer = await test.api('GET', `/api/v1/sessions/${known.session}/samples?cursor=${cursor}`)
        expect([parts, answer.status]).toEqual([parts, 400])
      }
    })

    it('samples come page by page, each once', async () => {
      const seen: string[] = []
      let path: string | undefined = `/api/v1/sessions/${known.session}/samples?limit=1`
      while (path !== undefined && seen.length < 20) {
        const page: { items: { at: string }[]; next: string | null } = (await test.api('GET', path)).body
        seen.push(...page.items.map(({ at }) => at))
        path = page.next === null ? undefined : `/api/v1/sessions/${known.session}/samples?limit=1&cursor=${page.next}`
      }
      expect(seen.length).toBeGreaterThanOrEqual(3)
      expect(seen).toEqual([...new Set(seen)].toSorted())
    })
  })

  it('the reference is a page that names every operation and loads nothing from elsewhere', async () => {
    const response = await fetch(new URL('/api/reference', test.url))
    const page = await response.text()
    expect(response.headers.get('content-type')).toMatch(/^text\/html/)
    expect(page).not.toMatch(/<(?:script|link|img|iframe)[^>]*(?:src|href)="(?:https?:)?\/\//)
    expect(page).not.toMatch(/https?:\/\//)
    expect(page).not.toMatch(/<script/)
    for (const { method, path } of await operationsOf(test)) expect(page).toContain(`<code>${method} ${path}</code>`)
  })

  it.each(['/', '/api/reference', '/api/openapi.json', '/livez', '/api/v1/tokens', '/nothing', '/app.js'])(
    'S-21: %s has the headers that browsers need to protect it',
    async (path) => {
      const { headers } = await fetch(new URL(path, test.url))
      expect(headers.get('content-security-policy')).toContain("default-src 'self'")
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('x-frame-options')).toBeTruthy()
      expect(headers.get('x-powered-by')).toBeNull()
      expect(headers.get('server')).toBeNull()
      expect(headers.get('access-control-allow-origin')).toBeNull()
    },
  )

  it('is alive and ready, on both ports', async () => {
    for (const base of [test.url, test.opsUrl]) {
      expect(await (await fetch(new URL('/livez', base))).json()).toEqual({ alive: true })
      const ready = await fetch(new URL('/readyz', base))
      expect([ready.status, await ready.json()]).toEqual([
        200,
        { ready: true, checks: { database: 'ok', door: 'open' } },
      ])
    }
  })

  it('metrics are on the operations port and nowhere else', async () => {
    const metrics = await fetch(new URL('/metrics', test.opsUrl))
    expect(metrics.headers.get('content-type')).toContain('text/plain; version=0.0.4')
    expect(await metrics.text()).toMatch(/^# TYPE \w+ /m)
    expect((await fetch(new URL('/metrics', test.url))).status).toBe(404)
    expect(new URL(test.opsUrl).hostname).toBe('127.0.0.1')
    expect((await fetch(new URL('/api/v1/tokens', test.opsUrl))).status).toBe(404)
  })
})
