import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { reachOver, type Resolve } from '../../../adapters/roaming/reach.ts'
import type { Reached, Wanted } from '../../../core/ports/roaming-partners.ts'

const closers: (() => void)[] = []
afterEach(() => closers.splice(0).forEach((close) => close()))

interface Receiver {
  readonly port: number
  /** Connections, and bytes that came over them. */
  readonly seen: { connections: number; bytes: number }
}

/** Somebody who does this with each request, and nothing by himself. */
const receiver = async (does: (socket: Socket, request: string) => void): Promise<Receiver> => {
  const seen = { connections: 0, bytes: 0 }
  const server: Server = createServer((socket) => {
    seen.connections++
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      seen.bytes += chunk.length
      does(socket, chunk.toString())
    })
    closers.push(() => socket.destroy())
  })
  await new Promise<void>((open) => server.listen(0, '127.0.0.1', open))
  closers.push(() => server.close())
  return { port: (server.address() as AddressInfo).port, seen }
}

const answering = (body: string, more = ''): Promise<Receiver> =>
  receiver((socket) => socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n${more}\r\n${body}`))

const here: Resolve = async () => [{ address: '127.0.0.1', family: 4 }]

const lost: Resolve = () => new Promise(() => undefined)

const caller = (resolve: Resolve = here) => {
  const reach = reachOver(resolve)
  closers.push(() => reach.close())
  return (port: number, more: Partial<Wanted> = {}): Promise<Reached> =>
    reach({ method: 'GET', url: `http://partner.test:${port}/versions`, headers: {}, timeoutMs: 2_000, ...more })
}

describe('a request to a partner', () => {
  it('goes over the connection that is there already', async () => {
    const { port, seen } = await answering('x')
    const call = caller()
    const replies = [await call(port), await call(port), await call(port)]
    expect([replies.map(({ type }) => type), seen.connections]).toEqual([['answered', 'answered', 'answered'], 1])
  })

  it('has its answer with its headers, whole', async () => {
    const { port } = await answering('{"a":1}', 'Link: <x>; rel="next"\r\n')
    const reached = await caller()(port)
    expect(reached).toEqual({
      type: 'answered',
      status: 200,
      text: '{"a":1}',
      isWhole: true,
      headers: expect.objectContaining({ link: '<x>; rel="next"' }),
    })
  })

  it('goes to the address that was looked at, whatever its name means to others (BI-55)', async () => {
    const { port, seen } = await answering('x', 'connection: close\r\n')
    const asked: string[] = []
    const call = caller(async (host) => {
      asked.push(host)
      return here(host)
    })
    await call(port)
    await call(port)
    // one look for one connection, and none beside it: nobody else knows a partner.test
    expect([asked, seen.connections]).toEqual([['partner.test', 'partner.test'], 2])
  })

  it('is not sent where its name leads into our own network by the second connection (BI-55)', async () => {
    const { port, seen } = await answering('x', 'connection: close\r\n')
    let looks = 0
    const call = caller(async (host) => {
      if (++looks > 1) throw new Error(`${host} is not on the internet`)
      return here(host)
    })
    await call(port)
    const before = seen.bytes
    expect([await call(port), seen.bytes - before]).toEqual([
      { type: 'unreached', reason: 'partner.test is not on the internet' },
      0,
    ])
  })

  it.each(['http://127.0.0.1', 'http://[::1]', 'http://2130706433', 'http://0x7f.1', 'http://127.1'])(
    'is not sent to %s: an address is looked at as well as a name (BI-55)',
    async (base) => {
      const { port, seen } = await answering('x')
      const call = caller(async (host) => {
        throw new Error(`${host} is not on the internet`)
      })
      const reached = await call(port, { url: `${base}:${port}/` })
      expect([reached.type, seen.connections]).toEqual(['unreached', 0])
    },
  )

  it('goes nowhere else when it is told to (BI-55)', async () => {
    const elsewhere = await answering('secret')
    const { port } = await receiver((socket) =>
      socket.write(`HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:${elsewhere.port}/\r\ncontent-length: 0\r\n\r\n`),
    )
    const reached = await caller()(port)
    expect([reached.type === 'answered' && reached.status, elsewhere.seen.connections]).toEqual([302, 0])
  })
})

type Mishap = readonly [
  string,
  () => Promise<number>,
  Reached['type'],
  { readonly timeoutMs?: number; readonly secured?: true }?,
]

describe('what may have come of a request', () => {
  it.each([
    ['nothing, where nobody is there', async () => 9, 'unreached'],
    [
      'nothing, where the other side does not speak TLS',
      async () => (await answering('x')).port,
      'unreached',
      { secured: true },
    ],
    [
      'anything, where the connection breaks after it',
      async () => (await receiver((s) => s.resetAndDestroy())).port,
      'unclear',
    ],
    [
      'anything, where no answer comes in time',
      async () => (await receiver(() => undefined)).port,
      'unclear',
      { timeoutMs: 60 },
    ],
  ] as const satisfies readonly Mishap[])('%s', async (_, open, type, more: Mishap[3] = {}) => {
    const port = await open()
    const { secured, ...wanted } = more
    const url = `${secured === true ? 'https' : 'http'}://partner.test:${port}/`
    expect((await caller()(port, { ...wanted, url })).type).toBe(type)
  })

  it('nothing, where its name is not found in time', async () => {
    const { port, seen } = await answering('x')
    const reached = await caller(lost)(port, { timeoutMs: 60 })
    expect([reached.type, seen.connections]).toEqual(['unreached', 0])
  })

  it('an answer that is longer than was asked for is cut there, and said to be', async () => {
    const { port } = await answering('x'.repeat(5_000))
    const reached = await caller()(port, { mostBytes: 100 })
    expect(reached.type === 'answered' && [reached.text.length, reached.isWhole]).toEqual([100, false])
  })

  it.each([
    ['breaks off', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{"da')],
    [
      'stops in the middle for too long',
      (socket: Socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{"da'),
    ],
  ])('an answer that %s is not whole', async (_, does) => {
    const { port } = await receiver(does)
    const reached = await caller()(port, { timeoutMs: 150 })
    expect(reached.type === 'answered' && [reached.status, reached.text, reached.isWhole]).toEqual([200, '{"da', false])
  })
})
