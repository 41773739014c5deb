import { clean } from '../domain/text.ts'
import { at, type Form, isJson, isList, isRequired, type Json, modelVersion, type Shape, type Type } from './field.ts'
import { readValue } from './read-value.ts'
import { fault, odd, type Reading } from './remark.ts'

/** The fields of an object in the names of its version; of a part, those that are there. */
export const readObject = (
  shape: Shape,
  source: Json,
  reading: Reading,
  { pointer = '', isPart = false } = {},
): Json => {
  const forms = shape.forms[reading.version]
  const entries = Object.entries(source).flatMap(([name, value]): readonly (readonly [string, unknown])[] => {
    const form = forms.get(name)
    const place = at(pointer, name)
    const read =
      form === undefined
        ? readForeign(shape, [name, value], reading, place)
        : isNothing(form.type, value)
          ? readNothing(form, reading, { place, isPart })
          : readField(form, value, reading, place)
    return read === undefined ? [] : [[form?.name ?? clean(name), read]]
  })
  const missing = isPart
    ? []
    : [...forms.values()].filter(({ name, card }) => isRequired(card) && !Object.hasOwn(source, name))
  for (const { name } of missing) fault(reading, at(pointer, name), ['required', `a ${shape.name} has one`])
  return Object.fromEntries(entries)
}

/** Null; and an empty text where something else than text belongs. */
const isNothing = ({ is }: Type, value: unknown): boolean => value === null || (value === '' && is !== 'text')

const readNothing = (
  { card }: Form,
  reading: Reading,
  { place, isPart }: { place: string; isPart: boolean },
): undefined => {
  if (isPart) return fault(reading, place, ['null', 'a PATCH cannot remove a field; PUT the object without it'])
  if (isRequired(card)) return fault(reading, place, ['required', 'it must have a value'])
  odd(reading, place, ['nothing', 'a field without a value is left out'])
  return undefined
}

const readField = ({ card, type }: Form, value: unknown, reading: Reading, pointer: string): unknown => {
  if (!isList(card)) return readOne(type, value, reading, pointer)
  if (!Array.isArray(value)) return fault(reading, pointer, ['type', 'it is a list'])
  if (value.length === 0 && card === '+') return fault(reading, pointer, ['empty', 'it has one element or more'])
  return value.map((one: unknown, i) => readOne(type, one, reading, at(pointer, i))).filter((one) => one !== undefined)
}

const readOne = (type: Type, value: unknown, reading: Reading, pointer: string): unknown => {
  if (type.is !== 'object') return readValue(type, value, reading, pointer)
  return isJson(value)
    ? readObject(type.shape, value, reading, { pointer })
    : fault(reading, pointer, ['type', `it is a ${type.shape.name}`])
}

/**
 * What the version has not. Many send fields of later ones: such a field is taken if it is one, and dropped if not, for
 * under its name nobody expects anything else.
 */
const readForeign = (
  shape: Shape,
  [name, value]: readonly [string, unknown],
  reading: Reading,
  pointer: string,
): unknown => {
  const later = shape.forms[modelVersion].get(name)
  if (later === undefined) return readUnknown(value, reading, pointer)
  const inner: Reading = { version: modelVersion, faults: [], oddities: [] }
  const read = isNothing(later.type, value) ? undefined : readField(later, value, inner, pointer)
  const isTaken = inner.faults.length === 0 && read !== undefined
  odd(reading, pointer, [
    'newerField',
    isTaken ? 'a later version has it' : 'a later version has it otherwise; it is dropped',
  ])
  return isTaken ? read : undefined
}

const readUnknown = (value: unknown, reading: Reading, pointer: string): unknown => {
  const kept = cleaned(value, deepest)
  if (kept === tooDeep) {
    odd(reading, pointer, ['tooDeep', `it is nested more than ${deepest} deep, and dropped`])
    return undefined
  }
  odd(reading, pointer, ['unknownField', 'nobody here knows it; it is passed on'])
  return kept
}

const deepest = 20
const tooDeep = Symbol('too deep')

/** What a JSON text can have in it, with texts that any store takes. */
const cleaned = (value: unknown, levels: number): unknown => {
  if (typeof value === 'string') return clean(value, Infinity)
  if (typeof value !== 'object' || value === null) return value
  if (levels === 0) return tooDeep
  const entries = Object.entries(value).map(([name, inner]) => [clean(name), cleaned(inner, levels - 1)] as const)
  if (entries.some(([, inner]) => inner === tooDeep)) return tooDeep
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries)
}
