import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { bitsOf, type Element, elementAt, elementsOf } from './der.ts'

/** What requests and certificates have in common: a body, and a signature over its bytes (RFC 5280 §4.1.1, RFC 2986 §4.2). */
export interface SignedBody {
  readonly body: Uint8Array
  /** Object identifiers as in their DER, in hexadecimal digits: of the algorithm, and for RSA-PSS of its hash. */
  readonly algorithm: string
  readonly signature: Uint8Array
}

/** Throws for bytes that are nothing of the kind. */
export const signedBodyOf = (der: Uint8Array): SignedBody => {
  const [whole, ...more] = elementsOf(der)
  const parts = elementsOf(inSequence(whole))
  if (more.length > 0 || parts.length > 3) throw new RangeError('not a signed body')
  return signedPartsOf(parts)
}

/** Out of elements of which the first three are the body, the algorithm and the signature. */
export const signedPartsOf = (parts: readonly Element[]): SignedBody => {
  const [body, algorithm, signature] = [elementAt(parts, 0), elementAt(parts, 1), elementAt(parts, 2)]
  if (body.tag !== sequence) throw new RangeError('not a signed body')
  return { body: body.whole, algorithm: algorithmOf(inSequence(algorithm)), signature: bitsOf(signature) }
}

const sequence = 0x30
export const inSequence = (element: Element | undefined): Uint8Array => {
  if (element?.tag !== sequence) throw new RangeError('not a sequence')
  return element.content
}

const rsaPss = '2a864886f70d01010a'

/** RSA-PSS names its hash in its parameters (RFC 4055 §3.1); where it names none it means SHA-1. */
const algorithmOf = (identifier: Uint8Array): string => {
  const [name, parameters] = elementsOf(identifier).map((element) => ({ ...element, digits: digitsOf(element) }))
  if (name?.digits !== rsaPss) return name?.digits ?? ''
  const hash = elementsOf(parameters?.content ?? new Uint8Array()).find(({ tag }) => tag === 0xa0)
  if (hash === undefined) return rsaPss
  return `${rsaPss} ${digitsOf(elementAt(elementsOf(elementAt(elementsOf(hash.content), 0).content), 0))}`
}

const digitsOf = ({ content }: Element): string => Buffer.from(content).toString('hex')

interface Scheme {
  readonly key: 'rsa' | 'ec'
  readonly hash: string
  readonly padding?: number
}

const pkcs1 = (hash: string): Scheme => ({ key: 'rsa', hash, padding: constants.RSA_PKCS1_PADDING })
const pss = (hash: string): Scheme => ({ key: 'rsa', hash, padding: constants.RSA_PKCS1_PSS_PADDING })
const ecdsa = (hash: string): Scheme => ({ key: 'ec', hash })

/** SHA-1 and everything older is not among them. */
const schemes: Readonly<Record<string, Scheme>> = {
  '2a864886f70d01010b': pkcs1('sha256'),
  '2a864886f70d01010c': pkcs1('sha384'),
  '2a864886f70d01010d': pkcs1('sha512'),
  [`${rsaPss} 608648016503040201`]: pss('sha256'),
  [`${rsaPss} 608648016503040202`]: pss('sha384'),
  [`${rsaPss} 608648016503040203`]: pss('sha512'),
  '2a8648ce3d040302': ecdsa('sha256'),
  '2a8648ce3d040303': ecdsa('sha384'),
  '2a8648ce3d040304': ecdsa('sha512'),
}

/** Whether the holder of this key signed it. */
export const isSignedWith = ({ body, algorithm, signature }: SignedBody, key: KeyObject): boolean => {
  const scheme = schemes[algorithm]
  if (scheme === undefined || scheme.key !== key.asymmetricKeyType) return false
  try {
    const { hash, padding } = scheme
    return verify(hash, body, padding === undefined ? { key, dsaEncoding: 'der' } : { key, padding }, signature)
  } catch {
    return false
  }
}

/** A public key as certificates hold it (SubjectPublicKeyInfo). Throws for one that nobody here can use. */
export const publicKeyOf = (spki: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })

const curveBits: Readonly<Record<string, number>> = { secp224r1: 224, prime256v1: 256, secp384r1: 384, secp521r1: 521 }

/** Says what is wrong with a public key, or nothing: RSA from 2048 bits, NIST curves from 224 (BI-48). */
export const keyFault = ({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): string | undefined => {
  if (type === 'rsa') {
    const bits = details?.modulusLength ?? 0
    if (bits < 2_048) return `has an RSA key of ${bits} bits: 2048 are the least`
    return (details?.publicExponent ?? 0n) < 3n ? 'has an RSA key whose exponent hides nothing' : undefined
  }
  if (type !== 'ec') return `has a key of type ${type ?? 'unknown'}: RSA and ECDSA are taken`
  const curve = details?.namedCurve ?? 'unknown'
  return curveBits[curve] === undefined ? `has a key on the curve ${curve}, which is too weak or not known` : undefined
}
