import { converted } from './converted.ts'
import { cutToLength, type Lengths } from './cut-to-length.ts'
import { type Json, type Known, type Loss, modelVersion, type Version } from './field.ts'
import type { Kind, Objects } from './objects/index.ts'
import type { FaultRule, OddityRule, Remark } from './remark.ts'
import { roundedTotals } from './rounded-totals.ts'
import { type Validated, validated, validatedPatch } from './validated.ts'
import { written } from './written.ts'

/** What an adapter needs of all of this: an object in from a partner, and one out to it, in the partner's version. */

export interface Exchange<K extends Kind> {
  readonly kind: K
  /** The version that was agreed on with the partner. */
  readonly version: Version
  /** What the object does not say itself. */
  readonly known?: Known
}

export interface Received<Of> {
  /** Undefined where there are faults. */
  readonly object: Of | undefined
  /** To be answered with 2001. */
  readonly faults: readonly Remark<FaultRule>[]
  /** For the log of the partner. */
  readonly oddities: readonly Remark<OddityRule>[]
  readonly losses: readonly Loss[]
}

/** The body of a request or the data of an answer, as our model has it. */
export const fromWire = <K extends Kind>(value: unknown, exchange: Exchange<K>): Received<Objects[K]> =>
  taken(validated(value, exchange.kind, exchange.version), exchange, false)

/** The same of a PATCH: some fields of an object, for `patched`. */
export const patchFromWire = <K extends Kind>(value: unknown, exchange: Exchange<K>): Received<Partial<Objects[K]>> =>
  taken(validatedPatch(value, exchange.kind, exchange.version), exchange, true)

/** The tables are held to the types of our model (`FieldsOf`): what has no fault by them is one. */
const taken = <Of>(read: Validated, { kind, version, known = {} }: Exchange<Kind>, isPart: boolean): Received<Of> => {
  const { faults, oddities } = read
  if (faults.length > 0) return { object: undefined, faults, oddities, losses: [] }
  const { object, losses } = converted(read.object, { kind, from: version, to: modelVersion, known, isPart })
  const unsaid = faultsOf(losses, object === undefined)
  return { object: unsaid.length > 0 ? undefined : (object as Of), faults: unsaid, oddities, losses }
}

/** What our model requires and neither the object nor what is known has. */
const faultsOf = (losses: readonly Loss[], isNothing: boolean): readonly Remark<FaultRule>[] => {
  const missing = losses.flatMap(({ pointer, rule, detail }) =>
    rule === 'missing' ? [{ pointer, rule: 'required', detail } as const] : [],
  )
  const nothing = { pointer: '', rule: 'value', detail: 'our model has no words for it' } as const
  return missing.length === 0 && isNothing ? [nothing] : missing
}

export interface Sent {
  /** To be sent as it is. Undefined: better nothing than that; `losses` say why. */
  readonly body: Json | undefined
  /** For the log of the partner. */
  readonly losses: readonly Loss[]
}

/** What a partner does not take, beyond what its version has. */
export interface Bounds {
  readonly lengths?: Lengths
  /** The most decimals of a total. */
  readonly decimals?: number
}

/** An object of our model, or with `isPart` some fields of one, as the partner is to have it. */
export const toWire = <K extends Kind, Of extends Objects[K] | Partial<Objects[K]>>(
  object: Of,
  exchange: Exchange<K> & Bounds & { readonly isPart?: boolean },
): Sent => {
  const { kind, version: to, known = {}, lengths, decimals, isPart = false } = exchange
  const whole = { ...object } as Json
  const rounded = decimals === undefined ? { object: whole, losses: [] } : roundedTotals(whole, kind, decimals)
  const conversion = converted(rounded.object, { kind, from: modelVersion, to, known, isPart })
  const lost = [...rounded.losses, ...conversion.losses]
  if (conversion.object === undefined) return { body: undefined, losses: lost }
  const cut = cutToLength(conversion.object, kind, to, lengths)
  const losses = [...lost, ...cut.losses]
  return { body: cut.object && written(cut.object, kind, to), losses }
}
