import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runtimes, type ServerProcess, startProcess } from '../support/process.ts'
import { freshData } from '../support/data-directory.ts'
import { testKey, until } from '../support/server.ts'
import { type Desk, deskOf } from '../support/tickets.ts'

const megabyte = 1_048_576
const bytes = randomBytes(3 * megabyte + 7)

describe.each(runtimes())('files on %s', (runtime) => {
  const data = freshData()
  let server: ServerProcess
  let desk: Desk

  beforeAll(async () => {
    server = await startProcess({ runtime, data, env: { SM_MAX_FILE_MB: '4' } })
    desk = await deskOf({ data, url: server.url })
  })
  afterAll(async () => {
    await desk?.close()
    const code = await server?.kill('SIGTERM')
    rmSync(data, { recursive: true, force: true })
    expect(code).toBe(0)
    expect(server.output()).not.toMatch(/a request failed|unhandled|uncaught/)
  })

  const uploadFor = async (identity: string): Promise<string> => {
    const errand = { tenant: 'default', identity, direction: 'upload', kind: 'log', name: 'log.bin' } as const
    return (await desk.tickets.issue(errand)).url
  }
  const sizesOf = async (identity: string): Promise<number[]> => {
    const { body } = await server.api('GET', `/api/v1/files?chargePoint=${identity}`)
    return (body as { items: { size: number }[] }).items.map(({ size }) => size)
  }
  const put = async (url: string, body: BodyInit): Promise<number> => (await fetch(url, { method: 'PUT', body })).status

  it('come from operators and go to stations, whole and in parts', async () => {
    const response = await fetch(new URL('/api/v1/files?name=f.bin', server.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/octet-stream' },
      body: bytes,
    })
    const { id } = (await response.json()) as { id: string }
    const errand = { tenant: 'default', identity: 'CP-1', kind: 'firmware', name: 'f.bin' } as const
    const { url } = await desk.tickets.issue({ ...errand, direction: 'download', file: id })
    const whole = await fetch(url)
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true)
    const rest = await fetch(url, { headers: { range: `bytes=${megabyte}-` } })
    expect([rest.status, Buffer.from(await rest.arrayBuffer()).equals(bytes.subarray(megabyte))]).toEqual([206, true])
    const head = await fetch(url, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(bytes.length)])
  })

  it('S-13: come from stations once, raw or as a form', async () => {
    const url = await uploadFor('CP-2')
    expect([await put(url, bytes), await put(url, bytes)]).toEqual([200, 403])
    const form = new FormData()
    form.append('file', new Blob([bytes]), 'log.zip')
    const response = await fetch(await uploadFor('CP-2'), { method: 'POST', body: form })
    expect([response.status, await sizesOf('CP-2')]).toEqual([200, [bytes.length, bytes.length]])
  })

  it('that are too large are refused, with their length told or not, and what nobody asked for is too', async () => {
    const url = await uploadFor('CP-3')
    const kept = await desk.bytesKept()
    let sent = 0
    const endless = new ReadableStream({
      pull: (to) => (sent++ < 40 ? to.enqueue(new Uint8Array(megabyte / 4)) : to.close()),
    })
    expect(await put(url, Buffer.alloc(4 * megabyte + 1))).toBe(413)
    expect(await put(url, endless)).toBe(413)
    expect(await put(new URL(`/files/${'A'.repeat(43)}/x`, server.url).href, Buffer.alloc(megabyte))).toBe(404)
    expect([await desk.bytesKept(), await put(url, 'x'), await sizesOf('CP-3')]).toEqual([kept, 200, [1]])
  })

  const half = randomBytes(600_000)
  const chunk = Buffer.concat([Buffer.from(`${half.length.toString(16)}\r\n`), half, Buffer.from('\r\n')])
  it.each([
    ['of a length that was told', 'Content-Length: 900000', half],
    ['in chunks', 'Transfer-Encoding: chunked', chunk],
  ] as const)('of which half comes, %s, are nothing', async (_, header, part) => {
    const url = await uploadFor('CP-4')
    const kept = await desk.bytesKept()
    const before = await sizesOf('CP-4')
    const { hostname, port, pathname } = new URL(url)
    const socket = connect(Number(port), hostname)
    socket.on('error', () => {})
    socket.write(`PUT ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\n${header}\r\n\r\n`)
    socket.write(part)
    await until('something to arrive', async () => (await desk.bytesKept()) > kept)
    socket.destroy()
    await until('the half to be gone', async () => (await desk.bytesKept()) === kept)
    expect([await sizesOf('CP-4'), await put(url, half)]).toEqual([before, 200])
    expect(await sizesOf('CP-4')).toEqual([half.length, ...before])
  })

  it('that a station stops to fetch in the middle are read no further', async () => {
    const response = await fetch(new URL('/api/v1/files?name=g.bin', server.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/octet-stream' },
      body: bytes,
    })
    const { id } = (await response.json()) as { id: string }
    const errand = { tenant: 'default', identity: 'CP-5', kind: 'firmware', name: 'g.bin' } as const
    const { url } = await desk.tickets.issue({ ...errand, direction: 'download', file: id })
    for (let i = 0; i < 5; i++) {
      const leaving = new AbortController()
      const answer = await fetch(url, { signal: leaving.signal })
      await answer.body?.getReader().read()
      leaving.abort()
    }
    expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(bytes)).toBe(true)
  })
})
