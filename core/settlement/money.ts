import { partsOf, quotient, unitOf } from '../domain/amount.ts'
import { type Decimal, millionths } from '../domain/decimal.ts'
import type { MilliWattHours } from '../domain/units.ts'
import { currencyDigits } from '../pricing/currency.ts'
import type { Amount } from '../pricing/priced.ts'
import { amountOf, digitsOf, unitsOf } from '../pricing/rounding.ts'

/** Money of one currency in whole parts of 10^-12 (core/domain/amount.ts), rounded to its smallest unit only when asked. */

/** 100 per cent, in the millionths that a decimal has. */
export const hundred = 100_000_000n

const coins = [0, 1, 2, 3].map(unitOf)

/** The smallest that is paid in a currency, in parts. */
export const coinOf = (currency: string): bigint => {
  const digits = currencyDigits(currency)
  return coins[digits] ?? unitOf(digits)
}

/** `numerator / denominator` parts in whole coins, halves away from zero: what is taken back is rounded as what was given. */
export const inCoins = (coin: bigint, numerator: bigint, denominator = 1n): bigint =>
  quotient(numerator, denominator * coin) * coin

/** So much per cent of parts, in whole coins. */
export const percentOf = (coin: bigint, parts: bigint, percent: Decimal): bigint =>
  inCoins(coin, parts * millionths(percent), hundred)

/** A price for each kWh, times mWh: exact. */
export const perKwh = (price: Decimal, energyMwh: MilliWattHours): bigint => millionths(price) * BigInt(energyMwh)

/** Whole coins as an amount, with as many decimals as the currency has. */
export const textOf = (currency: string, parts: bigint): Amount =>
  amountOf(parts / coinOf(currency), currencyDigits(currency))

/** An amount of any decimals in whole coins. */
export const coinsOf = (currency: string, amount: Amount): bigint => {
  const [coin, digits] = [coinOf(currency), currencyDigits(currency)]
  return digitsOf(amount) <= digits ? unitsOf(amount, digits) * coin : inCoins(coin, partsOf(amount))
}
