/** Text from the wire that will be stored or shown: no U+0000, no lone surrogates, no more than `longest` characters. */
export const clean = (text: string, longest = 255): string => {
  const whole = text.length > longest ? text.slice(0, longest) : text
  return (whole.includes('\u0000') ? whole.replaceAll('\u0000', '') : whole).toWellFormed()
}

/** The same of every text in a value, at any depth, and of the names of its fields. */
export const cleanDeep = (value: unknown, longest: number): unknown => {
  if (typeof value === 'string') return clean(value, longest)
  if (Array.isArray(value)) return value.map((one) => cleanDeep(one, longest))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [clean(name), cleanDeep(inner, longest)]))
}
