/** Text from the wire that will be stored or shown: no U+0000, no lone surrogates, no more than `longest` characters. */
export const clean = (text: string, longest = 255): string => {
  const whole = text.length > longest ? text.slice(0, longest) : text
  return (whole.includes('\u0000') ? whole.replaceAll('\u0000', '') : whole).toWellFormed()
}
