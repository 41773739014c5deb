import { constants, deflateRawSync, inflateRawSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { Deflating, Running, Ways } from './ways.ts'
import { type Frame, frame, knockAt, op, type Wire } from './wire.ts'

/** The first of the reserved bits. */
const compressed = 4
const tail = Buffer.from([0, 0, 0xff, 0xff])
const limit = 65_536

const deflated = (text: string | Buffer): Buffer =>
  deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH, windowBits: 10 }).subarray(0, -tail.length)

const inflated = ({ payload }: Frame): string =>
  inflateRawSync(Buffer.concat([payload, tail]), { finishFlush: constants.Z_SYNC_FLUSH }).toString()

/** So many megabytes of zeros, each compressed by itself, without ever being there as a whole. */
const zeros = (megabytes: number): Buffer => {
  const one = deflateRawSync(Buffer.alloc(1_000_000), { finishFlush: constants.Z_FULL_FLUSH, windowBits: 10 })
  return Buffer.concat(Array.from({ length: megabytes }, () => one)).subarray(0, -tail.length)
}

/** RFC 7692: who gets it, and that a compressed message is held to the rules that a plain one is. */
export const deflateTests = (peer: () => Running, ways: Ways): void => {
  const wires: Wire[] = []
  afterEach(() => wires.splice(0).forEach((wire) => wire.hangUp()))

  /** A socket and what was answered to the offer. */
  const offering = async (
    offer: string | undefined,
    protocol = 'ocpp2.0.1',
  ): Promise<readonly [Wire, string | undefined]> => {
    const [{ status, headers }, wire] = await knockAt(peer().url, '/ocpp/echo', {
      'Sec-WebSocket-Protocol': protocol,
      'Sec-WebSocket-Extensions': offer,
    })
    wires.push(wire)
    expect(status).toBe(101)
    return [wire, headers.get('sec-websocket-extensions')]
  }
  const answer = async (offer: string, protocol?: string): Promise<string | undefined> =>
    (await offering(offer, protocol))[1]

  const staysPlain = async (wire: Wire): Promise<void> => {
    const text = 'plain '.repeat(1_000)
    wire.write(frame(op.text, text))
    const echo = await wire.frame()
    expect([echo?.reserved, echo?.payload.toString()]).toEqual([0, text])
  }

  it('is not given to an ocpp1.6 client that offers it: its texts stay plain, and a compressed one ends the socket', async () => {
    const [wire, given] = await offering('permessage-deflate; client_max_window_bits', 'ocpp1.6')
    expect(given).toBeUndefined()
    await staysPlain(wire)
    wire.write(frame(op.text, deflated('x'.repeat(2_000)), { reserved: compressed }))
    expect(await wire.closeCode()).toBe(ways.broken)
  })

  it('is not forced on an ocpp2.0.1 client that does not offer it', async () => {
    const [wire, given] = await offering(undefined)
    expect(given).toBeUndefined()
    await staysPlain(wire)
    wire.write(frame(op.text, deflated('x'.repeat(2_000)), { reserved: compressed }))
    expect(await wire.closeCode()).toBe(ways.broken)
  })

  it.each([
    ['what nobody knows', 'permessage-deflate; level=9'],
    ['a parameter twice', 'permessage-deflate; client_no_context_takeover; client_no_context_takeover'],
    ['a value where there is none', 'permessage-deflate; server_no_context_takeover=1'],
    ['no value where there is one', 'permessage-deflate; server_max_window_bits'],
    ['a window that does not exist', 'permessage-deflate; server_max_window_bits=7'],
    ['a window smaller than any of ours', 'permessage-deflate; server_max_window_bits=8'],
    ['what is no header', 'permessage-deflate; ="; ,;'],
    ['another extension', 'x-webkit-deflate-frame'],
  ])('is not taken up, and the client served plain, where its offer has %s', async (_, offer) => {
    const [wire, given] = await offering(offer)
    expect(given).toBeUndefined()
    await staysPlain(wire)
  })

  it('is spoken with a client that is not ours', async () => {
    const texts = ['short', 'long '.repeat(5_000), JSON.stringify(Array.from({ length: 900 }, (_, i) => i))]
    const client = new WebSocket(new URL('/ocpp/echo', peer().url.href.replace('http', 'ws')), 'ocpp2.0.1', {
      perMessageDeflate: { threshold: 0 },
    })
    const heard: string[] = []
    await new Promise<void>((go, fail) => {
      client.on('open', () => texts.forEach((text) => client.send(text)))
      client.on('message', (text) => heard.push((text as Buffer).toString()) === texts.length && go())
      client.on('error', fail).on('close', (code) => fail(new Error(`closed with ${code}`)))
    })
    client.removeAllListeners('close')
    const { extensions } = client
    client.terminate()
    expect([heard, extensions.includes('permessage-deflate')]).toEqual([texts, ways.deflate !== undefined])
  })

  const { deflate } = ways
  if (deflate === undefined)
    it('is never taken up: the client that offers it is served plain', async () => {
      const [wire, given] = await offering('permessage-deflate; client_max_window_bits')
      expect(given).toBeUndefined()
      await staysPlain(wire)
    })
  else describe('once it is negotiated', () => negotiatedTests({ peer, ways, deflate, answer, offering }))
}

