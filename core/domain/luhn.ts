/** The check digit that Luhn's rule gives decimal digits (ISO/IEC 7812-1 annex B): of ICCIDs and IMEIs. */
export const luhnDigitOf = (digits: string): string => {
  let sum = 0
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place])
    const weighed = place % 2 === 0 ? 2 * digit : digit
    sum += weighed > 9 ? weighed - 9 : weighed
  }
  return String((10 - (sum % 10)) % 10)
}
