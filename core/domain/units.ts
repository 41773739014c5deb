/**
 * Exact numbers. Energy is a whole number of milliwatt-hours; what comes as a decimal text is read digit by digit,
 * never through a double (D-13).
 */

/** Whole milliwatt-hours. Safe up to 9 TWh. */
export type MilliWattHours = number

/** Nothing in it can be matched in two ways: a text of 64 KB costs no more than its length. */
const decimal = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/

/**
 * Reads a decimal text as a whole number of 10^-`places` units, half away from zero beyond them.
 * Answers undefined when the text is no number or the result is beyond the safe integers.
 */
export const scaled = (text: string, places: number): number | undefined => {
  const power = powers[places]
  return power !== undefined && text.length <= 9 && plain.test(text)
    ? Number(text) * power
    : scaledDecimal(text, places)
}

/** What most meters send: up to nine digits and nothing else. */
const plain = /^\d+$/
const powers = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000]

const scaledDecimal = (text: string, places: number): number | undefined => {
  const [, sign, whole = '', fraction = '', exponent = '0'] = decimal.exec(text.trim()) ?? []
  if (sign === undefined || (whole === '' && fraction === '')) return undefined
  const point = whole.length + Number(exponent) + places
  const digits = whole + fraction
  if (point > digits.length + 400) return undefined
  if (point < 0) return 0
  const kept = digits.slice(0, point).padEnd(point, '0')
  const magnitude = Number(kept === '' ? '0' : kept) + (Number(digits[point] ?? '0') >= 5 ? 1 : 0)
  if (!Number.isSafeInteger(magnitude)) return undefined
  return sign === '-' && magnitude !== 0 ? -magnitude : magnitude
}

/**
 * A decimal text with its point moved by `places`, digit by digit: `1234.5` by 3 is `1234500`. Undefined where it is no
 * number, or one whose point would lie further away than any meter's.
 */
export const shifted = (text: string, places: number): string | undefined => {
  const [, sign, whole = '', fraction = '', exponent = '0'] = decimal.exec(text.trim()) ?? []
  if (sign === undefined || (whole === '' && fraction === '')) return undefined
  const point = whole.length + Number(exponent) + places
  const digits = whole + fraction
  if (Math.abs(point) > digits.length + 30) return undefined
  const padded = point < 0 ? digits.padStart(digits.length - point, '0') : digits.padEnd(point, '0')
  const at = Math.max(point, 0)
  const before = padded.slice(0, at).replace(/^0+/, '')
  const after = padded.slice(at).replace(/0+$/, '')
  if (before === '' && after === '') return '0'
  return `${sign === '-' ? '-' : ''}${before === '' ? '0' : before}${after === '' ? '' : `.${after}`}`
}

/** Watt-hours or kilowatt-hours as the station wrote them; a JSON number is read by its decimal text. */
export const milliWattHours = (value: string | number, unit: 'Wh' | 'kWh' = 'Wh'): MilliWattHours | undefined =>
  scaled(typeof value === 'number' ? String(value) : value, unit === 'kWh' ? 6 : 3)

/** Milliwatt-hours as the API shows them: watt-hours, exact to the last digit we hold. */
export const wattHours = (value: MilliWattHours): number => value / 1000
