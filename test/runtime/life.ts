import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { PeerOptions } from './scripted.ts'
import { type Running, seenWhen, sleep, type Ways } from './ways.ts'
import { frame, knockAt, op, open, Wire } from './wire.ts'

/** The API, the console: everything outside `/ocpp`. */
export const httpTests = (peer: () => Running): void => {
  it('passes method, body, peer and status through', async () => {
    const body = 'ü'.repeat(300_000)
    const answer = await fetch(new URL('/echo?x', peer().url), { method: 'PUT', body })
    expect([answer.status, answer.headers.get('x-method'), answer.headers.get('x-peer')]).toEqual([
      201,
      'PUT',
      '127.0.0.1',
    ])
    expect(await answer.text()).toBe(body)
  })

  it('keeps every cookie, answers HEAD without a body, and 404 as the application does', async () => {
    expect((await fetch(new URL('/cookies', peer().url))).headers.getSetCookie()).toEqual(['a=1', 'b=2'])
    const head = await fetch(new URL('/cookies', peer().url), { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    const nowhere = await fetch(new URL('/nowhere', peer().url))
    expect([nowhere.status, await nowhere.text()]).toEqual([404, 'application /nowhere'])
  })

  it('answers 500 without a stack when the application throws or rejects', async () => {
    for (const path of ['/throws', '/rejects']) {
      const answer = await fetch(new URL(path, peer().url))
      expect([answer.status, await answer.text()]).toEqual([500, 'internal error\n'])
    }
  })

  it('streams server-sent events as they come, and notices that the reader left', async () => {
    const { streamsLeft } = await peer().tell('seen')
    const wire = await Wire.connect(peer().url)
    wire.write('GET /sse HTTP/1.1\r\nHost: x\r\n\r\n')
    expect((await wire.head()).headers.get('content-type')).toBe('text/event-stream')
    await wire.textUntil('data: 3')
    wire.hangUp()
    expect((await seenWhen(peer(), (seen) => seen.streamsLeft > streamsLeft)).streamsLeft).toBe(streamsLeft + 1)
  })
}

/** The listener itself: pause, stop, many sockets, TLS, time. */
export const lifeTests = (ways: Ways): void => {
  const running: Running[] = []
  const start = async (options: PeerOptions = {}): Promise<Running> => {
    const peer = await ways.start(options)
    running.push(peer)
    return peer
  }
  afterEach(async () => {
    for (const peer of running.splice(0)) await peer.end()
  })

  it('pause takes no new sockets and keeps the open ones', async () => {
    const peer = await start()
    const wire = await open(peer.url)
    await peer.tell('pause')
    if (ways.paused === 'refused') await expect(Wire.connect(peer.url)).rejects.toThrow()
    else expect((await knockAt(peer.url, '/ocpp/echo'))[0].status).toBe(ways.paused)
    wire.write(frame(op.text, 'still here'))
    expect(await wire.text()).toBe('still here')
    await peer.tell('stop')
    await wire.end()
  })

  it('stop drops every socket, tells the gateway of each, and frees the port', async () => {
    const peer = await start()
    const wires = await Promise.all(Array.from({ length: 20 }, () => open(peer.url)))
    const stream = await Wire.connect(peer.url)
    stream.write('GET /sse HTTP/1.1\r\nHost: x\r\n\r\n')
    await stream.head()
    await peer.tell('stop')
    for (const wire of [...wires, stream]) await wire.end()
    expect((await seenWhen(peer, (seen) => seen.closed.length === 20)).closed.length).toBe(20)
    await expect(Wire.connect(peer.url)).rejects.toThrow()
  })

  it('500 sockets come and go and leave nothing', async () => {
    const peer = await start()
    const wires = await Promise.all(Array.from({ length: 500 }, () => open(peer.url)))
    for (const wire of wires) wire.write(frame(op.text, 'here'))
    for (const wire of wires) expect(await wire.text()).toBe('here')
    wires.forEach((wire, i) => (i % 2 === 0 ? wire.hangUp() : wire.write(frame(op.close, Buffer.from([0x03, 0xe8])))))
    const { admitted, opened, abandoned, closed } = await seenWhen(peer, (seen) => seen.closed.length === 500)
    expect([admitted, opened, abandoned, closed.length]).toEqual([500, 500, 0, 500])
    expect([closed.filter((code) => code === 1006).length, closed.filter((code) => code === 1000).length]).toEqual([
      250, 250,
    ])
    for (const wire of wires) await wire.end()
  })

  it('two listeners share a port', async () => {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const pair = [await start({ port }), await start({ port })]
    const wires = await Promise.all(Array.from({ length: 40 }, () => open(new URL(`http://127.0.0.1:${port}/`))))
    const opened = await Promise.all(pair.map(async (peer) => (await peer.tell('seen')).opened))
    wires.forEach((wire) => wire.hangUp())
    expect(opened.every((count) => count > 0)).toBe(true)
    expect(opened.reduce((sum, count) => sum + count, 0)).toBe(40)
  })

  it('INV-62: of two listeners on a port, one that pauses leaves every new socket to the other', async () => {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const [leaving, staying] = [await start({ port }), await start({ port })]
    const url = new URL(`http://127.0.0.1:${port}/`)
    const before = await Promise.all(Array.from({ length: 20 }, () => open(url)))
    await leaving.tell('pause')
    const opened = async (): Promise<number> => (await staying.tell('seen')).opened
    const had = await opened()
    // a runtime that cannot stop listening sends them away: they come again, to the other
    const after = await Promise.all(Array.from({ length: 20 }, () => openSomehow(url)))
    expect((await opened()) - had).toBe(20)
    for (const wire of [...before, ...after]) wire.hangUp()
  })

  it('speaks wss with the certificate it is given', async () => {
    const peer = await start({ tls: selfSigned() })
    expect(peer.url.protocol).toBe('https:')
    const wire = await open(peer.url)
    wire.write(frame(op.text, 'seat'))
    expect(JSON.parse(await wire.text())).toEqual({ target: '/ocpp/echo', peer: '127.0.0.1', secure: true })
    wire.hangUp()
  })

  it('BI-16 answers an alert to any TLS older than 1.2, and a handshake to 1.2 and 1.3', async () => {
    const { host } = (await start({ tls: selfSigned() })).url
    const shake = async (version: string): Promise<string> => {
      const how = ['s_client', '-connect', host, `-${version}`, '-cipher', 'DEFAULT:@SECLEVEL=0']
      const client = spawn('openssl', how, { stdio: ['pipe', 'pipe', 'pipe'] })
      let all = ''
      for (const output of [client.stdout, client.stderr]) output.on('data', (chunk: Buffer) => (all += String(chunk)))
      client.stdin.end()
      await new Promise((go) => client.once('close', go))
      if (/alert (?:protocol version|handshake failure)/.test(all)) return 'alert'
      return /Cipher is [A-Z]/.test(all) ? 'spoken' : all
    }
    const shaken = await Promise.all(['tls1', 'tls1_1', 'tls1_2', 'tls1_3'].map(shake))
    expect(shaken).toEqual(['alert', 'alert', 'spoken', 'spoken'])
  })

  it(`F-21 ${ways.cutsSlowHeaders ? 'cuts' : 'does not cut'} a peer without headers after 10 s, never a quiet socket`, async () => {
    const peer = await start()
    const [silent, slow, quiet] = [await Wire.connect(peer.url), await Wire.connect(peer.url), await open(peer.url)]
    slow.write('GET /ocpp/echo HTTP/1.1\r\nHost: x\r\n')
    const dripping = setInterval(() => slow.write('X-Drip: x\r\n'), 1_000)
    await sleep(15_500)
    clearInterval(dripping)
    expect([silent.ended, slow.ended, quiet.ended]).toEqual([ways.cutsSlowHeaders, ways.cutsSlowHeaders, false])
    quiet.write(frame(op.text, 'still here'))
    expect(await quiet.text()).toBe('still here')
    for (const wire of [silent, slow, quiet]) wire.hangUp()
  })
}

/** On a peer of their own: the sockets of other tests may still be ending. */
export const endTests = (ways: Ways): void => {
  let peer: Running
  beforeEach(async () => {
    peer = await ways.start({})
  })
  afterEach(() => peer.end())

  it('a gateway that hangs up at once with 1008 hears of the end exactly once', async () => {
    const wire = await open(peer.url, 'close-1008')
    expect(await wire.closeCode()).toBe(1008)
    wire.hangUp()
    await seenWhen(peer, (seen) => seen.closed.length > 0)
    await sleep(50)
    const { opened, closed, abandoned } = await peer.tell('seen')
    expect([opened, closed.length, abandoned]).toEqual([1, 1, 0])
  })

  it('the gateway hears the code with which the client closes, and 1006 when it is just gone', async () => {
    const [polite, rude] = [await open(peer.url), await open(peer.url)]
    polite.write(frame(op.close, Buffer.from([0x03, 0xe9])))
    await seenWhen(peer, (seen) => seen.closed.length === 1)
    rude.hangUp()
    expect((await seenWhen(peer, (seen) => seen.closed.length === 2)).closed).toEqual([1001, 1006])
  })
}

const openSomehow = async (url: URL): Promise<Wire> => {
  for (;;) {
    const [answer, wire] = await knockAt(url, '/ocpp/echo')
    if (answer.status === 101) return wire
    wire.hangUp()
  }
}

const selfSigned = (): { readonly cert: string; readonly key: string } => {
  const folder = mkdtempSync(join(tmpdir(), 'sm-tls-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const how = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost'
  execFileSync('openssl', [...how.split(' '), '-keyout', key, '-out', cert], { stdio: 'ignore' })
  const pair = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
  rmSync(folder, { recursive: true })
  return pair
}
