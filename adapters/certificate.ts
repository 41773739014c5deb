import { X509Certificate } from 'node:crypto'
import type { CertificateOf } from '../core/ports/certificates.ts'

/** Reads the `Client-Cert` field of a proxy that ended TLS: a byte sequence, `:<base64 of the DER>:` (RFC 9440 §2). */
export const clientCertificate: CertificateOf = (header) => {
  const der = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(header.trim())?.[1]
  if (der === undefined) return undefined
  try {
    const { subject } = new X509Certificate(Buffer.from(der, 'base64'))
    const commonName = /^CN=(.+)$/m.exec(subject)?.[1]
    return commonName === undefined ? undefined : { commonName }
  } catch {
    return undefined
  }
}
