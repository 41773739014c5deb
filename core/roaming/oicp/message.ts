import { clean } from '../../domain/text.ts'
import { isJson } from '../field.ts'

/**
 * Messages of OICP that we hear, by tables: what must be there is asked for strictly, what nobody here knows is passed
 * over, and a null is nothing, for the hub writes nulls for fields that it has not.
 */
export interface Fault {
  /** RFC 6901. */
  readonly pointer: string
  readonly detail: string
}

export type Read<Value> = (value: unknown, pointer: string, faults: Fault[]) => Value | undefined

interface FieldOf<Value, IsRequired extends boolean> {
  readonly read: Read<Value>
  readonly isRequired: IsRequired
}

export const required = <Value>(read: Read<Value>): FieldOf<Value, true> => ({ read, isRequired: true })
export const optional = <Value>(read: Read<Value>): FieldOf<Value, false> => ({ read, isRequired: false })

type Fields = Readonly<Record<string, FieldOf<unknown, boolean>>>
type ValueOf<Of> = Of extends FieldOf<infer Value, boolean> ? Value : never
type Names<Of extends Fields, IsRequired extends boolean> = {
  [Name in keyof Of]: Of[Name]['isRequired'] extends IsRequired ? Name : never
}[keyof Of]

export type ObjectOf<Of extends Fields> = { readonly [Name in Names<Of, true>]: ValueOf<Of[Name]> } & {
  readonly [Name in Names<Of, false>]?: ValueOf<Of[Name]>
}

const wrong = (faults: Fault[], pointer: string, detail: string): undefined => {
  faults.push({ pointer, detail })
  return undefined
}

export const object =
  <Of extends Fields>(fields: Of): Read<ObjectOf<Of>> =>
  (value, pointer, faults) => {
    if (!isJson(value)) return wrong(faults, pointer, 'is no object')
    const before = faults.length
    const entries = Object.entries(fields).flatMap(([name, { read, isRequired }]) => {
      const given = Object.hasOwn(value, name) ? value[name] : undefined
      if (given === undefined || given === null) {
        if (isRequired) wrong(faults, `${pointer}/${name}`, 'is missing')
        return []
      }
      const one = read(given, `${pointer}/${name}`, faults)
      return one === undefined ? [] : [[name, one] as const]
    })
    return faults.length === before ? (Object.fromEntries(entries) as ObjectOf<Of>) : undefined
  }

export const text =
  ({ longest = 250, like }: { readonly longest?: number; readonly like?: RegExp } = {}): Read<string> =>
  (value, pointer, faults) => {
    if (typeof value !== 'string') return wrong(faults, pointer, 'is no text')
    const cleaned = clean(value, longest)
    return like === undefined || like.test(cleaned)
      ? cleaned
      : wrong(faults, pointer, 'has not the form that it should')
  }

export const word =
  <const Word extends string>(...words: readonly Word[]): Read<Word> =>
  (value, pointer, faults) =>
    words.find((one) => one === value) ?? wrong(faults, pointer, `is none of ${words.join(', ')}`)

export const flag: Read<boolean> = (value, pointer, faults) =>
  typeof value === 'boolean' ? value : wrong(faults, pointer, 'is neither true nor false')

export const whole =
  (least: number, most: number): Read<number> =>
  (value, pointer, faults) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
      ? value
      : wrong(faults, pointer, `is no whole number from ${least} to ${most}`)

export const list =
  <Value>(read: Read<Value>): Read<readonly Value[]> =>
  (value, pointer, faults) => {
    if (!Array.isArray(value)) return wrong(faults, pointer, 'is no list')
    return value.map((one: unknown, i) => read(one, `${pointer}/${i}`, faults)).filter((one) => one !== undefined)
  }

/** A whole message; or all that is wrong with it. */
export const readMessage = <Value>(
  read: Read<Value>,
  value: unknown,
): { readonly message: Value } | { readonly faults: readonly Fault[] } => {
  const faults: Fault[] = []
  const message = read(value, '', faults)
  return message === undefined || faults.length > 0 ? { faults } : { message }
}

export const faultsText = (faults: readonly Fault[]): string =>
  faults.map(({ pointer, detail }) => `${pointer === '' ? 'the message' : pointer} ${detail}`).join('; ')
