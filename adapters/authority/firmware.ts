import { constants, createVerify, type KeyObject } from 'node:crypto'
import type { Refused, SignedFirmware, Verified } from '../../core/ports/authority.ts'
import { type Certificate, certificatesOf } from './certificate.ts'
import { leadsToRoot, maySignCode, timeFault } from './chain.ts'
import { keyFault } from './signed.ts'

/** Certificates that may come along; no manufacturer has as many. */
const mostBetween = 5

/** Checks the certificate, then the signature; what is wrong with the first leaves the content unread. */
export const checkFirmware = async (firmware: SignedFirmware, at: number): Promise<Verified | Refused> => {
  const [signer, ...more] = await certificatesOf(firmware.signingCertificate)
  const between = more.slice(0, mostBetween)
  if (signer === undefined) return { refused: 'the signing certificate cannot be read' }
  const fault = await signerFault(signer, { between, roots: firmware.roots, at })
  if (fault !== undefined) return { refused: `the signing certificate ${fault}` }
  const base64 = firmware.signature.replaceAll(/\s/g, '')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return { refused: 'the signature is not base64' }
  const verifier = createVerify('sha256')
  for await (const bytes of firmware.content) verifier.update(bytes)
  return isOver(verifier, signer.publicKey, Buffer.from(base64, 'base64'))
    ? { verified: true }
    : { refused: 'the signature is not one of this content by this certificate' }
}

const signerFault = async (
  signer: Certificate,
  trust: { readonly between: readonly Certificate[]; readonly roots: readonly string[]; readonly at: number },
): Promise<string | undefined> => {
  const fault = timeFault(signer, trust.at) ?? keyFault(signer.publicKey)
  if (fault !== undefined) return fault
  if (!maySignCode(signer.parsed)) return 'is not for signing programs'
  const roots = (await Promise.all(trust.roots.map(certificatesOf))).flat()
  return leadsToRoot(signer, { ...trust, roots }) ? undefined : 'leads to no root that is trusted here'
}

const isOver = (verifier: ReturnType<typeof createVerify>, key: KeyObject, signature: Uint8Array): boolean => {
  const { RSA_PKCS1_PSS_PADDING: padding, RSA_PSS_SALTLEN_AUTO: saltLength } = constants
  try {
    return verifier.verify(
      key.asymmetricKeyType === 'rsa' ? { key, padding, saltLength } : { key, dsaEncoding: 'der' },
      signature,
    )
  } catch {
    return false
  }
}
