/** What stands in for a character that the standard fonts of PDF do not have. */
export const unknown = '?'

const beyondLatin1 = new Set('€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ')

/**
 * A text in the characters of Windows-1252 (PDF 32000-1 annex D, WinAnsiEncoding): what is not among them is replaced where
 * it stands, never left out.
 */
export const inWindows1252 = (text: string): { readonly text: string; readonly isWhole: boolean } => {
  let [shown, isWhole] = ['', true]
  for (const character of text.normalize('NFC')) {
    const isKnown = /^[ -~\u00a0-\u00ff]$/.test(character) || beyondLatin1.has(character)
    shown += isKnown ? character : unknown
    isWhole &&= isKnown
  }
  return { text: shown, isWhole }
}
