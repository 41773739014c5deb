import type { Schema } from './payloads.ts'

/** One thing wrong with a payload that was valid: which keyword of its schema is broken, where, and how. */
export interface Mutant {
  readonly keyword: Keyword
  /** `/meterValue/0/timestamp: a number`. */
  readonly what: string
  /** The payload as JSON, made when it is asked for. */
  readonly text: string
}

export const keywords = [
  'required',
  'type',
  'enum',
  'maxLength',
  'format',
  'additionalProperties',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
  'multipleOf',
] as const
export type Keyword = (typeof keywords)[number]

/**
 * Every keyword of a schema broken once at every place, and nothing else with it; `payload` must have every field there
 * is, and an item in every list. A type is broken by every other kind of value, a bound by more than one number.
 */
export const mutantsOf = (schema: Schema, payload: unknown): readonly Mutant[] =>
  placesOf(schema).flatMap(({ path, schema: here }) =>
    breachesOf(here, at(payload, path)).map(({ keyword, how, value }) => ({
      keyword,
      what: `${path.map((step) => `/${step}`).join('')}: ${how}`,
      get text() {
        return textOf(path.length === 0 ? value : replaced(payload, path, value))
      },
    })),
  )

type Path = readonly (string | number)[]

interface Place {
  readonly path: Path
  readonly schema: Schema
}

const placesOf = (schema: Schema, path: Path = []): readonly Place[] => [
  { path, schema },
  ...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => placesOf(inner, [...path, name])),
  ...(schema.items === undefined ? [] : placesOf(schema.items, [...path, 0])),
]

interface Breach {
  readonly keyword: Keyword
  readonly how: string
  readonly value: unknown
}

const breachesOf = (schema: Schema, value: unknown): readonly Breach[] => [
  ...kinds
    .filter(([, kind]) => schema.type !== undefined && !kind.fits.includes(schema.type))
    .map(([how, kind]): Breach => ({ keyword: 'type', how, value: kind.value })),
  ...(schema.required ?? []).map((name): Breach => ({
    keyword: 'required',
    how: `without ${name}`,
    value: without(value, name),
  })),
  ...textBreaches(schema),
  ...numberBreaches(schema),
  ...listBreaches(schema, value),
  // the bundle also writes it beside texts, where it says nothing
  ...(schema.type === 'object' && schema.additionalProperties === false
    ? extras.map((name): Breach => ({
        keyword: 'additionalProperties',
        how: `with ${name}`,
        value: extended(value, name),
      }))
    : []),
]

/** Fields that no schema knows, three of them with a meaning to the language (BI-25). */
const extras = ['x-vendor', '__proto__', 'constructor', 'prototype']

const extended = (value: unknown, name: string): object => ({ ...Object(value), [name]: { polluted: true } })

/** A value of every kind JSON has, and the types that take it. */
const kinds: readonly (readonly [string, { readonly value: unknown; readonly fits: readonly string[] }])[] = [
  ['null', { value: null, fits: [] }],
  ['a flag', { value: true, fits: ['boolean'] }],
  ['a text', { value: '1', fits: ['string'] }],
  ['a whole number', { value: 1, fits: ['integer', 'number'] }],
  ['a number with decimals', { value: 1.5, fits: ['number'] }],
  ['a list', { value: [], fits: ['array'] }],
  ['an object', { value: {}, fits: ['object'] }],
]

const badTimes = ['', 'yesterday', '1000000', '2024-02-30T12:00:00Z', '2026-11-24T24:00:00Z', '2026-11-24T12:00:00']

const textBreaches = ({ enum: values, maxLength, format }: Schema): readonly Breach[] => [
  ...(values === undefined ? [] : [{ keyword: 'enum', how: 'a value of nobody', value: 'NoSuchValue' } as const]),
  ...(maxLength === undefined
    ? []
    : [{ keyword: 'maxLength', how: 'one character more', value: 'x'.repeat(maxLength + 1) } as const]),
  ...(format === 'date-time'
    ? badTimes.map((time): Breach => ({ keyword: 'format', how: JSON.stringify(time), value: time }))
    : []),
]

const numberBreaches = ({ minimum, maximum, multipleOf }: Schema): readonly Breach[] => [
  ...(minimum === undefined ? [] : [minimum - 1, raw('-1e400')].map((value) => of('minimum', value))),
  ...(maximum === undefined
    ? []
    : [maximum + 1, raw('9007199254740993'), raw('1e400')].map((value) => of('maximum', value))),
  ...(multipleOf === undefined ? [] : [of('multipleOf', multipleOf * 1.5)]),
]

const of = (keyword: Keyword, value: unknown): Breach => ({ keyword, how: textOf(value), value })

const listBreaches = ({ minItems = 0, maxItems, items }: Schema, value: unknown): readonly Breach[] => {
  const [first] = Array.isArray(value) ? (value as readonly unknown[]) : []
  const listOf = (length: number): readonly unknown[] => Array.from({ length }, () => first)
  return items === undefined
    ? []
    : [
        ...(minItems > 0 ? [{ keyword: 'minItems', how: 'one too few', value: listOf(minItems - 1) } as const] : []),
        ...(maxItems === undefined
          ? []
          : [{ keyword: 'maxItems', how: 'one too many', value: listOf(maxItems + 1) } as const]),
      ]
}

const at = (value: unknown, path: Path): unknown =>
  path.reduce((inner, step) => (inner as Readonly<Record<string | number, unknown>>)[step], value)

const replaced = (value: unknown, [step, ...path]: Path, by: unknown): unknown => {
  if (step === undefined) return by
  if (Array.isArray(value)) return value.map((item: unknown, i) => (i === step ? replaced(item, path, by) : item))
  const fields = value as Readonly<Record<string, unknown>>
  return { ...fields, [step]: replaced(fields[step], path, by) }
}

const without = (value: unknown, name: string): object =>
  Object.fromEntries(Object.entries(Object(value)).filter(([key]) => key !== name))

/** A number that no double holds, or not as it is written: it goes into the text as it stands. */
const raw = (number: string): string => `\uf8ff${number}\uf8ff`
const textOf = (value: unknown): string => JSON.stringify(value).replaceAll(/"\uf8ff([^\uf8ff]*)\uf8ff"/g, '$1')
