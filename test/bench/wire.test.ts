import 'reflect-metadata'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect, Untrusted, type WireOptions } from '../../bench/wire.ts'
import { type Authority, authority, type Owned } from '../support/authority.ts'

describe('a wire over TLS', () => {
  let root: Authority
  let station: Owned
  let server: Bun.Server<undefined>

  beforeAll(async () => {
    root = await authority('Root', Date.now())
    station = await root.issueFor('CP-1')
    const { certificate, key } = await root.issueFor('localhost')
    server = Bun.serve({
      port: 0,
      hostname: 'localhost',
      tls: { cert: certificate, key: pemOf(key), ca: root.root, requestCert: true, rejectUnauthorized: true },
      fetch: (request, bun) =>
        bun.upgrade(request, { headers: { 'sec-websocket-protocol': 'ocpp1.6' } }) ? undefined : new Response(null),
      websocket: { message: (socket, text) => void socket.send(`heard ${String(text)}`) },
    })
  })
  afterAll(() => server?.stop(true))

  const pemOf = (key: Owned['key']): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()
  const said = async (tls: NonNullable<WireOptions['tls']>): Promise<string> => {
    const { promise, resolve } = Promise.withResolvers<string>()
    const wire = await connect({
      url: `wss://localhost:${server.port}/ocpp`,
      identity: 'CP-1',
      password: 'a-password-of-the-station',
      protocol: 'ocpp1.6',
      opened: () => {},
      heard: resolve,
      closed: () => {},
      tls,
    })
    wire.send('hello')
    return promise.finally(() => wire.drop())
  }

  it('knows the server by its root, and is known by its own certificate', async () => {
    const own = { cert: station.certificate, key: pemOf(station.key) }
    expect(await said({ ca: [root.root], ...own })).toBe('heard hello')
    await expect(said({ ca: [root.root] })).rejects.toThrow('closed during the handshake')
  })

  it('does not go to a server that no root of its own vouches for', async () => {
    const own = { cert: station.certificate, key: pemOf(station.key) }
    const stranger = await authority('Stranger', Date.now())
    await expect(said({ ca: [stranger.root], ...own })).rejects.toBeInstanceOf(Untrusted)
  })
})

describe('a wire that offers permessage-deflate', () => {
  const long = 'a text that is long, '.repeat(200)
  const echoOf = async (perMessageDeflate: boolean, text: string): Promise<readonly [unknown, string]> => {
    const server = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: (request, bun) => (bun.upgrade(request) ? undefined : new Response(null)),
      websocket: { perMessageDeflate, message: (socket, said) => void socket.send(`${String(said)}!`, true) },
    })
    const { promise, resolve } = Promise.withResolvers<string>()
    const wire = await connect({
      url: `ws://127.0.0.1:${server.port}/ocpp`,
      identity: 'CP-1',
      password: 'a-password-of-the-station',
      protocol: 'ocpp2.0.1',
      deflate: true,
      opened: () => {},
      heard: resolve,
      closed: () => {},
    })
    wire.send(text)
    const echo = await promise
    wire.drop()
    void server.stop(true)
    return [wire.deflates, echo]
  }

  it.each([true, false])('says and hears the same whether it gets it or not: %s', async (given) => {
    expect(await echoOf(given, long)).toEqual([given, `${long}!`])
    expect(await echoOf(given, 'short')).toEqual([given, 'short!'])
  })
})
