import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TraceRing } from '../../actors/trace-ring.ts'

describe('the wire trace in memory', () => {
  it('gives the newest frames of one charge point, oldest first', () => {
    const ring = new TraceRing(1)
    for (let i = 0; i < 10; i++) ring.add(i % 2 === 0 ? 'a' : 'b', i, i % 3 === 0 ? 'in' : 'out', `frame ${i} ü`)
    expect(ring.of('a', 2)).toEqual([
      { at: 6, direction: 'in', text: 'frame 6 ü' },
      { at: 8, direction: 'out', text: 'frame 8 ü' },
    ])
    expect(ring.of('nobody', 5)).toEqual([])
  })

  it('forgets the oldest, and what it still has is never torn', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 50, maxLength: 200 }), (lengths) => {
        const ring = new TraceRing(1)
        const texts = lengths.map((length, i) => `${i}:${'x'.repeat(length)}:${i}`)
        for (const [i, text] of texts.entries()) ring.add('a', i, 'in', text)
        const kept = ring.of('a', 1_000)
        expect(kept.map((frame) => frame.text)).toEqual(texts.slice(texts.length - kept.length))
        expect(kept.length).toBeGreaterThan(0)
      }),
      { numRuns: 30, seed: 3 },
    )
  })
})
