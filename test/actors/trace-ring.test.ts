import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TraceRing } from '../../actors/trace-ring.ts'
import type { Traced } from '../../core/domain/trace.ts'
import { testDigest } from '../support/database.ts'

const frame = (text: string, more: Partial<Traced> = {}): Traced => ({ kind: 'frame', direction: 'in', text, ...more })

describe('the wire trace in memory', () => {
  it('gives the newest entries of one charge point, newest first, in whole pages', () => {
    const ring = new TraceRing(1, 100)
    const [a, b] = [ring.ownerOf('a'), ring.ownerOf('b')]
    for (let i = 0; i < 10; i++)
      ring.add(i % 2 === 0 ? a : b, i, frame(`frame ${i} ü`, { direction: i % 3 === 0 ? 'in' : 'out' }))
    const page = ring.newest('a', { limit: 2 }, testDigest)
    expect(page).toEqual([
      { at: 8, serial: 108, kind: 'frame', direction: 'out', size: 10, text: 'frame 8 ü' },
      { at: 6, serial: 106, kind: 'frame', direction: 'in', size: 10, text: 'frame 6 ü' },
    ])
    expect(ring.newest('a', { limit: 9, below: { at: 6, serial: 106 } }, testDigest).map(({ at }) => at)).toEqual([
      4, 2, 0,
    ])
    expect(ring.newest('nobody', { limit: 5 }, testDigest)).toEqual([])
  })

  it('tells action, message id, latency and verdict, whether they were given or stand in the text', () => {
    const ring = new TraceRing(1, 0, (name) => name === 'Heartbeat')
    const owner = ring.ownerOf('a')
    ring.add(owner, 1, frame('[2,"m-1","Heartbeat",{}]', { action: 'Heartbeat', messageId: 'm-1', verdict: 'taken' }))
    ring.add(
      owner,
      2,
      frame('[3,"m-1",{}]', {
        direction: 'out',
        action: 'Heartbeat',
        messageId: 'm-1',
        latencyMs: 7,
        verdict: 'answered',
      }),
    )
    ring.add(owner, 3, frame('[2,"m-2","MadeUp",{}]', { action: 'MadeUp', messageId: 'm-2', verdict: 'taken' }))
    ring.add(owner, 4, frame('[4,"m-3","MadeUpError","",{}]', { messageId: 'm-3', verdict: 'MadeUpError' }))
    ring.add(owner, 5, {
      kind: 'token',
      action: 'Authorize',
      messageId: 'm-4',
      verdict: 'Accepted',
      text: '{"call":"m-4","token":"CARD1"}',
    })
    const [token, error, madeUp, answer, call] = ring.newest('a', { limit: 9 }, testDigest)
    expect(call).toMatchObject({ action: 'Heartbeat', messageId: 'm-1', verdict: 'taken', direction: 'in' })
    expect(call).not.toHaveProperty('latencyMs')
    expect(answer).toMatchObject({ action: 'Heartbeat', messageId: 'm-1', latencyMs: 7, verdict: 'answered' })
    expect(madeUp).toMatchObject({ action: 'MadeUp', messageId: 'm-2' })
    expect(error).toMatchObject({ messageId: 'm-3', verdict: 'MadeUpError' })
    expect(token).toMatchObject({ kind: 'token', action: 'Authorize', messageId: 'm-4', verdict: 'Accepted' })
    expect(token).not.toHaveProperty('direction')
  })

  it('finds by time, kind, direction, action, verdict and text', () => {
    const ring = new TraceRing(1)
    const owner = ring.ownerOf('a')
    ring.add(owner, 10, { kind: 'opened', text: '{}' })
    ring.add(owner, 20, frame('[2,"1","Heartbeat",{}]', { action: 'Heartbeat', verdict: 'taken' }))
    ring.add(owner, 30, frame('[3,"1",{}]', { direction: 'out', action: 'Heartbeat', verdict: 'answered' }))
    ring.add(
      owner,
      40,
      frame('[2,"2","Reset",{"type":"Hard"}]', { direction: 'out', action: 'Reset', verdict: 'sent' }),
    )
    const times = (query: object): readonly number[] =>
      ring.newest('a', { limit: 9, ...query }, testDigest).map(({ at }) => at)
    expect(times({ from: 20, to: 40 })).toEqual([30, 20])
    expect(times({ kind: 'frame' })).toEqual([40, 30, 20])
    expect(times({ direction: 'out' })).toEqual([40, 30])
    expect(times({ action: 'Heartbeat', verdict: 'answered' })).toEqual([30])
    expect(times({ texts: ['Hard', 'nothing'] })).toEqual([40])
  })

  it('S-20: shows no token, and finds one by its pseudonym only', () => {
    const ring = new TraceRing(1)
    ring.add(ring.ownerOf('a'), 1, frame('[2,"1","Authorize",{"idTag":"CARD1"}]'))
    const found = (texts: readonly string[]) => ring.newest('a', { limit: 9, texts }, testDigest)
    expect(found(['CARD1'])).toEqual([])
    expect(JSON.stringify(found([testDigest.pseudonym('card1')]))).not.toContain('CARD1')
    expect(found([testDigest.pseudonym('card1')])).toHaveLength(1)
  })

  it('forgets the oldest, and what it still has is never torn', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 50, maxLength: 200 }), (lengths) => {
        const ring = new TraceRing(1)
        const owner = ring.ownerOf('a')
        const texts = lengths.map((length, i) => `${i}:${'x'.repeat(length)}:${i}`)
        for (const [i, text] of texts.entries()) ring.add(owner, i, frame(text))
        const kept = ring.newest('a', { limit: 1_000 }, testDigest).toReversed()
        expect(kept.map(({ text }) => text)).toEqual(texts.slice(texts.length - kept.length))
        expect(kept.length).toBeGreaterThan(0)
      }),
      { numRuns: 30, seed: 3 },
    )
  })

  it('notes a text that is too large for it without the text', () => {
    const ring = new TraceRing(1)
    ring.add(ring.ownerOf('a'), 1, frame('x'.repeat(400_000)))
    expect(ring.newest('a', { limit: 1 }, testDigest)).toMatchObject([{ at: 1, size: 0, text: '' }])
  })

  it('keeps the names of actions that it knows, whatever a station makes up', () => {
    const ring = new TraceRing(1, 0, (name) => name === 'Heartbeat')
    const owner = ring.ownerOf('a')
    for (let i = 0; i < 1_000; i++)
      ring.add(owner, i, frame(`[4,"${i}","Error${i}","",{}]`, { action: `Made${i}`, verdict: `Error${i}` }))
    ring.add(owner, 2_000, frame('[3,"1",{}]', { direction: 'out', action: 'Heartbeat', verdict: 'answered' }))
    expect(ring.newest('a', { limit: 1 }, testDigest)).toMatchObject([{ action: 'Heartbeat', verdict: 'answered' }])
  })
})