interface Negotiating {
  readonly peer: () => Running
  readonly ways: Ways
  readonly deflate: Deflating
  readonly answer: (offer: string, protocol?: string) => Promise<string | undefined>
  readonly offering: (offer: string) => Promise<readonly [Wire, string | undefined]>
}

const negotiatedTests = ({ peer, ways, deflate, answer, offering }: Negotiating): void => {
  const opened = async (): Promise<Wire> => (await offering('permessage-deflate; client_max_window_bits'))[0]
  const saying = (payload: Buffer): Buffer => frame(op.text, payload, { reserved: compressed })
  const codeAfter = async (...frames: readonly Buffer[]): Promise<number | 'dropped'> => {
    const wire = await opened()
    wire.write(Buffer.concat(frames))
    return wire.closeCode()
  }
  const heardOf = async (frames: Buffer): Promise<readonly [number | 'dropped', number]> => {
    const { heard } = await peer().tell('seen')
    const code = await codeAfter(frames)
    return [code, (await peer().tell('seen')).heard - heard]
  }

  it('forgets each message after it, and asks the client to do so too', async () => {
    const [asked, unasked] = deflate.answers
    for (const protocol of ['ocpp2.0.1', 'ocpp2.1'])
      expect(await answer('permessage-deflate; client_max_window_bits', protocol)).toBe(asked)
    expect(await answer('permessage-deflate')).toBe(unasked)
  })

  it('takes the first of several offers that it can keep', async () => {
    const offers = ['x-foo', 'permessage-deflate; level=9', 'permessage-deflate; server_max_window_bits=8']
    expect(await answer([...offers, 'permessage-deflate'].join(', '))).toBe(deflate.answers[1])
  })

  it('keeps to the window that the client asks for, or declines', async () => {
    for (let bits = 8; bits <= 15; bits++) {
      const given = await answer(`permessage-deflate; server_max_window_bits="${bits}"`)
      const kept = given && Number(/server_max_window_bits=(\d+)/.exec(given)?.[1] ?? 15)
      expect([bits, kept]).toEqual([bits, bits < deflate.serverBits ? undefined : deflate.serverBits])
    }
  })

  it('never tells a client a window larger than its own', async () => {
    for (let bits = 8; bits <= 15; bits++) {
      const given = await answer(`permessage-deflate; client_max_window_bits=${bits}`)
      expect(Number(/client_max_window_bits=(\d+)/.exec(given ?? '')?.[1] ?? bits)).toBeLessThanOrEqual(bits)
      expect(given).toContain('client_no_context_takeover')
    }
  })

  it('compresses from 1,024 bytes on, each message by itself, and hears what is compressed, however short', async () => {
    const wire = await opened()
    for (const length of [1_024, 1, 1_023, 1_024, 60_000]) {
      const text = 'station '.repeat(length / 8 + 1).slice(0, length)
      wire.write(saying(deflated(text)))
      const echo = await wire.frame()
      if (echo === undefined) throw new Error('no echo')
      expect([length, echo.reserved]).toEqual([length, length < 1_024 ? 0 : compressed])
      expect(echo.reserved === 0 ? echo.payload.toString() : inflated(echo)).toBe(text)
      if (length > 1_023) expect(echo.payload.length).toBeLessThan(length / 2)
    }
  })

  it('hears plain texts as well, and answers both in their order', async () => {
    const wire = await opened()
    const texts = Array.from({ length: 60 }, (_, i) => `${i} ü€😀 ${'x'.repeat(i * 40)}`)
    wire.write(Buffer.concat(texts.map((text, i) => (i % 2 === 0 ? frame(op.text, text) : saying(deflated(text))))))
    for (const text of texts) {
      const echo = await wire.frame()
      expect(echo?.reserved === compressed ? inflated(echo) : echo?.payload.toString()).toBe(text)
    }
  })

  it('puts a compressed text together that comes in fragments, with a ping between them', async () => {
    const wire = await opened()
    const text = 'fragmented '.repeat(300)
    const bytes = deflated(text)
    wire.write(frame(op.text, bytes.subarray(0, 5), { final: false, reserved: compressed }))
    wire.write(frame(op.more, bytes.subarray(5, 9), { final: false }))
    wire.write(Buffer.concat([frame(op.ping, 'p'), frame(op.more, bytes.subarray(9))]))
    expect((await wire.frame())?.opcode).toBe(op.pong)
    const echo = await wire.frame()
    expect(echo !== undefined && inflated(echo)).toBe(text)
  })

  it('BI-20 takes a text of exactly the longest size, and closes with 1009 after one byte more', async () => {
    const wire = await opened()
    wire.write(saying(deflated('x'.repeat(limit))))
    const echo = await wire.frame()
    expect(echo !== undefined && inflated(echo).length).toBe(limit)
    expect(await heardOf(saying(deflated('x'.repeat(limit + 1))))).toEqual([1009, 0])
  })

  it('BI-20 closes with 1009 after 10 MB of zeros in a few KB', async () => {
    const bomb = zeros(10)
    expect(bomb.length).toBeLessThan(limit)
    expect(await heardOf(saying(bomb))).toEqual([1009, 0])
    const [head, rest] = [bomb.subarray(0, 2_000), bomb.subarray(2_000)]
    const fragments = [frame(op.text, head, { final: false, reserved: compressed }), frame(op.more, rest)]
    expect(await heardOf(Buffer.concat(fragments))).toEqual([1009, 0])
  })

  it('BI-20 never holds what a bomb would be: 500 MB of zeros are not inflated', async () => {
    const bomb = saying(zeros(500))
    expect(bomb.length).toBeLessThan(1_000_000)
    const { peakBytes } = await peer().tell('seen')
    expect(await codeAfter(bomb)).toBe(1009)
    expect((await peer().tell('seen')).peakBytes - peakBytes).toBeLessThan(50_000_000)
  })

  it('closes with 1009 after a compressed text whose inflated characters are few and bytes many', async () => {
    expect(await heardOf(saying(deflated('€'.repeat(limit / 3 + 1))))).toEqual([1009, 0])
  })

  it('BI-21 closes with 1003 after a compressed binary message', async () => {
    expect(await codeAfter(frame(op.binary, deflated('x'), { reserved: compressed }))).toBe(1003)
  })

  it.each([
    ['bad UTF-8 inside', deflated(Buffer.from([0x61, 0xff, 0xfe])), ways.badText],
    ['what is not DEFLATE', Buffer.alloc(64, 0xff), deflate.rubbish],
  ])('BI-22 answers %s with a close', async (_, payload, code) => {
    expect(await codeAfter(saying(payload))).toBe(code)
  })

  it.each([
    ['the second reserved bit', frame(op.text, deflated('x'), { reserved: 2 })],
    ['a compressed control frame', frame(op.ping, deflated('x'), { reserved: compressed })],
    [
      'a fragment that says it is compressed where the first did',
      Buffer.concat([
        frame(op.text, 'x', { final: false, reserved: compressed }),
        frame(op.more, 'x', { reserved: compressed }),
      ]),
    ],
  ])(`BI-22 answers %s with ${ways.broken}`, async (_, bytes) => {
    expect(await codeAfter(bytes)).toBe(ways.broken)
  })
}
