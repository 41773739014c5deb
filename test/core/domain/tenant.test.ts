import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { moved, type Parent, parentFault, resellerOn } from '../../../core/domain/tenant.ts'
import { isOverlap } from '../../../core/domain/tenure.ts'

const today = '2026-11-27'
const below = (reseller: string, from?: string, until?: string): Parent => ({
  reseller,
  ...(from !== undefined && { from }),
  ...(until !== undefined && { until }),
})

describe('whom a CPO is below', () => {
  const moves = [below('r1', '2026-01-01', '2026-12-01'), below('r2', '2026-12-01')]

  it.each([
    ['2025-12-31', undefined],
    ['2026-01-01', 'r1'],
    ['2026-11-30', 'r1'],
    ['2026-12-01', 'r2'],
    ['2027-12-01', 'r2'],
  ])('on %s it is %s', (day, reseller) => {
    expect(resellerOn({ parents: moves }, day)).toBe(reseller)
  })

  it('moves on a day: the one ends where the other begins, and what was to come after is not any more', () => {
    const planned = [below('r1'), below('r3', '2027-06-01')].map((one) => one)
    expect(
      moved([below('r1', undefined, '2027-06-01'), below('r3', '2027-06-01')], {
        reseller: 'r2',
        day: '2026-12-01',
        today,
      }),
    ).toEqual([below('r1', undefined, '2026-12-01'), below('r2', '2026-12-01')])
    expect(moved(planned.slice(0, 1), { day: '2026-12-01', today })).toEqual([below('r1', undefined, '2026-12-01')])
  })

  it('a move to where it is already ends nothing', () => {
    expect(moved([below('r1')], { reseller: 'r1', day: '2026-12-01', today })).toEqual([below('r1')])
  })

  it('a move in the past is refused: what has been is kept', () => {
    expect(moved([below('r1')], { reseller: 'r2', day: '2026-11-26', today })).toEqual({
      pointer: '/from',
      refused: 'is before today, 2026-11-27: what has been is kept',
    })
  })

  it.each([
    [
      'two on one day, and names both',
      below('r2', '2026-06-01'),
      '/from',
      /^r2 \(from 2026-06-01 on\) overlaps r1 \(from 2026-01-01 until 2026-12-01\)/,
    ],
    [
      'another reseller for what has begun',
      below('r9', '2026-01-01', '2026-12-01'),
      '/reseller',
      /it has been below r1/,
    ],
    ['an end before today', below('r1', '2026-01-01', '2026-10-01'), '/until', /before today, 2026-11-27/],
    ['an end before its beginning', below('r9', '2026-12-01', '2026-12-01'), '/until', /is not after its first day/],
  ])('refuses %s', (_, wanted, pointer, refused) => {
    const fault = parentFault(moves, wanted, today)
    expect([fault?.pointer, fault?.refused]).toEqual([pointer, expect.stringMatching(refused)])
  })

  it('an entry that is over keeps its end', () => {
    const fault = parentFault([below('r1', '2026-01-01', '2026-02-01')], below('r1', '2026-01-01'), today)
    expect(fault).toEqual({
      pointer: '/until',
      refused: 'it was below r1 from 2026-01-01 until 2026-02-01: that is kept',
    })
  })

  it('whatever is moved and put, there are never two on one day, and no day that has been is another’s', () => {
    const days = fc.integer({ min: 1, max: 28 }).map((day) => `2026-11-${String(day).padStart(2, '0')}`)
    const act = fc.record({
      kind: fc.constantFrom('move', 'put'),
      reseller: fc.constantFrom('r1', 'r2', 'r3'),
      from: days,
      until: fc.option(days, { nil: undefined }),
      today: days,
    })
    fc.assert(
      fc.property(fc.array(act, { maxLength: 12 }), (acts) => {
        let parents: readonly Parent[] = []
        for (const { kind, reseller, from, until, today: now } of acts.toSorted((a, b) =>
          a.today < b.today ? -1 : 1,
        )) {
          const before = parents
          const after =
            kind === 'move'
              ? moved(parents, { reseller, day: from, today: now })
              : putInto(parents, below(reseller, from, until), now)
          if ('refused' in after) continue
          parents = after
          for (let day = 1; day < Number(now.slice(8)); day++) {
            const of = `2026-11-${String(day).padStart(2, '0')}`
            const was = resellerOn({ parents: before }, of)
            if (was !== undefined) expect(resellerOn({ parents }, of)).toBe(was)
          }
          expect(parents.filter((one, i) => parents.some((other, j) => i < j && isOverlap(one, other)))).toEqual([])
        }
      }),
      { numRuns: 500 },
    )
  })
})

const putInto = (parents: readonly Parent[], wanted: Parent, now: string) =>
  parentFault(parents, wanted, now) ??
  [...parents.filter(({ from }) => from !== wanted.from), wanted].toSorted((a, b) =>
    (a.from ?? '') < (b.from ?? '') ? -1 : 1,
  )
