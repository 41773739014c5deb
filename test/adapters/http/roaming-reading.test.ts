import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
describe('an EMP and a CPO on one server: two tenants, over its own port', () => {
  let test: TestServer

  beforeAll(async () => {
    test = await startServer({}, { roamingHosts: ['127.0.0.1'] })
    await test.addTenant('emp')
    await as('default', 'PUT', '/api/v1/parties/us', { role: 'cpo', name: 'CPO', code: 'DE*ABC' })
    await as('emp', 'PUT', '/api/v1/parties/us', { role: 'emp', name: 'EMP', code: 'NL*EMP', isOurs: true })
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

  it('the list of the CPO is read without anybody asking for it, and again on request', async () => {
    const first = await done('tariffs')
    const asked = await as('emp', 'POST', `${at}/cpo/pull`, { module: 'tariffs' })
    const again: Items<Chore> = asked.body
    const second = await done('tariffs')
    expect([asked.status, again.items.map(({ state, whole }) => [state, whole]), first.whole, second.whole]).toEqual([
      202,
      [['waiting', true]],
      false,
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
