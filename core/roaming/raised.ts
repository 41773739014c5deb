import {
  at,
  type Field,
  type Form,
  isJson,
  isRequired,
  type Json,
  type Note,
  type Older,
  type Shape,
  type Type,
  unsayable,
  type Words,
} from './field.ts'
import { each, noteIn, type Walk } from './walk.ts'

/** An object of an older version in the words of our model. */
export const raised = (shape: Shape, object: Json, walk: Walk, pointer = ''): Json | typeof unsayable => {
  const { version, known } = walk
  const note = noteIn(walk, pointer)
  const entries: (readonly [string, unknown])[] = []
  for (const [name, value] of Object.entries(object)) {
    const ours = shape.names[version].get(name)
    const field = ours === undefined ? undefined : shape.fields.get(ours)
    // What is known of an object counts for more than what it says in a field that its version has not.
    if (field === undefined && shape.fields.get(name)?.given?.(known) !== undefined) continue
    const made = field === undefined ? value : fieldOf(field, value, walk, at(pointer, name))
    if (made === unsayable) return unsayable
    if (made !== undefined) entries.push([ours ?? name, made])
  }
  const done = Object.fromEntries([...entries, ...given(shape, new Map(entries), walk, note)])
  const lower = (): typeof unsayable => unsayable
  return shape.up[version]?.(done, object, { known, note, lower }) ?? done
}

const fieldOf = (field: Field, value: unknown, walk: Walk, pointer: string): unknown => {
  const { version, known } = walk
  const note = noteIn(walk, pointer)
  const form = field.forms[version] as Form
  const turn = field.up[version]
  const made =
    turn === undefined
      ? each(value, form.card, pointer, { make: (one, place) => valueOf(form.type, one, walk, place), note })
      : turn(value, { known, note, lower: () => unsayable })
  if (made !== unsayable) return made
  if (isRequired(field.card)) return unsayable
  note('leftOut', 'our model cannot say it')
  return undefined
}

const valueOf = (type: Type, value: unknown, walk: Walk, pointer: string): unknown => {
  if (type.is === 'object') return isJson(value) ? raised(type.shape, value, walk, pointer) : value
  if (type.is !== 'word' || typeof value !== 'string') return value
  return wordOf(type.words, value, walk.version, noteIn(walk, pointer))
}

const wordOf = ({ name, only, upward }: Words, value: string, version: Older, note: Note): unknown => {
  const words = upward[version] ?? {}
  if (Object.hasOwn(words, value)) {
    const ours = words[value]
    if (ours !== undefined && ours !== value) note('replaced', `${name} has no ${value}; the nearest is ${ours}`)
    return ours
  }
  if (!(only[version] ?? []).includes(value)) return value
  note('noValue', `${name} has no ${value}`)
  return unsayable
}

/** What the version does not say, from what is known; in a part nothing is missed. */
const given = (
  shape: Shape,
  present: ReadonlyMap<string, unknown>,
  { version, known, isPart }: Walk,
  note: Note,
): readonly (readonly [string, unknown])[] => {
  if (isPart) return []
  return [...shape.fields].flatMap(([name, field]) => {
    if (!isRequired(field.card) || present.has(name) || field.moved.includes(version)) return []
    const value = field.given?.(known) ?? field.implied
    if (value === undefined) note('missing', 'it must be there, and is not known', at('', name))
    return value === undefined ? [] : [[name, value] as const]
  })
}
