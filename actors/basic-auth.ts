import type { Digest } from '../core/ports/digest.ts'

export interface BasicAuth {
  readonly username: string
  /** Bytes, never text: a 1.6 password is 16–20 arbitrary bytes (OCPP-J 1.6 §6.2.1, TC_085). */
  readonly password: Uint8Array
}

/** Reads an Authorization header; undefined when it is no Basic credentials. Split at the first colon only. */
export const parseBasic = (header: string | undefined): BasicAuth | undefined => {
  const encoded = /^Basic +([A-Za-z0-9+/_-]+={0,2}) *$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return undefined
  let raw: string
  try {
    raw = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'))
  } catch {
    return undefined
  }
  const bytes = Uint8Array.from(raw, (c) => c.charCodeAt(0))
  const colon = bytes.indexOf(0x3a)
  if (colon <= 0) return undefined
  return { username: new TextDecoder().decode(bytes.subarray(0, colon)), password: bytes.subarray(colon + 1) }
}

/**
 * Whether the password is the one that was sealed. Stations send a hexadecimal password as its bytes or as its digits,
 * in either case (handbook/ocpp.md §9.1), so a password is looked for in each of these forms.
 */
export const matches = (
  digest: Digest,
  { salt, hash }: { readonly salt: Uint8Array; readonly hash: Uint8Array },
  password: Uint8Array,
): boolean =>
  password.length > 0 &&
  [password, ...otherForms(password)].reduce((found, form) => equal(digest.seal(salt, form), hash) || found, false)

const otherForms = (password: Uint8Array): readonly Uint8Array[] => {
  const text = new TextDecoder().decode(password)
  const digits = Array.from(password, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const decoded = /^(?:[0-9a-f]{2}){16,20}$/i.test(text) ? [fromHex(text)] : []
  return [...decoded, ...(password.length <= 20 ? [bytesOf(digits), bytesOf(digits.toUpperCase())] : [])]
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const fromHex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

/** Looks at every byte whatever it finds, so that the time taken tells nothing. */
const equal = (a: Uint8Array, b: Uint8Array): boolean => {
  let differences = a.length ^ b.length
  for (let i = 0; i < a.length; i++) differences |= (a[i] ?? 0) ^ (b[i] ?? 0)
  return differences === 0
}
