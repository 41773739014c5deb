import type { CertificateHash } from '../domain/certificate.ts'

/**
 * Asks those who issued certificates whether they still count: by OCSP (RFC 6960), or in their lists (RFC 5280 §5). It
 * remembers answers as long as they are good, and gives up in time for a vehicle that waits (ISO 15118: 4.5 s). Nothing
 * throws: who cannot be asked, or says what cannot be read, is an answer too. Implementation: adapters/plug-and-charge.
 */
export interface CertificateStatus {
  ask(question: StatusEnquiry): Promise<StatusAnswer>
}

export interface StatusEnquiry {
  readonly hash: CertificateHash
  readonly source: 'ocsp' | 'crl'
  /** Tried in this order until one gives an answer. They come from stations: not every address is called. */
  readonly urls: readonly string[]
  /** PEM: who may have issued it. An answer is checked against these; without them as far as it proves itself. */
  readonly issuers?: readonly string[]
}

export const certificateStatuses = ['good', 'revoked', 'unknown', 'failed'] as const

export interface StatusAnswer {
  /** `unknown`: the issuer's responder does not know it. `failed`: nobody has said anything that counts. */
  readonly status: (typeof certificateStatuses)[number]
  /** Until when that is good, ms since 1970 UTC; absent = for now. */
  readonly nextUpdate?: number
  /** The responder's answer as it came, DER in base64; of OCSP only. */
  readonly response?: string
  /** Why it failed. */
  readonly reason?: string
}
