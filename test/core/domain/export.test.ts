import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { entryFor } from '../../../core/domain/cdr.ts'
import { givenBack, withExports } from '../../../core/domain/export.ts'
import type { Reading } from '../../../core/domain/meter.ts'
import { findingsOf } from '../../../core/domain/sanity.ts'
import { energyOf, isBillable, opened, read, type Session, stop } from '../../../core/domain/session.ts'
import { readingOf } from '../../../core/ocpp/actions/meter-value.ts'
import { started, stopped } from '../../support/facts.ts'

const kwh = 1_000_000
const noon = Date.UTC(2026, 10, 24, 12)

/** A reading of both registers, in kWh. */
const both = (minutes: number, drawn: number, back: number): Reading => {
  const at = noon + minutes * 60_000
  const sampledValue = [
    { value: String(drawn), unit: 'kWh' },
    { value: String(back), unit: 'kWh', measurand: 'Energy.Active.Export.Register' },
  ]
  return readingOf({ timestamp: new Date(at).toISOString(), sampledValue }, at)
}
const session = (...readings: readonly Reading[]): Session =>
  read(opened('s', '2026-11-24', '1', started('CP')), readings)
const ended = (of: Session, meterMwh = 6 * kwh): Session => stop(of, stopped('CP', '1', { meterMwh }))

describe('what a vehicle gives back', () => {
  it('is counted beside what it draws, and never taken off it', () => {
    const of = ended(session(both(10, 2, 500), both(30, 6, 503), both(50, 6, 507)))
    expect([energyOf(of)?.mwh, givenBack(of.exported)?.mwh]).toEqual([5 * kwh, 7 * kwh])
  })

  it.each([
    ['the meter runs over', [9_999_990, 9_999_999, 2], 12 * kwh, 'rollover'],
    ['the meter is set back', [500, 504, 3], 7 * kwh, 'reset'],
    ['it cannot be', [500, 4_000_000_000], 0, 'implausible'],
    ['one reading alone', [500], 0, 'regular'],
  ] as const)('where %s', (_, registers, mwh, course) => {
    const of = session(...registers.map((back, i) => both(i * 10, 1, back)))
    expect(givenBack(of.exported)).toEqual({ mwh, course })
  })

  it('is not known where no reading says anything', () => {
    expect(givenBack(session().exported)).toBeUndefined()
  })

  it('INV-20: is the same in whatever order its readings come, and however often', () => {
    const one = fc.tuple(fc.nat(60), fc.array(fc.nat(50), { minLength: 1, maxLength: 2 }))
    fc.assert(
      fc.property(fc.array(one, { maxLength: 8 }), fc.func(fc.integer()), (readings, order) => {
        const sum = (all: readonly (readonly [number, readonly number[]])[]) =>
          all.reduce<ReturnType<typeof withExports>>((known, [at, mwh]) => withExports(known, at, mwh), undefined)
        const twice = [...readings, ...readings].map((r, i) => ({ r, place: order(i) }))
        expect(sum(twice.toSorted((a, b) => a.place - b.place).map(({ r }) => r))).toEqual(sum(readings))
      }),
    )
  })

  it('changes nothing where it is told again', () => {
    const known = withExports(undefined, 5, [10])
    expect(withExports(known, 5, [10])).toBe(known)
  })

  it('stands in the CDR, which is written anew when more of it becomes known', () => {
    const books = { now: 1, uuid: () => 'id', findings: [], price: () => undefined }
    const of = ended(session(both(10, 2, 500), both(50, 6, 507)))
    const { cdr } = entryFor(of, undefined, books) ?? {}
    expect(cdr).toMatchObject({ energyMwh: 5 * kwh, exportedMwh: 7 * kwh, state: 'issued' })
    const more = entryFor(read(of, [both(55, 6, 508)]), cdr, books)
    expect(more).toMatchObject({
      credit: { reason: 'energy given back changed by what came later' },
      cdr: { version: 1, energyMwh: 5 * kwh, exportedMwh: 8 * kwh },
    })
  })

  it('is a reason for a CDR where a vehicle that may not charge has given something', () => {
    const refused = started('CP', { authorization: { status: 'Invalid' } })
    const of = read(opened('s', '2026-11-24', '1', refused), [both(10, 1, 500), both(50, 1, 507)])
    expect(isBillable(ended(of, 1 * kwh))).toBe(true)
  })

  it('raises no suspicion about the energy that was drawn', () => {
    const readings = [both(10, 2, 500), both(30, 6, 503), both(59, 6, 507)]
    const rows = readings.map(({ at, registerMwh }) => ({ at, receivedAt: at, registerMwh: registerMwh ?? 0 }))
    const circumstances = {
      readings: rows,
      earlier: [],
      startReceivedAt: noon,
      stopReceivedAt: noon + 60 * 60_000,
    }
    expect(findingsOf(ended(session(...readings)), circumstances)).toEqual([])
  })
})
