import type { Digest } from '../../core/ports/digest.ts'

const tokens = ['idTag', 'parentIdTag', 'idToken', 'groupIdToken']
const secretKeys = ['AuthorizationKey', 'BasicAuthPassword']

/** A frame for people to read: tokens as pseudonyms (equal stays equal), secrets gone (S-20, A01.FR.09). */
export const masked = (text: string, digest: Digest): unknown => {
  let frame: unknown
  try {
    frame = JSON.parse(text)
  } catch {
    return text.slice(0, 2_000)
  }
  return maskedValue(frame, digest)
}

const maskedValue = (value: unknown, digest: Digest): unknown => {
  if (Array.isArray(value)) return value.map((v) => maskedValue(v, digest))
  if (value === null || typeof value !== 'object') return value
  const isSecret = 'key' in value && typeof value.key === 'string' && secretKeys.includes(value.key)
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (tokens.includes(key) && typeof inner === 'string') return [key, digest.pseudonym(inner)]
      if (isSecret && key === 'value') return [key, '***']
      return [key, maskedValue(inner, digest)]
    }),
  )
}
