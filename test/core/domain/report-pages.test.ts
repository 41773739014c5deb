import { describe, expect, it } from 'vitest'
import type { View } from '../../../core/domain/changes.ts'
import type { Expectation } from '../../../core/domain/expectation.ts'
import type { ToldFact } from '../../../core/domain/fact.ts'
import { type Pages, pagesKey } from '../../../core/domain/item.ts'
import { settle } from '../../../core/domain/ledger.ts'
import { testDigest } from '../../support/database.ts'

const noon = Date.UTC(2026, 10, 27, 12)
const ref = { tenant: 'default', identity: 'CP-1' }
const page = (request: number, seq: number, last: boolean): ToldFact => ({
  ...ref,
  kind: 'told',
  key: `p${request}-${seq}`,
  at: noon,
  receivedAt: noon,
  wire: '[2,"a","NotifyReport",{}]',
  protocol: 'ocpp2.0.1',
  flags: [],
  topic: 'report',
  data: { request },
  learnt: [{ type: 'items.put', kind: 'variable', items: [{ key: `v${seq}`, body: {} }], merge: true }],
  page: { report: 'variables', request, seq, last },
})
const awaited = (request: number, more: object = {}): Expectation => ({
  ...ref,
  command: `c${request}`,
  effect: { type: 'report', report: 'variables', request, ...more },
  until: noon + 60_000,
})
const settled = (facts: readonly ToldFact[], expectations: readonly Expectation[], pages: readonly Pages[] = []) => {
  const view: View = {
    sessions: [],
    counters: new Map(),
    expectations,
    charging: new Map(),
    reserved: new Set(),
    pages: new Map(pages.map((known) => [pagesKey(known), known])),
  }
  const { changes } = settle(facts, view, { now: noon, uuid: () => 'u', digest: testDigest })
  return {
    facts: changes.facts.length,
    learnt: changes.learnt.map(({ change }) => change),
    fulfilled: changes.fulfilled.map(({ command }) => command),
    pages: changes.pages.map(({ seqs }) => seqs),
  }
}

describe('a report in pages', () => {
  it('BI-47 fulfils its order when the last missing page is there, in whatever order and however often they come', () => {
    const all = [page(7, 2, true), page(7, 0, false), page(7, 0, false)]
    expect(settled(all, [awaited(7)])).toMatchObject({ fulfilled: [], pages: [[0, 2]] })
    expect(settled([...all, page(7, 1, false)], [awaited(7)])).toMatchObject({ fulfilled: ['c7'], pages: [[0, 1, 2]] })
  })

  it('BI-47 is kept as a fact and changes nothing where nobody has asked for it', () => {
    expect(settled([page(8, 0, true)], [awaited(7)])).toEqual({ facts: 1, learnt: [], fulfilled: [], pages: [] })
  })

  it('goes on to count where its order has given up waiting meanwhile', () => {
    const begun = { ...ref, report: 'variables', request: 7, seqs: [0] } as const
    expect(settled([page(7, 1, true)], [], [begun])).toMatchObject({ fulfilled: [], learnt: [{ request: 7 }] })
  })

  it('of everything leaves nothing that it has not named, and says of which firmware it is', () => {
    const whole = { isWhole: true, firmware: '1.2' }
    expect(settled([page(7, 0, true)], [awaited(7, whole)]).learnt).toEqual([
      { type: 'items.put', kind: 'variable', items: [{ key: 'v0', body: {} }], merge: true, request: 7 },
      { type: 'items.swept', kind: 'variable', request: 7 },
      { type: 'items.put', kind: 'inventory', items: [{ key: 'full', body: { firmware: '1.2' } }] },
    ])
  })
})
