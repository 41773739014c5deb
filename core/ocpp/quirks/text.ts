/**
 * Repairs of a frame's text before it is read. They look between the texts in quotation marks, take one pass over the
 * frame whatever is in it, and leave alone what they cannot mend.
 */

/** By turns what stands between texts in quotation marks, and those texts with their marks; the last may lack its end. */
const piecesOf = (text: string): string[] => {
  const pieces: string[] = []
  let from = 0
  let isQuoted = false
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at)
    if (isQuoted && c === 92) at++
    else if (c === 34) {
      const end = isQuoted ? at + 1 : at
      pieces.push(text.slice(from, end))
      from = end
      isQuoted = !isQuoted
    }
  }
  pieces.push(text.slice(from))
  return pieces
}

/** `[,{…}` → `[{…}` */
export const withoutLeadingCommas = (text: string): string =>
  piecesOf(text)
    .map((piece, i) => (i % 2 === 0 ? piece.replace(/([[{])[\s,]*,/g, '$1') : piece))
    .join('')

/** `{"a":,"b":1}` → `{"b":1}` */
export const withoutEmptyMembers = (text: string): string => {
  const pieces = piecesOf(text)
  for (let i = 2; i < pieces.length; i += 2) {
    const rest = /^\s*:\s*(?=[,}])/.exec(pieces[i] ?? '')?.[0]
    if (rest === undefined) continue
    const before = pieces[i - 2]?.trimEnd() ?? ''
    const after = pieces[i]?.slice(rest.length) ?? ''
    // one comma goes with it: the one before it, or the one behind it where it is the first
    pieces[i - 2] = before.endsWith(',') ? before.slice(0, -1) : before
    pieces[i - 1] = ''
    pieces[i] = before.endsWith(',') ? after : after.replace(/^,/, '')
  }
  return pieces.join('')
}

/** `[3,"a",{"b":[]` → `[3,"a",{"b":[]}]`. Only after a whole value: what was cut within a number says another number. */
export const withBracketsClosed = (text: string): string => {
  const pieces = piecesOf(text)
  if (pieces.length % 2 === 0 || !/[\]}"]\s*$/.test(text)) return text
  const open: string[] = []
  for (const [, bracket = ''] of pieces
    .filter((_, i) => i % 2 === 0)
    .join('')
    .matchAll(/([[\]{}])/g))
    if (bracket === '[' || bracket === '{') open.push(bracket === '[' ? ']' : '}')
    else if (open.pop() !== bracket) return text
  return text + open.reverse().join('')
}

/** C programs hand over the end of their texts. */
export const withoutNul = (text: string): string => text.replaceAll('\u0000', '')

/** Only where it is an answer to a CALL of ours. */
export const ofAnswers =
  (repair: (text: string) => string) =>
  (text: string): string =>
    /^\s*\[\s*[34]\s*,/.test(text) ? repair(text) : text
