/**
 * Arrays as PostgreSQL writes them (manual §8.15.2), one dimension: `{a,"b c",NULL}`. Declared here, so that no
 * connection has to ask for the types of arrays before its first query: one that breaks while asking would never
 * answer those who wait for it.
 */
export const writeArray = (values: readonly (string | number | null)[]): string => {
  let text = '{'
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (i > 0) text += ','
    text += value === null || value === undefined ? 'NULL' : `"${escaped(String(value))}"`
  }
  return `${text}}`
}

const escaped = (text: string): string =>
  text.includes('\\') || text.includes('"') ? text.replaceAll('\\', '\\\\').replaceAll('"', '\\"') : text

export const readArray = (text: string): readonly (string | null)[] => {
  const values: (string | null)[] = []
  let at = 1
  while (at < text.length - 1) {
    if (text[at] === '"') {
      let value = ''
      for (at++; text[at] !== '"' && at < text.length; at++) value += text[at] === '\\' ? text[++at] : text[at]
      values.push(value)
      at++
    } else {
      const end = text.indexOf(',', at)
      const word = text.slice(at, end < 0 ? text.length - 1 : end)
      values.push(word === 'NULL' ? null : word)
      at += word.length
    }
    at++
  }
  return values
}

const numbers = (text: string): readonly (number | null)[] =>
  readArray(text).map((value) => (value === null ? null : Number(value)))

const array = <Value>(oid: number, parse: (text: string) => Value) => ({
  to: oid,
  from: [oid],
  serialize: writeArray,
  parse,
})

/** By the object identifiers that PostgreSQL has given these types for good (pg_type.dat). */
export const arrayTypes = {
  texts: array(1009, readArray),
  integers: array(1007, numbers),
  bigints: array(1016, numbers),
  uuids: array(2951, readArray),
}
