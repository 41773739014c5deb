import type { MilliWattHours } from '../domain/units.ts'
import { amountOf, floored } from '../pricing/rounding.ts'
import type { DecimalText } from './model.ts'

/**
 * Volumes have four decimals (OCPI 2.3.0 types, number), and are never rounded up: whoever rounds hours up to whole steps
 * again would bill one step too many (handbook/roaming.md §0.6).
 */
const places = 4
const tenThousandths = 10_000n

const volumeOf = (amount: number, ofOne: bigint): DecimalText =>
  amountOf(floored(BigInt(amount) * tenThousandths, ofOne), places)

export const kilowattHours = (mwh: MilliWattHours): DecimalText => volumeOf(mwh, 1_000_000n)
export const kilowatts = (mw: number): DecimalText => volumeOf(mw, 1_000_000n)
export const amperes = (ma: number): DecimalText => volumeOf(ma, 1_000n)
export const hours = (ms: number): DecimalText => volumeOf(ms, 3_600_000n)

/** Amounts that follow each other, each as what it adds to the floored sum so far: what they add up to is floored once. */
export const inSuccession = (of: (amount: number) => DecimalText): ((amount: number) => DecimalText) => {
  let sum = 0
  return (amount) => {
    const before = of(sum)
    sum += amount
    return difference(of(sum), before)
  }
}

const difference = (a: DecimalText, b: DecimalText): DecimalText => amountOf(unitsOf(a) - unitsOf(b), places)

/** Ten-thousandths. */
const unitsOf = (volume: DecimalText): bigint => BigInt(volume.replace('.', ''))
