import type { SignedMeterValue } from '../domain/document.ts'
import type { SignedData, SignedValue } from './model.ts'

/** A signed meter value as it was sent, taken apart as far as OCPI asks for it. */
interface Signed {
  readonly encoding: string
  readonly plain: string
  /** Base64. */
  readonly blob: string
  readonly publicKey?: string
}

/**
 * Signed meter values for the driver's check (OCPI 2.3.0 mod_cdrs, SignedData). OCPI has one encoding for all of them;
 * where they differ, or nobody knows what they are, there are none. No character is changed: whoever checks a signature
 * needs each of them.
 */
export const signedDataOf = (values: readonly SignedMeterValue[]): SignedData | undefined => {
  const signed = values.map(({ context, data }) => ({ context, ...takenApart(data) }))
  const [encoding] = signed.map((one) => one.encoding)
  if (encoding === undefined || signed.some((one) => one.encoding !== encoding)) return undefined
  const publicKey = signed.find((one) => one.publicKey !== undefined)?.publicKey
  return {
    encoding_method: encoding,
    ...(publicKey !== undefined && { public_key: publicKey }),
    signed_values: signed.map(({ context, plain = '', blob = '' }): SignedValue => ({
      nature: natureOf(context),
      plain_data: plain,
      signed_data: blob,
    })),
  }
}

const natureOf = (context: string): SignedValue['nature'] => {
  if (context === 'Transaction.Begin') return 'Start'
  return context === 'Transaction.End' ? 'End' : 'Intermediate'
}

const takenApart = (data: string): Partial<Signed> => {
  const structure = structureOf(data)
  if (structure === undefined) return encoded({ plain: data, blob: base64(new TextEncoder().encode(data)) })
  const { signedMeterData, encodingMethod, publicKey } = structure
  if (typeof signedMeterData !== 'string') return {}
  const named = typeof encodingMethod === 'string' && encodingMethod !== '' ? encodingMethod : undefined
  return {
    ...encoded(decoded(signedMeterData), named),
    ...(typeof publicKey === 'string' && publicKey !== '' && { publicKey }),
  }
}

type Data = Pick<Signed, 'plain' | 'blob'>

/** By how their texts begin, OCMF by S.A.F.E. and that of Alfen; else by what the station calls it. */
const encoded = (data: Data, named?: string): Partial<Signed> => {
  if (data.plain.startsWith('OCMF|')) return { encoding: 'OCMF', ...data }
  if (data.plain.startsWith('AP;')) return { encoding: 'Alfen Eichrecht', ...data }
  return named === undefined ? {} : { encoding: named, ...data }
}

interface Structure {
  readonly signedMeterData?: unknown
  readonly encodingMethod?: unknown
  readonly publicKey?: unknown
}

/** SignedMeterValueType of OCPP 2.x; undefined for what is not JSON, as that of 1.6. */
const structureOf = (data: string): Structure | undefined => {
  if (!data.startsWith('{')) return undefined
  try {
    return JSON.parse(data) as Structure
  } catch {
    return undefined
  }
}

/** 2.x has it in base64, of a text or of bytes; some stations write the text itself. */
const decoded = (data: string): Data => {
  const bytes = bytesOf(data)
  if (bytes === undefined) return { plain: data, blob: base64(new TextEncoder().encode(data)) }
  try {
    return { plain: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), blob: data }
  } catch {
    return { plain: data, blob: data }
  }
}

const bytesOf = (data: string): Uint8Array | undefined => {
  try {
    return Uint8Array.from(atob(data), (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}

const base64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
