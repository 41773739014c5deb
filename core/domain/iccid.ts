import { luhnDigitOf } from './luhn.ts'
import { type Misread, misread, strangeIn } from './misread.ts'

/**
 * ICCIDs: the number that is printed on a SIM card (ITU-T E.118). It begins with 89, the country and the issuer, and ends
 * with a check digit by Luhn. Cards have 19 digits with it, or 20; many stations and providers leave the check digit of
 * those of 20 out, and some fill the last place with an F, as the card itself does (ETSI TS 102 221 §13.2).
 */
export interface Iccid {
  /**
   * By what ICCIDs are equal: 19 digits. What has 20 is cut before its check digit, what has 18 is given it. Nothing has to
   * be known about a card of 19 for that: whether its last digit is a check digit cannot be seen from it.
   */
  readonly key: string
  /** Whether a check digit was there that could be wrong. */
  readonly isChecked: boolean
}

const length = 19

/** An ICCID as it was reported, or what is wrong with it. */
export const parseIccid = (text: string): Iccid | Misread => {
  const strange = strangeIn(text.trim(), '- ')
  if (strange !== undefined) return misread(strange)
  const digits = text.replaceAll(/[- ]/g, '').replace(/F$/i, '')
  if (!/^\d+$/.test(digits)) return misread('it has letters: an ICCID is made of digits')
  if (digits.length < length - 1 || digits.length > length + 1)
    return misread(`it has ${digits.length} digits: 19 or 20, or one fewer without its check digit`)
  if (digits.startsWith('98')) return misread('it begins with 98: the digits of each pair are exchanged')
  if (!digits.startsWith('89')) return misread(`it begins with ${digits.slice(0, 2)}: every ICCID begins with 89`)
  if (digits.length < length) return { key: digits + luhnDigitOf(digits), isChecked: false }
  if (digits.length === length) return { key: digits, isChecked: false }
  const key = digits.slice(0, length)
  const [given, right] = [digits.slice(length), luhnDigitOf(key)]
  return given === right ? { key, isChecked: true } : misread(`the check digit is ${given}, and should be ${right}`)
}

/** The same of a text; undefined for what is no ICCID. */
export const iccidKey = (text: string): string | undefined => {
  const iccid = parseIccid(text)
  return 'fault' in iccid ? undefined : iccid.key
}

/**
 * The ways in which a provider may have it, the likeliest first: as it is kept, with the check digit that those of 20 have,
 * and without the one that it may end with.
 */
export const iccidSpellings = (key: string): readonly string[] => {
  const bare = key.slice(0, -1)
  return [key, key + luhnDigitOf(key), ...(luhnDigitOf(bare) === key.slice(-1) ? [bare] : [])]
}
