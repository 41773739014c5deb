import { isJson, isList, type Json, type Shape, type Type, type Version } from './field.ts'
import { type Kind, shapes } from './objects/index.ts'

/**
 * An object as it goes onto the wire: decimals are JSON numbers there. One of at most 15 digits is written as it stands; an
 * exponent is never written, for none has more than six decimals.
 */
export const written = (object: Json, kind: Kind, version: Version): Json =>
  writtenObject(shapes[kind], object, version)

const writtenObject = (shape: Shape, object: Json, version: Version): Json =>
  Object.fromEntries(
    Object.entries(object).map(([name, value]) => {
      const form = shape.forms[version].get(name)
      if (form === undefined) return [name, value]
      const make = (one: unknown): unknown => writtenValue(form.type, one, version)
      return [name, isList(form.card) && Array.isArray(value) ? value.map(make) : make(value)]
    }),
  )

const writtenValue = (type: Type, value: unknown, version: Version): unknown => {
  if (type.is === 'object') return isJson(value) ? writtenObject(type.shape, value, version) : value
  return type.is === 'number' && typeof value === 'string' ? Number(value) : value
}
