/**
 * Points in time as stations write them: RFC 3339, read strictly, never with a bare `new Date` (which takes
 * 30 February for 1 March). Milliseconds since 1970 UTC.
 */

const rfc3339 =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,12}))?\s*(?:([Zz])|([+-])(\d\d):?(\d\d)?)?$/

export interface Instant {
  readonly ms: number
  /** The text named no zone; UTC was assumed. */
  readonly zoneless: boolean
}

/** How many days a month has. */
export const daysIn = (year: number, month: number): number =>
  month === 2
    ? (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
      ? 29
      : 28
    : [4, 6, 9, 11].includes(month)
      ? 30
      : 31

const digits = (text: string, from: number, to: number): number => {
  let value = 0
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

/** `2026-11-24T12:00:00.000Z` and the same without milliseconds, as nearly every station writes it. */
const usual = (text: string): Instant | undefined => {
  const { length } = text
  if (
    (length !== 24 && length !== 20) ||
    text[10] !== 'T' ||
    text[length - 1] !== 'Z' ||
    text[4] !== '-' ||
    text[7] !== '-'
  )
    return undefined
  if (text[13] !== ':' || text[16] !== ':' || (length === 24 && text[19] !== '.')) return undefined
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 7)
  const day = digits(text, 8, 10)
  const hour = digits(text, 11, 13)
  const minute = digits(text, 14, 16)
  const second = digits(text, 17, 19)
  const millis = length === 24 ? digits(text, 20, 23) : 0
  if (
    !(
      year >= 1970 &&
      month >= 1 &&
      month <= 12 &&
      day >= 1 &&
      day <= 28 &&
      hour <= 23 &&
      minute <= 59 &&
      second <= 59 &&
      millis <= 999
    )
  )
    return undefined
  return { ms: Date.UTC(year, month - 1, day, hour, minute, second, millis), zoneless: false }
}

/** Answers undefined for what is no point in time. A leap second becomes the last millisecond before it. */
export const parseInstant = (text: string): Instant | undefined => {
  if (text !== lastRead) {
    lastInstant = usual(text) ?? parseAny(text)
    lastRead = text
  }
  return lastInstant
}

/** A payload's time is read twice: when it is checked, and when it is understood. */
let lastRead = ''
let lastInstant: Instant | undefined

const parseAny = (text: string): Instant | undefined => {
  const match = rfc3339.exec(text)
  if (match === null) return undefined
  const [, y, mo, d, h, mi, s, fraction = '', zulu, sign, oh = '0', om = '0'] = match
  const [year, month, day, hour, minute, second] = [Number(y), Number(mo), Number(d), Number(h), Number(mi), Number(s)]
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  if (hour > 23 || minute > 59 || second > 60 || Number(oh) > 23 || Number(om) > 59) return undefined
  const leap = second === 60
  const millis = leap ? 999 : Number(fraction.padEnd(3, '0').slice(0, 3))
  const exact = utc(year, month, day, hour, minute, leap ? 59 : second, millis)
  const offset = (Number(oh) * 60 + Number(om)) * 60_000 * (sign === '-' ? -1 : 1)
  return { ms: exact - (sign === undefined ? 0 : offset), zoneless: zulu === undefined && sign === undefined }
}

/** `Date.UTC` reads the years 0–99 as 1900–1999; going by 400 years (one full cycle of the calendar) avoids that. */
const utc = (year: number, month: number, day: number, ...time: readonly [number, number, number, number]): number =>
  Date.UTC(year + 400, month - 1, day, ...time) - 146_097 * 86_400_000

/** As we write it on the wire and in the API: UTC with milliseconds. */
export const formatInstant = (ms: number): string => {
  if (ms === lastMs) return lastText
  lastMs = ms
  lastText = new Date(ms).toISOString()
  return lastText
}

/** Thousands of heartbeats are answered in the same millisecond. */
let lastMs = Number.NaN
let lastText = ''

/** The day of UTC, `2026-11-24`. */
export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
