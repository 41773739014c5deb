import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { administrator, startServer, type TestServer } from '../../support/server.ts'

interface Partner {
  readonly state: string
  readonly version: string | null
  readonly roles: readonly { readonly role: string; readonly countryCode: string; readonly partyId: string }[]
  readonly checks: readonly { readonly step: string; readonly passed: boolean; readonly detail: string }[]
}

const at = '/api/v1/roaming-partners'

describe('roaming partners over the API: two tenants of one server, over its own port', () => {
  let test: TestServer
  let admin: postgres.Sql

  beforeAll(async () => {
    test = await startServer({}, { roamingHosts: ['127.0.0.1'] })
    await test.addTenant('other')
    admin = administrator(test.server.target, test.data)
    for (const [tenant, code] of [
      ['default', 'DE*ABC'],
      ['other', 'AT*XYZ'],
    ] as const)
      await as(tenant, 'PUT', '/api/v1/parties/us', { role: 'cpo', name: `CPO of ${tenant}`, code })
  })
  afterAll(async () => {
    await admin?.end({ timeout: 1 })
    await test?.stop()
  })

  const as = (tenant: string, method: string, path: string, body?: unknown) =>
    test.api(method, path, body, { 'sm-tenant': tenant })
  const lacks = { quirks: { lacks: ['tokens'] } }
  const url = (tenant = 'default'): string => new URL(`/ocpi/${tenant}/versions`, test.url).href
  const show = (token: string) => ({ authorization: `Token ${Buffer.from(token).toString('base64')}` })
  const invited = async (id: string): Promise<{ readonly token: string; readonly url: string }> => {
    await as('default', 'PUT', `${at}/${id}`, lacks)
    return (await as('default', 'POST', `${at}/${id}/invitation`)).body
  }

  it('register, change their tokens, and part', async () => {
    const given = await invited('there')
    const made = await as('other', 'POST', at, { id: 'here', ...given, ...lacks })
    const theirs: Partner = (await as('default', 'GET', `${at}/there`)).body
    const ours: Partner = made.body
    const rotated = await as('other', 'POST', `${at}/here/rotate`)
    const back = await as('default', 'POST', `${at}/there/rotate`)
    const parted = await as('other', 'POST', `${at}/here/unregister`)
    const after: Partner = (await as('default', 'GET', `${at}/there`)).body
    expect({
      made: made.status,
      ours: [ours.state, ours.version, ours.roles.map((role) => `${role.role} ${role.countryCode}*${role.partyId}`)],
      theirs: [
        theirs.state,
        theirs.version,
        theirs.roles.map((role) => `${role.role} ${role.countryCode}*${role.partyId}`),
      ],
      checks: ours.checks.map(({ step, passed }) => [step, passed]),
      later: [rotated, back, parted].map(({ status, body }) => [status, (body as Partner).state]),
      failed: [rotated, back, parted].flatMap(({ body }) => (body as Partner).checks.filter(({ passed }) => !passed)),
      after: after.state,
    }).toEqual({
      made: 201,
      ours: ['registered', '2.3.0', ['CPO DE*ABC']],
      theirs: ['registered', '2.3.0', ['CPO AT*XYZ']],
      checks: [
        ['versions', true],
        ['version', true],
        ['details', true],
        ['endpoints', true],
        ['credentials', true],
      ],
      later: [
        [200, 'registered'],
        [200, 'registered'],
        [200, 'ended'],
      ],
      failed: [],
      after: 'ended',
    })
  })

  it('say where a handshake failed, and can be tried again', async () => {
    const given = await invited('again')
    const wrong = await as('other', 'POST', at, { id: 'again', url: given.url, token: 'wrong', ...lacks })
    const right = await as('other', 'POST', `${at}/again/connect`, { token: given.token })
    const last = (wrong.body as Partner).checks.at(-1)
    expect([wrong.status, (wrong.body as Partner).state, last, (right.body as Partner).state]).toEqual([
      201,
      'failed',
      expect.objectContaining({ step: 'versions', passed: false, detail: expect.stringMatching(/it answered 401/) }),
      'registered',
    ])
  })

  it('are called at no address of our own network that nobody has named (S-26)', async () => {
    const details = await Promise.all(
      [
        'https://127.0.0.2/',
        'https://169.254.169.254/latest',
        'http://localhost:1/',
        'https://[::1]/',
        'https://10.0.0.1/',
      ].map(async (target, n) => {
        const { body } = await as('other', 'POST', at, { id: `near${n}`, url: target, token: 'x' })
        return (body as Partner).checks.at(-1)?.detail
      }),
    )
    expect(details).toEqual([
      'versions: 127.0.0.2 is not on the internet',
      'versions: 169.254.169.254 is not on the internet',
      'versions: its address is not called: it must begin with https://',
      'versions: ::1 is not on the internet',
      'versions: 10.0.0.1 is not on the internet',
    ])
  })

  it('keep no token that could be read: hashes of ours, theirs sealed, none in log, audit or events (S-25)', async () => {
    const given = await invited('secret')
    await as('other', 'POST', at, { id: 'secret', ...given, ...lacks })
    const rows = await admin`select p.token, p.checks, encode(t.hash, 'hex') as hash from roaming_partners p
      left join roaming_tokens t on t.tenant = p.tenant and t.partner = p.id where p.id = 'secret'`
    const kept = JSON.stringify([
      rows,
      await admin`select entry from audit`,
      await admin`select data from events`,
      await admin`select * from idempotency`,
      test.log,
      (await as('other', 'GET', `${at}/secret`)).body,
    ])
    expect([
      rows.length,
      kept.includes(given.token),
      kept.includes(Buffer.from(given.token).toString('base64')),
    ]).toEqual([2, false, false])
  })

  it('find nothing with the token of another tenant, and an envelope around every refusal', async () => {
    const { token } = await invited('tenants')
    const asked = async (path: string, headers: Record<string, string> = {}) => {
      const response = await fetch(path, { headers })
      const { status_code: code } = (await response.json()) as { readonly status_code: number }
      return [response.status, code]
    }
    expect([
      await asked(url(), show(token)),
      await asked(url('other'), show(token)),
      await asked(url()),
      await asked(`${url()}/nothing`, show(token)),
      await asked(new URL('/ocpi/', test.url).href),
    ]).toEqual([
      [200, 1000],
      [401, 2000],
      [401, 2000],
      [404, 2000],
      [404, 2000],
    ])
  })

  it('cannot be forgotten while they are registered, nor made twice, nor do what makes no sense', async () => {
    const given = await invited('whole')
    await as('other', 'POST', at, { id: 'whole', ...given, ...lacks })
    const statuses = [
      await as('other', 'DELETE', `${at}/whole`),
      await as('other', 'POST', at, { id: 'whole', ...given }),
      await as('other', 'POST', `${at}/whole/invitation`),
      await as('other', 'POST', `${at}/whole/connect`, {}),
      await as('other', 'POST', `${at}/nobody/rotate`),
      await as('other', 'PUT', `${at}/WHOLE`, {}),
      await as('other', 'POST', at, { id: 'x', url: 'ftp://x', token: 'x' }),
      await as('other', 'POST', at, { id: 'x', url: 'https://x.example', token: 'x y' }),
      await as('other', 'POST', `${at}/whole/unregister`),
      await as('other', 'DELETE', `${at}/whole`),
      await as('other', 'GET', `${at}/whole`),
    ].map(({ status }) => status)
    expect(statuses).toEqual([409, 409, 409, 409, 404, 409, 422, 422, 200, 204, 404])
  })

  it('leave who did what in the audit log', async () => {
    const { body } = await as('default', 'GET', '/api/v1/audit?subject=there')
    expect((body as { items: { action: string }[] }).items.map(({ action }) => action).toReversed()).toEqual([
      'roaming-partner.changed',
      'roaming-partner.invited',
      'roaming-partner.rotated',
    ])
  })
})
