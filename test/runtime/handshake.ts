import { expect, it } from 'vitest'
import { type Running, seenWhen, sleep, type Ways } from './ways.ts'
import { frame, knockAt, knocking, op, Wire } from './wire.ts'

/** Who is let in, and how the others are told. */
export const handshakeTests = (peer: () => Running, ways: Ways): void => {
  const status = async (target: string, change: Readonly<Record<string, string | undefined>> = {}): Promise<number> => {
    const [head, wire] = await knockAt(peer().url, target, change)
    wire.hangUp()
    return head.status
  }
  const targetSeen = async (target: string): Promise<string> => {
    const [head, wire] = await knockAt(peer().url, target)
    expect(head.status).toBe(101)
    wire.write(frame(op.text, 'seat'))
    const seat = JSON.parse(await wire.text()) as { target: string }
    wire.hangUp()
    return seat.target
  }

  it('BI-08 answers the sub-protocol that the gateway chose, not the first one offered, and no extension that we do not know', async () => {
    const [{ status, headers }, wire] = await knockAt(peer().url, '/ocpp/echo', {
      'Sec-WebSocket-Protocol': 'ocpp0.1, ocpp2.0.1, ocpp1.6',
      'Sec-WebSocket-Extensions': 'x-webkit-deflate-frame, permessage-bzip2; level=9',
    })
    wire.hangUp()
    expect([status, headers.get('sec-websocket-protocol')]).toEqual([101, 'ocpp2.0.1'])
    expect(headers.get('sec-websocket-accept')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=')
    expect(headers.has('sec-websocket-extensions')).toBe(false)
  })

  it('BI-07 refuses as the gateway says when no sub-protocol fits', async () => {
    expect(await status('/ocpp/echo', { 'Sec-WebSocket-Protocol': 'foo' })).toBe(400)
    expect(await status('/ocpp/echo', { 'Sec-WebSocket-Protocol': undefined })).toBe(400)
  })

  it('BI-07 opens without a sub-protocol where the gateway names none', async () => {
    const [{ status, headers }, wire] = await knockAt(peer().url, '/ocpp/without-protocol', {
      'Sec-WebSocket-Protocol': 'foo',
    })
    wire.hangUp()
    expect([status, headers.has('sec-websocket-protocol')]).toEqual([101, false])
  })

  it.each([
    [401, 'www-authenticate', 'Basic realm="ocpp"'],
    [403, 'content-type', 'text/plain; charset=utf-8'],
    [404, 'content-type', 'text/plain; charset=utf-8'],
    [429, 'retry-after', '20'],
    [503, 'retry-after', '7'],
  ])('answers a refusal with its status %i, its header %s and a word of why', async (code, header, value) => {
    const [head, wire] = await knockAt(peer().url, `/ocpp/refuse-${code}`)
    expect([head.status, head.headers.get(header)]).toEqual([code, value])
    expect(await wire.textUntil('\n')).toContain(`refused ${code}`)
    wire.hangUp()
  })

  it('BI-09 answers 426 and the version it speaks to any other WebSocket version', async () => {
    for (const version of ['8', '14', '', undefined]) {
      const [head, wire] = await knockAt(peer().url, '/ocpp/echo', { 'Sec-WebSocket-Version': version })
      wire.hangUp()
      expect([head.status, head.headers.get('sec-websocket-version')]).toEqual([426, '13'])
    }
  })

  it('BI-10 answers 426 to a plain GET, 405 to any other method', async () => {
    const plain = await fetch(new URL('/ocpp/echo', peer().url))
    expect([plain.status, plain.headers.get('upgrade')]).toEqual([426, 'websocket'])
    const post = await fetch(new URL('/ocpp/echo', peer().url), { method: 'POST', body: '[2,"1","Heartbeat",{}]' })
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET'])
    expect((await fetch(new URL('/ocpp', peer().url))).status).toBe(426)
  })

  it('answers 426 to an upgrade that the Connection header does not ask for, and asks no gateway', async () => {
    const { admitted } = await peer().tell('seen')
    expect(await status('/ocpp/echo', { Connection: 'close' })).toBe(426)
    // Autel MaxiCharger, firmware 1.38: it leaves the header out
    expect(await status('/ocpp/echo', { Connection: undefined })).toBe(426)
    expect((await peer().tell('seen')).admitted).toBe(admitted)
    expect(await status('/ocpp/echo', { Connection: 'keep-alive, Upgrade', Upgrade: 'WebSocket' })).toBe(101)
  })

  it('answers 400 to a key that is none', async () => {
    expect(await status('/ocpp/echo', { 'Sec-WebSocket-Key': 'short' })).toBe(400)
    expect(await status('/ocpp/echo', { 'Sec-WebSocket-Key': undefined })).toBe(400)
  })

  it(`BI-10 HTTP/2 without negotiation is ${ways.http2}, and never becomes a socket`, async () => {
    const { admitted } = await peer().tell('seen')
    const wire = await Wire.connect(peer().url)
    wire.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0')
    if (ways.http2 === 'refused') await wire.end()
    else expect((await wire.textUntil('\u0004')).startsWith('HTTP/1')).toBe(false)
    wire.hangUp()
    expect((await peer().tell('seen')).admitted).toBe(admitted)
  })

  it.each(['/ocpp/CP%201?x=y', '/ocpp/a%2Fb', '/ocpp/%zz', '/ocpp/%00', '//ocpp/echo', '/ocpp//echo', '/ocpp/t/echo/'])(
    'BI-05 hands %s to the gateway as it came',
    async (target) => expect(await targetSeen(target)).toBe(target),
  )

  it(`BI-05 hands /ocpp/a/../b to the gateway as ${ways.dotted}`, async () => {
    expect(await targetSeen('/ocpp/a/../b')).toBe(ways.dotted)
  })

  it('BI-05 dots and escapes do not change what is a charge point and what is the application', async () => {
    for (const target of ['/x/../ocpp/echo', '/o%63pp/echo', '/./ocpp/echo', '/ocppx/echo', '/ocpp%2Fecho'])
      expect([target, await status(target)]).toEqual([target, 404])
    for (const target of ['/ocpp/../echo', '/ocpp/%2e%2e/echo'])
      expect([target, await status(target)]).toEqual([target, 101])
  })

  it(`answers ${ways.absoluteForm} to a whole URL in the request line`, async () => {
    expect(await status('ws://cpms.example/ocpp/echo')).toBe(ways.absoluteForm)
    expect(await status('http://cpms.example/ocpp/echo')).toBe(101)
  })

  it('a Host header that is a path changes no routing', async () => {
    expect(await status('/echo', { Host: 'x/ocpp/y' })).not.toBe(101)
    expect(await status('/ocpp/echo', { Host: 'x/api?' })).toBe(101)
  })

  it('hands the Host header on as it came, to the gateway and to the application', async () => {
    for (const target of ['/ocpp/host', '/host'])
      for (const host of ['charge.example', 'CHARGE.example.:8443', 'xn--mller-kva.example:80']) {
        const [, wire] = await knockAt(peer().url, target, { Host: host })
        expect(
          await wire.textUntil(`asked for ${host}
`),
        ).toContain(host)
        wire.hangUp()
      }
  })

  it('BI-11 answers 431 to headers of more than 16 KB', async () => {
    expect(await status('/ocpp/echo', { 'X-Padding': 'x'.repeat(8_000) })).toBe(101)
    expect(await status('/ocpp/echo', { 'X-Padding': 'x'.repeat(17_000) })).toBe(431)
  })

  it('answers 500 when the gateway throws, and goes on', async () => {
    expect(await status('/ocpp/admit-throws')).toBe(500)
    expect(await status('/ocpp/echo')).toBe(101)
  })

  it('abandons the seat of a client that left while it was being admitted', async () => {
    const before = await peer().tell('seen')
    const wire = await Wire.connect(peer().url)
    wire.write(knocking('/ocpp/slow'))
    await sleep(100)
    wire.hangUp()
    const after = await seenWhen(peer(), (seen) => seen.abandoned > before.abandoned)
    expect([
      after.admitted - before.admitted,
      after.opened - before.opened,
      after.abandoned - before.abandoned,
    ]).toEqual([1, 0, 1])
  })
}
