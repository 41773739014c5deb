import { createHash } from 'node:crypto'
import { type CertificateHash, type HashAlgorithm, serialDigits } from '../../core/domain/certificate.ts'
import { type Certificate, isEqual } from './certificate.ts'

const names: Readonly<Record<HashAlgorithm, string>> = { SHA256: 'sha256', SHA384: 'sha384', SHA512: 'sha512' }

/** Names the first certificate of a chain by its issuer's name and key and its own number (RFC 6960 §4.1.1). */
export const hashData = (chain: readonly Certificate[], algorithm: HashAlgorithm): CertificateHash | undefined => {
  const [certificate, next] = chain
  const issuer = [certificate, next].find(
    (one) => one !== undefined && certificate !== undefined && isEqual(one.subject, certificate.issuer),
  )
  if (certificate === undefined || issuer === undefined) return undefined
  const hash = (bytes: Uint8Array): string => createHash(names[algorithm]).update(bytes).digest('hex')
  return {
    hashAlgorithm: algorithm,
    issuerNameHash: hash(certificate.issuer),
    issuerKeyHash: hash(issuer.keyBits),
    serialNumber: serialDigits(certificate.parsed.serialNumber),
  }
}
