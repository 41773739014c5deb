import type { Hub, OicpParts } from './parts.ts'

/** What TLS has said of whoever calls, where it ended at somebody whom we trust. */
export interface Caller {
  /** SHA-256 of its certificate, 64 hex digits. */
  readonly fingerprint?: string
}

/** Whether two texts are the same, in a time that does not tell where they differ. */
export type Shows = (given: string, wanted: string) => boolean

/**
 * Who calls is the hub: by the certificate that it shows, or where the operator has said so by a secret. A hub of which
 * neither is known may not call at all.
 */
export const isShownBy = (
  { sealer, shows }: Pick<OicpParts, 'sealer'> & { readonly shows: Shows },
  { settings: { hubFingerprint, secret } }: Hub,
  { headers }: Pick<Request, 'headers'>,
  { fingerprint }: Caller,
): boolean => {
  if (hubFingerprint !== undefined && fingerprint !== undefined && shows(fingerprint, hubFingerprint)) return true
  const [, given] = /^Bearer (.+)$/.exec(headers.get('authorization') ?? '') ?? []
  if (secret === undefined || given === undefined) return false
  try {
    return shows(given, sealer.open(secret))
  } catch {
    return false
  }
}
