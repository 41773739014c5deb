import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deliveredBetween, isPlausible } from '../../../core/domain/register.ts'

const kwh = 1_000_000

describe('a register between the start of a session and its end', () => {
  it.each([
    ['rises', [1_000, 1_000, 6_000], { mwh: 5_000, course: 'regular' }],
    ['stands', [5 * kwh, 5 * kwh, 5 * kwh], { mwh: 0, course: 'regular' }],
    ['trembles below its start', [5 * kwh, 5 * kwh, 5 * kwh - 50_000], { mwh: 0, course: 'jitter' }],
    ['trembles below its peak', [0, 5 * kwh, 5 * kwh - 50_000], { mwh: 4_950_000, course: 'jitter' }],
    ['falls to zero and rises again', [900 * kwh, 910 * kwh, 3 * kwh], { mwh: 13 * kwh, course: 'reset' }],
    ['falls, yet ends above its start', [0, 20 * kwh, 8 * kwh], { mwh: 8 * kwh, course: 'reset' }],
    ['runs over its sixth digit', [999_990 * kwh, 999_999 * kwh, 5 * kwh], { mwh: 15 * kwh, course: 'rollover' }],
    [
      'runs over 32 bits of Wh',
      [4_294_960_000_000, 4_294_967_000_000, 1_000_000],
      { mwh: 8_296_000, course: 'rollover' },
    ],
  ] as const)('INV-51 BI-42: that %s', (_, [from, peak, to], delivered) => {
    expect(deliveredBetween(from, peak, to)).toEqual(delivered)
  })

  it('INV-51: is never negative energy, whatever a meter does', () => {
    const register = fc.integer({ min: 0, max: 2 ** 43 })
    fc.assert(
      fc.property(register, register, register, (from, peak, to) => {
        expect(deliveredBetween(from, Math.max(from, peak), to).mwh).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  it.each([
    [80 * kwh, 0, true],
    [1_000_000 * kwh, 3_600_000, false],
    [3_000 * kwh, 3_600_000, true],
    [5_000 * kwh, 3_600_000, false],
    [500 * kwh, -1, true],
    [-10, 5, true],
  ])('BI-42: %i mWh in %i ms can be: %s', (mwh, ms, can) => {
    expect(isPlausible(mwh, ms)).toBe(can)
  })
})
