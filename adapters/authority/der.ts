/** One element of DER (X.690): what it is, what is in it, and all of its bytes as they came. */
export interface Element {
  readonly tag: number
  readonly content: Uint8Array
  readonly whole: Uint8Array
}

/** The elements that follow each other in these bytes. Throws for bytes that are no DER. */
export const elementsOf = (bytes: Uint8Array): readonly Element[] => {
  const elements: Element[] = []
  for (let at = 0; at < bytes.length;) {
    const { length, from } = lengthAt(bytes, at + 1)
    if (from + length > bytes.length) throw new RangeError('DER ends too early')
    elements.push({
      tag: bytes[at] ?? 0,
      content: bytes.subarray(from, from + length),
      whole: bytes.subarray(at, from + length),
    })
    at = from + length
  }
  return elements
}

const lengthAt = (bytes: Uint8Array, at: number): { readonly length: number; readonly from: number } => {
  const first = bytes[at]
  if (first === undefined) throw new RangeError('DER ends too early')
  if (first < 0x80) return { length: first, from: at + 1 }
  const count = first & 0x7f
  if (count === 0 || count > 4) throw new RangeError('a length that DER does not have')
  let length = 0
  for (let i = 1; i <= count; i++) length = length * 256 + (bytes[at + i] ?? 0)
  return { length, from: at + 1 + count }
}

/** The one at a place; throws where there is none. */
export const elementAt = (elements: readonly Element[], place: number): Element => {
  const element = elements[place]
  if (element === undefined) throw new RangeError('DER has too few elements')
  return element
}

/** What is in a bit string of whole bytes. */
export const bitsOf = ({ tag, content }: Element): Uint8Array => {
  if (tag !== 0x03 || content[0] !== 0) throw new RangeError('not a bit string of whole bytes')
  return content.subarray(1)
}

/** One element out of its contents, one after the other. */
export const der = (tag: number, ...contents: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const content = Buffer.concat(contents)
  return Uint8Array.from([tag, ...lengthOf(content.length), ...content])
}

const lengthOf = (length: number): readonly number[] => {
  if (length < 0x80) return [length]
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return [0x80 | bytes.length, ...bytes]
}

/** A time as certificates, lists and responses have it (RFC 5280 §4.1.2.5): whole seconds of UTC. In ms since 1970. */
export const timeOf = ({ tag, content }: Element): number => {
  const text = Buffer.from(content).toString('latin1')
  const [, years = '', rest = ''] = (tag === 0x17 ? /^(\d{2})(\d{10})Z$/ : /^(\d{4})(\d{10})Z$/).exec(text) ?? []
  const [month, day, hour, minute, second] = (rest.match(/\d{2}/g) ?? []).map(Number)
  if ((tag !== 0x17 && tag !== 0x18) || second === undefined) throw new RangeError('not a time')
  const year = tag === 0x18 ? Number(years) : Number(years) + (Number(years) < 50 ? 2_000 : 1_900)
  return Date.UTC(year, (month ?? 1) - 1, day, hour, minute, second)
}
