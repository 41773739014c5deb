import { describe, expect, it } from 'vitest'
import { type Noted, TraceWriter } from '../../actors/trace-writer.ts'
import type { Traced } from '../../core/domain/trace.ts'
import { LedgerUnavailable } from '../../core/ports/ledger.ts'
import type { StoredTrace } from '../../core/ports/trace-store.ts'
import { TestClock } from '../support/clock.ts'
import { testDigest } from '../support/database.ts'
import { silence } from '../support/quiet.ts'

const noted = (serial: number, text = `[2,"${serial}","Heartbeat",{}]`, more: Partial<Traced> = {}): Noted => ({
  ref: { tenant: 'default', identity: 'CP-1' },
  at: serial,
  serial,
  traced: { kind: 'frame', direction: 'in', text, ...more },
})

const writer = (write: (entries: readonly StoredTrace[]) => Promise<void>) => {
  const clock = new TestClock()
  const stored: StoredTrace[] = []
  const batches: number[] = []
  let dropped = 0
  const trace = new TraceWriter({
    store: {
      async write(entries) {
        batches.push(entries.length)
        await write(entries)
        stored.push(...entries)
      },
    },
    digest: testDigest,
    timers: clock,
    log: silence,
    dropped: { add: () => void dropped++ },
  })
  return { trace, clock, stored, batches, dropped: () => dropped }
}

const fine = async (): Promise<void> => {}

describe('the writer of the trace', () => {
  it('writes what comes in a moment by one statement, in order', async () => {
    const { trace, clock, stored, batches } = writer(fine)
    for (let i = 0; i < 100; i++) trace.add(noted(i))
    expect(batches).toEqual([])
    await clock.pass(300)
    expect(batches).toEqual([100])
    expect(stored.map(({ serial }) => serial)).toEqual(Array.from({ length: 100 }, (_, i) => i))
  })

  it('takes no more than its share, however much is said', async () => {
    const { trace, clock, batches } = writer(fine)
    for (let i = 0; i < 5_000; i++) trace.add(noted(i))
    await clock.pass(1_000)
    expect(batches).toEqual([300, 300, 300, 300])
  })

  it('drops the oldest and counts them when the store is slow, and never holds more than so many', async () => {
    let open = (): void => {}
    const gate = new Promise<void>((go) => (open = go))
    const { trace, clock, stored, dropped } = writer(() => gate)
    for (let i = 0; i < 300; i++) trace.add(noted(i))
    await clock.pass(300)
    // whoever adds returns at once, and nothing is awaited
    for (let i = 300; i < 30_300; i++) trace.add(noted(i))
    expect([trace.pending, dropped()]).toEqual([20_300, 10_000])
    open()
    await clock.pass(20_000)
    expect(trace.pending).toBe(0)
    const kept = stored.map(({ serial }) => serial)
    expect([kept.length, kept[299], kept[300], kept.at(-1)]).toEqual([20_300, 299, 10_300, 30_299])
  })

  it('holds no more than so many characters', () => {
    const { trace, dropped } = writer(fine)
    for (let i = 0; i < 200; i++) trace.add(noted(i, 'x'.repeat(64 * 1024)))
    expect([trace.pending, dropped()]).toEqual([128, 72])
  })

  it('keeps what it has during an outage and writes it afterwards, each entry once', async () => {
    let isDown = true
    const { trace, clock, stored, dropped } = writer(async () => {
      if (isDown) throw new LedgerUnavailable('down')
    })
    for (let i = 0; i < 700; i++) trace.add(noted(i))
    await clock.pass(5_000)
    expect(stored).toEqual([])
    isDown = false
    await clock.pass(5_000)
    expect([stored.length, new Set(stored.map(({ serial }) => serial)).size, dropped()]).toEqual([700, 700, 0])
    expect(stored.map(({ serial }) => serial)).toEqual(Array.from({ length: 700 }, (_, i) => i))
  })

  it('drops alone what the store cannot take', async () => {
    const { trace, clock, stored, dropped } = writer(async (entries) => {
      if (entries.some(({ serial }) => serial === 7)) throw new Error('a value that no column takes')
    })
    for (let i = 0; i < 20; i++) trace.add(noted(i))
    await clock.pass(300)
    expect([stored.length, stored.some(({ serial }) => serial === 7), dropped()]).toEqual([19, false, 1])
  })

  it('S-20: hands out masked texts that any text column takes, with the size of what was said', async () => {
    const { trace, clock, stored } = writer(fine)
    trace.add(noted(1, '[2,"1","Authorize",{"idTag":"CÄRD"}]'))
    trace.add(noted(2, 'a\u0000b\ud800', { messageId: '\u0000', action: 'x'.repeat(1_000) }))
    await clock.pass(300)
    expect(stored[0]).toMatchObject({
      size: 37,
      text: `[2,"1","Authorize",{"idTag":"${testDigest.pseudonym('cärd')}"}]`,
    })
    expect(stored[1]).toMatchObject({ text: 'ab\ufffd', messageId: '', action: 'x'.repeat(100) })
  })

  it('does without pauses when there is little time left', async () => {
    const { trace, clock, stored } = writer(fine)
    for (let i = 0; i < 5_000; i++) trace.add(noted(i))
    trace.hurry()
    await clock.pass(300)
    expect([stored.length, trace.pending]).toEqual([5_000, 0])
  })
})
