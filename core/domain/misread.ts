/** Why a text is not what it was read as, in a sentence for whoever wrote it. */
export interface Misread {
  readonly fault: string
}

export const misread = (fault: string): Misread => ({ fault })

/** No identifier is longer; what is longer is not looked through. */
const longest = 100

/**
 * What is wrong with the characters of an identifier: letters A–Z, digits 0–9 and these separators are all that there is.
 * Letters of other alphabets that look the same are named by their number, or nobody would see them.
 */
export const strangeIn = (text: string, separators: string): string | undefined => {
  if (text === '') return 'it is empty'
  if (text.length > longest) return `it has ${text.length} characters: no identifier is so long`
  for (const [place, character] of Array.from(text).entries())
    if (!/^[A-Za-z0-9]$/.test(character) && !separators.includes(character))
      return `character ${place + 1} is ${named(character)}: only letters A to Z, digits and ${quoted(separators)} are allowed`
  return undefined
}

const named = (character: string): string => {
  const number = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
  return /^[\p{L}\p{N}\p{P}\p{S}]$/u.test(character) ? `“${character}” (${number})` : number
}

const quoted = (separators: string): string =>
  separators
    .split('')
    .map((separator) => `“${separator}”`)
    .join(' and ')
