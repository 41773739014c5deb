import type { LogoType } from './brand.ts'

/** Pictures that strangers bring and our pages show: only what is certain to be a picture and nothing more. */

export const mostLogoBytes = 131_072
const mostPixels = 2_048

/** Why these bytes are no logo of this type, or nothing. */
export const logoFault = (type: LogoType, bytes: Uint8Array): string | undefined => {
  if (bytes.length === 0) return 'is empty'
  if (bytes.length > mostLogoBytes) return `is larger than ${mostLogoBytes} bytes`
  return type === 'image/png' ? pngFault(bytes) : svgFault(bytes)
}

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

/** PNG (ISO/IEC 15948 §5): the signature, IHDR, chunks whose lengths add up, IEND, and nothing behind it. */
const pngFault = (bytes: Uint8Array): string | undefined => {
  if (signature.some((byte, i) => bytes[i] !== byte)) return 'is no PNG'
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const names: string[] = []
  for (let at = 8; at < bytes.length;) {
    if (at + 12 > bytes.length) return 'is a PNG that broke off'
    names.push(String.fromCharCode(...bytes.subarray(at + 4, at + 8)))
    at += 12 + view.getUint32(at)
    if (at > bytes.length) return 'is a PNG that broke off'
    if (names.at(-1) === 'IEND' && at < bytes.length) return 'has something behind its end'
  }
  if (names[0] !== 'IHDR' || names.at(-1) !== 'IEND' || !names.includes('IDAT')) return 'is no whole PNG'
  const [width, height] = [view.getUint32(16), view.getUint32(20)]
  if (width === 0 || height === 0 || width > mostPixels || height > mostPixels)
    return `is ${width} by ${height} pixels: at most ${mostPixels} by ${mostPixels}`
  return undefined
}

/** What draws, and what it is put together of. Everything else is refused: scripts, foreign content, style sheets, animations, links. */
const elements: ReadonlySet<string> = new Set(
  (
    'svg g defs symbol use title desc path rect circle ellipse line polyline polygon text tspan ' +
    'linearGradient radialGradient stop clipPath mask pattern marker'
  ).split(' '),
)

/** Attributes that name something: only what is in the picture itself. */
const naming: ReadonlySet<string> = new Set(['href', 'xlink:href', 'src'])

const attribute = /\s+([A-Za-z_][\w:.-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y
const opening = /<([A-Za-z][\w:.-]*)/y
const closing = /<\/([A-Za-z][\w:.-]*)\s*>/y
const text = /[^<]+/y
const comment = /<!--(?:(?!--)[\s\S])*-->/y
const declaration = /^(?:\uFEFF)?\s*<\?xml\s[^?<>]*\?>/

/**
 * SVG by a list of what is allowed. It is read by the grammar of XML, strictly, so that no browser finds more in it than is
 * found here: what is not understood is refused. Document types are, because of their entities.
 */
const svgFault = (bytes: Uint8Array): string | undefined => {
  const source = textOf(bytes)
  if (source === undefined) return 'is no UTF-8'
  const [whole = ''] = declaration.exec(source) ?? []
  if (/encoding\s*=\s*["'](?!utf-8["'])/i.test(whole)) return 'says that it is no UTF-8'
  const open: string[] = []
  let seen = 0
  for (let at = whole.length; at < source.length;) {
    const step = stepAt(source, at, open, seen)
    if ('refused' in step) return step.refused
    if (step.opened === true) seen++
    at = step.at
  }
  if (open.length > 0) return `is an SVG that broke off: ${open.at(-1) ?? ''} is not closed`
  return seen === 0 ? 'is no SVG' : undefined
}

type Step = { readonly at: number; readonly opened?: boolean } | { readonly refused: string }

const matchAt = (pattern: RegExp, source: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at
  return pattern.exec(source)
}

const stepAt = (source: string, at: number, open: string[], seen: number): Step => {
  const plain = matchAt(text, source, at)
  if (plain !== null) {
    if (open.length === 0 && plain[0].trim() !== '') return { refused: 'has text outside of its picture' }
    return entitiesFault(plain[0]) ?? { at: at + plain[0].length }
  }
  const said = matchAt(comment, source, at)
  if (said !== null) return { at: at + said[0].length }
  const end = matchAt(closing, source, at)
  if (end !== null) {
    if (open.pop() !== end[1]) return { refused: `is no SVG: </${end[1] ?? ''}> closes nothing` }
    return { at: at + end[0].length }
  }
  const begin = matchAt(opening, source, at)
  if (begin === null)
    return { refused: 'has something that is no part of a picture (a document type, CDATA, an instruction)' }
  return elementAt(source, at + begin[0].length, { name: begin[1] ?? '', open, seen })
}

const elementAt = (
  source: string,
  from: number,
  { name, open, seen }: { readonly name: string; readonly open: string[]; readonly seen: number },
): Step => {
  if (!elements.has(name)) return { refused: `has the element ${name.slice(0, 40)}, which is not taken` }
  if (open.length === 0 && (name !== 'svg' || seen > 0)) return { refused: 'is no SVG: its one root is svg' }
  let at = from
  for (let found = matchAt(attribute, source, at); found !== null; found = matchAt(attribute, source, at)) {
    const refused = attributeFault(found[1] ?? '', found[2] ?? found[3] ?? '')
    if (refused !== undefined) return { refused }
    at += found[0].length
  }
  const [tail] = /^\s*\/?>/.exec(source.slice(at, at + 200)) ?? []
  if (tail === undefined) return { refused: `has a tag ${name} that cannot be read` }
  if (!tail.includes('/')) open.push(name)
  return { at: at + tail.length, opened: true }
}

const attributeFault = (name: string, value: string): string | undefined => {
  const entities = entitiesFault(value)
  if (entities !== undefined) return entities.refused
  if (/^on/i.test(name)) return `has the attribute ${name.slice(0, 40)}, which runs a script`
  if (name === 'style' || name.toLowerCase() === 'style') return 'has a style, which is not taken: use attributes'
  if (name.startsWith('xmlns')) return namespaceFault(name, value)
  if (naming.has(name.toLowerCase()))
    return /^#[\w.-]+$/.test(value) ? undefined : `${name} names something outside of the picture`
  if (name.includes(':') && !/^xml:(?:space|lang)$/.test(name))
    return `has the attribute ${name.slice(0, 40)}, which is not taken`
  // url(#gradient) paints with a part of the picture; everything else that is fetched is none
  const fetched = value.replaceAll(/url\(\s*['"]?#[\w.-]+['"]?\s*\)/gi, '')
  return /url\s*\(|javascript:|data:|[\\]/i.test(fetched) ? `${name} names something outside of the picture` : undefined
}

const namespaces: Readonly<Record<string, string>> = {
  xmlns: 'http://www.w3.org/2000/svg',
  'xmlns:xlink': 'http://www.w3.org/1999/xlink',
}
const namespaceFault = (name: string, value: string): string | undefined =>
  namespaces[name] === value ? undefined : `has the namespace ${value.slice(0, 60)}, which is not taken`

/** The five of XML alone: by a number a browser reads what we have not. */
const entitiesFault = (value: string): { readonly refused: string } | undefined =>
  /&(?!(?:amp|lt|gt|quot|apos);)/.test(value)
    ? { refused: 'has entities other than &amp; &lt; &gt; &quot; &apos;' }
    : undefined

const textOf = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
