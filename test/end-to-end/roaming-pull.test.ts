import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Json } from '../../core/roaming/field.ts'
import { berlin, type2 } from '../support/market.ts'
import { administrator, startServer, type TestServer, until } from '../support/server.ts'

interface Chore {
  readonly kind: string
  readonly module: string
  readonly state: string
  readonly items: number
}

interface Row {
  readonly module: string
  readonly id: string
  readonly body: Json
}

describe('an EMP and a CPO that find each other, part, and find each other again: two tenants of one server', () => {
  let test: TestServer
  let admin: postgres.Sql

  const as = (tenant: string, method: string, path: string, body?: unknown) =>
    test.api(method, `/api/v1/${path}`, body, { 'sm-tenant': tenant })
  const made = async (path: string, body: unknown, tenant = 'default'): Promise<void> => {
    const { status, body: said } = await as(tenant, 'PUT', path, body)
    if (status >= 300) throw new Error(`${path}: ${status} ${JSON.stringify(said)}`)
  }
  const location = async (n: number): Promise<void> => {
    await made(`sites/SITE-${n}`, { ...berlin, name: `Site ${n}`, published: true })
    await made(`sites/SITE-${n}/roles/operator`, { party: 'us' })
    await made(`charging-stations/ST-${n}`, { site: `SITE-${n}` })
    await made(`evses/EVSE-${n}`, { station: `ST-${n}`, connectors: [type2] })
  }
  const tariff = (id: string, price: string): Promise<void> =>
    made(`tariffs/${id}`, {
      currency: 'EUR',
      taxIncluded: 'NO',
      startsAt: '2026-01-01T00:00:00Z',
      elements: [{ components: [{ dimension: 'ENERGY', price, vat: '19' }] }],
    })

  const registered = async (path: string, more: object = {}): Promise<void> => {
    const { body: invitation } = await as('default', 'POST', 'roaming-partners/emp/invitation')
    const { token, url } = invitation as { readonly token: string; readonly url: string }
    const { body } = await as('other', 'POST', path, { token, url, ...more })
    if ((body as { state: string }).state !== 'registered') throw new Error(JSON.stringify(body))
  }
  const pulled = (module: string): Promise<Chore> =>
    until(`the pull of ${module}`, async () => {
      const { items } = (await as('other', 'GET', 'roaming-partners/cpo/chores')).body as { items: readonly Chore[] }
      return items.find((one) => one.kind === 'pull' && one.module === module && one.state === 'done')
    })
  /** A location that is no more has nothing but EVSEs that are removed (OCPI 2.3.0 mod_locations). */
  const isThere = `not is_removed and (module <> 'locations' or jsonb_path_exists(body, '$.evses[*] ? (@.status != "REMOVED")'))`
  /** What one has of its own, and what the other has of it. */
  const both = async (): Promise<readonly (readonly Row[])[]> => [
    await admin<Row[]>`select module, id, body from roaming_objects
      where tenant = 'default' and ${admin.unsafe(isThere)} order by module, id`,
    await admin<Row[]>`select module, id, body from roaming_received
      where tenant = 'other' and ${admin.unsafe(isThere)} order by module, id`,
  ]
  const same = (names: readonly string[]): Promise<boolean> =>
    until(`both to have ${names.join(', ')}`, async () => {
      const [ours, theirs] = await both()
      const named = ours?.map(({ module, id }) => `${module}/${id}`) ?? []
      return named.join() === names.join() && JSON.stringify(ours) === JSON.stringify(theirs)
    })

  beforeAll(async () => {
    test = await startServer({}, { roamingHosts: ['127.0.0.1'] })
    await test.addTenant('other')
    admin = administrator(test.server.target, test.data)
    await made('parties/us', { role: 'cpo', name: 'CPO', code: 'DE*ABC' })
    await made('parties/them', { role: 'emp', name: 'EMP', code: 'NL*EMP', isOurs: true }, 'other')
    await location(1)
    await tariff('day', '0.49')
    await made('tariff-assignments/day', { tariff: 'day', from: '2026-01-01T00:00:00Z' })
    await made('roaming-partners/emp', {})
  }, 60_000)
  afterAll(async () => {
    await admin?.end({ timeout: 1 })
    await test?.stop()
  })

  it('the EMP has all that the CPO has, pulled and told', async () => {
    await registered('roaming-partners', { id: 'cpo' })
    const [locations, tariffs] = [await pulled('locations'), await pulled('tariffs')]
    expect([locations.state, tariffs.state]).toEqual(['done', 'done'])
    expect(await same(['locations/SITE-1', 'tariffs/day'])).toBe(true)
  })

  it('hears of changes, and of none once it has left', async () => {
    await location(2)
    await tariff('day', '0.59')
    await same(['locations/SITE-1', 'locations/SITE-2', 'tariffs/day'])
    const { status } = await as('other', 'POST', 'roaming-partners/cpo/unregister', {})
    const { body } = await as('default', 'GET', 'roaming-partners/emp')
    await made('sites/SITE-1', { ...berlin, name: 'Renamed', published: true })
    await made('sites/SITE-2', { ...berlin, name: 'Site 2', published: false })
    await location(3)
    const [, theirs] = await both()
    expect([status, (body as { state: string }).state, JSON.stringify(theirs).includes('Renamed')]).toEqual([
      200,
      'ended',
      false,
    ])
  })

  it('and has what there is by then, and nothing else, when it has registered again', async () => {
    await registered('roaming-partners/cpo/connect')
    expect(await same(['locations/SITE-1', 'locations/SITE-3', 'tariffs/day'])).toBe(true)
    const [, theirs] = await both()
    expect(theirs?.[0]?.body['name']).toBe('Renamed')
  })
})
