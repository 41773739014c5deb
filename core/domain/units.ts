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

/** Watt-hours or kilowatt-hours as the station wrote them; a JSON number is read by its decimal text. */
export const milliWattHours = (value: string | number, unit: 'Wh' | 'kWh' = 'Wh'): MilliWattHours | undefined =>
  scaled(typeof value === 'number' ? String(value) : value, unit === 'kWh' ? 6 : 3)

/** Milliwatt-hours as the API shows them: watt-hours, exact to the last digit we hold. */
export const wattHours = (value: MilliWattHours): number => value / 1000
