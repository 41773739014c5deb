import { formatInstant, parseInstant } from '../domain/instant.ts'
import { clean } from '../domain/text.ts'
import { isFrom, type TextType, type Type, type Words } from './field.ts'
import { numberText } from './number-text.ts'
import { fault, odd, type Reading } from './remark.ts'

/** A single value as it came; undefined where it is none of the type, which is a fault. */
export const readValue = (
  type: Exclude<Type, { is: 'object' }>,
  value: unknown,
  reading: Reading,
  pointer: string,
): unknown => {
  if (type.is === 'boolean')
    return typeof value === 'boolean' ? value : fault(reading, pointer, ['type', 'it is true or false'])
  if (type.is === 'number') return readNumber(value, reading, pointer)
  if (type.is === 'int') return readInt(value, reading, pointer)
  if (typeof value !== 'string' && typeof value !== 'number') return fault(reading, pointer, ['type', 'it is a text'])
  if (typeof value === 'number') odd(reading, pointer, ['retyped', 'it is a text, and came as a number'])
  const text = clean(String(value), Infinity)
  if (type.is === 'dateTime') return readDateTime(text, reading, pointer)
  return type.is === 'word' ? readWord(type.words, text, reading, pointer) : readText(type, text, reading, pointer)
}

const readNumber = (value: unknown, reading: Reading, pointer: string): string | undefined => {
  const read = typeof value === 'number' || typeof value === 'string' ? numberText(value) : undefined
  if (read === undefined) return fault(reading, pointer, ['type', 'it is a number'])
  if (typeof value === 'string') odd(reading, pointer, ['retyped', 'it is a number, and came as a text'])
  if (!read.isExact) odd(reading, pointer, ['precision', `it is read as ${read.text}`])
  return read.text
}

const readInt = (value: unknown, reading: Reading, pointer: string): number | undefined => {
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof read !== 'number' || !Number.isFinite(read) || Math.abs(read) > Number.MAX_SAFE_INTEGER)
    return fault(reading, pointer, ['type', 'it is a whole number'])
  if (typeof value === 'string') odd(reading, pointer, ['retyped', 'it is a number, and came as a text'])
  if (!Number.isInteger(read)) odd(reading, pointer, ['precision', `it is read as ${Math.trunc(read)}`])
  return Math.trunc(read)
}

/** As the specification allows it, of at most 25 characters. */
const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,4})?Z?$/

const readDateTime = (text: string, reading: Reading, pointer: string): string | undefined => {
  const instant = parseInstant(text)
  if (instant === undefined) return fault(reading, pointer, ['type', 'it is a point in time'])
  if (dateTime.test(text)) return text.endsWith('Z') ? text : `${text}Z`
  odd(reading, pointer, ['form', 'points in time are written in UTC, with a Z or nothing behind them'])
  return formatInstant(instant.ms).replace('.000Z', 'Z')
}

const readWord = (words: Words, text: string, reading: Reading, pointer: string): string | undefined => {
  const { version } = reading
  const value = (Object.hasOwn(words.alias, text) ? words.alias[text] : undefined) ?? text
  if (value !== text) odd(reading, pointer, ['alias', `${text} is read as ${value}`])
  if (version !== '2.3.0' && words.only[version]?.includes(value) === true) return value
  const since = words.since.get(value)
  if (since === undefined && !words.open) return fault(reading, pointer, ['value', `${words.name} has no such value`])
  if (since === undefined) odd(reading, pointer, ['unknownValue', `${words.name} has no such value`])
  else if (!isFrom(since, version)) odd(reading, pointer, ['newerValue', `${words.name} has it from ${since} on`])
  return value
}

const readText = ({ longest, ascii, like }: TextType, text: string, reading: Reading, pointer: string): string => {
  const most = longest[reading.version]
  if (isLonger(text, most)) odd(reading, pointer, ['tooLong', `it has at most ${most} characters`])
  if (!(ascii ? printableAscii : printable).test(text))
    odd(reading, pointer, ['characters', 'it has others than are allowed'])
  if (like !== undefined && !like.test(text)) odd(reading, pointer, ['form', `it is not like ${like.source}`])
  return text
}

const printableAscii = /^[\u0020-\u007e]*$/
const printable = /^\P{Cc}*$/u

/** By Unicode characters: what UTF-16 has two of is one. */
export const isLonger = (text: string, most: number): boolean =>
  text.length > most && (text.length > 2 * most || Array.from(text).length > most)
