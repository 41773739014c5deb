import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { differences } from '../../../core/charging/compare.ts'
import { type CompositePeriod, type CompositeSchedule, tidied } from '../../../core/charging/composite.ts'
import { noon, second } from './profiles.ts'

/** Pairs of seconds and limit; null is no limit. */
const schedule = (
  pairs: readonly (readonly [seconds: number, limit: number | null])[],
  over: Partial<CompositeSchedule> = {},
): CompositeSchedule => ({
  startsAt: noon,
  durationMs: 600 * second,
  unit: 'A',
  periods: pairs.map(([s, limit]) => ({ startMs: s * second, ...(limit !== null && { limit }) })),
  ...over,
})

/** Differences as [from, to, ours, theirs], in seconds. */
const told = (ours: CompositeSchedule, theirs: CompositeSchedule) =>
  differences(ours, theirs).map((d) => [d.fromMs / second, d.toMs / second, d.ours ?? null, d.theirs ?? null])

describe('what a station will do, beside what it should do', () => {
  const ours = schedule([
    [0, 160],
    [100, 60],
    [300, 160],
  ])

  it('does not differ where it is the same', () => {
    expect(told(ours, ours)).toEqual([])
  })

  it('differs where more or less is allowed, and by how much', () => {
    expect(
      told(
        ours,
        schedule([
          [0, 160],
          [200, 60],
          [300, 100],
        ]),
      ),
    ).toEqual([
      [100, 200, 60, 160],
      [300, 600, 160, 100],
    ])
  })

  it('may be off by a tenth', () => {
    expect(
      told(
        ours,
        schedule([
          [0, 161],
          [100, 59],
          [300, 160],
        ]),
      ),
    ).toEqual([])
    expect(
      told(
        ours,
        schedule([
          [0, 162],
          [100, 60],
          [300, 160],
        ]),
      ),
    ).toEqual([[0, 100, 160, 162]])
  })

  it('may be off by a second, early or late, also where the limit is another one', () => {
    expect(
      told(
        ours,
        schedule([
          [0, 160],
          [99, 60],
          [301, 160],
        ]),
      ),
    ).toEqual([])
    expect(
      told(
        ours,
        schedule([
          [0, 160],
          [102, 60],
          [300, 160],
        ]),
      ),
    ).toEqual([[100, 102, 60, 160]])
    expect(
      told(
        ours,
        schedule([
          [0, 160],
          [101, 60],
          [301, 100],
        ]),
      ),
    ).toEqual([[300, 600, 160, 100]])
  })

  it('differs from the first instant on, also just before a step', () => {
    expect(
      told(
        schedule([
          [0, 160],
          [1, 60],
        ]),
        schedule([[0, 100]]),
      ),
    ).toEqual([
      [0, 1, 160, 100],
      [1, 600, 60, 100],
    ])
  })

  it('may leave out what lasts less than its second', () => {
    const blink = schedule([
      [0, 160],
      [100, 0],
      [100.6, 60],
    ])
    expect(
      told(
        blink,
        schedule([
          [0, 160],
          [101, 60],
        ]),
      ),
    ).toEqual([])
  })

  it('differs all the time where its limits change every second', () => {
    const restless = schedule(Array.from({ length: 600 }, (_, s) => [s, 200 + 10 * (s % 2)] as const))
    const all = told(schedule([[0, 160]]), restless)
    expect([all[0], all.at(-1), all.length]).toEqual([[0, 1, 160, 200], [599, 600, 160, 210], 600])
  })

  it('differs where one has no limit and the other has, whichever', () => {
    expect(
      told(
        schedule([
          [0, 160],
          [300, null],
        ]),
        schedule([
          [0, null],
          [300, 320],
        ]),
      ),
    ).toEqual([
      [0, 300, 160, null],
      [300, 600, null, 320],
    ])
    expect(told(schedule([[0, null]]), schedule([[0, null]]))).toEqual([])
  })

  it('is looked at only while both tell of it, on the clock of both', () => {
    const late = schedule(
      [
        [0, 60],
        [200, 160],
      ],
      { startsAt: noon + 100 * second, durationMs: 300 * second },
    )
    expect(told(ours, late)).toEqual([])
    expect(told(ours, { ...late, periods: [{ startMs: 0, limit: 100 }] })).toEqual([
      [100, 300, 60, 100],
      [300, 400, 160, 100],
    ])
    expect(told(late, ours)).toEqual([])
    expect(told(ours, { ...late, startsAt: noon + 900 * second })).toEqual([])
  })

  it('cannot be told in another unit', () => {
    expect(() => differences(ours, { ...ours, unit: 'W' })).toThrow('different units')
  })

  const some = fc
    .array(fc.tuple(fc.nat(598), fc.option(fc.integer({ min: 0, max: 9 }), { nil: null })), {
      minLength: 1,
      maxLength: 12,
    })
    .map((pairs) => {
      const made: readonly CompositePeriod[] = pairs
        .toSorted(([a], [b]) => a - b)
        .map(([s, limit], i) => ({ startMs: i === 0 ? 0 : s * second, ...(limit !== null && { limit: limit * 10 }) }))
      return { ...schedule([]), periods: tidied(made) }
    })
  const limitAt = (one: CompositeSchedule, ms: number) => one.periods.findLast((p) => p.startMs <= ms)?.limit

  it('is told of exactly where limits differ, two seconds and more from every step', () => {
    fc.assert(
      fc.property(some, some, (a, b) => {
        const all = differences(a, b)
        const steps = [...a.periods, ...b.periods].filter((p) => p.startMs > 0)
        const offences = Array.from({ length: 600 }, (_, s) => s * second).filter((ms) => {
          if (steps.some((p) => Math.abs(p.startMs - ms) <= 2 * second)) return false
          return all.some((d) => d.fromMs <= ms && ms < d.toMs) !== (limitAt(a, ms) !== limitAt(b, ms))
        })
        expect(offences).toEqual([])
        for (const [i, d] of all.entries()) {
          expect(d.toMs).toBeGreaterThan(d.fromMs)
          expect(d.fromMs).toBeGreaterThanOrEqual(all[i - 1]?.toMs ?? 0)
          expect(d.ours).not.toBe(d.theirs)
        }
      }),
    )
  })
})
