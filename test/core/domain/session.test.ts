import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Besides, Reading } from '../../../core/domain/meter.ts'
import { energyOf, opened, read, type Session, stop } from '../../../core/domain/session.ts'
import { reading, started, stopped } from '../../support/facts.ts'

const kwh = 1_000_000
/** A session that is said to begin at `meterMwh`; undefined = the station does not know. */
const begun = (meterMwh: number | undefined): Session => {
  const { meterMwh: _, ...start } = started('CP')
  return opened('id', '2026-11-24', '1', { ...start, ...(meterMwh !== undefined && { meterMwh }) })
}
const ended = (session: Session, meterMwh: number | undefined, ...readings: readonly Reading[]): Session => {
  const { meterMwh: _, ...rest } = stopped('CP', '1')
  return stop(session, { ...rest, readings, ...(meterMwh !== undefined && { meterMwh }) })
}
const says = (minutes: number, besides: Besides, mwh?: number): Reading => ({
  ...reading(minutes, mwh ?? 0),
  registerMwh: mwh,
  besides,
})
const interval = (minutes: number, mwh: number, aligned?: true): Reading =>
  says(minutes, { interval: { mwh, ...(aligned && { aligned }) } })

describe('the energy of a session', () => {
  it.each([
    [
      'its start is unknown, and a reading is called that of the start',
      undefined,
      906 * kwh,
      [says(0, { beginMwh: 900 * kwh }, 900 * kwh)],
      6 * kwh,
      false,
    ],
    [
      'its start is zero, and a reading is called that of the start',
      0,
      906 * kwh,
      [says(0, { beginMwh: 900 * kwh }, 900 * kwh)],
      6 * kwh,
      false,
    ],
    [
      'its start is known: a reading that is called that of the start changes nothing',
      901 * kwh,
      906 * kwh,
      [says(0, { beginMwh: 900 * kwh }, 900 * kwh)],
      5 * kwh,
      false,
    ],
    [
      'its start is unknown: the first reading has to do',
      undefined,
      906 * kwh,
      [reading(10, 901 * kwh)],
      5 * kwh,
      true,
    ],
    [
      'its end is unknown, and a reading is called that of the end',
      900 * kwh,
      undefined,
      [says(60, { endMwh: 906 * kwh }, 906 * kwh)],
      6 * kwh,
      false,
    ],
    [
      'its end is zero, and a reading is called that of the end',
      900 * kwh,
      0,
      [says(60, { endMwh: 906 * kwh }, 906 * kwh)],
      6 * kwh,
      false,
    ],
    [
      'start and end are unknown, and one reading tells both',
      undefined,
      undefined,
      [says(60, { beginMwh: 900 * kwh, endMwh: 906 * kwh }, 906 * kwh)],
      6 * kwh,
      false,
    ],
    ['start and end are zero, and a reading knows better', 0, 0, [reading(30, 4 * kwh)], 4 * kwh, true],
    ['start and end are zero', 0, 0, [], 0, false],
    ['nothing but intervals', 0, 0, [interval(15, kwh), interval(30, 2 * kwh)], 3 * kwh, true],
    ['intervals, of a start alone', 900 * kwh, undefined, [interval(15, kwh), interval(30, 2 * kwh)], 3 * kwh, true],
    ['intervals beside registers', 900 * kwh, 906 * kwh, [interval(15, kwh)], 6 * kwh, false],
    ['an interval that comes twice', 0, 0, [interval(15, kwh), interval(15, kwh), interval(30, kwh)], 2 * kwh, true],
    ['an interval told twice, differently', 0, 0, [interval(15, kwh), interval(15, 2 * kwh)], 2 * kwh, true],
    [
      'what is sampled, and the same in time with the clock',
      0,
      0,
      [interval(15, kwh), interval(15, 9 * kwh, true)],
      kwh,
      true,
    ],
    ['what is in time with the clock alone', 0, 0, [interval(15, kwh, true), interval(30, kwh, true)], 2 * kwh, true],
    ['intervals that cannot be', 0, 0, [interval(15, 1_000_000 * kwh)], 0, true],
    ['a start at zero, and a spike that cannot be', 0, 6 * kwh, [reading(30, 4_294_967_295_000)], 6 * kwh, false],
  ])('INV-43 INV-52: %s', (_, start, end, readings, mwh, estimated) => {
    const session = ended(read(begun(start), readings), end)
    expect(energyOf(session)).toMatchObject({ mwh, estimated })
  })

  it('grows with the intervals while it is open', () => {
    expect(energyOf(read(begun(0), [interval(15, kwh)]))).toMatchObject({ mwh: kwh, estimated: false, summed: true })
  })

  it('INV-20: is the same in whatever order its readings come, and however often', () => {
    const value = fc.integer({ min: 0, max: 50 }).map((n) => n * kwh)
    const one = fc.oneof(
      fc.tuple(fc.integer({ min: 0, max: 60 }), value).map(([minutes, mwh]) => reading(minutes, mwh)),
      fc
        .tuple(fc.integer({ min: 0, max: 60 }), value, fc.boolean())
        .map(([minutes, mwh, aligned]) => interval(minutes, mwh, aligned || undefined)),
      value.map((mwh) => says(0, { beginMwh: mwh }, mwh)),
      value.map((mwh) => says(60, { endMwh: mwh }, mwh)),
    )
    const start = fc.constantFrom(undefined, 0, 10 * kwh)
    fc.assert(
      fc.property(
        start,
        fc.array(one, { maxLength: 8 }),
        fc.func(fc.integer()),
        fc.nat(8),
        (from, readings, order, cut) => {
          const twice = [...readings, ...readings].map((r, i) => ({ r, place: order(i) }))
          const shuffled = twice.toSorted((a, b) => a.place - b.place).map(({ r }) => r)
          const plain = ended(read(begun(from), readings), 30 * kwh)
          const other = read(ended(read(begun(from), shuffled.slice(0, cut)), 30 * kwh), shuffled.slice(cut))
          expect(other).toEqual(plain)
          expect(energyOf(plain)?.mwh ?? 0).toBeGreaterThanOrEqual(0)
        },
      ),
    )
  })
})
