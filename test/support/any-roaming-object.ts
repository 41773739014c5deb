import fc from 'fast-check'
import {
  type Form,
  isFrom,
  isList,
  isRequired,
  type Json,
  type Shape,
  type TextType,
  type Type,
  type Version,
} from '../../core/roaming/field.ts'
import { type Kind, shapes } from '../../core/roaming/objects/index.ts'

/** Any object that a version has, as our code holds it: all it may have, with fields and values that nobody knows. */
export const anyObject = (kind: Kind, version: Version): fc.Arbitrary<Json> => anyOf(shapes[kind], version)

/** Made once each: building them takes longer than drawing from them. */
const made = new Map<string, fc.Arbitrary<Json>>()

const anyOf = (shape: Shape, version: Version): fc.Arbitrary<Json> => {
  const key = `${shape.name} ${[...shape.fields.keys()].join()} ${version}`
  const objects = made.get(key) ?? anyNew(shape, version)
  made.set(key, objects)
  return objects
}

const anyNew = (shape: Shape, version: Version): fc.Arbitrary<Json> => {
  const forms = [...shape.forms[version].values()]
  const known = fc.record(Object.fromEntries(forms.map((form) => [form.name, anyField(form, version)])), {
    requiredKeys: forms.filter(({ card }) => isRequired(card)).map(({ name }) => name),
  })
  const unknown = fc.option(fc.record({ x_extra: fc.constantFrom('one', 2, true, ['three'], { four: null }) }), {
    freq: 6,
  })
  return fc.tuple(known, unknown).map(([fields, more]) => ({ ...fields, ...more }))
}

const anyField = ({ card, type }: Form, version: Version): fc.Arbitrary<unknown> =>
  isList(card) ? fc.array(anyValue(type, version), { minLength: 1, maxLength: 2 }) : anyValue(type, version)

const anyValue = (type: Type, version: Version): fc.Arbitrary<unknown> => {
  if (type.is === 'object') return anyOf(type.shape, version)
  if (type.is === 'boolean') return fc.boolean()
  if (type.is === 'int') return fc.integer({ min: 0, max: 1_000_000 })
  if (type.is === 'number') return fc.integer({ min: -9_999_999, max: 99_999_999 }).map((n) => String(n / 10_000))
  if (type.is === 'dateTime') return fc.integer({ min: 0, max: 4_000_000_000 }).map(instant)
  return type.is === 'text' ? anyText(type, version) : anyWord(type, version)
}

const instant = (seconds: number): string => new Date(seconds * 1_000).toISOString().replace('.000', '')

const ascii = 'abcXYZ019-*/~ '.split('')
const others = ['ä', 'ß', '€', 'ø', '🚲']

const anyText = ({ longest, ascii: isAscii, like }: TextType, version: Version): fc.Arbitrary<string> => {
  const most = longest[version]
  if (like !== undefined) return fc.stringMatching(like).filter((text) => text.length > 0 && text.length <= most)
  const unit = fc.constantFrom(...ascii, ...(isAscii ? [] : others))
  const short = fc.string({ unit, minLength: 1, maxLength: Math.min(most, 12) })
  return fc.oneof({ weight: 9, arbitrary: short }, { weight: 1, arbitrary: unit.map((one) => one.repeat(most)) })
}

const anyWord = ({ words }: Extract<Type, { is: 'word' }>, version: Version): fc.Arbitrary<string> => {
  const known = [...words.since].filter(([, since]) => isFrom(since, version)).map(([value]) => value)
  const only = version === '2.3.0' ? [] : (words.only[version] ?? [])
  return fc.constantFrom(...known, ...only, ...(words.open ? ['SOMETHING_OF_OURS'] : []))
}
