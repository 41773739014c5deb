import type { SignedData, SignedValue } from '../model.ts'
import { ciText, type FieldsOf, int, maybe, object, one, shape, some, whole, words } from '../shape.ts'

/** A signature is good for the whole text and nothing else. */
const signedValue = shape('SignedValue', {
  nature: one(words('nature', 'Start End Intermediate', { open: true })),
  plain_data: one(whole(5000)),
  signed_data: one(whole(5000)),
} satisfies FieldsOf<SignedValue>)

/** Meter values with which a driver can check a CDR (OCPI 2.3.0 mod_cdrs). */
export const signedData = shape('SignedData', {
  encoding_method: one(ciText(36)),
  encoding_method_version: maybe(int),
  public_key: maybe(whole(512)),
  signed_values: some(object(signedValue)),
  url: maybe(whole(512)),
} satisfies FieldsOf<SignedData>)
