import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { insertDocuments, sampleDocument } from '../../support/documents.ts'
import { type GivenAnswer, type HttpReceiver, startHttpReceiver } from '../../support/http-receiver.ts'
import { administrator, apiOf, startServer, type TestServer, until } from '../../support/server.ts'

const signingSecret = `whsec_${Buffer.from('a secret of twenty-four bytes').toString('base64')}`

interface Delivery {
  readonly state: string
  readonly number: number
  readonly reference: string | null
  readonly reason: string | null
  readonly attempts: number
  readonly history: readonly { readonly outcome: string | null }[]
}

describe('targets of the books, and what is on its way to them', () => {
  let test: TestServer
  let admin: postgres.Sql
  let receiver: HttpReceiver
  let entries: string[]
  let answer: (id: string) => GivenAnswer

  beforeAll(async () => {
    test = await startServer({ SM_ERP_HOSTS: '127.0.0.1' })
    await test.addTenant('other')
    admin = administrator(test.server.target, test.data)
    receiver = await startHttpReceiver({
      answer({ headers }) {
        const id = headers['webhook-id'] ?? ''
        const given = answer(id)
        if (given.status < 300 && !id.startsWith('ping_')) entries.push(id)
        return given
      },
    })
    entries = []
    answer = (id) => ({ status: 200, body: JSON.stringify({ reference: `RE-${id.slice(0, 13)}` }) })
  })
  afterAll(async () => {
    await admin?.end({ timeout: 1 })
    await test?.stop()
    await receiver?.close()
  })

  const body = (more: object = {}) => ({
    kind: 'webhook',
    settings: { url: receiver.url, timeoutS: 1 },
    secrets: { signingSecret },
    ...more,
  })
  const put = (id: string, more: object = {}) => test.api('PUT', `/api/v1/erp-targets/${id}`, body(more))
  const deliveries = async (query: string): Promise<readonly Delivery[]> =>
    (await test.api('GET', `/api/v1/erp-deliveries?${query}`)).body['items']
  const inState = (target: string, state: string): Promise<Delivery> =>
    until(`${target} to be ${state}`, async () => (await deliveries(`target=${target}&state=${state}`))[0])
  const seal = (target: string, ...numbers: readonly number[]) =>
    insertDocuments(
      admin,
      numbers.map((number) => sampleDocument(number)),
      [target],
    )

  it('a target is set, shown without its secrets, changed with what is not named, and removed', async () => {
    expect((await put('one')).status).toBe(201)
    const again = await put('one', { secrets: { token: 'abc' }, enabled: false })
    expect([again.status, again.body]).toMatchObject([
      200,
      { id: 'one', kind: 'webhook', secrets: ['signingSecret', 'token'], enabled: false, mostInFlight: 4, faults: 0 },
    ])
    expect(JSON.stringify(again.body)).not.toContain('whsec_')
    const without = await put('one', { secrets: { token: null } })
    expect(without.body).toMatchObject({ secrets: ['signingSecret'] })
    const [row] = await admin`select settings::text as settings, secrets from erp_targets where id = 'one'`
    expect(JSON.stringify(row)).not.toContain(signingSecret)
    expect((await test.api('DELETE', '/api/v1/erp-targets/one')).status).toBe(204)
    expect((await test.api('GET', '/api/v1/erp-targets/one')).status).toBe(404)
    const audited: { items: { action: string }[] } = (await test.api('GET', '/api/v1/audit?subject=one')).body
    expect(audited.items.map(({ action }) => action)).toEqual([
      'erp-target.removed',
      'erp-target.changed',
      'erp-target.changed',
      'erp-target.changed',
    ])
    expect(JSON.stringify(audited)).not.toContain('whsec_')
  })

  it.each([
    [{ kind: 'fax' }, '/kind'],
    [{ settings: { url: 'file:///etc/passwd' } }, '/settings/url'],
    [{ settings: { url: 'https://user:secret@example.com/' } }, '/settings/url'],
    [{ settings: { url: 'https://example.com/', port: 7 } }, '/settings/port'],
    [{ settings: { url: 'https://example.com/\u0000' }, secrets: { signingSecret: 'x' } }, '/secrets/signingSecret'],
    [{ mostInFlight: 0 }, '/mostInFlight'],
    [{ secrets: { signingSecret, 'web/hook': 'x' } }, '/secrets/web~1hook'],
  ])('what is wrong with a target is named: %j', async (more, pointer) => {
    const refused = await put('wrong', more)
    expect([refused.status, refused.body]).toMatchObject([422, { pointer }])
  })

  it('a target is tested with something that is no document', async () => {
    await put('tested')
    const reached = await test.api('POST', '/api/v1/erp-targets/tested/test')
    expect(reached.body).toEqual({ reached: true, said: 'it answered 200' })
    await put('tested', { settings: { url: 'http://10.1.2.3/' } })
    const refused = await test.api('POST', '/api/v1/erp-targets/tested/test')
    expect(refused.body).toEqual({ reached: false, said: '10.1.2.3 is not on the internet' })
    expect(entries).toEqual([])
  })

  it('INV-41: a document that is sealed is in the books once, under the number of the receiver', async () => {
    await put('books')
    await seal('books', 1)
    const { id } = sampleDocument(1)
    expect(await inState('books', 'accepted')).toMatchObject({
      number: 1,
      attempts: 1,
      reference: `RE-${id.slice(0, 13)}`,
      history: [{ outcome: 'accepted' }],
    })
    expect(entries).toEqual([id])
    const metrics = await (await fetch(new URL('/metrics', test.opsUrl))).text()
    expect(metrics).toMatch(/erp_attempts\w*\{kind="accepted"[^}]*\} 1/)
  })

  it('one that is refused is told, listed with why, and sent again when somebody says so', async () => {
    await put('picky')
    answer = () => ({ status: 422, body: 'no such cost centre' })
    await seal('picky', 2)
    const refused = await inState('picky', 'refused')
    expect(refused.reason).toBe('it answered 422: no such cost centre')
    const events: { items?: unknown } | string = (await admin`select type from events where type like 'erp.%'`).map(
      ({ type }) => type as string,
    ) as never
    expect(events).toEqual(['erp.refused'])
    answer = () => ({ status: 204 })
    const path = `/api/v1/erp-deliveries/picky/${sampleDocument(2).id}`
    const wrong = await test.api('POST', `${path}/resolve`, { note: 'seen' })
    expect(wrong.status).toBe(409)
    const again = await test.api('POST', `${path}/retry`, { note: 'the cost centre is there now' })
    expect([again.status, again.body]).toMatchObject([200, { state: 'queued' }])
    expect((await inState('picky', 'accepted')).attempts).toBe(2)
    expect((await test.api('POST', `${path}/retry`, {})).status).toBe(409)
    const audited: { items: object[] } = (await test.api('GET', '/api/v1/audit?action=erp-delivery.retried')).body
    expect(audited.items).toMatchObject([
      { before: { state: 'refused' }, after: { state: 'queued' }, note: 'the cost centre is there now' },
    ])
  })

  it('one of which nobody knows waits for somebody who has looked', async () => {
    await put('doubtful', { settings: { url: receiver.url, timeoutS: 1, deduplicates: false } })
    answer = () => ({ status: 204 })
    receiver.next('resetAfter')
    await seal('doubtful', 3)
    expect((await inState('doubtful', 'unclear')).attempts).toBe(1)
    const { id } = sampleDocument(3)
    const replayed = await test.api('POST', '/api/v1/erp-targets/doubtful/replay', { fromNumber: 3, toNumber: 3 })
    expect(replayed.body).toEqual({ queued: 0, kept: 1 })
    const path = `/api/v1/erp-deliveries/doubtful/${id}/resolve`
    const resolved = await test.api('POST', path, { reference: 'BK-3', note: 'seen in the books' })
    expect(resolved.body).toMatchObject({ state: 'accepted', reference: 'BK-3', history: [{ outcome: 'unclear' }] })
    expect(entries.filter((entry) => entry === id)).toEqual([id])
    const again = { fromNumber: 3, toNumber: 3, again: true }
    expect((await test.api('POST', '/api/v1/erp-targets/doubtful/replay', again)).status).toBe(422)
  })

  it('a target that is new gets the documents of before when somebody says so, each once', async () => {
    await put('new')
    answer = () => ({ status: 204 })
    entries = []
    const replay = (more: object = {}) =>
      test.api('POST', '/api/v1/erp-targets/new/replay', { fromNumber: 1, toNumber: 3, ...more })
    expect((await replay()).body).toEqual({ queued: 3, kept: 0 })
    await until('all three', async () => (await deliveries('target=new&state=accepted')).length === 3)
    expect((await replay()).body).toEqual({ queued: 0, kept: 3 })
    expect((await replay({ again: true })).body).toEqual({ queued: 3, kept: 0 })
    await until('all three again', async () => entries.length === 6)
    expect(new Set(entries).size).toBe(3)
    expect((await replay({ toNumber: 0 })).body).toMatchObject({ pointer: '/toNumber' })
    expect((await replay({ toNumber: 20_000 })).body).toMatchObject({ pointer: '/toNumber' })
  })

  it('what waits for a target that is switched off goes when it is switched on, and is cancelled with it', async () => {
    await put('off', { enabled: false })
    await seal('off', 4)
    await until('the outbox to be empty', async () => (await admin`select 1 from outbox`).length === 0)
    expect(await deliveries('target=off')).toMatchObject([{ state: 'queued', attempts: 0 }])
    await put('off')
    await inState('off', 'accepted')
    await put('off', { enabled: false })
    await seal('off', 5)
    expect((await test.api('DELETE', '/api/v1/erp-targets/off')).status).toBe(204)
    expect(await deliveries('target=off')).toMatchObject([
      { number: 5, state: 'cancelled', reason: 'its target was removed' },
      { number: 4, state: 'accepted' },
    ])
  })

  it('S-18: another tenant sees and does nothing of it', async () => {
    await put('mine')
    const other: TestServer['api'] = (method, path, given) =>
      apiOf(test.url)(method, path, given, { 'sm-tenant': 'other' })
    expect((await other('GET', '/api/v1/erp-targets')).body).toEqual({ items: [], next: null })
    expect((await other('GET', '/api/v1/erp-deliveries')).body).toEqual({ items: [], next: null })
    const path = `/api/v1/erp-deliveries/books/${sampleDocument(1).id}`
    expect((await other('POST', `${path}/retry`, {})).status).toBe(404)
    expect((await other('DELETE', '/api/v1/erp-targets/mine')).status).toBe(404)
    expect((await other('POST', '/api/v1/erp-targets/mine/test')).status).toBe(404)
  })

  it('a list is read page by page, each once', async () => {
    const seen: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = `limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`
      const page: { items: { target: string; number: number }[]; next: string | null } = (
        await test.api('GET', `/api/v1/erp-deliveries?${query}`)
      ).body
      seen.push(...page.items.map(({ target, number }) => `${number} ${target}`))
      cursor = page.next
    }
    expect(seen).toEqual(['5 off', '4 off', '3 doubtful', '3 new', '2 new', '2 picky', '1 books', '1 new'])
  })
})
