import { createHash, X509Certificate } from 'node:crypto'
import type { CertificateOf } from '../core/ports/certificates.ts'

/** The name of a root that was made here for one tenant (adapters/authority). */
const ownRoot = /^O=Stationmaster\nOU=Charge points\nCN=(.+)$/

/** The DER of a byte sequence, `:<base64>:` (RFC 8941 §3.3.5). */
const derIn = (header: string): Buffer | undefined => {
  const base64 = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(header.trim())?.[1]
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64')
}

/** SHA-256 of the certificate in a `Client-Cert` field, 64 hex digits. */
export const clientFingerprint = (header: string): string | undefined => {
  const der = derIn(header)
  return der && createHash('sha256').update(der).digest('hex')
}

/** Reads the `Client-Cert` field of a proxy that ended TLS (RFC 9440 §2). */
export const clientCertificate: CertificateOf = (header) => {
  const der = derIn(header)
  if (der === undefined) return undefined
  try {
    const { subject, issuer } = new X509Certificate(der)
    const commonName = /^CN=(.+)$/m.exec(subject)?.[1]
    const organisation = /^O=(.+)$/m.exec(subject)?.[1]
    const ofTenant = ownRoot.exec(issuer)?.[1]
    if (commonName === undefined) return undefined
    return {
      commonName,
      ...(organisation !== undefined && { organisation }),
      ...(ofTenant !== undefined && { ofTenant }),
    }
  } catch {
    return undefined
  }
}
