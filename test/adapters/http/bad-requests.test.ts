import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer } from '../../support/server.ts'

interface Problem {
  readonly detail: string
  readonly pointer?: string
  readonly errors?: readonly { readonly pointer: string }[]
}

const megabyte = 1024 * 1024
const cp = '/api/v1/charge-points/CP-1'
const token = '/api/v1/tokens/CARD'
const keys = '/api/v1/api-keys'
const lines = '/api/v1/imports/tokens'

describe('requests that are wrong', () => {
  let test: TestServer

  beforeAll(async () => {
    test = await startServer()
    await test.api('PUT', cp, { password: 'a-password-of-the-station' })
  })
  afterAll(async () => {
    const unexpected = test?.log.filter((line) => line.includes('a request failed'))
    await test?.stop()
    expect(unexpected).toEqual([])
  })

  const refused = async (
    status: number,
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Problem> => {
    const answer = await test.api(method, path, body, headers)
    expect([method, path, answer.status, answer.body]).toEqual([
      method,
      path,
      status,
      expect.objectContaining({ type: 'about:blank', status, title: expect.any(String), detail: expect.any(String) }),
    ])
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    return answer.body
  }

  const tooLarge: readonly (readonly [string, string, number])[] = [
    ['PUT', cp, megabyte],
    ['PUT', token, megabyte],
    ['POST', keys, megabyte],
    ['POST', '/session', megabyte],
    ['POST', lines, 5 * megabyte],
  ]
  it.each(tooLarge)('BI-53: %s %s takes no more than %i bytes', async (method, path, most) => {
    await refused(413, method, path, 'x'.repeat(most + 1), { 'content-type': 'text/csv' })
  })

  it('BI-53: a body without a length is cut off at a megabyte too', async () => {
    const chunk = new TextEncoder().encode('x'.repeat(megabyte / 4))
    let chunks = 0
    const response = await fetch(new URL(keys, test.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${test.key}`, 'content-type': 'application/json' },
      body: new ReadableStream({
        pull(controller) {
          if (chunks++ < 6) controller.enqueue(chunk)
          else controller.close()
        },
      }),
    })
    expect(response.status).toBe(413)
  })

  it('a file of more than a megabyte can be imported', async () => {
    const file = `uid\n${Array.from({ length: 9_000 }, (_, i) => `${'0'.repeat(120)}${i}`).join('\n')}`
    expect(file.length).toBeGreaterThan(megabyte)
    const answer = await test.api('POST', lines, file, { 'content-type': 'text/csv' })
    expect(answer.body).toMatchObject({ lines: 9_000, valid: 9_000 })
  })

  it('BI-53: an import has at most 10 000 lines', async () => {
    await refused(413, 'POST', lines, `uid\n${'A\n'.repeat(10_001)}`, { 'content-type': 'text/csv' })
  })

  const types = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonp', '']
  it.each(types)('BI-53: a body of type %j is not JSON', async (type) => {
    await refused(415, 'PUT', token, '{}', { 'content-type': type })
    await refused(415, 'POST', keys, '{"label":"x"}', { 'content-type': type })
  })

  it('BI-53: JSON may say its character set', async () => {
    const answer = await test.api('PUT', token, '{}', { 'content-type': 'Application/JSON; charset=utf-8' })
    expect(answer.status).toBe(201)
  })

  it('BI-53: an import is JSON lines or CSV', async () => {
    await refused(415, 'POST', lines, '{"uid":"A"}', { 'content-type': 'application/json' })
  })

  const broken = ['', '{', '{"status":}', 'nonsense', '{"a":1}{"b":2}', '['.repeat(100_000), '\u0000']
  it.each(broken.map((text) => [text.slice(0, 20), text] as const))(
    'BI-53: %j is broken JSON, which is 400',
    async (_, text) => {
      await refused(400, 'PUT', token, text, { 'content-type': 'application/json' })
    },
  )

  const invalid: readonly (readonly [string, string, unknown, string])[] = [
    ['PUT', cp, { tenant: 'other' }, '/tenant'],
    ['PUT', cp, { tenantId: 'other' }, '/tenantId'],
    ['PUT', cp, { identity: 'CP-2' }, '/identity'],
    ['PUT', cp, { role: 'admin' }, '/role'],
    ['PUT', cp, { online: true }, '/online'],
    ['PUT', cp, { hash: '00' }, '/hash'],
    ['PUT', token, { tenant: 'other' }, '/tenant'],
    ['PUT', token, { issuer: 'other' }, '/issuer'],
    ['PUT', token, { 'a/b~c': 1 }, '/a~1b~0c'],
    ['POST', keys, { label: 'x', tenant: 'other' }, '/tenant'],
    ['POST', keys, { label: 'x', platform: true }, '/platform'],
    ['POST', keys, { label: 'x', role: 'admin' }, '/role'],
    ['POST', keys, { label: 'x', key: 'sm_mine' }, '/key'],
    ['POST', keys, {}, '/label'],
    ['POST', keys, { label: '' }, '/label'],
    ['POST', keys, { label: 'x', expiresAt: 'tomorrow' }, '/expiresAt'],
    ['POST', keys, { label: 'x', expiresAt: '2026-02-30T00:00:00Z' }, '/expiresAt'],
    ['PUT', token, { status: 'accepted' }, '/status'],
    ['PUT', token, { groupId: 'x'.repeat(37) }, '/groupId'],
    ['PUT', token, [], '/'],
    ['PUT', token, 'null', '/'],
    ['PUT', cp, { password: 'x'.repeat(15) }, '/password'],
    ['PUT', cp, { password: 'x'.repeat(65) }, '/password'],
    ['PUT', cp, { passwordHex: '00'.repeat(15) }, '/passwordHex'],
    ['PUT', cp, { passwordHex: '00'.repeat(21) }, '/passwordHex'],
    ['PUT', cp, { passwordHex: '0'.repeat(33) }, '/passwordHex'],
    ['PUT', cp, { passwordHex: 'zz'.repeat(16) }, '/passwordHex'],
    ['PUT', cp, { password: 'x'.repeat(16), passwordHex: '00'.repeat(16) }, '/passwordHex'],
    ['PUT', '/api/v1/charge-points/A:B', {}, '/identity'],
    ['PUT', '/api/v1/charge-points/A%2FB', {}, '/identity'],
    ['PUT', '/api/v1/charge-points/A%0AB', {}, '/identity'],
    ['POST', `${cp}/commands`, { type: 'explode' }, '/type'],
    ['POST', `${cp}/commands`, { type: 'reset', kind: 'soft', tenant: 'other' }, '/tenant'],
    ['POST', `${cp}/commands`, { type: 'stopCharging' }, '/session'],
    ['POST', `${cp}/commands`, { type: 'clearCache', deadlineS: 0 }, '/deadlineS'],
  ]
  it.each(invalid)('BI-53: %s %s %j is 422 at %s', async (method, path, body, pointer) => {
    const problem = await refused(422, method, path, body)
    expect(problem.pointer).toBe(pointer)
    expect(problem.errors?.[0]?.pointer).toBe(pointer)
  })

  it('BI-53: every wrong field is named', async () => {
    const problem = await refused(422, 'PUT', token, { status: 1, type: 2, tenant: 'x', role: 'y' })
    expect(problem.errors?.map(({ pointer }) => pointer).toSorted()).toEqual(['/role', '/status', '/tenant', '/type'])
  })

  const cursorOf = (...parts: unknown[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url')
  const lists = [
    '/api/v1/charge-points',
    '/api/v1/tokens',
    '/api/v1/sessions',
    '/api/v1/cdrs',
    `${cp}/commands`,
  ].flatMap((path) =>
    ['junk', '%00', cursorOf(), cursorOf({}), cursorOf('a', 'b', 'c', 'd', 'e'), 'x'.repeat(501)].map((cursor) => [
      path,
      cursor,
    ]),
  )
  it.each(lists)('junk is no cursor: %s?cursor=%.40s', async (path, cursor) => {
    await refused(400, 'GET', `${path}?cursor=${cursor}`)
  })

  const queries: readonly (readonly [string, string])[] = [
    ['/api/v1/tokens?limit=0', '/limit'],
    ['/api/v1/tokens?limit=1001', '/limit'],
    ['/api/v1/tokens?limit=ten', '/limit'],
    ['/api/v1/tokens?limit=1.5', '/limit'],
    ['/api/v1/charge-points?online=maybe', '/online'],
    ['/api/v1/sessions?state=over', '/state'],
    ['/api/v1/sessions?from=yesterday', '/from'],
    ['/api/v1/cdrs?to=2026', '/to'],
    [`${cp}/frames?limit=-1`, '/limit'],
  ]
  it.each(queries)('%s is 400 at %s', async (path, pointer) => {
    expect((await refused(400, 'GET', path)).pointer).toBe(pointer)
  })

  it.each(['junk', '-', '1', "1-1'; drop table events", '1-1-1'])('junk is no event id: %j', async (id) => {
    await refused(400, 'GET', '/api/v1/events', undefined, { 'last-event-id': id })
    await refused(400, 'GET', `/api/v1/events?after=${encodeURIComponent(id)}`)
  })

  const missing = ['junk', '00000000-0000-0000-0000-000000000000', '%27%3B--', '1']
  it.each(missing)('what has the id %s is not there', async (id) => {
    for (const path of ['sessions', 'cdrs', 'commands', 'tokens', 'charge-points'])
      await refused(404, 'GET', `/api/v1/${path}/${id}`)
    for (const path of ['tokens', 'charge-points', 'api-keys']) await refused(404, 'DELETE', `/api/v1/${path}/${id}`)
  })

  const nul: readonly { readonly method: string; readonly path: string; readonly body?: unknown }[] = [
    { method: 'GET', path: '/api/v1/charge-points/A%00B' },
    { method: 'GET', path: '/api/v1/tokens/A%00B' },
    { method: 'DELETE', path: '/api/v1/tokens/A%00B' },
    { method: 'PUT', path: '/api/v1/tokens/A%00B', body: {} },
    { method: 'GET', path: '/api/v1/sessions?chargePoint=A%00B' },
    { method: 'GET', path: '/api/v1/sessions?token=%00' },
    { method: 'GET', path: `/api/v1/charge-points?cursor=${cursorOf('\u0000')}` },
    { method: 'POST', path: keys, body: { label: 'a\u0000b' } },
    { method: 'POST', path: `${cp}/commands`, body: { type: 'vendorCall', vendor: 'a\u0000b' } },
  ]
  it.each(nul)(
    'BI-53: a NUL that no database can keep is a mistake of the request: $method $path',
    async ({ method, path, body }) => {
      const answer = await test.api(method, path, body)
      expect(answer.status).toBe(400)
      expect(answer.headers.get('content-type')).toBe('application/problem+json')
    },
  )

  it.each(['/api/v1', '/api/v1/', '/api/v1/nothing', '/nothing', '/api', '/.env', '/..%2f..%2fetc/passwd'])(
    'there is nothing at %s',
    async (path) => {
      await refused(404, 'GET', `${test.url.replace(/\/$/, '')}${path}`)
    },
  )

  const methods: readonly (readonly [string, string, string])[] = [
    ['POST', cp, 'DELETE, GET, PUT'],
    ['PATCH', token, 'DELETE, GET, PUT'],
    ['DELETE', '/api/v1/tokens', 'GET'],
    ['PUT', '/api/v1/sessions/x', 'GET'],
    ['DELETE', '/api/v1/cdrs', 'GET'],
    ['GET', `${keys}/x`, 'DELETE'],
    ['GET', lines, 'POST'],
    ['GET', `${cp}/ocpp/Reset`, 'POST'],
    ['PATCH', '/session', 'DELETE, GET, POST, PUT'],
    ['POST', '/livez', 'GET'],
    ['POST', '/api/openapi.json', 'GET'],
  ]
  it.each(methods)('%s %s is 405 and says what is possible: %s', async (method, path, allowed) => {
    const response = await fetch(new URL(path, test.url), {
      method,
      headers: { authorization: `Bearer ${test.key}`, 'content-type': 'application/json' },
    })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')?.split(', ').toSorted().join(', ')).toBe(allowed)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
  })

  it('a problem says nothing of our insides', async () => {
    for (const path of ['/api/v1/sessions?cursor=WyInIl0', '/api/v1/tokens/%00', '/api/v1/nothing'])
      expect(JSON.stringify((await test.api('GET', path)).body)).not.toMatch(/select|postgres|\.ts|at \w+ \(/i)
  })
})
