import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer } from '../../support/server.ts'

const tries = 10
const writers = 5

const site = {
  published: false,
  name: 'North',
  address: { street: 'Hauptstraße 1', postalCode: '10827', city: 'Berlin', country: 'DE' },
  coordinates: { latitude: '52.520008', longitude: '13.404954' },
  timeZone: 'Europe/Berlin',
}
const tariff = {
  currency: 'EUR',
  taxIncluded: 'NO',
  elements: [{ components: [{ dimension: 'ENERGY', price: '0.45', stepSize: 1, vat: '19' }] }],
}
const erpTarget = {
  kind: 'webhook',
  settings: { url: 'https://books.example.com/' },
  secrets: { signingSecret: `whsec_${Buffer.alloc(24, 7).toString('base64')}` },
  enabled: false,
}

/** A row was in the way by another unique index than the one that was named: one of those who made a tariff got 500. */
describe('those who make the same thing at the same moment', () => {
  let test: TestServer
  beforeAll(async () => {
    test = await startServer()
    await test.api('PUT', '/api/v1/sites/THERE', site)
    await test.api('PUT', '/api/v1/charging-stations/THERE', { site: 'THERE' })
  })
  afterAll(() => test?.stop())

  it.each<readonly [string, (id: string) => string, object]>([
    ['a charge point', (id) => `charge-points/${id}`, {}],
    ['a token', (id) => `tokens/${id}`, {}],
    ['a tariff', (id) => `tariffs/${id}`, tariff],
    ['a party', (id) => `parties/${id}`, { role: 'cpo', name: 'CPO' }],
    ['a site', (id) => `sites/${id}`, site],
    ['a charging station', (id) => `charging-stations/${id}`, { site: 'THERE' }],
    ['an EVSE', (id) => `evses/${id}`, { station: 'THERE', connectors: [] }],
    ['a contract', (id) => `contracts/${id}`, { emp: 'DE*ABC' }],
    ['a roaming partner', (id) => `roaming-partners/${id}`, {}],
    ['books', (id) => `erp-targets/${id}`, erpTarget],
    ['a SIM provider', (id) => `sim-providers/${id}`, { kind: 'simulator', settings: {} }],
    ['a tenant', (id) => `tenants/${id}`, { name: 'A', kind: 'cpo' }],
  ])('have %s, and one of them has made it', async (_, path, body) => {
    const seen = new Set<string>()
    for (let n = 0; n < tries; n++) {
      const made = await Promise.all(
        Array.from({ length: writers }, () => test.api('PUT', `/api/v1/${path(`at-once-${n}`)}`, body)),
      )
      seen.add(
        made
          .map(({ status }) => status)
          .toSorted((a, b) => b - a)
          .join(' '),
      )
    }
    expect([...seen]).toEqual([[201, ...Array.from({ length: writers - 1 }, () => 200)].join(' ')])
  })
})
