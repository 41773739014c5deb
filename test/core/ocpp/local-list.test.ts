import { describe, expect, it } from 'vitest'
import { type ListEntry, longestList } from '../../../core/domain/local-list.ts'
import type { LocalListContext } from '../../../core/ocpp/dialect.ts'
import { understand, word } from '../../../core/ocpp/router.ts'
import { LocalList } from '../../../bench/charger/local-list.ts'

const order = { type: 'syncLocalList' } as const
const tokens = (count: number): readonly ListEntry[] =>
  Array.from({ length: count }, (_, i) => ({ uid: `CARD${i}`, status: 'Accepted' }))

/** Carries the order out at a station with room for so many cards: the statuses that it answered, and how it ended. */
const carriedOut = (room: number, context: LocalListContext) => {
  const station = new LocalList()
  const statuses: string[] = []
  let localList = { ...context, reported: station.version }
  for (;;) {
    const worded = word('ocpp1.6', order, { now: 0, number: 1, localList })
    if (!('payload' in worded)) return { statuses, ended: worded }
    const update = worded.payload as Parameters<LocalList['update']>[0]
    const status = station.update(update, { perMessage: context.most, entries: room })
    statuses.push(`${update.updateType} ${status}`)
    const told = understand('ocpp1.6', order, worded.action, { status }, { now: 0, number: 1, localList })
    if (!('again' in told) || statuses.length > 20) return { statuses, ended: told }
    localList = told.again?.localList as typeof localList
  }
}

describe('a list of tokens that is longer than the station has room for', () => {
  it('TC_043_3_CSMS: fails at the part that is refused: the story of one that was sent all over again for ever', () => {
    const { statuses, ended } = carriedOut(250, { wanted: tokens(400), most: 100 })
    expect(statuses).toEqual(['Full Accepted', 'Differential Accepted', 'Differential Failed'])
    expect(ended).toEqual({ accepted: false, outcome: 'failed', reason: 'Failed' })
  })
})

describe('a list of tokens', () => {
  it('is not sent where it is too long: the story of a worker that stood still over 100,000 tokens', () => {
    const localList = { wanted: tokens(longestList + 1), most: 100, reported: 0 }
    expect(word('ocpp1.6', order, { now: 0, number: 1, localList })).toEqual({
      ok: false,
      reason: 'a list has at most 5000 tokens',
    })
  })

  it('is compared with what the station has once for each part', () => {
    let looks = 0
    const wanted = tokens(3)
    const counted = new Proxy(wanted, {
      get: (list, key) => (String(key) === 'filter' && looks++, Reflect.get(list, key)),
    })
    let localList: LocalListContext = { wanted: counted, known: { version: 1, entries: [] }, reported: 1, most: 1 }
    for (const _ of wanted) {
      const context = { now: 0, number: 1, localList }
      expect(word('ocpp1.6', order, context)).toMatchObject({ ok: true, action: 'SendLocalList' })
      const told = understand('ocpp1.6', order, 'SendLocalList', { status: 'Accepted' }, context)
      localList = ('again' in told && told.again?.localList) || localList
    }
    // three parts, and the look that finds that it is all there
    expect(looks).toBe(4)
  })
})
