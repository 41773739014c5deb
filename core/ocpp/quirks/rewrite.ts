import type { Payload } from '../frame.ts'
import type { Rewrite } from './pack.ts'

/** Repairs of payloads that nobody has checked yet: what is not as expected stays as it is. */

/** A field that is a text; undefined leaves it out. */
export const text = (name: string, repair: (value: string) => string | undefined): Rewrite =>
  field(name, (value) => (typeof value === 'string' ? repair(value) : value))

export const number = (name: string, repair: (value: number) => number): Rewrite =>
  field(name, (value) => (typeof value === 'number' ? repair(value) : value))

/** A list of one that came without its brackets. */
export const list = (name: string): Rewrite => field(name, (value) => (isObject(value) ? [value] : value))

/** Each sample, beside all that were taken at its moment, in `meterValue` or `transactionData`. */
export const samples = (
  name: 'meterValue' | 'transactionData',
  repair: (sample: Payload, beside: readonly Payload[]) => Payload,
): Rewrite => {
  const sampledValue = field('sampledValue', (taken) =>
    Array.isArray(taken)
      ? mapped(taken, (sample) => (isObject(sample) ? repair(sample, taken.filter(isObject)) : sample))
      : taken,
  )
  return field(name, (elements) =>
    Array.isArray(elements)
      ? mapped(elements, (element) => (isObject(element) ? sampledValue(element) : element))
      : elements,
  )
}

/** One after the other. */
export const all =
  (...rewrites: readonly Rewrite[]): Rewrite =>
  (payload) =>
    rewrites.reduce((so, rewrite) => rewrite(so), payload)

const field =
  (name: string, repair: (value: unknown) => unknown): Rewrite =>
  (payload) => {
    const given = payload[name]
    const repaired = repair(given)
    if (repaired === given) return payload
    if (repaired !== undefined) return { ...payload, [name]: repaired }
    const { [name]: _, ...rest } = payload
    return rest
  }

/** The same list where nothing in it was to be repaired. */
const mapped = (items: readonly unknown[], repair: (item: unknown) => unknown): readonly unknown[] => {
  const repaired = items.map(repair)
  return repaired.every((item, i) => item === items[i]) ? items : repaired
}

const isObject = (value: unknown): value is Payload =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
