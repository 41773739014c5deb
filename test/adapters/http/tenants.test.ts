import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiOf, startServer, type TestServer, until } from '../../support/server.ts'
import { foreignStation } from '../../support/station.ts'

interface TenantListed {
  readonly tenant: string
  readonly parent: string | null
  readonly parents: readonly object[]
}
const password = 'a-password-of-the-station'
const dayMs = 86_400_000
const dayIn = (days: number): string => new Date(Date.now() + days * dayMs).toISOString().slice(0, 10)

describe('tenants over the API', () => {
  let test: TestServer
  let r1: TestServer['api']
  let north: TestServer['api']

  const put = (tenant: string, body: object) => test.api('PUT', `/api/v1/tenants/${tenant}`, body)
  const keyOf = async (tenant: string): Promise<TestServer['api']> => {
    const { body } = await test.api('POST', '/api/v1/api-keys', { label: tenant }, { 'sm-tenant': tenant })
    return apiOf(test.url, body['key'])
  }
  const namesOf = async (api: TestServer['api']): Promise<readonly string[]> => {
    const items: readonly TenantListed[] = (await api('GET', '/api/v1/tenants')).body['items']
    return items.map(({ tenant }) => tenant)
  }

  beforeAll(async () => {
    test = await startServer({ SM_TIME_ZONE: 'UTC' })
    await put('r1', { name: 'Reseller one', kind: 'reseller' })
    await put('r2', { name: 'Reseller two', kind: 'reseller' })
    await put('north', { name: 'North', kind: 'cpo', parent: 'r1' })
    await put('south', { name: 'South', kind: 'cpo' })
    r1 = await keyOf('r1')
    north = await keyOf('north')
  })
  afterAll(() => test?.stop())

  it('a tenant is made, shown, and put as it is without any change', async () => {
    const made = await put('west', { name: 'West', kind: 'cpo', parent: 'r2' })
    expect([made.status, made.body]).toEqual([
      201,
      {
        tenant: 'west',
        name: 'West',
        kind: 'cpo',
        closedAt: null,
        parent: 'r2',
        parents: [{ reseller: 'r2', from: dayIn(0), until: null }],
      },
    ])
    const again = await put('west', { name: 'West', kind: 'cpo', parent: 'r2' })
    expect([again.status, again.body]).toEqual([200, made.body])
    expect((await test.api('GET', '/api/v1/tenants/west')).body).toEqual(made.body)
    const { body } = await test.api('GET', '/api/v1/audit', undefined, { 'sm-tenant': 'west' })
    const entries: readonly { readonly action: string }[] = body['items']
    expect(entries.map(({ action }) => action)).toEqual(['tenant.changed'])
  })

  it('a tenant that was made over the API takes a charge point, a session, and writes its CDR, with no restart', async () => {
    await put('fresh', { name: 'Fresh', kind: 'cpo' })
    const api = await keyOf('fresh')
    expect((await api('PUT', '/api/v1/charge-points/CP-1', { password })).status).toBe(201)
    await api('PUT', '/api/v1/tokens/CARD', {})
    const charger = await foreignStation(test.url, 'CP-1', password, { tenant: 'fresh' })
    await charger.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' })
    const started = await charger.call('StartTransaction', {
      connectorId: 1,
      idTag: 'CARD',
      meterStart: 0,
      timestamp: new Date(Date.now() - 60_000).toISOString(),
    })
    expect(started['idTagInfo']).toEqual({ status: 'Accepted' })
    await charger.call('StopTransaction', {
      transactionId: started['transactionId'],
      meterStop: 1_234,
      timestamp: new Date().toISOString(),
    })
    const cdr = await until('the CDR', async () => {
      const { body } = await api('GET', '/api/v1/cdrs')
      const [first]: readonly { readonly energyWh: number }[] = body['items']
      return first
    })
    expect(cdr).toMatchObject({ chargePoint: 'CP-1', energyWh: 1_234 })
    await charger.close()
  })

  it.each([
    ['a name in capitals', 'North!', { name: 'N', kind: 'cpo' }, 400, '/tenant'],
    ['a kind that there is not', 'x', { name: 'X', kind: 'csr' }, 422, '/kind'],
    ['a reseller that is not there', 'x', { name: 'X', kind: 'cpo', parent: 'nobody' }, 422, '/parent'],
    ['a reseller that is a CPO', 'x', { name: 'X', kind: 'cpo', parent: 'south' }, 422, '/parent'],
    ['a reseller below a reseller', 'x', { name: 'X', kind: 'reseller', parent: 'r1' }, 422, '/parent'],
    ['another kind for who has CPOs below it', 'r1', { name: 'R', kind: 'cpo' }, 422, '/kind'],
    ['another kind for who is below somebody', 'north', { name: 'N', kind: 'reseller' }, 422, '/kind'],
    ['a move without a day', 'north', { name: 'North', kind: 'cpo', parent: 'r2' }, 422, '/parent'],
    ['a field that is none', 'x', { name: 'X', kind: 'cpo', parents: [] }, 422, '/parents'],
  ])('refuses %s, with its pointer', async (_, tenant, body, status, pointer) => {
    const answer = await put(tenant, body)
    expect([answer.status, answer.body['pointer']]).toEqual([status, pointer])
    expect((await test.api('GET', '/api/v1/tenants/x')).status).toBe(404)
  })

  it('there is one platform', async () => {
    expect((await put('owner', { name: 'Owner', kind: 'platform' })).status).toBe(201)
    const second = await put('owner2', { name: 'Owner', kind: 'platform' })
    expect([second.status, second.body['detail']]).toEqual([422, '/kind: the platform is owner: there is one'])
  })

  it('a reseller sees its CPOs and only them, in the list and by guessing', async () => {
    expect(await namesOf(r1)).toEqual(['north'])
    const seen = await Promise.all(
      ['north', 'r1', 'south', 'west', 'r2', 'nobody'].map(
        async (one) => (await r1('GET', `/api/v1/tenants/${one}`)).status,
      ),
    )
    expect(seen).toEqual([200, 200, 404, 404, 404, 404])
  })

  it('a CPO sees itself, and makes and moves nobody', async () => {
    expect(await namesOf(north)).toEqual(['north'])
    expect((await north('GET', '/api/v1/tenants/r1')).status).toBe(404)
    const tried = [
      await north('PUT', '/api/v1/tenants/north', { name: 'N', kind: 'cpo' }),
      await north('POST', '/api/v1/tenants/north/move', { reseller: 'r2', day: dayIn(0) }),
      await r1('PUT', '/api/v1/tenants/south/parents/2099-01-01', { reseller: 'r1' }),
      await r1('DELETE', '/api/v1/tenants/north/parents/2099-01-01'),
    ]
    expect(tried.map(({ status }) => status)).toEqual([403, 403, 403, 403])
  })

  it('a CPO moves on a day: planned, overlaps are named, what has begun stays, and a reseller sees what concerns itself', async () => {
    await put('mover', { name: 'Mover', kind: 'cpo', parent: 'r1' })
    const move = await test.api('POST', '/api/v1/tenants/mover/move', { reseller: 'r2', day: dayIn(5) })
    const moves: TenantListed = move.body
    expect([move.status, moves.parent, moves.parents]).toEqual([
      200,
      'r1',
      [
        { reseller: 'r1', from: dayIn(0), until: dayIn(5) },
        { reseller: 'r2', from: dayIn(5), until: null },
      ],
    ])
    const overlap = await test.api('PUT', `/api/v1/tenants/mover/parents/${dayIn(3)}`, { reseller: 'r2' })
    expect([overlap.status, overlap.body['pointer'], overlap.body['detail']]).toEqual([
      422,
      '/from',
      expect.stringContaining('a CPO is below one reseller at a time'),
    ])
    const past = await test.api('POST', '/api/v1/tenants/mover/move', { reseller: 'r2', day: dayIn(-1) })
    expect([past.status, past.body['pointer']]).toEqual([422, '/day'])
    const begun = await test.api('DELETE', `/api/v1/tenants/mover/parents/${dayIn(0)}`)
    expect(begun.status).toBe(409)
    const shown: TenantListed = (await r1('GET', '/api/v1/tenants/mover')).body
    expect(shown.parents).toEqual([{ reseller: 'r1', from: dayIn(0), until: dayIn(5) }])
    expect((await test.api('DELETE', `/api/v1/tenants/mover/parents/${dayIn(5)}`)).status).toBe(204)
    expect((await test.api('DELETE', `/api/v1/tenants/mover/parents/${dayIn(5)}`)).status).toBe(404)
  })

  it('what a reseller saw of a CPO ends with its move', async () => {
    await put('leaver', { name: 'Leaver', kind: 'cpo', parent: 'r1' })
    expect(await namesOf(r1)).toContain('leaver')
    await test.api('POST', '/api/v1/tenants/leaver/move', { reseller: null, day: dayIn(0) })
    expect(await namesOf(r1)).not.toContain('leaver')
    expect((await r1('GET', '/api/v1/tenants/leaver')).status).toBe(404)
  })

  it('a closed tenant lets no charge point in and says why, can be read and not changed; and is open again', async () => {
    await put('ender', { name: 'Ender', kind: 'cpo' })
    const ender = await keyOf('ender')
    await ender('PUT', '/api/v1/charge-points/CP-9', { password })
    const station = await foreignStation(test.url, 'CP-9', password, { tenant: 'ender' })
    const closing = await put('ender', { name: 'Ender', kind: 'cpo', closed: true })
    expect(closing.body['closedAt']).toMatch(/^20/)
    expect(await station.closed).toEqual({ code: 1008, reason: 'its operator is closed' })
    await expect(foreignStation(test.url, 'CP-9', password, { tenant: 'ender' })).rejects.toThrow(/Forbidden/)
    const write = await ender('PUT', '/api/v1/tokens/CARD', {})
    expect([write.status, write.body['detail']]).toEqual([
      409,
      'tenant ender is closed: it can be read, and not changed',
    ])
    expect((await ender('GET', '/api/v1/charge-points/CP-9')).status).toBe(200)
    // the platform settles what is left
    expect((await test.api('PUT', '/api/v1/tokens/CARD', {}, { 'sm-tenant': 'ender' })).status).toBe(201)
    await put('ender', { name: 'Ender', kind: 'cpo' })
    const again = await foreignStation(test.url, 'CP-9', password, { tenant: 'ender' })
    expect((await ender('PUT', '/api/v1/tokens/CARD2', {})).status).toBe(201)
    await again.close()
  })
})
