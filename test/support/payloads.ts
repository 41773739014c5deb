import { Ajv } from 'ajv'
import * as ocpp16 from 'typed-ocpp/dist/ocpp16/schemas.js'
import * as ocpp20 from 'typed-ocpp/dist/ocpp20/schemas.js'
import * as ocpp21 from 'typed-ocpp/dist/ocpp21/schemas.js'
import { chance, type Chance } from '../../bench/random.ts'
import type { Protocol } from '../../core/ocpp/version.ts'

/**
 * Payloads made from the schemas of a version, 1.6 where none is said, for tests that must hold for every action there is and will be:
 * `minimal(schemaOf('StartTransactionRequest'))`. The same seed makes the same payload. Whatever is made here is valid,
 * which `complaints` tells without asking the code under test.
 */
export interface Schema {
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean'
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly enum?: readonly string[]
  readonly maxLength?: number
  readonly format?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly multipleOf?: number
}

type Bundle = Readonly<Record<string, Readonly<Record<string, unknown>>>>

const bundles: Readonly<Record<Protocol, Bundle>> = {
  'ocpp1.6': ocpp16 as unknown as Bundle,
  'ocpp2.0.1': ocpp20 as unknown as Bundle,
  'ocpp2.1': ocpp21 as unknown as Bundle,
}

/** Names as in the schema bundle: `BootNotificationRequest`, `ResetResponse`. */
export const schemaNamesOf = (protocol: Protocol): readonly string[] =>
  Object.keys(bundles[protocol]).filter((name) => /(?:Request|Response)$/.test(name))

const known = new Map<string, Schema>()

/** The schema of that name, with what it refers to put in place, and bounds for its integers. */
export const schemaOf = (name: string, protocol: Protocol = 'ocpp1.6'): Schema => {
  const key = `${protocol}/${name}`
  let schema = known.get(key)
  if (schema === undefined) {
    const { definitions = {}, ...rest } = bundled(name, protocol)
    schema = inlined(rest, definitions as Bundle) as Schema
    known.set(key, schema)
  }
  return schema
}

/** Integers of OCPP are of 32 bits, which its JSON schemas leave out (handbook/reliability.md, BI-27). */
const int32 = { minimum: -2_147_483_648, maximum: 2_147_483_647 }

const bundled = (name: string, protocol: Protocol): Readonly<Record<string, unknown>> => {
  // an event stream is told in 2.1 and not asked: its schema is called by its action alone
  const schema = bundles[protocol][name] ?? bundles[protocol][name.replace(/Request$/, '')]
  if (schema === undefined) throw new Error(`there is no schema ${name} in ${protocol}`)
  return schema
}

const inlined = (schema: unknown, definitions: Bundle): unknown => {
  if (Array.isArray(schema)) return schema.map((one) => inlined(one, definitions))
  if (schema === null || typeof schema !== 'object') return schema
  const reference = (schema as { readonly $ref?: unknown }).$ref
  if (typeof reference === 'string') return inlined(definitions[reference.replace('#/definitions/', '')], definitions)
  const bounds = (schema as Schema).type === 'integer' ? int32 : {}
  return Object.fromEntries(
    Object.entries({ ...bounds, ...schema }).map(([keyword, value]) => [keyword, inlined(value, definitions)]),
  )
}

/** The time of every payload: the one at which a `TestClock` begins. */
export const noon = '2026-11-24T12:00:00.000Z'

/** Only what is required, each value as short and as small as can be: empty texts, empty lists, zeros. */
export const minimal = (schema: Schema): unknown => made(schema, smallest)

/**
 * Every field there is, each as long and as great as it may be; a list without a bound has three items. With `mostItems` no
 * list has more, with `longest` no text is longer: in 2.x lists of lists make messages that are longer than any may be.
 */
export const maximal = (schema: Schema, mostItems = Infinity, longest = Infinity): unknown =>
  made(schema, greatest(mostItems, longest))

/** Any valid payload: optional fields or not, texts also beyond ASCII, lists of up to three, or as long as they may be. */
export const random = (schema: Schema, seed: number, mostItems = Infinity): unknown =>
  made(schema, any(chance(seed), mostItems))

/** How the values of a payload are chosen. */
interface Choice {
  takes(): boolean
  length(least: number, most: number): number
  text(most: number): string
  time(): string
  integer(least: number, most: number): number
  pick(values: readonly string[]): string
  flag(): boolean
}

const longestText = 1_000
const address = 'https://example.com/file'
const longestList = 3

