import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isComplete, type Pages, withPage } from '../../../core/domain/item.ts'

const none: Pages = { tenant: 'default', identity: 'CP-1', report: 'variables', request: 7, seqs: [] }
const page = (seq: number, last = false) => ({ report: none.report, request: none.request, seq, last })

describe('the pages of a report', () => {
  it('BI-47: are whole when all from the first to the last are there, in whatever order, however often each came', () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 12 })
          .chain((count) => fc.tuple(fc.constant(count), fc.array(fc.nat({ max: count - 1 }), { maxLength: 30 }))),
        ([count, seqs]) => {
          const pages = seqs.reduce((before, seq) => withPage(before, page(seq, seq === count - 1)), none)
          expect(isComplete(pages)).toBe(new Set(seqs).size === count)
        },
      ),
    )
  })

  it('BI-47: one with a number that there is not counts for nothing: the story of a last page −1 that swept a whole list', () => {
    expect(isComplete(withPage(none, page(-1, true)))).toBe(false)
    expect(isComplete(withPage(none, page(1_000_000, true)))).toBe(false)
  })

  it('without numbers they are counted as they come', () => {
    const { seq: _, ...unnumbered } = page(0)
    const two = withPage(withPage(none, unnumbered), unnumbered)
    expect([isComplete(two), isComplete(withPage(two, { ...unnumbered, last: true }))]).toEqual([false, true])
  })
})
