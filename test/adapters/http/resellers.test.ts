import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { administrator, apiOf, startServer, type TestServer, until } from '../../support/server.ts'
import { deskOf } from '../../support/tickets.ts'

const password = 'a-password-of-the-station'
const today = (): string => new Date().toISOString().slice(0, 10)

describe('the key of a reseller', () => {
  let test: TestServer
  let reseller: TestServer['api']
  let resellerKey = ''

  const keyOf = async (tenant: string, role: string): Promise<string> =>
    (await test.api('POST', '/api/v1/api-keys', { label: role, role }, { 'sm-tenant': tenant })).body['key']
  const inCpo = (tenant: string, method: string, path: string, body?: unknown) =>
    reseller(method, path, body, { 'sm-tenant': tenant })
  const moveAway = (tenant: string) =>
    test.api('POST', `/api/v1/tenants/${tenant}/move`, { reseller: null, day: today() })
  const signedIn = async (key: string): Promise<{ readonly cookie: string; readonly csrf: string }> => {
    const answer = await fetch(new URL('/session', test.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ key }),
    })
    const { csrf } = (await answer.json()) as { csrf: string }
    return { csrf, cookie: (answer.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '' }
  }
  const session = (
    { cookie, csrf }: { readonly cookie: string; readonly csrf: string },
    method = 'GET',
    body?: object,
  ): Promise<Response> =>
    fetch(new URL('/session', test.url), {
      method,
      headers: { cookie, 'x-csrf-token': csrf, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })

  beforeAll(async () => {
    test = await startServer({ SM_TIME_ZONE: 'UTC' })
    const tenants = { r1: {}, r2: {}, north: { parent: 'r1' }, west: { parent: 'r1' }, south: { parent: 'r2' } }
    for (const [tenant, more] of Object.entries(tenants))
      await test.api('PUT', `/api/v1/tenants/${tenant}`, {
        name: tenant.toUpperCase(),
        kind: 'parent' in more ? 'cpo' : 'reseller',
        ...more,
      })
    resellerKey = await keyOf('r1', 'reseller')
    reseller = apiOf(test.url, resellerKey)
    for (const tenant of ['north', 'south'])
      await test.api('PUT', '/api/v1/charge-points/CP-1', { password }, { 'sm-tenant': tenant })
  })
  afterAll(() => test?.stop())

  it('speaks for the CPOs below it, and for no other: one that there is not is answered alike', async () => {
    expect((await inCpo('north', 'GET', '/api/v1/charge-points/CP-1')).body).toMatchObject({ tenant: 'north' })
    const refused = await Promise.all(
      ['south', 'r2', 'default', 'nobody'].map((tenant) => inCpo(tenant, 'GET', '/api/v1/charge-points/CP-1')),
    )
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403])
    expect(new Set(refused.map(({ body }) => JSON.stringify(body))).size).toBe(1)
    expect((await reseller('GET', '/api/v1/charge-points/CP-1')).status).toBe(404)
  })

  it('a key of a reseller’s tenant that is none of role reseller enters nobody', async () => {
    const operator = apiOf(test.url, await keyOf('r1', 'operator'))
    expect((await operator('GET', '/api/v1/charge-points', undefined, { 'sm-tenant': 'north' })).status).toBe(403)
    expect((await operator('GET', '/api/v1/tenants')).body['items']).toHaveLength(2)
  })

  it('shows how it stands with each CPO, and what it is billed for', async () => {
    const standing = await reseller('GET', '/api/v1/resale')
    expect([standing.status, standing.body['items']]).toEqual([
      200,
      [
        { cpo: 'north', name: 'NORTH', chargePoints: 1, online: 0, openSessions: 0, energyWh: 0 },
        { cpo: 'west', name: 'WEST', chargePoints: 0, online: 0, openSessions: 0, energyWh: 0 },
      ],
    ])
    const admin = administrator(test.server.target, test.data)
    for (const tenant of ['north', 'south'])
      await admin`insert into connected_ports (tenant, month, identity, evse, days) values (${tenant}, date_trunc('month', now() at time zone 'UTC')::date, 'CP-1', 1, (1 << (extract(day from now() at time zone 'UTC')::int - 1)))`
    await admin.end({ timeout: 1 })
    const month = today().slice(0, 7)
    await reseller('PUT', '/api/v1/parties/r1', { role: 'csr', name: 'R1' })
    await reseller('PUT', '/api/v1/parties/north', { role: 'cpo', name: 'North', reseller: 'r1' })
    const terms = { currency: 'EUR', from: '2020-01-01', tiers: [{ from: 0, perPort: '2.50' }], vat: '19' }
    const made = [
      await reseller('PUT', '/api/v1/resale-contracts/up', {
        ...terms,
        seller: 'platform',
        buyer: 'r1',
        minimum: '10',
      }),
      await reseller('PUT', '/api/v1/resale-contracts/down', { ...terms, seller: 'r1', buyer: 'north' }),
    ]
    expect(made.map(({ status }) => status)).toEqual([201, 201])
    expect((await reseller('GET', `/api/v1/resale/${month}`)).body).toEqual({
      month,
      reseller: 'r1',
      ports: 1,
      cpos: [{ cpo: 'north', name: 'NORTH', ports: 1 }],
      bills: [
        {
          contract: 'down',
          seller: 'r1',
          buyer: 'north',
          ports: 1,
          currency: 'EUR',
          perPort: '2.50',
          isMinimum: false,
          net: '2.50',
          tax: '0.48',
        },
        {
          contract: 'up',
          seller: 'platform',
          buyer: 'r1',
          ports: 1,
          currency: 'EUR',
          perPort: '2.50',
          isMinimum: true,
          net: '10.00',
          tax: '1.90',
        },
      ],
      items: [{ cpo: 'north', chargePoint: 'CP-1', evse: 1, days: [Number(today().slice(8))] }],
      next: null,
    })
    expect((await test.api('GET', `/api/v1/resale/${month}`)).body).toMatchObject({ ports: 0, items: [] })
    expect((await reseller('GET', '/api/v1/resale/2026-13')).status).toBe(400)
  })

  it('on the console it enters a CPO below it and goes home again', async () => {
    const first = await signedIn(resellerKey)
    expect(await (await session(first)).json()).toMatchObject({
      tenant: 'r1',
      name: 'R1',
      kind: 'reseller',
      home: null,
    })
    const entered = await session(first, 'PUT', { tenant: 'north' })
    const { csrf } = (await entered.json()) as { csrf: string }
    const second = { csrf, cookie: (entered.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '' }
    expect(await (await session(second)).json()).toMatchObject({ tenant: 'north', kind: 'cpo', home: 'r1' })
    const seen = await fetch(new URL('/api/v1/charge-points/CP-1', test.url), { headers: { cookie: second.cookie } })
    expect(await seen.json()).toMatchObject({ tenant: 'north' })
    const tried = await Promise.all(
      ['r1', 'west', 'south', 'r2', 'nobody', ''].map(
        async (tenant) => (await session(second, 'PUT', { tenant })).status,
      ),
    )
    expect(tried).toEqual([200, 200, 404, 404, 404, 404])
    expect((await session({ ...second, csrf: 'forged' }, 'PUT', { tenant: 'west' })).status).toBe(403)
  })

  it('what another worker has committed counts here within two seconds', async () => {
    const desk = await deskOf(test)
    const { tenantRegister } = desk.store
    const act = { by: { key: '00000000-0000-7000-8000-000000000000', label: 'elsewhere' }, at: Date.now() }
    const within = async (status: number): Promise<void> => {
      const began = performance.now()
      await until(`${status}`, async () => (await inCpo('late', 'GET', '/api/v1/tenant')).status === status, 4_000)
      expect(performance.now() - began).toBeLessThan(2_000)
    }
    expect((await inCpo('late', 'GET', '/api/v1/tenant')).status).toBe(403)
    await tenantRegister.put('late', { name: 'Late', kind: 'cpo', parent: 'r1', isClosed: false }, act)
    await within(200)
    await tenantRegister.move('late', { day: today() }, act)
    await within(403)
    await desk.close()
  })

  it('what it sees of a CPO ends with its move: by its key, by its cookie, by a key that it made there', async () => {
    await test.api('PUT', '/api/v1/tenants/mover', { name: 'Mover', kind: 'cpo', parent: 'r1' })
    const made = await inCpo('mover', 'POST', '/api/v1/api-keys', { label: 'left behind' })
    const child = apiOf(test.url, made.body['key'])
    const grandchild = apiOf(test.url, (await child('POST', '/api/v1/api-keys', { label: 'and its own' })).body['key'])
    const own = apiOf(test.url, await keyOf('mover', 'operator'))
    const first = await signedIn(resellerKey)
    const entered = await session(first, 'PUT', { tenant: 'mover' })
    const cookie = (entered.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
    const statuses = async (): Promise<readonly number[]> => [
      (await inCpo('mover', 'GET', '/api/v1/tenant')).status,
      (await fetch(new URL('/api/v1/tenant', test.url), { headers: { cookie } })).status,
      (await child('GET', '/api/v1/tenant')).status,
      (await grandchild('GET', '/api/v1/tenant')).status,
      (await own('GET', '/api/v1/tenant')).status,
    ]
    expect(await statuses()).toEqual([200, 200, 200, 200, 200])
    const events = await fetch(new URL('/api/v1/events', test.url), { headers: { cookie } })
    const reader = events.body?.getReader()
    await moveAway('mover')
    expect(await statuses()).toEqual([403, 401, 401, 401, 200])
    // what is followed ends as well
    await until('the end of the stream', async () => {
      const { done } = (await reader?.read()) ?? { done: true }
      return done
    })
  })
})
