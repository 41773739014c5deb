import { type Decimal, millionths } from '../domain/decimal.ts'
import { amountOf } from './rounding.ts'
import type { Dimension } from './tariff.ts'

const most = 12
/** Of what a price is for: the whole, mWh of a kWh, ms of an hour. */
const wholes: Readonly<Record<Dimension, bigint>> = {
  FLAT: 1n,
  ENERGY: 1_000_000n,
  TIME: 3_600_000n,
  PARKING_TIME: 3_600_000n,
}

/** A price times a volume (mWh, ms, 1 of what is fixed), not rounded: what is beyond the 12th decimal is left out. */
export const productOf = (price: Decimal, volume: number, dimension: Dimension): Decimal => {
  const units = (millionths(price) * BigInt(volume) * 10n ** BigInt(most)) / (wholes[dimension] * 1_000_000n)
  return amountOf(units, most).replace(/\.?0+$/, '')
}
