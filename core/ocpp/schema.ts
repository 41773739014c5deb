import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import * as ocpp16 from 'typed-ocpp/dist/ocpp16/schemas.js'
import * as ocpp20 from 'typed-ocpp/dist/ocpp20/schemas.js'
import * as ocpp21 from 'typed-ocpp/dist/ocpp21/schemas.js'
import { parseInstant } from '../domain/instant.ts'
import type { Fault, Refusal } from './error.ts'
import type { Protocol } from './version.ts'

/**
 * Payloads against the schemas of the Open Charge Alliance, compiled on first use. Strict first; what fails is looked at
 * again without the rules that real stations break harmlessly (D-12, handbook/reliability.md §6.5 d).
 */
export type Checked =
  | { readonly ok: true; readonly untidy: string | undefined }
  | { readonly ok: false; readonly refusal: Refusal }

/** Which broken rules are forgiven: none but extra fields; also over-long texts; all that is cosmetic in a billing message. */
export type Leniency = 'strict' | 'texts' | 'billing'

type Schema = Readonly<Record<string, unknown>>

const schemas: Readonly<Record<Protocol, Readonly<Record<string, Schema>>>> = {
  'ocpp1.6': ocpp16 as unknown as Record<string, Schema>,
  'ocpp2.0.1': ocpp20 as unknown as Record<string, Schema>,
  'ocpp2.1': ocpp21 as unknown as Record<string, Schema>,
}

const ajv = new Ajv({
  strict: false,
  strictNumbers: true,
  multipleOfPrecision: 3,
  allErrors: false,
  verbose: true,
})
ajv.addFormat('date-time', { type: 'string', validate: (text: string) => parseInstant(text)?.zoneless === false })
ajv.addFormat('uri', true)

const forgiven: Readonly<Record<Leniency, readonly string[]>> = {
  strict: ['additionalProperties'],
  texts: ['additionalProperties', 'maxLength'],
  billing: ['additionalProperties', 'maxLength', 'enum', 'format'],
}

const validators = new Map<string, ValidateFunction>()
const strictly = new Map<Protocol, Map<string, ValidateFunction>>()

const validator = (protocol: Protocol, name: string, without: readonly string[]): ValidateFunction => {
  const key = `${protocol}/${name}/${without.length}`
  let validate = validators.get(key)
  if (validate === undefined) {
    const schema = schemas[protocol][name]
    if (schema === undefined) throw new Error(`there is no schema ${name} in ${protocol}`)
    validate = ajv.compile(relaxed(schema, without) as Schema)
    validators.set(key, validate)
  }
  return validate
}

/** Integers have 32 bits (2.0.1 part 2 §2.1; of 1.6 its SOAP twin says so), which the schemas leave out (BI-27). */
const int32 = { minimum: -2_147_483_648, maximum: 2_147_483_647 }

/** Ids that we have not given are kept as they are written: stations make up 2^63-1, and charge on where they are refused (handbook §9.3). */
const isFree = (name: string, without: readonly string[]): boolean =>
  name === 'transactionId' && without === forgiven.billing

const relaxed = (schema: unknown, without: readonly string[], name = ''): unknown => {
  if (Array.isArray(schema)) return schema.map((s) => relaxed(s, without))
  if (schema === null || typeof schema !== 'object') return schema
  const bounds = (schema as Schema)['type'] === 'integer' && !isFree(name, without) ? int32 : {}
  return Object.fromEntries(
    Object.entries({ ...bounds, ...schema })
      .filter(
        ([keyword, value]) =>
          keyword !== '$id' &&
          !(without.includes(keyword) && typeof value !== 'object') &&
          !(keyword === 'enum' && without.includes('enum')),
      )
      .map(([keyword, value]) => [keyword, relaxed(value, without, keyword)]),
  )
}

const tidy: Checked = { ok: true, untidy: undefined }

/** Found again by two lookups and no text put together: it is asked for with every message. */
const strictValidator = (protocol: Protocol, name: string): ValidateFunction => {
  const validate = validator(protocol, name, [])
  const ofProtocol = strictly.get(protocol) ?? new Map<string, ValidateFunction>()
  strictly.set(protocol, ofProtocol.set(name, validate))
  return validate
}

/** Checks a payload; answers what was untidy about one that is let through. */
export const check = (protocol: Protocol, name: string, payload: unknown, leniency: Leniency): Checked => {
  const strict = strictly.get(protocol)?.get(name) ?? strictValidator(protocol, name)
  if (strict(payload)) return tidy
  // the same for the same fault in any item of a list: a session keeps each once
  const complaint = describe(strict.errors?.[0]).replaceAll(/\/\d+(?=[/ ])/g, '/*')
  const lenient = validator(protocol, name, forgiven[leniency])
  if (lenient(payload)) return { ok: true, untidy: complaint }
  return { ok: false, refusal: { fault: faultOf(lenient.errors?.[0]), description: describe(lenient.errors?.[0]) } }
}

const others = new WeakMap<object, ValidateFunction>()

/** A schema that is no message's: of the data of a vendor's. Compiled at its first use. */
export const compiled = (schema: object): ((data: unknown) => boolean) => {
  const validate = others.get(schema) ?? ajv.compile(schema)
  others.set(schema, validate)
  return (data) => validate(data) === true
}

/** Compiles ahead of the first message; names as in the schema bundle, `BootNotificationRequest`. */
export const warm = (protocol: Protocol, names: readonly string[]): void => {
  for (const name of names) validator(protocol, name, [])
}

/** What has been compiled so far, as `ocpp2.1/HeartbeatRequest`: it is what is used, not what there is. */
export const compiledSchemas = (): readonly string[] => [
  ...new Set([...validators.keys()].map((key) => key.split('/').slice(0, 2).join('/'))),
]

export const hasSchema = (protocol: Protocol, name: string): boolean => schemas[protocol][name] !== undefined

const faultOf = (error: ErrorObject | undefined): Fault => {
  switch (error?.keyword ?? '') {
    case 'required':
      return 'missing'
    case 'additionalProperties':
      return 'formation'
    case 'type':
      return error !== undefined && isNumber(error) ? 'property' : 'type'
    case 'minItems':
    case 'maxItems':
      return 'occurrence'
    default:
      return 'property'
  }
}

/** A number that is out of every range (1e400 is read as Infinity) fails ajv's `type`; it is a value, not a type, that is wrong. */
const isNumber = (error: ErrorObject): boolean =>
  (error.schema === 'integer' || error.schema === 'number') &&
  typeof error.data === 'number' &&
  !Number.isFinite(error.data)

/** Of a field that nobody knows, so much of its name is told: it may be as long as the frame. */
const longestName = 50

const describe = (error: ErrorObject | undefined): string => {
  if (error === undefined) return 'payload does not follow its schema'
  const where = error.instancePath === '' ? 'payload' : error.instancePath
  const what =
    error.keyword === 'additionalProperties'
      ? `has an unknown field ${JSON.stringify(String(error.params['additionalProperty']).slice(0, longestName))}`
      : (error.message ?? error.keyword)
  return `${where} ${what}`
}
