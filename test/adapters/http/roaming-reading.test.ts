import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { berlin, type2 } from '../../support/market.ts'
import { startServer, type TestServer, until } from '../../support/server.ts'

interface Chore {
  readonly kind: string
  readonly module: string
  readonly state: string
  readonly whole: boolean
  readonly counts: Readonly<Record<string, number>>
}
interface Items<Of> {
  readonly items: readonly Of[]
  readonly next?: string | null
}

const at = '/api/v1/roaming-partners'
const tariff = {
  currency: 'EUR',
  taxIncluded: 'NO',
  startsAt: '2026-01-01T00:00:00Z',
  elements: [{ components: [{ dimension: 'ENERGY', price: '0.50', vat: '19' }] }],
}

describe('an EMP and a CPO on one server: two tenants, over its own port', () => {
  let test: TestServer

  beforeAll(async () => {
    test = await startServer({}, { roamingHosts: ['127.0.0.1'] })
    await test.addTenant('emp')
    await as('default', 'PUT', '/api/v1/parties/us', { role: 'cpo', name: 'CPO', code: 'DE*ABC' })
    await as('emp', 'PUT', '/api/v1/parties/us', { role: 'emp', name: 'EMP', code: 'NL*EMP', isOurs: true })
    await as('default', 'PUT', '/api/v1/sites/north', { ...berlin, published: true })
    await as('default', 'PUT', '/api/v1/sites/north/roles/operator', { party: 'us' })
    await as('default', 'PUT', '/api/v1/charging-stations/one', { site: 'north' })
    await as('default', 'PUT', '/api/v1/evses/one', { station: 'one', connectors: [type2] })
    for (const id of ['day', 'night']) {
      await as('default', 'PUT', `/api/v1/tariffs/${id}`, tariff)
      await as('default', 'PUT', `/api/v1/tariff-assignments/${id}`, { tariff: id, from: '2026-01-01T00:00:00Z' })
    }
    const quirks = { lacks: ['tokens', 'locations'] }
    await as('default', 'PUT', `${at}/emp`, { quirks })
    const given: object = (await as('default', 'POST', `${at}/emp/invitation`)).body
    await as('emp', 'POST', at, { id: 'cpo', ...given, quirks })
  })
  afterAll(() => test?.stop())

  const as = (tenant: string, method: string, path: string, body?: unknown) =>
    test.api(method, path, body, { 'sm-tenant': tenant })
  const chore = async (kind: string, module: string): Promise<Chore | undefined> => {
    const { items }: Items<Chore> = (await as('emp', 'GET', `${at}/cpo/chores`)).body
    return items.find((one) => one.kind === kind && one.module === module)
  }
  const done = (module: string): Promise<Chore> =>
    until(`the pull of ${module}`, async () => {
      const found = await chore('pull', module)
      if (found?.state === 'failed') throw new Error(JSON.stringify(found))
      return found?.state === 'done' ? found : undefined
    })

  it('the EMP has the tariffs of the CPO without anybody asking for them, and again on request', async () => {
    await done('tariffs')
    await until('both of them', async () => {
      const { items }: Items<object> = (await as('emp', 'GET', '/api/v1/roaming/tariffs')).body
      return items.length === 2
    })
    await as('emp', 'POST', `${at}/cpo/pull`, { module: 'tariffs' })
    const second = await done('tariffs')
    expect(second.counts).toEqual({ same: 2 })
    const page: Items<{ id: string }> = (await as('emp', 'GET', '/api/v1/roaming/tariffs?limit=1')).body
    const rest: Items<{ id: string }> = (await as('emp', 'GET', `/api/v1/roaming/tariffs?cursor=${page.next}`)).body
    const one = await as('emp', 'GET', '/api/v1/roaming/tariffs/de/abc/DAY')
    expect([
      [...page.items, ...rest.items].map(({ id }) => id).toSorted(),
      one.body,
      (await chore('pull', 'tariffs'))?.whole,
    ]).toMatchObject([
      ['day', 'night'],
      { countryCode: 'DE', partyId: 'ABC', id: 'day', partner: 'cpo', verdict: null, body: { currency: 'EUR' } },
      false,
    ])
  })

  it('both find what they exchanged in their ledgers and scorecards', async () => {
    const lines = await until('the ledgers', async () => {
      const [ours, theirs] = await Promise.all(
        [
          ['emp', 'cpo'],
          ['default', 'emp'],
        ].map(async ([tenant = '', partner]): Promise<Items<{ kind: string; result: string }>> => {
          const path = `/api/v1/roaming/exchanges?partner=${partner}&module=tariffs&result=done`
          return (await as(tenant, 'GET', path)).body
        }),
      )
      return (ours?.items.length ?? 0) > 0 && (theirs?.items.length ?? 0) > 0 ? [ours, theirs] : undefined
    })
    const { body } = await as('emp', 'GET', `${at}/cpo/scorecard`)
    const card: { modules: readonly { module: string; days: readonly { exchanges: number; done: number }[] }[] } = body
    const tariffs = card.modules.find(({ module }) => module === 'tariffs')
    expect([lines.map((of) => of?.items[0]?.kind), tariffs?.days[0]?.exchanges]).toEqual([
      ['pull', 'pulled'],
      tariffs?.days[0]?.done,
    ])
  })

  it('what cannot be done is said', async () => {
    const answers = await Promise.all([
      as('emp', 'POST', `${at}/cpo/reconcile`, { module: 'tariffs' }),
      as('emp', 'POST', `${at}/cpo/pull`, { module: 'tokens' }),
      as('emp', 'POST', `${at}/nobody/pull`, {}),
      as('emp', 'GET', '/api/v1/roaming/moods'),
      as('emp', 'GET', '/api/v1/roaming/tariffs/D/%00/x'),
      as('emp', 'GET', '/api/v1/roaming/exchanges?cursor=x'),
    ])
    expect(answers.map(({ status }) => status)).toEqual([409, 422, 404, 400, 404, 400])
  })

  it('one tenant sees nothing of what the other was told', async () => {
    const page: Items<object> = (await as('default', 'GET', '/api/v1/roaming/tariffs')).body
    const one = await as('default', 'GET', '/api/v1/roaming/tariffs/DE/ABC/day')
    expect([page.items, one.status]).toEqual([[], 404])
  })
})
