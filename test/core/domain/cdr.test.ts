import { describe, expect, it } from 'vitest'
import { type Cdr, entryFor, type Pricing, released } from '../../../core/domain/cdr.ts'
import type { Finding } from '../../../core/domain/sanity.ts'
import { opened, type Session, stop } from '../../../core/domain/session.ts'
import { price } from '../../../core/pricing/price.ts'
import type { Tariff } from '../../../core/pricing/tariff.ts'
import { started, stopped } from '../../support/facts.ts'
import { element, energy, tariff } from '../../support/pricing.ts'

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
const free: Pricing = () => undefined
const enter = (of: Session, last: Cdr | undefined, findings: readonly Finding[], now = 1_000) =>
  entryFor(of, last, { now, uuid: () => `id-${++serial}`, findings, price: free })
const held = (): Cdr => {
  const { cdr } = enter(session, undefined, [odd]) ?? {}
  if (cdr === undefined) throw new Error('nothing was entered')
  return cdr
}
const release = (cdr: Cdr, how: Parameters<typeof released>[1]): Cdr => {
  const issued = released(cdr, how, free)
  if (typeof issued === 'string') throw new Error(issued)
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
    expect(cdr && released(cdr, { as: 'proposed' }, free)).toBe('nothingProposed')
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

describe('a CDR with a price', () => {
  /** A kWh at a price, all of it drawn evenly. */
  const at =
    (perKwh: string, of: Partial<Tariff> = {}): Pricing =>
    ({ startedAt: from, endedAt: until, energyMwh }) =>
      price(tariff([element({}, energy(perKwh, '19'))], of), {
        zone: 'UTC',
        stretches: [{ kind: 'charging', from, until, energyMwh }],
      })
  const bill = (of: Session, last: Cdr | undefined, by: Pricing, findings: readonly Finding[] = []) =>
    entryFor(of, last, { now: 1_000, uuid: () => `id-${++serial}`, findings, price: by })
  const issued = (by: Pricing): Cdr => {
    const { cdr } = bill(session, undefined, by) ?? {}
    if (cdr?.state !== 'issued') throw new Error('it was not issued')
    return cdr
  }
  const wrong: Pricing = (account) => {
    const priced = at('0.50')(account)
    return priced && { ...priced, total: { net: '2.51', tax: '0.47', gross: '2.98' } }
  }

  it('says what it costs', () => {
    const { priced, notes } = issued(at('0.50'))
    expect(priced?.total).toEqual({ net: '2.50', tax: '0.48', gross: '2.98' })
    expect(notes).toEqual([])
  })

  it('has none where no tariff is for it, and says so: absent is not zero', () => {
    const cdr = issued(free)
    expect(cdr).not.toHaveProperty('priced')
    expect(cdr.notes).toEqual(['no tariff'])
  })

  it('is held where its price does not add up, and is not issued so by anybody', () => {
    const { cdr } = bill(session, undefined, wrong) ?? {}
    expect(cdr).toMatchObject({ state: 'held', hold: { reasons: [{ rule: 'priceDoesNotAddUp' }] } })
    expect(cdr && released(cdr, { as: 'measured' }, wrong)).toBe('priceDoesNotAddUp')
    expect(cdr && released(cdr, { as: 'measured' }, at('0.50'))).toMatchObject({ state: 'issued' })
  })

  it('is held where its price cannot be worked out', () => {
    const broken: Pricing = () => {
      throw new Error('what is this?')
    }
    const { cdr } = bill(session, undefined, broken) ?? {}
    expect(cdr?.hold?.reasons).toEqual([
      { rule: 'priceDoesNotAddUp', detail: 'Its price cannot be worked out: Error: what is this?' },
    ])
    expect(cdr).not.toHaveProperty('priced')
  })

  it('is held where the periods of its price are not the session', () => {
    const elsewhere: Pricing = (account) => at('0.50')({ ...account, energyMwh: account.energyMwh - 1 })
    expect(bill(session, undefined, elsewhere)?.cdr.hold?.reasons[0]?.detail).toMatch(/4999999 mWh/)
  })

  it('INV-25: is credited where nothing but its price has changed, and left alone where that is the same', () => {
    const cdr = issued(at('0.50'))
    expect(bill(session, cdr, at('0.50'))).toBeUndefined()
    expect(bill(session, cdr, at('0.5000'))).toBeUndefined()
    expect(bill(session, cdr, at('0.60'))).toMatchObject({
      credit: { cdr: cdr.id, reason: 'price changed by what came later' },
      cdr: { version: 1, replaces: cdr.id, priced: { total: { net: '3.00' } } },
    })
    expect(bill(session, cdr, at('0.50', { currency: 'CHF' }))?.credit?.reason).toBe('price changed by what came later')
  })

  it('is not taken back because there is a tariff only now, or none any more, or a price that is wrong', () => {
    expect(bill(session, issued(free), at('0.50'))).toBeUndefined()
    expect(bill(session, issued(at('0.50')), free)).toBeUndefined()
    expect(bill(session, issued(at('0.50')), wrong)).toBeUndefined()
  })

  it('is priced anew when it is released with another energy, and credited only for what the session itself says', () => {
    const { cdr } = bill(session, undefined, at('0.50'), [odd]) ?? {}
    const corrected = cdr && released(cdr, { as: 'corrected', energyMwh: 3 * kwh }, at('0.50'))
    if (typeof corrected !== 'object') throw new Error('it was not released')
    expect([corrected.priced?.total.net, corrected.measured?.priced?.total.net]).toEqual(['1.50', '2.50'])
    expect(bill(session, corrected, at('0.50'), [odd])).toBeUndefined()
    expect(bill(session, corrected, at('0.60'), [odd])?.credit?.reason).toBe('price changed by what came later')
  })

  it('keeps the place it was issued with; while it is held it says where it is known to be', () => {
    const [here, there] = [{ evseId: 'DE*ABC*E1', site: 'S' }, { evseId: 'DE*ABC*E2' }]
    const books = { now: 1_000, uuid: () => `id-${++serial}`, findings: [], price: free }
    const { cdr } = entryFor(session, undefined, { ...books, place: here }) ?? {}
    expect(cdr).toMatchObject(here)
    expect(entryFor(ends(7 * kwh), cdr, { ...books, place: there })?.cdr).toMatchObject(here)
    const waiting = entryFor(session, undefined, { ...books, findings: [odd] })?.cdr
    expect(entryFor(session, waiting, { ...books, findings: [odd], place: there })?.cdr).toMatchObject(there)
  })
})
