import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergedTrace, parsePosition, positionText, type TraceEntry } from '../../../core/domain/trace.ts'

const entry = (serial: number): TraceEntry => ({ at: Math.floor(serial / 3), serial, kind: 'frame', size: 0, text: '' })

describe('two halves of a trace', () => {
  it('are one, newest first, nothing twice and nothing lost, whatever each of them has', () => {
    const half = fc.uniqueArray(fc.nat(60), { maxLength: 40 })
    fc.assert(
      fc.property(half, half, (some, others) => {
        const newestFirst = (serials: readonly number[]) => serials.toSorted((a, b) => b - a).map(entry)
        expect(mergedTrace(newestFirst(some), newestFirst(others))).toEqual(
          newestFirst([...new Set([...some, ...others])]),
        )
      }),
      { numRuns: 500, seed: 5 },
    )
  })

  it('have positions that are read as they were written; anything else is none', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 43), fc.nat(2 ** 40), (at, serial) => {
        expect(parsePosition(positionText({ at, serial }))).toEqual({ at, serial })
      }),
    )
    for (const text of ['', '1', '1-', '-1', 'a-b', '1-2-3', `1-${'9'.repeat(30)}`])
      expect(parsePosition(text)).toBeUndefined()
  })
})
