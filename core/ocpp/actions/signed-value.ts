import type { SignedMeterValue } from '../../domain/document.ts'
import { formatInstant } from '../../domain/instant.ts'

interface Element {
  readonly sampledValue: readonly {
    readonly value?: string | number
    readonly context?: string
    readonly format?: string
    /** Of 2.x, with the data, how it was signed and encoded, and the public key. */
    readonly signedMeterValue?: unknown
  }[]
}

/**
 * The signed values of a stored element, unmodified: whoever checks a signature needs every character of it. `format`
 * SignedData of 1.6 (§7.33 ValueFormat), signedMeterValue of 2.x (2.0.1 part 2, SignedMeterValueType).
 */
export const signedValuesOf = (text: string, at: number): readonly SignedMeterValue[] => {
  const { sampledValue } = JSON.parse(text) as Element
  return sampledValue.flatMap(({ value, format, context = 'Sample.Periodic', signedMeterValue }) => {
    const signed = { at: formatInstant(at), context }
    if (signedMeterValue !== undefined) return [{ ...signed, data: JSON.stringify(signedMeterValue) }]
    return format === 'SignedData' && value !== undefined ? [{ ...signed, data: String(value) }] : []
  })
}

/** What the text of an element with a signed value has in it, for a store that looks for them. */
export const signedMarks = ['"SignedData"', '"signedMeterValue"'] as const
