import { createHash, type KeyObject } from 'node:crypto'
import type { BasicConstraintsExtension, X509Certificate } from '@peculiar/x509'
import type { CertificateDescription } from '../../core/domain/certificate.ts'
import { bitsOf, elementAt, elementsOf } from './der.ts'
import { blocksOf } from './pem.ts'
import { publicKeyOf, type SignedBody, signedBodyOf } from './signed.ts'
import type * as x509Library from './x509.ts'

/** A certificate (RFC 5280 §4.1), its parts as they came: names and keys are compared and hashed byte by byte. */
export interface Certificate {
  readonly der: Uint8Array
  readonly signed: SignedBody
  readonly issuer: Uint8Array
  readonly subject: Uint8Array
  /** What is in the bit string of its public key. */
  readonly keyBits: Uint8Array
  readonly publicKey: KeyObject
  readonly parsed: X509Certificate
}

/** All certificates of a PEM text, in order; none where one of them cannot be read. */
export const certificatesOf = async (pem: string): Promise<readonly Certificate[]> => {
  const x509 = await import('./x509.ts')
  try {
    return blocksOf(pem, 'CERTIFICATE').map((der) => certificateOf(der, x509))
  } catch {
    return []
  }
}

/** The same of DER as it comes along with other things. */
export const certificatesIn = async (elements: readonly Uint8Array[]): Promise<readonly Certificate[]> => {
  const x509 = await import('./x509.ts')
  try {
    return elements.map((der) => certificateOf(Uint8Array.from(der), x509))
  } catch {
    return []
  }
}

type Library = Pick<typeof x509Library, 'X509Certificate'>

/** Those that were read last: reading one takes a millisecond and more, and authorities' are read with every contract. */
const kept = new Map<string, Certificate>()
const mostKept = 256

const certificateOf = (der: Uint8Array<ArrayBuffer>, library: Library): Certificate => {
  const key = Buffer.from(der).toString('base64')
  const certificate = kept.get(key) ?? read(der, library)
  kept.delete(key)
  kept.set(key, certificate)
  const [oldest] = kept.keys()
  if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest)
  return certificate
}

const read = (der: Uint8Array<ArrayBuffer>, { X509Certificate }: Library): Certificate => {
  const signed = signedBodyOf(der)
  const parts = elementsOf(elementAt(elementsOf(signed.body), 0).content)
  // a certificate of version 1 does not say so
  const serial = parts[0]?.tag === 0xa0 ? 1 : 0
  const spki = elementAt(parts, serial + 5)
  const parsed = new X509Certificate(der)
  // what is read only when it is asked for is read now, where it may fail
  describe({ der, parsed })
  return {
    der,
    signed,
    issuer: elementAt(parts, serial + 2).whole,
    subject: elementAt(parts, serial + 4).whole,
    keyBits: bitsOf(elementAt(elementsOf(spki.content), 1)),
    publicKey: publicKeyOf(spki.whole),
    parsed,
  }
}

export const describe = ({ der, parsed }: Pick<Certificate, 'der' | 'parsed'>): CertificateDescription => ({
  subject: parsed.subject,
  issuer: parsed.issuer,
  notBefore: parsed.notBefore.getTime(),
  notAfter: parsed.notAfter.getTime(),
  serial: parsed.serialNumber,
  isCa: constraintsOf(parsed)?.ca === true,
  fingerprint: createHash('sha256').update(der).digest('hex'),
})

/** Basic constraints (RFC 5280 §4.2.1.9). */
export const constraintsOf = (parsed: X509Certificate): BasicConstraintsExtension | null =>
  parsed.getExtension<BasicConstraintsExtension>('2.5.29.19')

export const isEqual = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0
