import { X509Certificate } from 'node:crypto'
import type { CertificateOf } from '../core/ports/certificates.ts'

/** The name of a root that was made here for one tenant (adapters/authority). */
const ownRoot = /^O=Stationmaster\nOU=Charge points\nCN=(.+)$/

/** Reads the `Client-Cert` field of a proxy that ended TLS: a byte sequence, `:<base64 of the DER>:` (RFC 9440 §2). */
export const clientCertificate: CertificateOf = (header) => {
  const der = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(header.trim())?.[1]
  if (der === undefined) return undefined
  try {
    const { subject, issuer } = new X509Certificate(Buffer.from(der, 'base64'))
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
