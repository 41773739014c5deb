import { describe, expect, it } from 'vitest'
import { type Cdr, entryFor, released } from '../../../core/domain/cdr.ts'
import type { Finding } from '../../../core/domain/sanity.ts'
import { opened, type Session, stop } from '../../../core/domain/session.ts'
import { started, stopped } from '../../support/facts.ts'

const kwh = 1_000_000
const ends = (meterMwh: number): Session =>
  stop(opened('s', '2026-11-24', '1', started('CP')), stopped('CP', '1', { meterMwh }))
const session = ends(6 * kwh)
const odd: Finding = {
  rule: 'zeroBaseline',
  detail: 'It is odd',
  proposal: { energyMwh: 4 * kwh, endedAt: session.endedAt === undefined ? 0 : session.endedAt - 60_000, how: 'so' },
}

let serial = 0
const enter = (of: Session, last: Cdr | undefined, findings: readonly Finding[], now = 1_000) =>
  entryFor(of, last, { now, uuid: () => `id-${++serial}`, findings })
const held = (): Cdr => {
  const { cdr } = enter(session, undefined, [odd]) ?? {}
  if (cdr === undefined) throw new Error('nothing was entered')
  return cdr
}
const release = (cdr: Cdr, how: Parameters<typeof released>[1]): Cdr => {
  const issued = released(cdr, how)
  if (issued === undefined) throw new Error('it was not released')
  return issued
}

describe('a CDR with something wrong about its session', () => {
  it('is held in place of issued, with the reasons and what it should say', () => {
    expect(held()).toMatchObject({
      state: 'held',
      version: 0,
      energyMwh: 5 * kwh,
      hold: { reasons: [odd], proposal: odd.proposal, heldAt: 1_000 },
    })
    expect(enter(session, undefined, [])?.cdr).not.toHaveProperty('hold')
  })

  it('is written anew while it is held: the same CDR, held since the same moment', () => {
    const cdr = held()
    const again = enter(ends(7 * kwh), cdr, [odd], 9_000)
    expect(again).toMatchObject({ isAgain: true, cdr: { id: cdr.id, version: 0, state: 'held', energyMwh: 6 * kwh } })
    expect(again?.cdr.hold?.heldAt).toBe(1_000)
    expect(again).not.toHaveProperty('credit')
  })

  it('is left alone where nothing has changed, whatever order a store keeps fields in', () => {
    const cdr = held()
    const { rule, detail, proposal } = odd
    const stored = { ...cdr, hold: { ...cdr.hold, reasons: [{ proposal, detail, rule }] } } as Cdr
    expect(enter(session, stored, [odd])).toBeUndefined()
  })

  it('never issues itself: what answers its reasons leaves it held, without any', () => {
    const cdr = held()
    expect(enter(session, cdr, [])).toMatchObject({ isAgain: true, cdr: { state: 'held', hold: { reasons: [] } } })
  })

  it.each([
    ['as it was measured', { as: 'measured' } as const, 5 * kwh, 0],
    ['as is proposed', { as: 'proposed' } as const, 4 * kwh, 60_000],
    ['with the energy of a person', { as: 'corrected', energyMwh: 3 * kwh } as const, 3 * kwh, 0],
  ])('is issued %s, and its job done once more changes nothing', (_, how, energyMwh, shorter) => {
    const cdr = held()
    const issued = release(cdr, how)
    expect(issued).toMatchObject({ id: cdr.id, state: 'issued', energyMwh, durationMs: cdr.durationMs - shorter })
    expect(issued.endedAt - issued.startedAt).toBe(issued.durationMs)
    expect(issued.notes).toContain(`held, and released as ${how.as}`)
    expect(issued).not.toHaveProperty('hold')
    expect(enter(session, issued, [odd])).toBeUndefined()
  })

  it('cannot be issued as proposed where nothing is', () => {
    const { proposal: _, ...rest } = odd
    const { cdr } = enter(session, undefined, [rest]) ?? {}
    expect(cdr && released(cdr, { as: 'proposed' })).toBeUndefined()
  })

  it('INV-25: is credited once it was issued and the session says something else; with findings the new version is held', () => {
    const issued = release(held(), { as: 'corrected', energyMwh: 3 * kwh })
    const later = enter(ends(7 * kwh), issued, [odd], 9_000)
    expect(later).toMatchObject({
      credit: { cdr: issued.id },
      cdr: { version: 1, replaces: issued.id, state: 'held', energyMwh: 6 * kwh, hold: { heldAt: 9_000 } },
    })
    expect(enter(ends(7 * kwh), issued, [])?.cdr).toMatchObject({ version: 1, state: 'issued' })
    // what is held is written anew under its own version
    const { cdr } = later ?? {}
    expect(enter(ends(8 * kwh), cdr, [odd])?.cdr).toMatchObject({ id: cdr?.id, version: 1, replaces: issued.id })
  })
})
