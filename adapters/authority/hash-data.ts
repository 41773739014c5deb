import { type CertificateHash, type HashAlgorithm, serialDigits } from '../../core/domain/certificate.ts'
import { hashOf } from './cert-id.ts'
import { type Certificate, isEqual } from './certificate.ts'

/** Names the first certificate of a chain by its issuer's name and key and its own number (RFC 6960 §4.1.1). */
export const hashData = (chain: readonly Certificate[], algorithm: HashAlgorithm): CertificateHash | undefined => {
  const [certificate, next] = chain
  const issuer = [certificate, next].find(
    (one) => one !== undefined && certificate !== undefined && isEqual(one.subject, certificate.issuer),
  )
  if (certificate === undefined || issuer === undefined) return undefined
  return {
    hashAlgorithm: algorithm,
    issuerNameHash: hashOf(algorithm, certificate.issuer),
    issuerKeyHash: hashOf(algorithm, issuer.keyBits),
    serialNumber: serialDigits(certificate.parsed.serialNumber),
  }
}
