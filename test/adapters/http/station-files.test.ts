import { createHash, randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StoredEvent } from '../../../core/ports/store.ts'
import type { IssuedTicket, TicketRequest } from '../../../core/ports/files.ts'
import { type Desk, deskOf } from '../../support/tickets.ts'
import { everyItem, startServer, type TestServer, until } from '../../support/server.ts'

const megabyte = 1_048_576
const command = '019abcde-0000-7000-8000-000000000001'
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

interface FileView {
  readonly id: string
  readonly name: string
  readonly size: number
}

describe('an address for a station', () => {
  let test: TestServer
  let desk: Desk
  let stations = 0

  beforeAll(async () => {
    test = await startServer({ SM_MAX_FILE_MB: '2' })
    desk = await deskOf(test)
  })
  afterAll(async () => {
    await desk?.close()
    const unexpected = test?.log.filter((line) => line.includes('a request failed'))
    await test?.stop()
    expect(unexpected).toEqual([])
  })

  const station = (): string => `CP-${stations++}`
  const uploadFor = (identity: string, more: Partial<TicketRequest> = {}): Promise<IssuedTicket> =>
    desk.tickets.issue({
      tenant: 'default',
      identity,
      direction: 'upload',
      kind: 'diagnostics',
      name: 'diagnostics.zip',
      command,
      ...more,
    } as TicketRequest)
  const put = (url: string, body: BodyInit, how: RequestInit = {}): Promise<Response> =>
    fetch(url, { method: 'PUT', body, redirect: 'error', ...how })
  const filesOf = (identity: string): Promise<FileView[]> =>
    everyItem<FileView>((method, path) => test.api(method, `${path}&chargePoint=${identity}`), '/api/v1/files')
  const contentOf = async (id: string | undefined): Promise<Buffer> => {
    const headers = { authorization: `Bearer ${test.key}` }
    return Buffer.from(await (await fetch(new URL(`/api/v1/files/${id}/content`, test.url), { headers })).arrayBuffer())
  }
  const told = async (identity: string): Promise<readonly StoredEvent[]> =>
    (await desk.store.events.after('default', '0-0', 500)).events.filter(
      ({ type, data }) => type === 'file.received' && data['chargePoint'] === identity,
    )

  describe('to send a file to', () => {
    it('takes it raw, and tells whose it is and what it was asked for by', async () => {
      const identity = station()
      const { url } = await uploadFor(identity, { kind: 'log' })
      expect(url.startsWith(`${test.url}files/`)).toBe(true)
      expect(url).toMatch(/\/files\/[A-Za-z0-9_-]{43}\/diagnostics\.zip$/)
      const bytes = randomBytes(700_000)
      expect((await put(url, bytes)).status).toBe(200)
      const [file, ...more] = await filesOf(identity)
      expect([file, more]).toEqual([
        {
          id: expect.any(String),
          name: 'diagnostics.zip',
          kind: 'log',
          size: bytes.length,
          sha256: sha256(bytes),
          chargePoint: identity,
          command,
          createdAt: expect.any(String),
        },
        [],
      ])
      expect((await contentOf(file?.id)).equals(bytes)).toBe(true)
      const { createdAt: _, id, size, ...same } = file as FileView & { createdAt: string }
      expect((await told(identity)).map(({ subject, data }) => [subject, data])).toEqual([
        [id, { file: id, size, ...same }],
      ])
    })

    it('takes a form as well, and the name that is in it', async () => {
      const identity = station()
      const { url } = await uploadFor(identity)
      const bytes = randomBytes(700_000)
      const form = new FormData()
      form.append('note', 'x')
      form.append('file', new Blob([bytes]), '../logs/today.tar.gz')
      expect((await put(url, form, { method: 'POST' })).status).toBe(200)
      const [file] = await filesOf(identity)
      expect(file).toMatchObject({ name: 'today.tar.gz', size: bytes.length, sha256: sha256(bytes) })
    })

    it.each([
      ['', 'diagnostics.zip'],
      ['/', 'diagnostics.zip'],
      ['//today.log', 'today.log'],
      ['/a/b/to%20day.log', 'to day.log'],
      ['/diagnostics.zip/today.log', 'today.log'],
      ['/%E0%A4%A', '%E0%A4%A'],
    ])('may be taken for a folder: %j behind the secret makes the name %j', async (path, name) => {
      const identity = station()
      const { secret } = await uploadFor(identity)
      expect((await put(`${test.url}files/${secret}${path}`, 'x', { method: 'POST' })).status).toBe(200)
      expect(await filesOf(identity)).toMatchObject([{ name, size: 1 }])
    })

    it('S-13: is used up by the file that came: a second one is refused, and the first stays', async () => {
      const identity = station()
      const { url } = await uploadFor(identity)
      expect((await put(url, 'the first')).status).toBe(200)
      for (const method of ['PUT', 'POST', 'GET', 'DELETE'])
        expect([method, (await fetch(url, { method, ...(method[0] === 'P' && { body: 'x' }) })).status]).toEqual([
          method,
          403,
        ])
      expect(await filesOf(identity)).toMatchObject([{ size: 9 }])
      expect(await told(identity)).toHaveLength(1)
    })

    it('S-13: is over at its end, whoever comes', async () => {
      const identity = station()
      const { url, until: end } = await uploadFor(identity, { until: Date.now() + 300 })
      await until('the end', async () => Date.now() > end + 5)
      expect((await put(url, 'x')).status).toBe(403)
      expect(await filesOf(identity)).toEqual([])
    })

    it('S-13: is good for an hour where nobody says otherwise', async () => {
      const { until: end } = await uploadFor(station())
      expect(Math.abs(end - Date.now() - 3_600_000)).toBeLessThan(5_000)
    })

    it('takes no file larger than it may be, keeps nothing of it, and takes a smaller one after it', async () => {
      const identity = station()
      const { url } = await uploadFor(identity)
      const kept = await desk.bytesKept()
      let sent = 0
      const endless = new ReadableStream({
        pull: (to) => (sent++ < 40 ? to.enqueue(new Uint8Array(megabyte / 4)) : to.close()),
      })
      const form = new FormData()
      form.append('file', new Blob([Buffer.alloc(2 * megabyte + 65_537)]), 'x')
      expect((await put(url, Buffer.alloc(2 * megabyte + 1))).status).toBe(413)
      expect((await put(url, endless)).status).toBe(413)
      expect((await put(url, form, { method: 'POST' })).status).toBe(413)
      expect([await desk.bytesKept(), await filesOf(identity)]).toEqual([kept, []])
      expect((await put(url, Buffer.alloc(2 * megabyte))).status).toBe(200)
      expect(await filesOf(identity)).toMatchObject([{ size: 2 * megabyte }])
    })

    it('takes nothing for a file that is nothing, and is not used up by it', async () => {
      const identity = station()
      const { url } = await uploadFor(identity)
      const form = new FormData()
      form.append('note', 'no file in it')
      expect((await put(url, '')).status).toBe(400)
      expect((await put(url, form, { method: 'POST' })).status).toBe(400)
      expect((await put(url, 'x')).status).toBe(200)
      expect(await filesOf(identity)).toHaveLength(1)
    })

    /** Sends a request by hand and cuts the line in the middle of it. */
    const sendHalf = async (url: string, headers: string, bytes: Uint8Array): Promise<void> => {
      const { hostname, port, pathname } = new URL(url)
      const socket = connect(Number(port), hostname)
      socket.on('error', () => {})
      socket.write(`PUT ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\n${headers}\r\n\r\n`)
      socket.write(bytes)
      await until('something to arrive', async () => (await desk.bytesKept()) > keptBefore)
      socket.destroy()
    }
    let keptBefore = 0
    const half = randomBytes(600_000)
    const cut: readonly (readonly [string, string, Uint8Array])[] = [
      ['of a length that was told', 'Content-Length: 900000', half],
      [
        'in chunks',
        'Transfer-Encoding: chunked',
        Buffer.concat([Buffer.from(`${half.length.toString(16)}\r\n`), half, Buffer.from('\r\n')]),
      ],
    ]
    it.each(cut)('keeps nothing of half a file %s, and takes the whole one after it', async (_, headers, bytes) => {
      const identity = station()
      const { url } = await uploadFor(identity)
      keptBefore = await desk.bytesKept()
      await sendHalf(url, headers, bytes)
      await until('the half to be gone', async () => (await desk.bytesKept()) === keptBefore)
      expect([await filesOf(identity), await told(identity)]).toEqual([[], []])
      expect((await put(url, half)).status).toBe(200)
      expect(await filesOf(identity)).toMatchObject([{ size: half.length, sha256: sha256(half) }])
    })

    it('gives way to a new attempt while an older one hangs, which then is too late', async () => {
      const identity = station()
      const { url } = await uploadFor(identity)
      keptBefore = await desk.bytesKept()
      let goOn = (): void => {}
      const hanging = new ReadableStream({
        async start(to) {
          to.enqueue(half)
          await new Promise<void>((go) => (goOn = go))
          to.enqueue(half)
          to.close()
        },
      })
      const older = put(url, hanging)
      await until('the older one to arrive', async () => (await desk.bytesKept()) > keptBefore)
      expect((await put(url, 'the newer one')).status).toBe(200)
      goOn()
      expect((await older).status).toBe(403)
      expect(await filesOf(identity)).toMatchObject([{ size: 13 }])
      expect(await desk.bytesKept()).toBe(keptBefore + 13)
    })

    it('takes one file of many that come at once', async () => {
      const identity = station()
      const { url } = await uploadFor(identity)
      keptBefore = await desk.bytesKept()
      const answers = await Promise.all(Array.from({ length: 8 }, (_, i) => put(url, Buffer.alloc(300_000 + i))))
      const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b)
      expect(statuses).toEqual([200, ...Array.from({ length: 7 }, () => 403)])
      const [file, ...more] = await filesOf(identity)
      expect([more, (await told(identity)).length]).toEqual([[], 1])
      expect(await desk.bytesKept()).toBe(keptBefore + (file?.size ?? 0))
    })
  })

  describe('to fetch a file from', () => {
    const bytes = randomBytes(600_000)
    let file = ''
    const downloadOf = (id: string, more: Partial<TicketRequest> = {}): Promise<IssuedTicket> =>
      desk.tickets.issue({
        tenant: 'default',
        identity: station(),
        direction: 'download',
        file: id,
        kind: 'firmware',
        name: 'firmware.bin',
        ...more,
      } as TicketRequest)
    const bring = async (): Promise<string> => {
      const response = await fetch(new URL('/api/v1/files?name=firmware.bin', test.url), {
        method: 'POST',
        headers: { authorization: `Bearer ${test.key}`, 'content-type': 'application/octet-stream' },
        body: bytes,
      })
      return ((await response.json()) as FileView).id
    }

    beforeAll(async () => {
      file = await bring()
    })

    it('gives it whole or in parts, as often as a station tries, by whatever name', async () => {
      const { url, secret } = await downloadOf(file)
      for (const address of [url, url, `${test.url}files/${secret}`, `${test.url}files/${secret}/other`]) {
        const whole = await fetch(address, { redirect: 'error' })
        expect([whole.status, Buffer.from(await whole.arrayBuffer()).equals(bytes)]).toEqual([200, true])
      }
      const rest = await fetch(url, { headers: { range: 'bytes=300000-' } })
      expect([rest.status, Buffer.from(await rest.arrayBuffer()).equals(bytes.subarray(300_000))]).toEqual([206, true])
      const head = await fetch(url, { method: 'HEAD' })
      expect([head.status, head.headers.get('content-length'), head.headers.get('accept-ranges')]).toEqual([
        200,
        '600000',
        'bytes',
      ])
      expect(head.headers.get('cache-control')).toBe('private, no-store')
    })

    it('takes nothing', async () => {
      const { url } = await downloadOf(file)
      for (const method of ['PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS']) {
        const response = await fetch(url, { method })
        expect([method, response.status, response.headers.get('allow')]).toEqual([method, 405, 'GET, HEAD'])
      }
    })

    it('S-13: is over at its end', async () => {
      const { url, until: end } = await downloadOf(file, { until: Date.now() + 300 })
      expect((await fetch(url)).status).toBe(200)
      await until('the end', async () => Date.now() > end + 5)
      expect((await fetch(url)).status).toBe(403)
    })

    it('is nothing any more when the file was removed', async () => {
      const id = await bring()
      const { url } = await downloadOf(id)
      expect((await test.api('DELETE', `/api/v1/files/${id}`)).status).toBe(204)
      expect((await fetch(url)).status).toBe(404)
    })

    it('cannot be made for a file of another tenant: it is not there', async () => {
      await test.addTenant('other')
      const { url } = await downloadOf(file, { tenant: 'other' })
      expect((await fetch(url)).status).toBe(404)
    })
  })

  describe('that nobody gave out', () => {
    const unknown = [
      '',
      'x',
      'A'.repeat(43),
      'A'.repeat(44),
      `${'A'.repeat(43)}/x`,
      '%2e%2ex',
      'é'.repeat(43),
      `${'A'.repeat(42)}%41`,
    ]
    it('S-13: answers everybody alike, with nothing', async () => {
      const answers = new Set<string>()
      for (const secret of unknown)
        for (const method of ['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'OPTIONS']) {
          const body = method.startsWith('P') ? Buffer.alloc(megabyte) : null
          const response = await fetch(new URL(`/files/${secret}`, test.url), { method, body, redirect: 'error' })
          if (method !== 'HEAD') answers.add(`${response.status} ${await response.text()}`)
          else expect(response.status).toBe(404)
        }
      const { status, body } = await test.api('GET', '/nothing')
      expect([...answers]).toEqual([`${status} ${JSON.stringify(body)}`])
    })

    it('S-13: is no use without the whole of it, and the database holds none', async () => {
      const { secret, url } = await uploadFor(station())
      for (const changed of [
        secret.slice(0, 42),
        `${secret.slice(0, 42)}${secret.endsWith('A') ? 'E' : 'A'}`,
        secret.toLowerCase(),
      ])
        expect((await put(url.replace(secret, changed), 'x')).status).toBe(404)
      expect(await desk.textsOfTickets()).not.toContain(secret)
      expect((await put(url, 'x')).status).toBe(200)
      expect(test.log.join('\n')).not.toContain(secret)
    })
  })
})
