import { converted } from './converted.ts'
import { cutToLength, type Lengths } from './cut-to-length.ts'
import { type Json, type Known, type Loss, modelVersion, type Version } from './field.ts'
import type { Kind, Objects } from './objects/index.ts'
import type { FaultRule, OddityRule, Remark } from './remark.ts'
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
  taken(validated(value, exchange.kind, exchange.version), exchange, false) as Received<Objects[K]>

/** The same of a PATCH: some fields of an object, for `patched`. */
export const patchFromWire = <K extends Kind>(value: unknown, exchange: Exchange<K>): Received<Partial<Objects[K]>> =>
  taken(validatedPatch(value, exchange.kind, exchange.version), exchange, true) as Received<Partial<Objects[K]>>

const taken = (read: Validated, { kind, version, known }: Exchange<Kind>, isPart: boolean): Received<Json> => {
  const { faults, oddities } = read
  if (faults.length > 0) return { object: undefined, faults, oddities, losses: [] }
  const conversion = { kind, from: version, to: modelVersion, isPart, ...(known === undefined ? {} : { known }) }
  const { object, losses } = converted(read.object, conversion)
  const missing = losses.flatMap(({ pointer, rule, detail }) =>
    rule === 'missing' ? [{ pointer, rule: 'required', detail } as const] : [],
  )
  const barred = { pointer: '', rule: 'value', detail: 'our model has no words for it' } as const
  const said = missing.length > 0 ? missing : object === undefined ? [barred] : []
  return { object: said.length > 0 ? undefined : object, faults: said, oddities, losses }
}

export interface Sent {
  /** To be sent as it is. Undefined: better nothing than that; `losses` say why. */
  readonly body: Json | undefined
  /** For the log of the partner. */
  readonly losses: readonly Loss[]
}

/** An object of our model, or with `isPart` some fields of one, as the partner is to have it. */
export const toWire = <K extends Kind, Of extends Objects[K] | Partial<Objects[K]>>(
  object: Of,
  exchange: Exchange<K> & { readonly lengths?: Lengths; readonly isPart?: boolean },
): Sent => {
  const { kind, version: to, known = {}, lengths, isPart = false } = exchange
  const conversion = converted({ ...object } as Json, { kind, from: modelVersion, to, known, isPart })
  if (conversion.object === undefined) return { body: undefined, losses: conversion.losses }
  const cut = cutToLength(conversion.object, kind, to, lengths)
  const losses = [...conversion.losses, ...cut.losses]
  return { body: cut.object && written(cut.object, kind, to), losses }
}
