import { shifted } from './units.ts'

/**
 * Prices and amounts of money: decimal texts, at most nine digits before the point and six behind it. They are read and
 * written digit by digit, and computed with as whole millionths; no double is (D-13).
 */
export type Decimal = string

export const decimalPattern = /^\d{1,9}(?:\.\d{1,6})?$/
const places = 6

/** Whole millionths. */
export const millionths = (decimal: Decimal): bigint => {
  const [whole = '0', fraction = ''] = decimal.split('.')
  return BigInt(whole + fraction.padEnd(places, '0'))
}

/**
 * The same as a number in JSON. It has at most 15 digits, and of so many what is written is what was read: the shortest
 * text that stands for a double is the one it came from.
 */
export const jsonNumber = (decimal: Decimal): number => Number(decimal)

/** A number that a station wrote, without an exponent where one can be read without. */
export const decimalOf = (value: number): string => shifted(String(value), 0) ?? String(value)

/** Whole units of 10^-`digits` as a text with that many digits behind the point. */
export const withDigits = (units: bigint, digits: number): Decimal => {
  const text = String(units).padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}
