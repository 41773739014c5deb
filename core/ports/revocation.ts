import type { CertificateHash } from '../domain/certificate.ts'
import type { StatusAnswer } from './certificate-status.ts'

/**
 * The bytes that are said and heard about certificates that may not count any more: OCSP (RFC 6960) and lists (RFC 5280
 * §5). Who carries them is CertificateStatus. Bytes that are nothing of the kind are `failed`, never thrown.
 * Implementation: adapters/authority.
 */
export interface Revocation {
  /** An OCSP request for one certificate; undefined where its hashes are no hexadecimal digits. */
  ocspRequest(hash: CertificateHash): Uint8Array<ArrayBuffer> | undefined
  /** What an OCSP response says of it. It must be signed by its issuer, or by whom that has charged with it. */
  readOcsp(response: Uint8Array, about: About): Promise<Reading>
  /** Whether it is in a list. It must be signed by its issuer, which must be known. */
  readCrl(list: Uint8Array, about: About): Promise<Reading>
}

export interface About {
  readonly hash: CertificateHash
  /** PEM: who may have issued it. */
  readonly issuers: readonly string[]
}

export type Reading = Omit<StatusAnswer, 'response'>
