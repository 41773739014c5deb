import { constants, createHash, verify, X509Certificate } from 'node:crypto'

/** The version of an image: what its address says, `…/station-2.1.0.bin`, or else the beginning of its digest. */
export const versionOf = (location: string, image: Uint8Array): string =>
  /(\d+(?:\.\d+)+)(?:\.[a-z]+)*$/i.exec(new URL(location).pathname)?.[1] ??
  createHash('sha256').update(image).digest('hex').slice(0, 12)

/** Whether the owner of the certificate has signed these very bytes: RSA-PSS, or ECDSA, with SHA-256 (L01.FR.12). */
export const isSignedBy = (pem: string, image: Uint8Array, signature: string): boolean => {
  try {
    const key = new X509Certificate(pem).publicKey
    const bytes = Buffer.from(signature, 'base64')
    if (key.asymmetricKeyType !== 'rsa') return verify('sha256', image, key, bytes)
    const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO }
    return verify('sha256', image, { key, ...padding }, bytes)
  } catch {
    return false
  }
}
