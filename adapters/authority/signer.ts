import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { type Certificate, certificatesOf, constraintsOf, isEqual } from './certificate.ts'

/** Who signs: its own certificate first, then those up to the root, and its private key, which nobody can take out. */
export interface Signer {
  readonly certificates: readonly [Certificate, ...Certificate[]]
  readonly key: CryptoKey
  readonly algorithm: SigningAlgorithm
}

export interface SigningAlgorithm {
  readonly name: string
  readonly hash: string
  readonly namedCurve?: string
}

const rsa: SigningAlgorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
export const p256: SigningAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const curves: Readonly<Record<string, SigningAlgorithm>> = {
  prime256v1: p256,
  secp384r1: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
}

/** A signer out of PEM texts. Throws a sentence for a certificate that may not sign, or a key that is not its own. */
export const signerOf = async (certificate: string, privateKey: string): Promise<Signer> => {
  const [own, ...above] = await certificatesOf(certificate)
  if (own === undefined) throw new Error("the authority's certificate cannot be read")
  if (constraintsOf(own.parsed)?.ca !== true) throw new Error("the authority's certificate is not an authority's")
  const key = createPrivateKey(privateKey)
  if (!isEqual(spkiOf(createPublicKey(key)), spkiOf(own.publicKey)))
    throw new Error("the authority's private key is not that of its certificate")
  const algorithm = key.asymmetricKeyType === 'rsa' ? rsa : curves[key.asymmetricKeyDetails?.namedCurve ?? '']
  if (algorithm === undefined) throw new Error("the authority's key must be RSA, or on the curve P-256 or P-384")
  const pkcs8 = key.export({ type: 'pkcs8', format: 'der' })
  return {
    certificates: [own, ...above],
    key: await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']),
    algorithm,
  }
}

const spkiOf = (key: KeyObject): Uint8Array => key.export({ type: 'spki', format: 'der' })
