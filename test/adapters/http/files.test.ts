import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Desk, deskOf } from '../../support/tickets.ts'
import { apiOf, everyItem, startServer, type TestServer } from '../../support/server.ts'

const megabyte = 1_048_576
const files = '/api/v1/files'
const octets = { 'content-type': 'application/octet-stream' }

interface FileView {
  readonly id: string
  readonly name: string
  readonly size: number
  readonly sha256: string
}

describe('files that operators bring', () => {
  let test: TestServer
  let desk: Desk

  beforeAll(async () => {
    test = await startServer({ SM_MAX_FILE_MB: '3' })
    await test.addTenant('other')
    desk = await deskOf(test)
  })
  afterAll(async () => {
    await desk?.close()
    const unexpected = test?.log.filter((line) => line.includes('a request failed'))
    await test?.stop()
    expect(unexpected).toEqual([])
  })

  const send = (query: string, body: BodyInit, headers: Readonly<Record<string, string>> = octets): Promise<Response> =>
    fetch(new URL(`${files}?${query}`, test.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${test.key}`, ...headers },
      body,
    })
  const bring = async (name: string, content: Uint8Array): Promise<FileView> => {
    const response = await send(`name=${encodeURIComponent(name)}`, Buffer.from(content))
    expect(response.status).toBe(201)
    return (await response.json()) as FileView
  }
  const content = (id: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Promise<Response> =>
    fetch(new URL(`${files}/${id}/content`, test.url), {
      method,
      headers: { authorization: `Bearer ${test.key}`, ...headers },
    })
  const allFiles = (): Promise<FileView[]> => everyItem<FileView>((...asked) => test.api(...asked), files)
  const bytesOf = async (response: Response): Promise<Buffer> => Buffer.from(await response.arrayBuffer())
  it.each([1, 262_143, 262_144, 262_145, 3 * megabyte])('of %i bytes are kept as they are', async (size) => {
    const bytes = randomBytes(size)
    const file = await bring('firmware.bin', bytes)
    expect(file).toEqual({
      id: expect.any(String),
      name: 'firmware.bin',
      kind: 'firmware',
      size,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      chargePoint: null,
      command: null,
      createdAt: expect.any(String),
    })
    expect((await bytesOf(await content(file.id))).equals(bytes)).toBe(true)
    expect((await test.api('GET', `${files}/${file.id}`)).body).toEqual(file)
  })

  it.each(['..', 'a"b\r\nX: y.bin', '../../Ä 充電.bin', '%00.bin', "o'hara (1).bin"])(
    'called %j are given out under a safe name, and shown by no browser',
    async (name) => {
      const file = await bring(name, Buffer.from('x'))
      const { headers } = await content(file.id)
      expect(headers.get('content-disposition')).toMatch(
        /^attachment; filename="[ !#-$&-[\]-~]+"; filename\*=UTF-8''[A-Za-z0-9._~!-]*(?:%[0-9A-F]{2}[A-Za-z0-9._~!-]*)*$/,
      )
      expect(decodeURIComponent(headers.get('content-disposition')?.split("''")[1] ?? '')).toBe(file.name)
      expect(headers.get('content-type')).toBe('application/octet-stream')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('content-security-policy')).toContain("default-src 'self'")
    },
  )

  it('BI-53: that are larger than they may be are refused, and nothing is kept of them', async () => {
    const kept = await desk.bytesKept()
    const large = Buffer.alloc(3 * megabyte + 1)
    expect((await send('name=x', large)).status).toBe(413)
    let sent = 0
    const endless = new ReadableStream({
      pull: (controller) => (sent++ < 40 ? controller.enqueue(new Uint8Array(megabyte / 4)) : controller.close()),
    })
    expect((await send('name=x', endless)).status).toBe(413)
    expect(await desk.bytesKept()).toBe(kept)
  })

  const wrong: readonly (readonly [string, number, string, string, Readonly<Record<string, string>>])[] = [
    ['nothing in them', 400, 'name=x', '', octets],
    ['no name', 400, '', 'x', octets],
    ['an empty name', 400, 'name=', 'x', octets],
    ['a kind that comes from stations', 400, 'name=x&kind=log', 'x', octets],
    ['a form around them', 415, 'name=x', 'x', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['JSON in them', 415, 'name=x', '{}', { 'content-type': 'application/json' }],
    ['a tenant that is not there', 404, 'name=x', 'x', { ...octets, 'sm-tenant': 'nobody' }],
  ]
  it.each(wrong)('with %s are refused (%i)', async (_, status, query, body, headers) => {
    const kept = await desk.bytesKept()
    const response = await send(query, body, headers)
    expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/problem+json'])
    expect(await desk.bytesKept()).toBe(kept)
  })

  it('INV-17: are brought once, however often the same request is sent', async () => {
    const headers = { ...octets, 'idempotency-key': 'firmware 1' }
    const [first, again] = [await send('name=once', 'once', headers), await send('name=once', 'once', headers)]
    expect([first.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 201, 'true'])
    expect(await again.json()).toEqual(await first.json())
    expect((await send('name=once', 'other one', headers)).status).toBe(422)
    expect((await send('name=another', 'once', headers)).status).toBe(422)
    const all = await allFiles()
    expect(all.filter(({ name }) => name === 'once')).toHaveLength(1)
  })

  const size = 600_000
  const bytes = randomBytes(size)
  const parts: readonly (readonly [string, number, number])[] = [
    ['bytes=0-99', 0, 100],
    ['bytes=262143-262145', 262_143, 262_146],
    ['bytes=100-', 100, size],
    ['bytes=-100', size - 100, size],
    ['bytes=-9999999', 0, size],
    ['bytes=599999-9999999', 599_999, size],
    ['bytes=0-0', 0, 1],
  ]
  it('are given out in the parts that are asked for', async () => {
    const { id, sha256 } = await bring('parts.bin', bytes)
    for (const [range, from, to] of parts) {
      const response = await content(id, { range })
      const { headers } = response
      expect([range, response.status, headers.get('content-range')]).toEqual([
        range,
        206,
        `bytes ${from}-${to - 1}/${size}`,
      ])
      // Bun takes the length off a stream (oven-sh/bun#10507), and says it of what it has whole
      expect([null, String(to - from)]).toContain(headers.get('content-length'))
      expect((await bytesOf(response)).equals(bytes.subarray(from, to))).toBe(true)
      const head = await content(id, { range }, 'HEAD')
      expect([head.status, head.headers.get('content-length'), (await bytesOf(head)).length]).toEqual([
        206,
        String(to - from),
        0,
      ])
    }
    for (const range of ['bytes=600000-', 'bytes=600000-700000', 'bytes=-0']) {
      const response = await content(id, { range })
      expect([range, response.status, response.headers.get('content-range')]).toEqual([range, 416, `bytes */${size}`])
    }
    for (const range of ['bytes=5-4', 'bytes=0-1,5-6', 'lines=0-1', 'bytes=', 'bytes=a-b', 'bytes=-'])
      expect([range, (await bytesOf(await content(id, { range }))).length]).toEqual([range, size])
    const same = await content(id, { range: 'bytes=0-9', 'if-range': `"${sha256}"` })
    const changed = await content(id, { range: 'bytes=0-9', 'if-range': '"another"' })
    expect([same.status, changed.status]).toEqual([206, 200])
  })

  it('are not there any more once they were removed, and neither are their bytes', async () => {
    const kept = await desk.bytesKept()
    const { id } = await bring('gone.bin', bytes)
    expect(await desk.bytesKept()).toBe(kept + size)
    expect((await test.api('DELETE', `${files}/${id}`)).status).toBe(204)
    for (const [method, path] of [
      ['GET', id],
      ['GET', `${id}/content`],
      ['DELETE', id],
    ] as const)
      expect((await test.api(method, `${files}/${path}`)).status).toBe(404)
    expect(await desk.bytesKept()).toBe(kept)
  })

  it('BI-51: are not there for another tenant', async () => {
    const { id } = await bring('ours.bin', bytes)
    const key = (await test.api('POST', '/api/v1/api-keys', { label: 'x' }, { 'sm-tenant': 'other' })).body['key']
    const theirs = apiOf(test.url, key)
    const page = (await theirs('GET', files)).body as { items: readonly unknown[] }
    expect(page.items).toEqual([])
    for (const path of [id, `${id}/content`]) expect((await theirs('GET', `${files}/${path}`)).status).toBe(404)
    expect((await theirs('DELETE', `${files}/${id}`)).status).toBe(404)
    expect((await content(id)).status).toBe(200)
  })

  it('are listed page by page, newest first, by kind and by charge point', async () => {
    const all = await allFiles()
    expect(all.map(({ id }) => id)).toEqual(
      all
        .map(({ id }) => id)
        .toSorted()
        .toReversed(),
    )
    const first = (await test.api('GET', `${files}?limit=2`)).body as { items: FileView[]; next: string }
    const second = (await test.api('GET', `${files}?limit=2&cursor=${first.next}`)).body as { items: FileView[] }
    expect([...first.items, ...second.items]).toEqual(all.slice(0, 4))
    for (const query of ['kind=log', 'chargePoint=CP-1']) {
      const page = (await test.api('GET', `${files}?${query}`)).body as { items: readonly unknown[] }
      expect([query, page.items]).toEqual([query, []])
    }
    expect((await test.api('GET', `${files}?kind=film`)).status).toBe(400)
    expect((await test.api('GET', `${files}?cursor=junk`)).status).toBe(400)
  })
})
