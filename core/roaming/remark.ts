import type { Version } from './field.ts'

/** Why an object cannot be taken. */
export type FaultRule =
  /** It is no object, or there is no such class in the version. */
  | 'object'
  | 'required'
  | 'type'
  /** Not one of the values of a closed enum. */
  | 'value'
  /** A list of one or more has none. */
  | 'empty'
  /** A PATCH can change fields, not remove them. */
  | 'null'

/** What is not as the specification has it, and is taken all the same (D-12). */
export type OddityRule =
  | 'unknownField'
  | 'newerField'
  /** Of an open enum: others may add to it. */
  | 'unknownValue'
  /** A later version has it. */
  | 'newerValue'
  /** What many write for it. */
  | 'alias'
  | 'tooLong'
  /** Unprintable, or more than ASCII where there is no more. */
  | 'characters'
  | 'form'
  /** A number as a text, or a text as a number. */
  | 'retyped'
  /** Nothing, written out: null, or an empty text that is no text. */
  | 'nothing'
  /** More decimals than anybody means. */
  | 'precision'
  /** Nested deeper than anything that is meant, and dropped. */
  | 'tooDeep'

export interface Remark<Rule extends string> {
  /** Into what was read (RFC 6901). */
  readonly pointer: string
  readonly rule: Rule
  readonly detail: string
}

/** One reading: of which version, and what there is to say of it so far. */
export interface Reading {
  readonly version: Version
  readonly faults: Remark<FaultRule>[]
  readonly oddities: Remark<OddityRule>[]
}

/** Says no; there is nothing to be kept of it. */
export const fault = (
  { faults }: Reading,
  pointer: string,
  [rule, detail]: readonly [FaultRule, string],
): undefined => {
  faults.push({ pointer, rule, detail })
  return undefined
}

export const odd = ({ oddities }: Reading, pointer: string, [rule, detail]: readonly [OddityRule, string]): void => {
  oddities.push({ pointer, rule, detail })
}
