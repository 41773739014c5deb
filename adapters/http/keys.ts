import type { Clock } from '../../core/ports/clock.ts'
import type { Digest } from '../../core/ports/digest.ts'
import type { ApiKey, ApiKeyStore, Verifier } from '../../core/ports/store.ts'
import type { ApiParts } from './parts.ts'

const rememberedMs = 2_000
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** The index by which a key is found; keyed, so that the stored value gives nothing away. */
export const lookupOf = (digest: Digest, key: string): Uint8Array =>
  digest.seal(utf8('lookup'), utf8(key)).subarray(0, 8)

const equal = (a: Uint8Array, b: Uint8Array): boolean => {
  let differences = a.length ^ b.length
  for (let i = 0; i < a.length; i++) differences |= (a[i] ?? 0) ^ (b[i] ?? 0)
  return differences === 0
}

/** A new key as its owner sees it, once. */
export const newKeyText = (randomBytes: ApiParts['randomBytes']): string =>
  `sm_${hex(randomBytes(4))}_${hex(randomBytes(24))}`

/** Files a key. The same text twice is one key. */
export const installKey = async (
  parts: Pick<ApiParts, 'digest' | 'randomBytes'> & { readonly store: { readonly apiKeys: ApiKeyStore } },
  key: ApiKey,
  text: string,
): Promise<void> => {
  const salt = parts.randomBytes(16)
  await parts.store.apiKeys.create(key, lookupOf(parts.digest, text), {
    salt,
    hash: parts.digest.seal(salt, utf8(text)),
  })
}

/** Checks keys. What was found is remembered for two seconds: a revoked key dies within them. */
export const keyChecker = (
  keys: ApiKeyStore,
  digest: Digest,
  clock: Clock,
): ((text: string) => Promise<ApiKey | undefined>) => {
  const known = new Map<
    string,
    { readonly key: (ApiKey & { readonly verifier: Verifier }) | undefined; readonly until: number }
  >()
  return async (text) => {
    const lookup = lookupOf(digest, text)
    const name = hex(lookup)
    let entry = known.get(name)
    if (entry === undefined || entry.until < clock.monotonic()) {
      entry = { key: await keys.byLookup(lookup), until: clock.monotonic() + rememberedMs }
      if (known.size > 1_000) known.clear()
      known.set(name, entry)
    }
    const { key } = entry
    if (key === undefined || !equal(digest.seal(key.verifier.salt, utf8(text)), key.verifier.hash)) return undefined
    if (key.revokedAt !== undefined || (key.expiresAt !== undefined && key.expiresAt <= clock.now())) return undefined
    return key
  }
}
