import { describe, expect, it } from 'vitest'
import type { ListEntry } from '../../../core/domain/local-list.ts'
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
