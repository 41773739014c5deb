import { describe, expect, it } from 'vitest'
import { amperes, hours, inSuccession, kilowattHours, kilowatts } from '../../../core/roaming/volume.ts'

/** Steps as a receiver counts them that has nothing but the hours: whole ones, and one more for what is left. */
const stepsOf = (volume: string, seconds: number): number => {
  const [tenThousandths, whole] = [BigInt(volume.replace('.', '')) * 3_600n, BigInt(seconds) * 10_000n]
  return Number((tenThousandths + whole - 1n) / whole)
}

describe('volumes for partners', () => {
  it.each([1, 60, 300, 600, 900])('of no second of a day make a step of %i s too many', (step) => {
    const wrong = Array.from({ length: 86_400 }, (_, i) => i + 1).filter(
      (seconds) => stepsOf(hours(seconds * 1_000), step) > Math.ceil(seconds / step),
    )
    expect(wrong).toEqual([])
  })

  it('of no whole minute of a day make another number of minutes', () => {
    const wrong = Array.from({ length: 1_440 }, (_, i) => i + 1).filter(
      (minutes) => stepsOf(hours(minutes * 60_000), 60) !== minutes,
    )
    expect(wrong).toEqual([])
  })

  it('have four decimals, and what is less is left out, also below 0', () => {
    expect([
      kilowattHours(12_345_678),
      kilowattHours(99),
      kilowattHours(-1),
      hours(1_200_000),
      kilowatts(11_000_099),
      amperes(15_999),
    ]).toEqual(['12.3456', '0.0000', '-0.0001', '0.3333', '11.0000', '15.9990'])
  })

  it('in succession add up to their floored sum', () => {
    const volumeOf = inSuccession(kilowattHours)
    expect([66, 66, 66, -99].map(volumeOf)).toEqual(['0.0000', '0.0001', '0.0000', '-0.0001'])
  })
})
