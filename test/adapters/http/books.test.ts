import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer, until } from '../../support/server.ts'
import { foreignStation } from '../../support/station.ts'

interface Listed {
  readonly number: number
  readonly id: string
  readonly kind: string
  readonly cdr: string
  readonly digest: string
}
interface Cdr {
  readonly id: string
  readonly number: number | null
  readonly energyWh: number
}

const password = 'a-password-of-the-station'
const tariff = {
  currency: 'EUR',
  taxIncluded: 'NO',
  startsAt: '2026-01-01T00:00:00Z',
  elements: [
    {
      components: [
        { dimension: 'FLAT', price: '1', vat: '19' },
        { dimension: 'ENERGY', price: '0.50', vat: '19' },
      ],
    },
  ],
}

describe('the books, over the API', () => {
  let test: TestServer
  const cdrs: Cdr[] = []

  /** Three hours of charging, one after the other, the last of them a moment ago. */
  beforeAll(async () => {
    test = await startServer()
    await test.api('PUT', '/api/v1/charge-points/CP-1', { password })
    await test.api('PUT', '/api/v1/tokens/CARD', {})
    await test.api('PUT', '/api/v1/tariffs/day', tariff)
    await test.api('PUT', '/api/v1/tariff-assignments/all', { tariff: 'day', from: '2026-01-01T00:00:00Z' })
    const station = await foreignStation(test.url, 'CP-1', password)
    await station.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' })
    for (const hour of [3, 2, 1]) {
      const at = (minutes: number): string =>
        new Date(Date.now() - hour * 3_600_000 + minutes * 60_000 - 5_000).toISOString()
      const meterStart = (10 - hour) * 10_000
      const start = { connectorId: 1, idTag: 'CARD', meterStart, timestamp: at(0) }
      const { transactionId } = await station.call('StartTransaction', start)
      await station.call('StopTransaction', { transactionId, meterStop: meterStart + 5_000, timestamp: at(30) })
    }
    await station.close()
    const sealed = await until('three documents', async () => {
      const { items }: { items: Cdr[] } = (await test.api('GET', '/api/v1/cdrs')).body
      return items.length === 3 && items.every(({ number }) => number !== null) ? items : undefined
    })
    cdrs.push(...sealed)
  })
  afterAll(() => test?.stop())

  const list = async (query = ''): Promise<{ readonly items: readonly Listed[]; readonly next: string | null }> =>
    (await test.api('GET', `/api/v1/documents${query}`)).body

  it('a CDR says what it costs, by which tariff, and which number it has', () => {
    expect(cdrs.map(({ number }) => number).toSorted((a, b) => (a ?? 0) - (b ?? 0))).toEqual([1, 2, 3])
    expect(cdrs[0]).toMatchObject({
      energyWh: 5_000,
      currency: 'EUR',
      totalCost: '4.17',
      total: { net: '3.50', tax: '0.67', gross: '4.17' },
      totals: { fixed: { net: '1.0000', gross: '1.1900' }, energy: { net: '2.5000', gross: '2.9750' } },
      tariff: { id: 'day', version: 1 },
      timeZone: 'UTC',
      lines: [
        { kind: 'fixed', price: '1', volume: 1, vat: '19', net: '1.0000' },
        { kind: 'energy', price: '0.50', volume: 5_000, billed: 5_000, net: '2.5000' },
        { kind: 'rounding' },
      ],
      periods: [{ kind: 'charging', energyWh: 5_000 }],
    })
  })

  it('documents come by number, page by page, and after the last one that is known', async () => {
    const first = await list('?limit=2')
    expect([first.items.map(({ number }) => number), first.next]).toEqual([[1, 2], '2'])
    expect((await list(`?cursor=${first.next}`)).items.map(({ number }) => number)).toEqual([3])
    expect((await list('?after=3')).items).toEqual([])
    expect((await list('?kind=credit')).items).toEqual([])
    expect((await list(`?cdr=${first.items[0]?.cdr}`)).items).toEqual([first.items[0]])
    expect((await list('?cdr=nonsense')).items).toEqual([])
    for (const query of ['after=-1', 'after=x', 'cursor=x', 'cursor=1.5'])
      expect([query, (await test.api('GET', `/api/v1/documents?${query}`)).status]).toEqual([query, 400])
  })

  it('a document is its bytes: their digest is its ETag, and what it says is in them', async () => {
    const { items } = await list()
    const [one] = items
    const headers = { authorization: `Bearer ${test.key}` }
    const url = new URL(`/api/v1/documents/${one?.number}/bytes`, test.url)
    const response = await fetch(url, { headers })
    const bytes = new Uint8Array(await response.arrayBuffer())
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(one?.digest)
    expect([response.headers.get('etag'), response.headers.get('content-type')]).toEqual([
      `"${one?.digest}"`,
      'application/json',
    ])
    const again = await fetch(url, { headers: { ...headers, 'if-none-match': `"${one?.digest}"` } })
    expect([again.status, await again.text()]).toEqual([304, ''])
    const { body }: { body: { content: unknown } } = await test.api('GET', `/api/v1/documents/${one?.number}`)
    expect(body.content).toEqual(JSON.parse(new TextDecoder().decode(bytes)))
    expect(body.content).toMatchObject({
      number: one?.number,
      account: { id: one?.cdr, priced: { total: { gross: '4.17' } } },
    })
    for (const path of ['4', '0', '99999999999'])
      expect((await test.api('GET', `/api/v1/documents/${path}`)).status).toBe(404)
    expect((await test.api('GET', '/api/v1/documents/x')).status).toBe(400)
  })

  it('a what-if says what another version would have made of them', async () => {
    await test.api('PUT', '/api/v1/tariffs/day', {
      ...tariff,
      elements: [{ components: [{ dimension: 'ENERGY', price: '1', vat: '19' }] }],
    })
    const span = { from: new Date(Date.now() - 86_400_000).toISOString(), to: new Date().toISOString() }
    const asked = await test.api('POST', '/api/v1/tariffs/day/what-if', span)
    expect([asked.status, asked.body]).toMatchObject([202, { state: 'queued', tariff: { version: 2 }, done: 0 }])
    const { id }: { id: string } = asked.body
    const done = await until('the end of the what-if', async () => {
      const { body }: { body: { state: string } } = await test.api('GET', `/api/v1/what-ifs/${id}`)
      return body.state === 'done' ? body : undefined
    })
    expect(done).toMatchObject({
      done: 3,
      of: 3,
      before: [{ currency: 'EUR', accounts: 3, net: '10.50', gross: '12.51' }],
      after: [{ currency: 'EUR', accounts: 3, net: '15.00', gross: '17.85' }],
      changed: 3,
      unpriced: 0,
      failed: 0,
    })
    const cancelled = await test.api('POST', `/api/v1/what-ifs/${id}/cancel`, {})
    expect(cancelled.status).toBe(409)
    const same = await test.api('POST', '/api/v1/tariffs/day/what-if', { ...span, version: 1, chargePoint: 'CP-1' })
    expect(same.body).toMatchObject({ tariff: { version: 1 }, chargePoint: 'CP-1' })
  })

  it.each([
    [{}, ''],
    [{ month: '2026-13' }, '/month'],
    [{ month: '2026-10', from: '2026-10-01T00:00:00Z' }, '/month'],
    [{ from: '2026-10-02T00:00:00Z', to: '2026-10-01T00:00:00Z' }, '/to'],
    [{ from: '2020-10-02T00:00:00Z', to: '2026-10-01T00:00:00Z' }, '/to'],
    [{ month: '2026-10', version: 7 }, '/version'],
    [{ month: '2026-10', sight: 'x' }, '/sight'],
  ])('a what-if of %j is refused, and the answer says where', async (body, pointer) => {
    const answer = await test.api('POST', '/api/v1/tariffs/day/what-if', body)
    expect(answer.status).toBe(422)
    const { errors }: { errors: readonly { readonly pointer: string }[] } = answer.body
    expect(errors[0]?.pointer).toBe(pointer)
  })

  it('there is no what-if of a tariff that is not there', async () => {
    expect((await test.api('POST', '/api/v1/tariffs/night/what-if', { month: '2026-10' })).status).toBe(404)
    expect((await test.api('GET', '/api/v1/what-ifs/nonsense')).status).toBe(404)
  })
})
