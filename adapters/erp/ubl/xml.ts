/** What may be inside an element: text, or elements that are written already; what is undefined is left out. */
export type Inside = string | undefined | readonly (Element | undefined)[]

/** An element as its text. */
export interface Element {
  readonly xml: string
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** XML 1.0 §2.2 has no word for these, not even an escaped one. */
// eslint-disable-next-line no-control-regex
const unspeakable = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\uFFFE\uFFFF]/g

/** As it may stand in an element or an attribute, on one line. */
const escaped = (text: string): string =>
  text
    .replaceAll(unspeakable, '')
    .toWellFormed()
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/[&<>"]/g, (sign) => escapes[sign] ?? '')

/**
 * An element of a name, written; undefined where nothing would be inside: an empty element is against the rules
 * (PEPPOL-EN16931-R008), and whether it has to be there is another rule's question.
 */
export const element = (
  name: string,
  inside: Inside,
  attributes: Readonly<Record<string, string | undefined>> = {},
): Element | undefined => {
  const content = typeof inside === 'string' ? escaped(inside) : (inside ?? []).map((each) => each?.xml ?? '').join('')
  if (content === '') return undefined
  const given = Object.entries(attributes).map(([key, value]) =>
    value === undefined ? '' : ` ${key}="${escaped(value)}"`,
  )
  return { xml: `<${name}${given.join('')}>${content}</${name}>` }
}
