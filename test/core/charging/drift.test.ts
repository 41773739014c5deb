import { describe, expect, it } from 'vitest'
import { driftOf, type Reported } from '../../../core/charging/drift.ts'
import { noon, periods, profile } from './profiles.ts'

const ours = profile({ id: 7 })
const reported = (at: number, over: Parameters<typeof profile>[0] = {}, schedule = {}): Reported => ({
  profile: profile({ id: 7, ...over }, schedule),
  at,
})

describe('what a station reports of a profile that it took at 10', () => {
  it.each([
    ['the same', [reported(10)], undefined, undefined],
    ['the same on another EVSE, as it counts on each', [reported(10, { evse: 2 })], undefined, undefined],
    ['three phases in words', [reported(11, {}, { periods: periods([0, 100, 3]) })], undefined, undefined],
    ['a start without its milliseconds', [reported(11, {}, { startsAt: noon - (noon % 1_000) })], undefined, undefined],
    ['another limit', [reported(11, {}, { periods: periods([0, 60]) })], undefined, 'different'],
    ['another level', [reported(11, { stackLevel: 3 })], undefined, 'different'],
    ['something else, before it took this one', [reported(9, { stackLevel: 3 })], undefined, undefined],
    ['nothing, in a report of all', [], 11, 'missing'],
    ['nothing, in a report of all before', [], 9, undefined],
    ['nothing, and it was never asked for all', [], undefined, undefined],
    ['something else under another id', [reported(11, { id: 8, stackLevel: 3 })], undefined, undefined],
  ] as const)('%s', (_, reports, wholeAt, drift) => {
    expect(driftOf(ours, 10, reports, wholeAt)).toBe(drift)
  })
})
