import {
  isFrom,
  type Json,
  type Known,
  type Loss,
  modelVersion,
  type Older,
  type Shape,
  unsayable,
  type Version,
} from './field.ts'
import { lowered } from './lowered.ts'
import { type Kind, shapes } from './objects/index.ts'
import { raised } from './raised.ts'

export interface Converted {
  /** Undefined where the version cannot say it, or would say something else: better nothing than that. */
  readonly object: Json | undefined
  /** All that is not in it as it was; none of them goes missing in silence. */
  readonly losses: readonly Loss[]
}

export interface Conversion {
  readonly kind: Kind
  readonly from: Version
  readonly to: Version
  /** What the object does not say itself. */
  readonly known?: Known
  /** Only some of its fields, as in a PATCH: what is not there is not missed. */
  readonly isPart?: boolean
}

/**
 * An object as `validated` has given it, in the words of another version. What nobody here knows is passed on: fields as
 * they are, values of open enums too, for who sends them has agreed on them with somebody.
 */
export const converted = (object: Json, { kind, from, to, known = {}, isPart = false }: Conversion): Converted => {
  const shape: Shape = shapes[kind]
  if (!isFrom(shape.since, to) || !isFrom(shape.since, from))
    return {
      object: undefined,
      losses: [{ pointer: '', rule: 'leftOut', detail: `there is no ${shape.name} in ${to}` }],
    }
  if (from === to) return { object, losses: [] }
  const losses: Loss[] = []
  const walk = { known, isPart, losses }
  const ours = from === modelVersion ? object : raised(shape, object, { ...walk, version: from satisfies Older })
  if (to === modelVersion || ours === unsayable) return { object: ours === unsayable ? undefined : ours, losses }
  const theirs = lowered(shape, ours, { ...walk, version: to satisfies Older })
  return { object: theirs === unsayable ? undefined : theirs, losses }
}
