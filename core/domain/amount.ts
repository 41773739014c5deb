import type { Amount } from '../pricing/priced.ts'

/** Amounts are added, divided and rounded as whole parts of 10^-12: a price of six decimals times a quantity of six is exact. */
const places = 12

const pattern = /^-?\d{1,18}(?:\.\d{1,12})?$/

/** Whole parts. Throws for what is no amount: they are written by ourselves. */
export const partsOf = (amount: Amount): bigint => {
  if (!pattern.test(amount)) throw new Error(`no amount: ${amount}`)
  const [whole = '0', fraction = ''] = amount.split('.')
  return BigInt(whole + fraction.padEnd(places, '0'))
}

/** One of the last of `digits` decimals, in parts. */
export const unitOf = (digits: number): bigint => 10n ** BigInt(places - digits)

const absolute = (value: bigint): bigint => (value < 0n ? -value : value)

/** `numerator / denominator` to the next whole number, halves away from zero. */
export const quotient = (numerator: bigint, denominator: bigint): bigint => {
  const [top, bottom] = [absolute(numerator), absolute(denominator)]
  const whole = (2n * top + bottom) / (2n * bottom)
  return numerator < 0n === denominator < 0n ? whole : -whole
}

/** Parts, rounded to whole units, halves away from zero: what a person does with pen and paper. */
export const roundedTo = (unit: bigint, parts: bigint): bigint => quotient(parts, unit) * unit

/** `a × b`, both in parts. */
export const product = (a: bigint, b: bigint): bigint => quotient(a * b, 10n ** BigInt(places))

/** The amount as a text with at least `digits` decimals, and as many more as it needs. */
export const amountText = (parts: bigint, digits: number): Amount => {
  const text = String(absolute(parts)).padStart(places + 1, '0')
  const fraction = text.slice(-places).replace(/0+$/, '').padEnd(digits, '0')
  const sign = parts < 0n ? '-' : ''
  return `${sign}${text.slice(0, -places)}${fraction === '' ? '' : `.${fraction}`}`
}
