import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inAmperes, inWatts, least, limitsOf, rateOf } from '../../../core/charging/limits.ts'
import type { Phases, RateUnit } from '../../../core/charging/profile.ts'
import { dc, onePhase, someSupply, threePhases } from './profiles.ts'

const somePhases = fc.constantFrom<Phases>(1, 2, 3)
const limits = (limit: number, unit: RateUnit, phases: Phases | undefined, supply = threePhases) =>
  limitsOf({ startMs: 0, limit, ...(phases && { phases }) }, { unit, periods: [] }, supply)

describe('watts and amperes', () => {
  it.each([
    [160, 3, threePhases, 110_400],
    [160, 1, threePhases, 36_800],
    [60, 1, onePhase, 13_800],
    [1_250, 3, dc, 500_000],
  ] as const)(
    '1.6 §7.12: %i tenths of an ampere on %i phases of %o are %i tenths of a watt',
    (amperes, phases, supply, watts) => {
      expect(inWatts(amperes, phases, supply)).toBe(watts)
      expect(inAmperes(watts, phases, supply)).toBe(amperes)
    },
  )

  it('are rounded so that nothing is allowed that was not: 11 kW are 15.9 A on three phases, not 16', () => {
    expect(inAmperes(110_000, 3, threePhases)).toBe(159)
  })

  it('amperes come back as they were', () => {
    fc.assert(
      fc.property(fc.nat(1e7), somePhases, someSupply, (amperes, phases, supply) => {
        expect(inAmperes(inWatts(amperes, phases, supply), phases, supply)).toBe(amperes)
      }),
    )
  })

  it('watts come back within a tenth of an ampere, and never as more', () => {
    fc.assert(
      fc.property(fc.nat(1e9), somePhases, someSupply, (watts, phases, supply) => {
        const lost = watts - inWatts(inAmperes(watts, phases, supply), phases, supply)
        expect(lost).toBeGreaterThanOrEqual(0)
        expect(lost).toBeLessThan(inWatts(1, phases, supply))
      }),
    )
  })
})

describe('a limit', () => {
  it('is meant for three phases where it names none (1.6 §7.14)', () => {
    expect(rateOf(limits(160, 'A', undefined), 'W', threePhases)).toEqual({ limit: 110_400, phases: 3 })
  })

  it('is taken as it is where it names more phases than there are (1.6 errata 3.34)', () => {
    expect(rateOf(limits(110_000, 'W', 3, onePhase), 'W', onePhase)).toEqual({ limit: 110_000, phases: 1 })
    expect(rateOf(limits(110_000, 'W', 3, onePhase), 'A', onePhase)).toEqual({ limit: 478, phases: 1 })
    expect(rateOf(limits(160, 'A', 3, onePhase), 'A', onePhase)).toEqual({ limit: 160, phases: 1 })
  })

  it('is held against another on the phases that both leave (2.1 block K §3.8)', () => {
    const station = limits(100, 'A', 3)
    const session = limits(36_800, 'W', 1)
    expect(rateOf(least(station, session)!, 'W', threePhases)).toEqual({ limit: 23_000, phases: 1 })
    expect(rateOf(least(station, session)!, 'A', threePhases)).toEqual({ limit: 100, phases: 1 })
  })
})
