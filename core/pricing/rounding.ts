import { withDigits } from '../domain/decimal.ts'
import { currencyDigits } from './currency.ts'
import type { Amount, Rounding } from './priced.ts'

const powers = Array.from({ length: 19 }, (_, digits) => 10n ** BigInt(digits))

/** 10 to so many digits. */
export const power = (digits: number): bigint => powers[digits] ?? 10n ** BigInt(digits)

/** Whole units of 10^-`digits` as an amount with that many digits. */
export const amountOf = (units: bigint, digits: number): Amount =>
  units < 0n ? `-${withDigits(-units, digits)}` : withDigits(units, digits)

/** The same back: an amount as whole units of 10^-`digits`; it must not have more digits than that. */
export const unitsOf = (amount: Amount, digits: number): bigint => {
  const [whole = '0', fraction = ''] = amount.split('.')
  return BigInt(whole + fraction.padEnd(digits, '0'))
}

/** How many digits behind the point an amount has. */
export const digitsOf = (amount: Amount): number => {
  const point = amount.indexOf('.')
  return point < 0 ? 0 : amount.length - point - 1
}

/** How many digits the total of a price has. */
export const totalDigitsOf = ({ totalDigits }: Rounding, currency: string): number =>
  totalDigits === 'currency' ? currencyDigits(currency) : totalDigits

/** The nearest whole number; of two the one further from zero, or the even one: what is owed is rounded as what is due. */
export const divided = (dividend: bigint, divisor: bigint, mode: Rounding['mode']): bigint => {
  if (dividend < 0n) return -divided(-dividend, divisor, mode)
  const whole = dividend / divisor
  const twice = 2n * (dividend - whole * divisor)
  if (twice === divisor) return mode === 'halfUp' || whole % 2n === 1n ? whole + 1n : whole
  return twice > divisor ? whole + 1n : whole
}

/** The greatest whole number that is not more. */
export const floored = (dividend: bigint, divisor: bigint): bigint => {
  const whole = dividend / divisor
  return whole * divisor > dividend ? whole - 1n : whole
}

/** The least whole number that is not less. */
export const ceiled = (dividend: bigint, divisor: bigint): bigint => -floored(-dividend, divisor)
