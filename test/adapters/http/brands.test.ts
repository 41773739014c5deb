import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiOf, startServer, type TestServer, until } from '../../support/server.ts'
import { foreignStation } from '../../support/station.ts'

const password = 'a-password-of-the-station'
const picture = `<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9" fill="#7a1fa2"/></svg>`

describe('brands and their hosts: two brands, one server', () => {
  let test: TestServer
  const keys: Record<string, string> = {}

  const as = (tenant: string): TestServer['api'] => apiOf(test.url, keys[tenant])
  const platform = (method: string, path: string, tenant: string, body?: unknown) =>
    test.api(method, path, body, { 'sm-tenant': tenant })
  const at = (host: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(new URL(path, test.url), { headers: { host, ...headers } })
  const putLogo = (tenant: string, body: string | Uint8Array<ArrayBuffer>, type = 'image/svg+xml') =>
    fetch(new URL('/api/v1/brand/logo', test.url), {
      method: 'PUT',
      headers: { authorization: `Bearer ${keys[tenant] ?? ''}`, 'content-type': type },
      body,
    })
  const statusWith = async (key: string | undefined, host: string, tenant?: string): Promise<number> =>
    (
      await at(host, '/api/v1/tenant', {
        authorization: `Bearer ${key ?? ''}`,
        ...(tenant !== undefined && { 'sm-tenant': tenant }),
      })
    ).status

  beforeAll(async () => {
    test = await startServer({ SM_TRUSTED_PROXIES: '10.9.9.9' })
    for (const [tenant, more] of Object.entries({
      one: { kind: 'reseller' },
      two: { kind: 'reseller' },
      north: { kind: 'cpo', parent: 'one' },
      south: { kind: 'cpo', parent: 'two' },
    })) {
      await test.api('PUT', `/api/v1/tenants/${tenant}`, { name: tenant, ...more })
      keys[tenant] = (await platform('POST', '/api/v1/api-keys', tenant, { label: tenant })).body['key']
    }
    for (const tenant of ['one', 'two']) {
      const hosts = { ocpp: `ws.${tenant}.example`, api: `api.${tenant}.example`, page: `${tenant}.example` }
      expect((await platform('PUT', '/api/v1/brand', tenant, { name: `Brand <${tenant}>`, hosts })).status).toBe(200)
    }
    await platform('PUT', '/api/v1/brand', 'north', { hosts: { ocpp: 'north.example', page: 'north.example' } })
    await as('one')('PUT', '/api/v1/brand', { name: 'Brand <one>', colours: { light: { accent: '#7A1FA2' } } })
    expect((await putLogo('one', picture)).status).toBe(204)
  })
  afterAll(() => test?.stop())

  it('each host shows its own: title, heading, logo, colours, in the first answer', async () => {
    const pages = await Promise.all(
      ['one.example', 'two.example', 'localhost'].map(async (host) => (await at(host, '/')).text()),
    )
    expect(pages.map((page) => /<title>(.*)<\/title>/.exec(page)?.[1])).toEqual([
      'Brand &lt;one&gt;',
      'Brand &lt;two&gt;',
      'Stationmaster',
    ])
    expect(pages[0]).toMatch(
      /<h1><img class="logo" src="\/brand\/logo\?v=[0-9a-f]{16}" alt="" \/><span>Brand &lt;one&gt;<\/span><\/h1>/,
    )
    expect(pages[0]).not.toContain('>Stationmaster<')
    expect(pages[0]).toMatch(/style\.css" \/>\s*<link rel="stylesheet" href="\/brand\.css" \/>/)
    expect(await (await at('one.example', '/brand.css')).text()).toContain('--accent: #7a1fa2;')
    expect(await (await at('two.example', '/brand.css')).text()).toBe('')
  })

  it('a CPO with a host of its own shows what it has from its reseller where it says nothing', async () => {
    expect(await (await at('north.example', '/brand.json')).json()).toEqual({
      name: 'Brand <one>',
      colours: { light: { accent: '#7a1fa2' } },
      logo: expect.stringMatching(/^\/brand\/logo\?v=/),
    })
    expect((await as('north')('GET', '/api/v1/brand')).body).toMatchObject({
      tenant: 'north',
      name: null,
      colours: null,
      logo: null,
      hosts: { ocpp: 'north.example', api: null, page: 'north.example' },
      shown: { name: 'Brand <one>', logo: { type: 'image/svg+xml' } },
    })
    expect(await (await at('localhost', '/brand.json')).json()).toEqual({
      name: 'Stationmaster',
      colours: null,
      logo: null,
    })
  })

  it('a logo is served as what it is, in a sandbox in which nothing runs', async () => {
    const logo = await at('one.example', '/brand/logo')
    expect([logo.status, logo.headers.get('content-type'), await logo.text()]).toEqual([200, 'image/svg+xml', picture])
    expect(logo.headers.get('content-security-policy')).toBe("default-src 'none'; style-src 'unsafe-inline'; sandbox")
    expect(logo.headers.get('x-content-type-options')).toBe('nosniff')
    expect([(await at('two.example', '/brand/logo')).status, (await at('localhost', '/brand/logo')).status]).toEqual([
      404, 404,
    ])
  })

  it.each([
    ['ONE.example', 'Brand <one>'],
    ['one.example:8443', 'Brand <one>'],
    ['one.example.', 'Brand <one>'],
    ['one.example.evil.example', 'Stationmaster'],
    ['evil.example', 'Stationmaster'],
  ])('the host %s shows %s', async (host, name) => {
    expect(await (await at(host, '/brand.json')).json()).toMatchObject({ name })
  })

  it('X-Forwarded-Host of whoever is no proxy of ours says nothing', async () => {
    const answer = await at('one.example', '/brand.json', { 'x-forwarded-host': 'two.example' })
    expect(await answer.json()).toMatchObject({ name: 'Brand <one>' })
  })

  it('at the host of a brand there are its tenants alone: the key of another is none, as one that nobody knows', async () => {
    expect(
      await Promise.all([
        statusWith(keys['one'], 'api.one.example'),
        statusWith(keys['north'], 'api.one.example'),
        statusWith(keys['two'], 'api.one.example'),
        statusWith(keys['south'], 'api.one.example'),
        statusWith(keys['one'], 'north.example'),
        statusWith(keys['south'], 'localhost'),
      ]),
    ).toEqual([200, 200, 401, 401, 401, 200])
    const [foreign, unknown] = await Promise.all(
      [keys['two'], 'sm_nobody'].map(async (key) =>
        (await at('one.example', '/api/v1/tenant', { authorization: `Bearer ${key ?? ''}` })).text(),
      ),
    )
    expect(foreign).toBe(unknown)
  })

  it('a platform key at the host of a brand is that brand’s, and names no tenant of another', async () => {
    expect([
      await statusWith(test.key, 'api.one.example'),
      await statusWith(test.key, 'api.one.example', 'north'),
      await statusWith(test.key, 'api.one.example', 'south'),
    ]).toEqual([200, 200, 404])
    const own = await at('api.two.example', '/api/v1/tenant', { authorization: `Bearer ${test.key}` })
    expect(await own.json()).toMatchObject({ tenant: 'two' })
  })

  it('nobody signs in at the host of another brand', async () => {
    const signIn = async (host: string, key: string | undefined): Promise<number> =>
      (
        await fetch(new URL('/session', test.url), {
          method: 'POST',
          headers: { host, 'content-type': 'application/json' },
          body: JSON.stringify({ key }),
        })
      ).status
    expect(await Promise.all([signIn('one.example', keys['north']), signIn('two.example', keys['north'])])).toEqual([
      201, 401,
    ])
  })

  it('OCPP at the host of a tenant is its station, without naming it; a tenant that the address names goes before', async () => {
    await as('north')('PUT', '/api/v1/charge-points/CP-1', { password })
    await as('south')('PUT', '/api/v1/charge-points/CP-2', { password })
    const station = await foreignStation(test.url, 'CP-1', password, { headers: { host: 'NORTH.example:443' } })
    await station.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' })
    await until('the station', async () => {
      const point: { readonly online: boolean } = (await as('north')('GET', '/api/v1/charge-points/CP-1')).body
      return point.online
    })
    await station.close()
    await expect(foreignStation(test.url, 'CP-1', password, { headers: { host: 'two.example' } })).rejects.toThrow(
      /Not Found/,
    )
    await expect(foreignStation(test.url, 'CP-1', password)).rejects.toThrow(/Not Found/)
    // a CPO that moves must not lose its stations, which have the host of its reseller before
    const named = await foreignStation(test.url, 'CP-2', password, {
      tenant: 'south',
      headers: { host: 'one.example' },
    })
    await named.close()
  })

  it.each([
    ['the host of another', { hosts: { page: 'TWO.example.' } }, 422, '/hosts/page', /two\.example is another tenant/],
    ['an address', { hosts: { page: '127.0.0.1' } }, 422, '/hosts/page', /name of a host/],
    [
      'a colour that cannot be read',
      { colours: { light: { accent: '#ff9900' } } },
      422,
      '/colours/light/accent',
      /contrast of 1\.99:1/,
    ],
    [
      'a colour that is none',
      { colours: { light: { accent: 'red' } } },
      422,
      '/colours/light/accent',
      /colour such as/,
    ],
    [
      'a colour of something else',
      { colours: { light: { bad: '#000000' } } },
      422,
      '/colours/light/bad',
      /not a field/,
    ],
  ])('refuses %s', async (_, body, status, pointer, detail) => {
    const answer = await platform('PUT', '/api/v1/brand', 'one', body)
    expect([answer.status, answer.body['pointer'], answer.body['detail']]).toEqual([
      status,
      pointer,
      expect.stringMatching(detail),
    ])
  })

  it('host names are the platform’s to give', async () => {
    const own = await as('one')('PUT', '/api/v1/brand', {
      hosts: { ocpp: 'ws.one.example', api: 'api.one.example', page: 'mine.example' },
    })
    expect([own.status, own.body['pointer']]).toEqual([403, '/hosts/page'])
    const same = { ocpp: 'ws.one.example', api: 'api.one.example', page: 'ONE.example' }
    const put = { name: 'Brand <one>', colours: { light: { accent: '#7a1fa2' } }, hosts: same }
    expect((await as('one')('PUT', '/api/v1/brand', put)).status).toBe(200)
  })

  it.each([
    ['a script', picture.replace('/>', '/><script>alert(1)</script>'), 'image/svg+xml', 422],
    ['an SVG that says it is a PNG', picture, 'image/png', 422],
    ['a web page', picture, 'text/html', 415],
    ['JSON', '{}', 'application/json', 415],
    ['too much', ' '.repeat(131_073), 'image/svg+xml', 413],
    ['nothing', '', 'image/png', 422],
  ])('a logo is refused that is %s', async (_, body, type, status) => {
    expect((await putLogo('two', body, type)).status).toBe(status)
    expect((await as('two')('GET', '/api/v1/brand/logo')).status).toBe(404)
  })

  it('a brand is taken back: the page is the installation’s again, the host stays', async () => {
    expect((await as('two')('DELETE', '/api/v1/brand')).status).toBe(204)
    expect(await (await at('two.example', '/brand.json')).json()).toEqual({
      name: 'Stationmaster',
      colours: null,
      logo: null,
    })
    expect((await as('two')('GET', '/api/v1/brand')).body).toMatchObject({ hosts: { page: 'two.example' } })
    expect((await as('two')('DELETE', '/api/v1/brand')).status).toBe(404)
  })
})