const smallest: Choice = {
  takes: () => false,
  length: (least) => least,
  text: () => '',
  time: () => noon,
  integer: (least) => Math.max(0, least),
  pick: (values) => values[0] ?? '',
  flag: () => false,
}

const greatest = (mostItems: number, longest: number): Choice => ({
  takes: () => true,
  length: (least, most) => Math.max(least, Math.min(most, mostItems)),
  text: (most) => 'x'.repeat(Math.min(most, longest)),
  time: () => noon,
  integer: (_, most) => most,
  pick: (values) => values.at(-1) ?? '',
  flag: () => true,
})

const letters = Array.from('abcXYZ019 _-.:/+"\\\u00e9\u20ac\u{1f50c}')

const any = (luck: Chance, mostItems: number): Choice => ({
  takes: () => luck.isLucky(0.5),
  length: (least, most) => luck.integer(least, Math.max(least, Math.min(most, mostItems))),
  text: (most) => Array.from({ length: luck.integer(0, Math.min(most, 40)) }, () => luck.pick(letters)).join(''),
  time: () => new Date(Date.parse(noon) + luck.integer(-86_400_000, 0)).toISOString(),
  integer: (least, most) => luck.integer(least, most),
  pick: (values) => luck.pick(values),
  flag: () => luck.isLucky(0.5),
})

const made = (schema: Schema, choice: Choice): unknown => {
  switch (schema.type ?? 'string') {
    case 'object':
      return objectOf(schema, choice)
    case 'array': {
      const { items = {}, minItems = 0, maxItems = Math.max(minItems, longestList) } = schema
      return Array.from({ length: choice.length(minItems, maxItems) }, () => made(items, choice))
    }
    case 'integer':
      return choice.integer(schema.minimum ?? 0, schema.maximum ?? 0)
    case 'number':
      return numberOf(schema, choice)
    case 'boolean':
      return choice.flag()
    case 'string':
      if (schema.enum !== undefined) return choice.pick(schema.enum)
      if (schema.format === 'date-time') return choice.time()
      return schema.format === 'uri' ? address : choice.text(schema.maxLength ?? longestText)
  }
}

const objectOf = ({ properties = {}, required = [] }: Schema, choice: Choice): object =>
  Object.fromEntries(
    Object.entries(properties)
      .filter(([name]) => required.includes(name) || choice.takes())
      .map(([name, schema]) => [name, made(schema, choice)]),
  )

/** A whole number of its steps, by their decimal text: 3 × 0.1 is none. */
const numberOf = ({ minimum = 0, maximum = 100_000, multipleOf = 0.1 }: Schema, choice: Choice): number => {
  const places = String(multipleOf).split('.')[1]?.length ?? 0
  const steps = choice.integer(Math.ceil(minimum / multipleOf), Math.floor(maximum / multipleOf))
  return Number((steps * multipleOf).toFixed(places))
}

const ajv = new Ajv({ strict: false, strictNumbers: true, multipleOfPrecision: 3, allErrors: true })
ajv.addFormat('date-time', {
  type: 'string',
  validate: (text: string) => {
    const [, y, m, d] = /^(\d{4})-(\d\d)-(\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?Z$/.exec(text) ?? []
    return y !== undefined && new Date(Date.UTC(Number(y), Number(m) - 1, Number(d))).getUTCDate() === Number(d)
  },
})
ajv.addFormat('uri', true)

const bounded = new Map<string, object>()

/** The schema as it came, but for the bounds of its integers: with what it refers to apart, it is compiled sooner. */
const boundedSchema = (name: string, protocol: Protocol): object => {
  const key = `${protocol}/${name}`
  const schema = bounded.get(key) ?? (withBounds(bundles[protocol][name]) as object)
  bounded.set(key, schema)
  return schema
}

const withBounds = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map((one) => withBounds(one))
  if (schema === null || typeof schema !== 'object') return schema
  const { $id: _, ...rest } = schema as Schema & { readonly $id?: unknown }
  const bounds = rest.type === 'integer' ? int32 : {}
  return Object.fromEntries(
    Object.entries({ ...bounds, ...rest }).map(([keyword, value]) => [keyword, withBounds(value)]),
  )
}

/** What the schema of that name has against a payload; nothing when it is valid. */
export const complaints = (name: string, payload: unknown, protocol: Protocol = 'ocpp1.6'): readonly string[] => {
  if (ajv.validate(boundedSchema(name, protocol), payload)) return []
  return (ajv.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`.trim())
}
