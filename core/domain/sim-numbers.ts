import { luhnDigitOf } from './luhn.ts'

/** The numbers beside the ICCID that a SIM and its modem have. What is none of them is nobody's: undefined. */

/** IMSI: the subscription, up to 15 digits of which three are the country (ITU-T E.212). */
export const imsiOf = (text: string): string | undefined => {
  const digits = text.replaceAll(/[ -]/g, '')
  return /^\d{6,15}$/.test(digits) ? digits : undefined
}

/**
 * IMEI: the modem, as 14 digits (3GPP TS 23.003 §6.2): what comes behind them is a check digit, or the version of its
 * software, which may change where the modem does not. A check digit that is wrong makes it none.
 */
export const imeiOf = (text: string): string | undefined => {
  const digits = text.replaceAll(/[ /-]/g, '')
  if (!/^\d{14,16}$/.test(digits) || /^0+$/.test(digits)) return undefined
  const bare = digits.slice(0, 14)
  // providers often write a nought for the check digit
  if (digits.length === 15 && digits[14] !== '0' && digits[14] !== luhnDigitOf(bare)) return undefined
  return bare
}

/** EID: the chip of an eSIM, 32 digits that leave 1 when they are divided by 97 (GSMA SGP.29). */
export const eidOf = (text: string): string | undefined => {
  const digits = text.replaceAll(/[ -]/g, '')
  return /^89\d{30}$/.test(digits) && BigInt(digits) % 97n === 1n ? digits : undefined
}
