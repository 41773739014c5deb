import type { Converted } from './converted.ts'
import {
  at,
  type Form,
  isJson,
  isRequired,
  type Json,
  type Loss,
  type Note,
  type Shape,
  type TextType,
  type Type,
  unsayable,
  type Version,
} from './field.ts'
import { type Kind, shapes } from './objects/index.ts'
import { isLonger } from './read-value.ts'
import { each, noteIn } from './walk.ts'

/** The longest that a partner takes, by class and field as in `SignedValue.plain_data`, where that is less than its version has. */
export type Lengths = Readonly<Record<string, number>>

interface Cutting {
  readonly version: Version
  readonly lengths: Lengths
  readonly losses: Loss[]
}

/**
 * An object with no text longer than its version, and the partner, takes it (§2.7). What people read is shortened; what is
 * right as a whole only (an identifier, a web address, a signature) is left out, and so is what cannot be without it.
 */
export const cutToLength = (object: Json, kind: Kind, version: Version, lengths: Lengths = {}): Converted => {
  const losses: Loss[] = []
  const cut = cutObject(shapes[kind], object, { version, lengths, losses }, '')
  return { object: cut === unsayable ? undefined : cut, losses }
}

const cutObject = (shape: Shape, object: Json, cutting: Cutting, pointer: string): Json | typeof unsayable => {
  const entries: (readonly [string, unknown])[] = []
  for (const [name, value] of Object.entries(object)) {
    const form = shape.forms[cutting.version].get(name)
    const made = form === undefined ? value : cutField({ shape, form }, value, cutting, at(pointer, name))
    if (made === unsayable) return unsayable
    if (made !== undefined) entries.push([name, made])
  }
  return Object.fromEntries(entries)
}

const cutField = (
  { shape, form }: { shape: Shape; form: Form },
  value: unknown,
  cutting: Cutting,
  pointer: string,
): unknown => {
  const note = noteIn(cutting, pointer)
  const most = cutting.lengths[`${shape.name}.${form.name}`] ?? Infinity
  const make = (one: unknown, place: string): unknown => cutValue(form.type, one, { ...cutting, most }, place)
  const made = each(value, form.card, pointer, { make, note })
  if (made !== unsayable || isRequired(form.card)) return made
  note('leftOut', 'it is right as a whole only')
  return undefined
}

const cutValue = (
  type: Type,
  value: unknown,
  cutting: Cutting & { readonly most: number },
  pointer: string,
): unknown => {
  if (type.is === 'object' && isJson(value)) return cutObject(type.shape, value, cutting, pointer)
  if (type.is !== 'text' || typeof value !== 'string') return value
  const most = Math.min(cutting.most, type.longest[cutting.version])
  return isLonger(value, most) ? shortened(type, value, most, noteIn(cutting, pointer)) : value
}

const shortened = ({ cut }: TextType, value: string, most: number, note: Note): string | typeof unsayable => {
  note(cut ? 'cut' : 'tooLong', `it has at most ${most} characters`)
  return cut ? Array.from(value).slice(0, most).join('').trimEnd() : unsayable
}
