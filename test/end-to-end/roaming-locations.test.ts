import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Location } from '../../core/roaming/model.ts'
import { berlin, type2 } from '../support/market.ts'
import { startServer, type TestServer, until } from '../support/server.ts'
import { type ForeignStation, foreignStation } from '../support/station.ts'

const password = 'a-password-of-the-station'
const identity = 'SECRET-IDENTITY-1'
const boot = { chargePointVendor: 'Foreign', chargePointModel: 'Client' }

interface Envelope {
  readonly status_code: number
  readonly data: never
}

const basic = (token: string) => ({ authorization: `Token ${Buffer.from(token).toString('base64')}` })

/** The platform of an EMP: as much of it as a registration looks at. */
const emp = async (): Promise<{ readonly url: string; readonly server: HttpServer }> => {
  const server = createServer((request, response) => {
    const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const data =
      request.url === '/versions'
        ? [{ version: '2.2.1', url: `${own}/2.2.1` }]
        : {
            version: '2.2.1',
            endpoints: [
              { identifier: 'credentials', role: 'SENDER', url: `${own}/2.2.1/credentials` },
              { identifier: 'tokens', role: 'SENDER', url: `${own}/2.2.1/tokens` },
            ],
          }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ data, status_code: 1000, timestamp: '2026-11-27T12:00:00Z' }))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/versions`, server }
}

describe('an EMP that is registered over HTTP', () => {
  let test: TestServer
  let station: ForeignStation
  let other: HttpServer
  let token = ''

  beforeAll(async () => {
    test = await startServer({}, { roamingHosts: ['127.0.0.1'] })
    const put = (path: string, body: object) => test.api('PUT', `/api/v1/${path}`, body)
    await put(`charge-points/${identity}`, { password })
    await put('parties/us', { role: 'cpo', name: 'Our CPO', code: 'DE*ABC' })
    for (const n of [1, 2, 3]) {
      await put(`sites/SITE-${n}`, { ...berlin, published: true })
      await put(`sites/SITE-${n}/roles/operator`, { party: 'us' })
      await put(`charging-stations/ST-${n}`, { site: `SITE-${n}` })
      const plug = n === 1 ? { plug: { chargePoint: identity, evse: 1 } } : {}
      await put(`evses/EVSE-${n}`, { station: `ST-${n}`, connectors: [type2], ...plug })
    }
    await put('roaming-partners/emp', {})
    const { body: invited } = await test.api('POST', '/api/v1/roaming-partners/emp/invitation')
    const { url, server } = await emp()
    other = server
    const { token: first, url: versions } = invited as { readonly token: string; readonly url: string }
    const offered = (await (await fetch(versions, { headers: basic(first) })).json()) as Envelope
    const [newest] = (offered.data as { version: string; url: string }[]).filter(({ version }) => version === '2.2.1')
    const answer = await fetch(`${newest?.url}/credentials`, {
      method: 'POST',
      headers: { ...basic(first), 'content-type': 'application/json' },
      body: JSON.stringify({
        token: 'a-token-of-theirs',
        url,
        roles: [{ role: 'EMSP', country_code: 'NL', party_id: 'EMP', business_details: { name: 'Their EMP' } }],
      }),
    })
    token = ((await answer.json()) as { data: { token: string } }).data.token
    station = await foreignStation(test.url, identity, password)
    await station.call('BootNotification', boot)
  })
  afterAll(async () => {
    await station?.close()
    other?.close()
    await test?.stop()
  })

  const get = async (
    path: string,
  ): Promise<{ readonly envelope: Envelope; readonly headers: Headers; readonly text: string }> => {
    const address = path.startsWith('http') ? path : new URL(`/ocpi/default/2.2.1/sender/${path}`, test.url)
    const response = await fetch(address, { headers: basic(token) })
    const text = await response.text()
    return { envelope: JSON.parse(text) as Envelope, headers: response.headers, text }
  }

  it('crawls our locations page by page, and sees at once what a station tells; S-07: but not its OCPP identity', async () => {
    const texts: string[] = []
    const crawl = async (): Promise<readonly Location[]> => {
      const found: Location[] = []
      for (let next: string | undefined = 'locations?limit=1'; next !== undefined;) {
        const { envelope, headers, text }: Awaited<ReturnType<typeof get>> = await get(next)
        texts.push(text)
        found.push(...(envelope.data as readonly Location[]))
        next = /^<([^>]+)>/.exec(headers.get('link') ?? '')?.[1]
      }
      return found
    }
    await until('all locations', async () => (await crawl()).length === 3)
    await station.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Charging' })
    const told = performance.now()
    await until('the status', async () => (await get('locations/SITE-1/EVSE-1')).text.includes('"CHARGING"'))
    const tookMs = performance.now() - told
    const locations = await crawl()
    expect(locations.map(({ id, evses = [] }) => [id, evses[0]?.status])).toEqual([
      ['SITE-1', 'CHARGING'],
      ['SITE-2', 'UNKNOWN'],
      ['SITE-3', 'UNKNOWN'],
    ])
    expect(tookMs).toBeLessThan(5_000)
    expect(texts.join('').toLowerCase()).not.toContain(identity.toLowerCase())
  })
})
