import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { knockAt } from '../../runtime/wire.ts'
import { basic } from '../../support/door.ts'
import { foreignStation } from '../../support/station.ts'
import { startServer, type TestServer } from '../../support/server.ts'

interface ChargePoint {
  readonly identity: string
  readonly password?: string
  readonly blocked: boolean
  readonly registration: string
}
interface Report {
  readonly created: number
  readonly changed: number
  readonly valid: number
  readonly invalid: readonly { readonly line: number; readonly pointer: string; readonly problem: string }[]
  readonly passwords: Readonly<Record<string, string>>
}
interface Page<Item> {
  readonly items: readonly Item[]
  readonly next: string | null
}

describe('charge points, tokens, imports and orders over the API', () => {
  let test: TestServer

  beforeAll(async () => {
    test = await startServer()
  })
  afterAll(() => test?.stop())

  const put = async (identity: string, body: object = {}): Promise<{ status: number; body: ChargePoint }> =>
    test.api('PUT', `/api/v1/charge-points/${identity}`, body)
  const connects = async (identity: string, password: string): Promise<boolean> => {
    try {
      await (await foreignStation(test.url, identity, password)).close()
      return true
    } catch {
      return false
    }
  }
  const all = async <Item>(path: string, limit: number): Promise<{ items: Item[]; pages: number }> => {
    const items: Item[] = []
    let cursor: string | null = null
    let pages = 0
    do {
      const page: Page<Item> = (
        await test.api(
          'GET',
          `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${cursor === null ? '' : `&cursor=${cursor}`}`,
        )
      ).body
      items.push(...page.items)
      cursor = page.next
      pages++
    } while (cursor !== null && pages < 100)
    return { items, pages }
  }

  describe('a charge point', () => {
    it('gets a password when it is registered without one, is told it once, and can use it', async () => {
      const first = await put('GENERATED')
      expect(first.status).toBe(201)
      expect(first.body.password).toMatch(/^[0-9a-f]{40}$/)
      const again = await put('GENERATED', { registration: 'accepted' })
      expect([again.status, again.body.password]).toEqual([200, undefined])
      const shown: ChargePoint = (await test.api('GET', '/api/v1/charge-points/GENERATED')).body
      expect(shown).not.toHaveProperty('password')
      expect(await connects('GENERATED', first.body.password ?? '')).toBe(true)
      expect(await connects('GENERATED', 'not-the-password')).toBe(false)
    })

    it.each([
      ['16 characters', { password: 'x'.repeat(16) }, 'x'.repeat(16)],
      ['64 characters', { password: 'y'.repeat(64) }, 'y'.repeat(64)],
      ['32 digits', { passwordHex: '41'.repeat(16) }, 'A'.repeat(16)],
      ['40 digits', { passwordHex: '42'.repeat(20) }, 'B'.repeat(20)],
      ['capital digits', { passwordHex: '4A'.repeat(20) }, 'J'.repeat(20)],
    ])('may have a password of %s, which is not told back', async (_, body, sent) => {
      const identity = `PASSWORD-${Buffer.from(JSON.stringify(body)).toString('hex').slice(0, 60)}`
      const made = await put(identity, body)
      expect([made.status, made.body.password]).toEqual([201, undefined])
      expect(await connects(identity, sent)).toBe(true)
    })

    it('has a new password soon after it was changed, and the old one no more', async () => {
      await put('CHANGED', { password: 'the-old-password-1' })
      expect(await connects('CHANGED', 'the-old-password-1')).toBe(true)
      expect((await put('CHANGED', { password: 'the-new-password-2' })).status).toBe(200)
      // the change feed is read every 300 ms
      await new Promise((go) => setTimeout(go, 1_000))
      expect(await connects('CHANGED', 'the-new-password-2')).toBe(true)
      expect(await connects('CHANGED', 'the-old-password-1')).toBe(false)
    })

    it('keeps what a change does not name', async () => {
      await put('KEPT', { password: 'a-password-of-the-station', registration: 'pending', blocked: true })
      const { body } = await put('KEPT', { blocked: false })
      expect(body).toMatchObject({ registration: 'pending', blocked: false })
      expect(await connects('KEPT', 'a-password-of-the-station')).toBe(true)
    })

    it('Grizzl-E, steve 135: that names no sub-protocol comes in where its operator says what it speaks, and not any more when that is taken back', async () => {
      const password = 'a-password-of-the-station'
      const silently = async (): Promise<readonly unknown[]> => {
        const headers = { 'Sec-WebSocket-Protocol': undefined, Authorization: basic('SILENT', password) }
        const [head, wire] = await knockAt(new URL(test.url), '/ocpp/SILENT', headers)
        wire.hangUp()
        return [head.status, head.headers.has('sec-websocket-protocol')]
      }
      const changed = (): Promise<unknown> => new Promise((go) => setTimeout(go, 1_000))
      await put('SILENT', { password })
      expect(await silently()).toEqual([400, false])
      expect((await put('SILENT', { assumeProtocol: 'ocpp1.6' })).body).toMatchObject({ assumeProtocol: 'ocpp1.6' })
      await changed()
      expect(await silently()).toEqual([101, false])
      expect((await put('SILENT', { registration: 'accepted' })).body).toMatchObject({ assumeProtocol: 'ocpp1.6' })
      expect((await put('SILENT', { assumeProtocol: 'none' })).body).toMatchObject({ assumeProtocol: null })
      await changed()
      expect(await silently()).toEqual([400, false])
      expect((await put('SILENT', { assumeProtocol: 'mqtt' })).status).toBe(422)
    })

    it('BI-06: whose identity differs only in case is the same, under the spelling it was registered with', async () => {
      expect((await put('Case-1')).status).toBe(201)
      const again = await put('CASE-1', { blocked: true })
      expect([again.status, again.body.identity]).toEqual([200, 'Case-1'])
      expect((await test.api('GET', '/api/v1/charge-points/case-1')).body).toMatchObject({ identity: 'Case-1' })
      const { items } = await all<ChargePoint>('/api/v1/charge-points', 100)
      expect(items.filter(({ identity }) => identity.toLowerCase() === 'case-1')).toHaveLength(1)
      expect((await test.api('DELETE', '/api/v1/charge-points/cAsE-1')).status).toBe(204)
      expect((await test.api('GET', '/api/v1/charge-points/Case-1')).status).toBe(404)
    })

    it.each(['CP 1', 'Ä-1', '充电桩', "o'hara", '%25', 'a.b', '-', 'x'.repeat(255)])(
      'may be called %j',
      async (identity) => {
        const path = identity === '%25' ? identity : encodeURIComponent(identity)
        const made = await put(path)
        expect([made.status, made.body.identity]).toEqual([201, identity === '%25' ? '%' : identity])
        expect((await test.api('GET', `/api/v1/charge-points/${path}`)).status).toBe(200)
        expect((await test.api('DELETE', `/api/v1/charge-points/${path}`)).status).toBe(204)
      },
    )

    it('that is removed is gone, cannot connect, and cannot be removed again', async () => {
      await put('GONE', { password: 'a-password-of-the-station' })
      expect(await connects('GONE', 'a-password-of-the-station')).toBe(true)
      expect((await test.api('DELETE', '/api/v1/charge-points/GONE')).status).toBe(204)
      expect((await test.api('DELETE', '/api/v1/charge-points/GONE')).status).toBe(404)
      await new Promise((go) => setTimeout(go, 1_000))
      expect(await connects('GONE', 'a-password-of-the-station')).toBe(false)
    })
  })

  describe('a token', () => {
    it('is registered, changed, found whatever its case, and removed', async () => {
      const made = await test.api('PUT', '/api/v1/tokens/04Ab', { groupId: 'G', expiresAt: '2099-01-01T00:00:00Z' })
      const expected = {
        uid: '04Ab',
        issuer: '',
        type: 'RFID',
        status: 'Accepted',
        groupId: 'G',
        expiresAt: '2099-01-01T00:00:00.000Z',
        contract: null,
        mostSessions: null,
        cacheS: null,
        credit: null,
      }
      expect([made.status, made.body]).toEqual([201, expected])
      expect((await test.api('GET', '/api/v1/tokens/04AB')).body).toEqual(expected)
      const changed = await test.api('PUT', '/api/v1/tokens/04ab', { status: 'Blocked' })
      expect(changed.status).toBe(200)
      expect((await test.api('GET', '/api/v1/tokens/04Ab')).body).toMatchObject({ status: 'Blocked', groupId: null })
      expect((await test.api('DELETE', '/api/v1/tokens/04aB')).status).toBe(204)
      expect((await test.api('GET', '/api/v1/tokens/04Ab')).status).toBe(404)
      expect((await test.api('DELETE', '/api/v1/tokens/04Ab')).status).toBe(404)
    })

    it('BI-06: is stored under one spelling, and that is what a change answers', async () => {
      await test.api('PUT', '/api/v1/tokens/Spelt', {})
      const changed = await test.api('PUT', '/api/v1/tokens/SPELT', { status: 'Blocked' })
      expect(changed.body).toEqual((await test.api('GET', '/api/v1/tokens/spelt')).body)
    })

    it('of two issuers is two tokens', async () => {
      for (const [issuer, status] of [
        ['EMP-A', 'Accepted'],
        ['EMP-B', 'Blocked'],
      ])
        expect((await test.api('PUT', `/api/v1/tokens/TWICE?issuer=${issuer}`, { status })).status).toBe(201)
      expect((await test.api('GET', '/api/v1/tokens/TWICE?issuer=EMP-B')).body).toMatchObject({ status: 'Blocked' })
      expect((await test.api('GET', '/api/v1/tokens/TWICE')).status).toBe(404)
      const { items } = await all<{ issuer: string }>('/api/v1/tokens?issuer=EMP-A', 10)
      expect(items.map(({ issuer }) => issuer)).toEqual(['EMP-A'])
    })

    it('has no spaces around it, and cannot be nothing but spaces', async () => {
      expect((await test.api('PUT', '/api/v1/tokens/%20SPACED%20', {})).body).toMatchObject({ uid: 'SPACED' })
      expect((await test.api('GET', '/api/v1/tokens/%20SPACED')).status).toBe(200)
      expect((await test.api('PUT', '/api/v1/tokens/%20', {})).status).toBe(400)
    })
  })

  describe('a list', () => {
    const names = Array.from({ length: 25 }, (_, i) => `PAGED-${String(i).padStart(2, '0')}`)
    beforeAll(async () => {
      await test.addTenant('paged')
      for (const name of names) {
        await test.api('PUT', `/api/v1/charge-points/${name}`, {}, { 'sm-tenant': 'paged' })
        await test.api('PUT', `/api/v1/tokens/${name}?issuer=PAGED`, {})
        await test.api(
          'POST',
          '/api/v1/charge-points/PAGED-00/commands',
          { type: 'clearCache' },
          { 'sm-tenant': 'paged' },
        )
      }
    })

    const lists = [
      ['/api/v1/charge-points', 'identity'],
      ['/api/v1/charge-points?online=false', 'identity'],
      ['/api/v1/charge-points/PAGED-00/commands', 'id'],
      ['/api/v1/tokens?issuer=PAGED', 'uid'],
    ] as const
    it.each(lists)('of 25 at %s comes in pages of 10, each item once', async (path, key) => {
      const headers: Record<string, string> = path.includes('tokens') ? {} : { 'sm-tenant': 'paged' }
      const seen: string[] = []
      const sizes: number[] = []
      let cursor = ''
      do {
        const at = `${path}${path.includes('?') ? '&' : '?'}limit=10${cursor}`
        const page: Page<Record<string, string>> = (await test.api('GET', at, undefined, headers)).body
        seen.push(...page.items.map((item) => item[key] ?? ''))
        sizes.push(page.items.length)
        cursor = page.next === null ? '' : `&cursor=${page.next}`
      } while (cursor !== '')
      expect(sizes).toEqual([10, 10, 5])
      expect(new Set(seen).size).toBe(25)
      if (key !== 'id') expect(seen).toEqual(names)
    })

    it('that ends with a full page has no empty page after it', async () => {
      expect((await all('/api/v1/tokens?issuer=PAGED', 25)).pages).toBe(1)
      expect((await all('/api/v1/tokens?issuer=PAGED', 5)).pages).toBe(5)
    })

    it('skips and repeats nothing while items come and go', async () => {
      const first: Page<{ uid: string }> = (await test.api('GET', '/api/v1/tokens?issuer=PAGED&limit=10')).body
      await test.api('DELETE', '/api/v1/tokens/PAGED-09?issuer=PAGED')
      await test.api('PUT', '/api/v1/tokens/PAGED-0A?issuer=PAGED', {})
      const rest: Page<{ uid: string }> = (
        await test.api('GET', `/api/v1/tokens?issuer=PAGED&limit=100&cursor=${first.next ?? ''}`)
      ).body
      expect(rest.items.map(({ uid }) => uid)).toEqual(['PAGED-0A', ...names.slice(10)])
    })
  })

  describe('INV-17: an Idempotency-Key', () => {
    const make = async (key: string, body: unknown) =>
      test.api('POST', '/api/v1/api-keys', body, { 'idempotency-key': key })
    const labelled = async (label: string): Promise<number> => {
      const page: Page<{ label: string }> = (await test.api('GET', '/api/v1/api-keys')).body
      return page.items.filter((item) => item.label === label).length
    }

    it('gives the same request the same answer, and one effect', async () => {
      const first = await make('same', { label: 'same' })
      const second = await make('same', { label: 'same' })
      expect([first.status, second.status]).toEqual([201, 201])
      expect(second.body).toEqual(first.body)
      expect([first, second].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true'])
      expect(await labelled('same')).toBe(1)
    })

    it('takes no other request', async () => {
      await make('other', { label: 'other' })
      expect((await make('other', { label: 'another' })).status).toBe(422)
      const elsewhere = await test.api('POST', '/api/v1/imports/tokens', 'uid\nA', {
        'idempotency-key': 'other',
        'content-type': 'text/csv',
      })
      expect(elsewhere.status).toBe(422)
      expect(await labelled('another')).toBe(0)
    })

    it('makes of ten requests at once one', async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, () => make('storm', { label: 'storm' })))
      expect(await labelled('storm')).toBe(1)
      for (const { status } of answers) expect([201, 409]).toContain(status)
      expect((await make('storm', { label: 'storm' })).status).toBe(201)
    })

    it('gives a refused request the same refusal', async () => {
      const first = await make('refused', { tenant: 'x' })
      const second = await make('refused', { tenant: 'x' })
      expect([first.status, second.status]).toEqual([422, 422])
      expect(second.body).toEqual(first.body)
      expect(second.headers.get('content-type')).toBe('application/problem+json')
    })

    it('makes one order of two', async () => {
      await put('ORDERED')
      const order = async (): Promise<{ id: string }> =>
        (
          await test.api(
            'POST',
            '/api/v1/charge-points/ORDERED/commands',
            { type: 'clearCache' },
            { 'idempotency-key': 'order' },
          )
        ).body
      expect((await order()).id).toBe((await order()).id)
      expect((await all('/api/v1/charge-points/ORDERED/commands', 10)).items).toHaveLength(1)
    })

    it('has at most 255 characters', async () => {
      expect((await make('k'.repeat(256), { label: 'long' })).status).toBe(400)
      expect((await make('k'.repeat(255), { label: 'long' })).status).toBe(201)
    })
  })

  describe('an import', () => {
    const send = async (
      what: string,
      body: string,
      dryRun?: boolean,
      type = 'application/x-ndjson',
    ): Promise<Report> => {
      const answer = await test.api(
        'POST',
        `/api/v1/imports/${what}${dryRun === undefined ? '' : `?dryRun=${dryRun}`}`,
        body,
        { 'content-type': type },
      )
      expect(answer.status).toBe(200)
      return answer.body
    }
    const exists = async (path: string): Promise<boolean> => (await test.api('GET', `/api/v1/${path}`)).status === 200

    it('of charge points as JSON lines is first looked at, then done; passwords are told once', async () => {
      const file = '{"identity":"JSON-1"}\n\n{"identity":"JSON-2","password":"a-password-of-mine","blocked":true}\n'
      expect(await send('charge-points', file)).toEqual({
        dryRun: true,
        lines: 2,
        valid: 2,
        invalid: [],
        created: 0,
        changed: 0,
        passwords: {},
      })
      expect(await exists('charge-points/JSON-1')).toBe(false)
      const done = await send('charge-points', file, false)
      expect(done).toMatchObject({ dryRun: false, created: 2, changed: 0 })
      expect(Object.keys(done.passwords)).toEqual(['JSON-1'])
      expect(await connects('JSON-1', done.passwords['JSON-1'] ?? '')).toBe(true)
      expect((await test.api('GET', '/api/v1/charge-points/JSON-2')).body).toMatchObject({ blocked: true })
      expect(await send('charge-points', file, false)).toMatchObject({ created: 0, changed: 2, passwords: {} })
      expect(await connects('JSON-1', done.passwords['JSON-1'] ?? '')).toBe(true)
    })

    it('of charge points as CSV reads quotes, empty fields, CRLF and a byte order mark', async () => {
      const file =
        '\uFEFFidentity,password,blocked,registration\r\n"CSV, 1",,true,pending\r\n"CSV ""2""","a-password,\nof-mine",false,\r\n'
      expect(await send('charge-points', file, false, 'text/csv; charset=utf-8')).toMatchObject({
        lines: 2,
        created: 2,
        invalid: [],
      })
      expect((await test.api('GET', `/api/v1/charge-points/${encodeURIComponent('CSV, 1')}`)).body).toMatchObject({
        blocked: true,
        registration: 'pending',
      })
      expect(await exists(`charge-points/${encodeURIComponent('CSV "2"')}`)).toBe(true)
    })

    it('of tokens as JSON lines and CSV', async () => {
      expect(await send('tokens', '{"uid":"T-1","issuer":"E","contract":null}\n{"uid":"T-2"}', false)).toMatchObject({
        created: 2,
      })
      expect(await send('tokens', 'uid,status,groupId\nT-2,Blocked,G\nT-3,,\n', false, 'text/csv')).toMatchObject({
        created: 1,
        changed: 1,
      })
      expect(await exists('tokens/T-1?issuer=E')).toBe(true)
      expect((await test.api('GET', '/api/v1/tokens/T-2')).body).toMatchObject({ status: 'Blocked', groupId: 'G' })
    })

    it('is all or nothing, and names every wrong line', async () => {
      const file = [
        '{"uid":"N-1"}',
        '{"uid":"N-2","status":"Perhaps"}',
        'nonsense',
        '{"uid":"N-1","issuer":""}',
        '{"uid":"N-3","tenant":"other"}',
        '{"uid":""}',
        'null',
      ].join('\n')
      for (const dryRun of [true, false]) {
        const report = await send('tokens', file, dryRun)
        expect(report).toMatchObject({ created: 0, changed: 0, valid: 1 })
        expect(report.invalid.map(({ line, pointer }) => [line, pointer])).toEqual([
          [2, '/status'],
          [3, '/'],
          [4, '/'],
          [5, '/tenant'],
          [6, '/uid'],
          [7, '/'],
        ])
      }
      expect(await exists('tokens/N-1')).toBe(false)
    })

    it('BI-06: takes an identity that differs only in case for the same', async () => {
      const report = await send('charge-points', '{"identity":"Twin"}\n{"identity":"TWIN"}', true)
      expect(report.invalid.map(({ line }) => line)).toEqual([2])
      await put('Twin')
      const done = await send('charge-points', '{"identity":"TWIN","blocked":true}', false)
      expect(done).toMatchObject({ created: 0, changed: 1, passwords: {} })
    })

    const alike: readonly (readonly [string, string])[] = [
      ['{"identity":"A/B"}', '/identity'],
      ['{"identity":"A:B"}', '/identity'],
      [
        '{"identity":"P","password":"a-password-of-mine","passwordHex":"00000000000000000000000000000000"}',
        '/passwordHex',
      ],
      ['{"identity":"P","password":"short"}', '/password'],
      ['{"identity":"P","blocked":"perhaps"}', '/blocked'],
      ['{"identity":"P","role":"admin"}', '/role'],
    ]
    it.each(alike)('finds in the dry run what it would refuse later: %s', async (line, pointer) => {
      const dry = await send('charge-points', line, true)
      const real = await send('charge-points', line, false)
      for (const { invalid, created } of [dry, real])
        expect([invalid.map((one) => [one.line, one.pointer]), created]).toEqual([[[1, pointer]], 0])
    })

    it('of nothing is nothing', async () => {
      expect(await send('tokens', '\n', false)).toMatchObject({ lines: 0, created: 0 })
      expect(await send('tokens', 'uid,status\n', false, 'text/csv')).toMatchObject({ lines: 0, created: 0 })
    })
  })
})
