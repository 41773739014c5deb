import { isFrom, isJson, type Json, type Shape, type Version } from './field.ts'
import { type Kind, shapes } from './objects/index.ts'
import { readObject } from './read-object.ts'
import { fault, type FaultRule, type OddityRule, type Reading, type Remark } from './remark.ts'

export interface Validated {
  /** As it is to be worked with: decimals as texts, times in UTC, nothing that no store takes; whole where there is no fault. */
  readonly object: Json
  /** Why it cannot be taken: to be answered with 2001. */
  readonly faults: readonly Remark<FaultRule>[]
  /** What is kept although it is not as it should be: for the log of the partner. What we send must have none. */
  readonly oddities: readonly Remark<OddityRule>[]
}

/** An object from the wire, in the words of its own version: unknown fields and values of open enums are kept (§2.2). */
export const validated = (value: unknown, kind: Kind, version: Version): Validated => read(value, kind, version, false)

/**
 * A PATCH: any of the fields, none of them null, and when it was (2001 without it; 2.1.1 did not ask for that yet). A field
 * that is an object is there as a whole.
 */
export const validatedPatch = (value: unknown, kind: Kind, version: Version): Validated => {
  const patch = read(value, kind, version, true)
  if (version === '2.1.1' || patch.faults.length > 0 || Object.hasOwn(patch.object, 'last_updated')) return patch
  const missing = { pointer: '/last_updated', rule: 'required', detail: 'a PATCH says when it was' } as const
  return { ...patch, faults: [missing] }
}

const read = (value: unknown, kind: Kind, version: Version, isPart: boolean): Validated => {
  const shape: Shape = shapes[kind]
  const reading: Reading = { version, faults: [], oddities: [] }
  if (!isFrom(shape.since, version)) fault(reading, '', ['object', `there is no ${shape.name} in ${version}`])
  else if (!isJson(value)) fault(reading, '', ['object', `it is no ${shape.name}`])
  const { faults, oddities } = reading
  const object = isJson(value) && faults.length === 0 ? readObject(shape, value, reading, { isPart }) : {}
  return { object, faults, oddities }
}
