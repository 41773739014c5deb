import { canonical } from '../domain/canonical.ts'
import {
  type Aid,
  at,
  type Field,
  isFrom,
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

/** An object of our model in the words of an older version. */
export const lowered = (shape: Shape, object: Json, walk: Walk, pointer = ''): Json | typeof unsayable => {
  const note = noteIn(walk, pointer)
  const aid = aidOf(walk, note)
  const source = shape.first === undefined ? object : shape.first(object, aid)
  if (source === unsayable) return unsayable
  const entries: (readonly [string, unknown])[] = []
  for (const [name, value] of Object.entries(source)) {
    const field = shape.fields.get(name)
    if (field === undefined && shape.forms[walk.version].has(name)) {
      note('noField', 'the version has something else under this name', at('', name))
      continue
    }
    const made = field === undefined ? value : fieldIn(field, value, walk, at(pointer, name))
    if (made === unsayable) return unsayable
    if (made !== undefined) entries.push([field?.forms[walk.version]?.name ?? name, made])
  }
  const done = Object.fromEntries([...entries, ...filled(shape, new Map(entries), walk, note)])
  return shape.down[walk.version]?.(done, source, aid) ?? done
}

const aidOf = (walk: Walk, note: Note): Aid => ({
  known: walk.known,
  note,
  lower: (of, value, where) => {
    const inner = { ...walk, isPart: false, losses: [] }
    const made = lowered(of, value, inner)
    for (const { pointer, rule, detail } of inner.losses) note(rule, detail, where(pointer))
    return made
  },
})

/** Undefined: the field is not there. Unsayable: nor can its holder be. */
const fieldIn = (field: Field, value: unknown, walk: Walk, pointer: string): unknown => {
  const { version } = walk
  const note = noteIn(walk, pointer)
  if (field.moved.includes(version)) return undefined
  const form = field.forms[version]
  if (form === undefined) {
    if (isNothing(value) || canonical(value) === canonical(field.given?.(walk.known) ?? field.implied)) return undefined
    note(
      'noField',
      field.bars ? 'there is no such field, and without it it would not be true' : 'there is no such field',
    )
    return field.bars ? unsayable : undefined
  }
  const turn = field.down[version]
  const made =
    turn === undefined
      ? each(value, field.card, pointer, { make: (one, place) => valueIn(form.type, one, walk, place), note })
      : turn(value, aidOf(walk, note))
  if (made !== unsayable) return made
  if (field.fill[version] !== undefined) {
    note('filled', 'nothing of it can be said here')
    return field.fill[version]
  }
  if (isRequired(form.card) || field.bars) return unsayable
  note('leftOut', 'it cannot be said here')
  return undefined
}

const isNothing = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.length === 0)

const valueIn = (type: Type, value: unknown, walk: Walk, pointer: string): unknown => {
  if (type.is === 'object') return isJson(value) ? lowered(type.shape, value, walk, pointer) : value
  if (type.is !== 'word' || typeof value !== 'string') return value
  return wordIn(type.words, value, walk.version, noteIn(walk, pointer))
}

const wordIn = ({ name, since, instead, only }: Words, value: string, version: Older, note: Note): unknown => {
  const from = since.get(value)
  if (from === undefined || isFrom(from, version) || (only[version] ?? []).includes(value)) return value
  const nearest = instead[version]?.[value]
  if (nearest === undefined) note('noValue', `${name} has no ${value}`)
  else note('replaced', `${name} has no ${value}; the nearest is ${nearest}`)
  return nearest ?? unsayable
}

const filled = (
  shape: Shape,
  present: ReadonlyMap<string, unknown>,
  { version, isPart }: Walk,
  note: Note,
): readonly (readonly [string, unknown])[] => {
  if (isPart) return []
  return [...shape.fields].flatMap(([name, { forms, fill, moved }]) => {
    const form = forms[version]
    if (form === undefined || !isRequired(form.card) || present.has(form.name) || moved.includes(version)) return []
    const value = fill[version]
    if (value === undefined) note('missing', 'it must be there, and is not known', at('', name))
    else note('filled', 'it must be there, and is not known', at('', name))
    return value === undefined ? [] : [[form.name, value] as const]
  })
}
