import { afterEach, expect, it } from 'vitest'
import { type Running, seenWhen, sleep, type Ways } from './ways.ts'
import { frame, op, open, type Wire } from './wire.ts'

/** What an open socket hears and says. */
export const frameTests = (peer: () => Running, ways: Ways): void => {
  const wires: Wire[] = []
  const opened = async (identity?: string): Promise<Wire> => {
    const wire = await open(peer().url, identity)
    wires.push(wire)
    return wire
  }
  afterEach(() => wires.splice(0).forEach((wire) => wire.hangUp()))

  const codeAfter = async (...frames: readonly Buffer[]): Promise<number | 'dropped'> => {
    const wire = await opened()
    wire.write(Buffer.concat(frames))
    return wire.closeCode()
  }

  it('echoes texts in the order they came, also fragmented and empty ones', async () => {
    const wire = await opened()
    const texts = Array.from({ length: 200 }, (_, i) => `${i} ü€😀 ${'x'.repeat(i * 7)}`)
    wire.write(Buffer.concat(texts.map((text) => frame(op.text, text))))
    for (const text of texts) expect(await wire.text()).toBe(text)
    wire.write(frame(op.text, 'a', { final: false }))
    wire.write(Buffer.concat([frame(op.more, 'b', { final: false }), frame(op.ping, ''), frame(op.more, 'c')]))
    expect((await wire.frame())?.opcode).toBe(op.pong)
    expect(await wire.text()).toBe('abc')
    wire.write(frame(op.text, ''))
    expect(await wire.text()).toBe('')
  })

  it('open-ocpp 104: hears a text that comes byte by byte', async () => {
    const wire = await opened()
    for (const byte of frame(op.text, 'dribble')) {
      wire.write(Buffer.from([byte]))
      await sleep(2)
    }
    expect(await wire.text()).toBe('dribble')
  })

  it('BI-20 takes a text of exactly the longest size in bytes', async () => {
    const wire = await opened()
    const longest = '€'.repeat(21_845) + 'x'
    expect(Buffer.byteLength(longest)).toBe(65_536)
    wire.write(frame(op.text, longest))
    expect(await wire.text()).toBe(longest)
  })

  it.each([
    ['one byte more', `${'x'.repeat(65_537)}`],
    ['more bytes, not more characters', '€'.repeat(21_846)],
    ['twenty times as much', 'x'.repeat(1_300_000)],
  ])('BI-20 closes with 1009 after %s, and the gateway hears nothing of it', async (_, text) => {
    const { heard } = await peer().tell('seen')
    expect(await codeAfter(frame(op.text, text))).toBe(1009)
    expect((await peer().tell('seen')).heard).toBe(heard)
  })

  it('BI-20 closes with 1009 after fragments that are too long together', async () => {
    const half = 'x'.repeat(40_000)
    expect(await codeAfter(frame(op.text, half, { final: false }), frame(op.more, half))).toBe(1009)
  })

  it('hears nothing after it has hung up over what was said', async () => {
    const wire = await opened()
    const { heard } = await peer().tell('seen')
    wire.write(Buffer.concat([frame(op.text, 'x'.repeat(65_537)), frame(op.text, 'more')]))
    await sleep(100)
    expect((await peer().tell('seen')).heard).toBe(heard)
  })

  it('BI-21 closes with 1003 after a binary message', async () => {
    expect(await codeAfter(frame(op.binary, 'x'))).toBe(1003)
  })

  it(`BI-22 answers bad UTF-8 with ${ways.badText}`, async () => {
    expect(await codeAfter(frame(op.text, Buffer.from([0x61, 0xff, 0xfe])))).toBe(ways.badText)
  })

  it(`BI-22 answers an unmasked frame with ${ways.unmasked ?? 'the echo of its text'}`, async () => {
    const wire = await opened()
    wire.write(frame(op.text, 'bare', { masked: false }))
    if (ways.unmasked === undefined) expect(await wire.text()).toBe('bare')
    else expect(await wire.closeCode()).toBe(ways.unmasked)
  })

  it.each([
    ['reserved bits', frame(op.text, 'x', { reserved: 4 })],
    ['an unknown opcode', frame(3, 'x')],
    ['an oversize control frame', frame(op.ping, 'x'.repeat(126))],
    ['a fragmented control frame', frame(op.ping, 'x', { final: false })],
    ['a continuation of nothing', frame(op.more, 'x')],
  ])(`BI-22 answers %s with ${ways.broken}`, async (_, bytes) => {
    expect(await codeAfter(bytes)).toBe(ways.broken)
  })

  it.runIf(ways.pings)('BI-23b sends our ping, and reports the pong only when it comes', async () => {
    const wire = await opened()
    wire.write(frame(op.text, 'ping'))
    expect((await wire.frame())?.opcode).toBe(op.ping)
    wire.write(frame(op.text, 'between'))
    expect(await wire.text()).toBe('between')
    wire.write(frame(op.pong, ''))
    expect(await wire.text()).toBe('ponged')
  })

  it.runIf(ways.pings)('BI-23a tells the gateway of every ping of the peer, and answers it', async () => {
    const before = (await peer().tell('seen')).pings
    const wire = await opened()
    for (let i = 0; i < 3; i++) wire.write(frame(op.ping, ''))
    for (let i = 0; i < 3; i++) expect((await wire.frame())?.opcode).toBe(op.pong)
    expect((await peer().tell('seen')).pings - before).toBe(3)
  })

  it.runIf(!ways.pings)(
    'BI-23b has no ping of ours: it reports a pong while the runtime holds the peer alive',
    async () => {
      const wire = await opened()
      wire.write(frame(op.text, 'ping'))
      expect(await wire.text()).toBe('ponged')
    },
  )

  it.each([1000, 1008, 1012, 1013])('closes with %i when the gateway says so', async (code) => {
    const wire = await opened()
    wire.write(frame(op.text, `close ${code} because`))
    const close = await wire.frame()
    expect([close?.opcode, close?.payload.readUInt16BE(), close?.payload.subarray(2).toString()]).toEqual([
      op.close,
      code,
      'because',
    ])
  })

  it.each(['terminate', 'terminate-at-once'])('%s ends the connection', async (how) => {
    const wire = await opened(how === 'terminate' ? 'echo' : how)
    if (how === 'terminate') wire.write(frame(op.text, 'terminate'))
    expect(await wire.closeCode()).toBe(ways.terminates ? 'dropped' : 1005)
  })

  it('using a connection that is closed throws nothing and sends nothing', async () => {
    const wire = await opened()
    wire.write(frame(op.text, 'close-then-use'))
    expect(await wire.closeCode()).toBe(1000)
    wire.write(frame(op.close, Buffer.from([0x03, 0xe8])))
    expect(await wire.frame()).toBeUndefined()
  })

  it('closes with 1011 when the gateway throws over a text or at the opening', async () => {
    expect(await codeAfter(frame(op.text, 'throw'))).toBe(1011)
    const { abandoned } = await peer().tell('seen')
    expect(await (await opened('opened-throws')).closeCode()).toBe(1011)
    expect((await peer().tell('seen')).abandoned).toBe(abandoned + 1)
  })

  it('tells how many bytes wait when the client does not read', async () => {
    const wire = await opened()
    wire.pause()
    wire.write(frame(op.text, 'flood 400'))
    expect((await seenWhen(peer(), (seen) => seen.waited > 0)).waited).toBeGreaterThan(0)
  })
}
