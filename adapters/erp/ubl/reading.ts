import { XMLParser } from 'fast-xml-parser'
import { partsOf } from '../../../core/domain/amount.ts'

/** An element as it was read. */
export interface Node {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Node[]
  /** Of an element without children: what is in it, without blanks around it. */
  readonly text: string
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
})

type Parsed = Readonly<Record<string, unknown>>

const nodeOf = (parsed: Parsed): readonly Node[] => {
  const name = Object.keys(parsed).find((key) => key !== ':@' && key !== '#text')
  if (name === undefined) return []
  const inside = parsed[name] as readonly Parsed[]
  const text = inside.map((part) => (typeof part['#text'] === 'string' ? part['#text'] : '')).join('')
  return [
    {
      name,
      attributes: (parsed[':@'] ?? {}) as Readonly<Record<string, string>>,
      children: inside.flatMap(nodeOf),
      text: text.trim(),
    },
  ]
}

/** The root of an XML document; undefined where there is none. */
export const read = (xml: string): Node | undefined => {
  try {
    return (parser.parse(xml) as readonly Parsed[]).flatMap(nodeOf)[0]
  } catch {
    return undefined
  }
}

/** All elements on a path below one: `cac:TaxTotal/cac:TaxSubtotal`. */
export const all = (node: Node, path: string): readonly Node[] =>
  path
    .split('/')
    .reduce<readonly Node[]>(
      (found, name) => found.flatMap((each) => each.children.filter((c) => c.name === name)),
      [node],
    )

export const textAt = (node: Node, path: string): string => all(node, path)[0]?.text ?? ''

export const has = (node: Node, path: string): boolean => textAt(node, path) !== ''

/** Every element below one, and itself. */
export const everything = (node: Node): readonly Node[] => [node, ...node.children.flatMap(everything)]

/** A decimal number, in parts of 10^-12; undefined where there is none. */
export const numberIn = (text: string): bigint | undefined => {
  const decimal = text.replace(/^\+/, '')
  return /^-?\d{1,18}(?:\.\d{1,12})?$/.test(decimal) ? partsOf(decimal) : undefined
}

export const numberAt = (node: Node, path: string): bigint | undefined => numberIn(textAt(node, path))

export const sumAt = (nodes: readonly Node[], path: string): bigint =>
  nodes.reduce((sum, node) => sum + (numberAt(node, path) ?? 0n), 0n)
