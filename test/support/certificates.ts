import 'reflect-metadata'
import * as x509 from '@peculiar/x509'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { createAuthority, type AuthorityParts } from '../../adapters/authority/authority.ts'
import { createSealer } from '../../adapters/seal.ts'
import type { AuthorityStore, KeptAuthority } from '../../core/ports/authority.ts'
import { TestClock } from './clock.ts'

/** Loaded behind what it needs, which an import of its own would not be. */
export { x509 }

export const day = 86_400_000

export interface Keys {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

export const ec = (namedCurve = 'P-256'): Keys => generateKeyPairSync('ec', { namedCurve })
export const rsa = (modulusLength = 2_048): Keys => generateKeyPairSync('rsa', { modulusLength })

const algorithms: Readonly<Record<string, { name: string; namedCurve?: string; hash: string }>> = {
  rsa: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  prime256v1: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  secp384r1: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
}
const algorithmOf = ({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject) => {
  const algorithm = algorithms[asymmetricKeyDetails?.namedCurve ?? asymmetricKeyType ?? '']
  if (algorithm === undefined) throw new Error('no such key in tests')
  return algorithm
}

const webKeys = async (
  { publicKey, privateKey }: Keys,
  algorithm = algorithmOf(publicKey),
): Promise<CryptoKeyPair> => ({
  publicKey: await crypto.subtle.importKey('spki', publicKey.export({ type: 'spki', format: 'der' }), algorithm, true, [
    'verify',
  ]),
  privateKey: await crypto.subtle.importKey(
    'pkcs8',
    privateKey.export({ type: 'pkcs8', format: 'der' }),
    algorithm,
    true,
    ['sign'],
  ),
})

/** A certificate request as a station makes it; `algorithm` where it signs otherwise than its key suggests. */
export const request = async (
  name: string | x509.Name,
  keys: Keys = ec(),
  algorithm = algorithmOf(keys.publicKey),
): Promise<string> => {
  const made = await x509.Pkcs10CertificateRequestGenerator.create({
    name,
    keys: await webKeys(keys, algorithm),
    signingAlgorithm: algorithm,
  })
  return made.toString('pem')
}

/** A name of one part that is written as it is, whatever is in it. */
export const named = (commonName: string): x509.Name => new x509.Name([{ CN: [{ utf8String: commonName }] }])

export interface Certified {
  readonly pem: string
  readonly keys: Keys
  readonly certificate: x509.X509Certificate
}

interface CertificateWords {
  readonly name?: string
  readonly keys?: Keys
  /** Absent = it signs itself. */
  readonly by?: Certified
  readonly ca?: boolean
  readonly pathLength?: number
  readonly from?: number
  readonly to?: number
  /** Key usage, as bits; absent = the certificate has none. */
  readonly usage?: number
  readonly purposes?: readonly string[]
  readonly more?: readonly x509.Extension[]
}

export const certified = async ({
  name = 'CN=Test',
  keys = ec(),
  by,
  ca = false,
  pathLength,
  from = Date.now() - day,
  to = Date.now() + 365 * day,
  usage,
  purposes,
  more = [],
}: CertificateWords): Promise<Certified> => {
  const signer = by?.keys ?? keys
  const certificate = await x509.X509CertificateGenerator.create({
    subject: name,
    issuer: by?.certificate.subjectName ?? name,
    notBefore: new Date(from),
    notAfter: new Date(to),
    publicKey: new x509.PublicKey(keys.publicKey.export({ type: 'spki', format: 'der' })),
    signingKey: (await webKeys(signer)).privateKey,
    signingAlgorithm: algorithmOf(signer.publicKey),
    extensions: [
      new x509.BasicConstraintsExtension(ca, pathLength, true),
      ...(usage === undefined ? [] : [new x509.KeyUsagesExtension(usage, true)]),
      ...(purposes === undefined ? [] : [new x509.ExtendedKeyUsageExtension([...purposes])]),
      ...more,
    ],
  })
  return { pem: certificate.toString('pem'), keys, certificate }
}

export const pemOfKey = ({ privateKey }: Keys): string => privateKey.export({ type: 'pkcs8', format: 'pem' }) as string

/** Keeps authorities as the database does. */
export const memoryAuthorities = (): AuthorityStore => {
  const kept = new Map<string, KeptAuthority>()
  return {
    find: async (tenant) => kept.get(tenant),
    async keep(tenant, made) {
      kept.set(tenant, kept.get(tenant) ?? made)
      return kept.get(tenant) ?? made
    },
  }
}

/** An authority of its own on a clock that stands where it is put. */
export const testAuthority = async (parts: Partial<AuthorityParts> = {}) => {
  const clock = new TestClock(Date.now())
  const store = memoryAuthorities()
  const authority = await createAuthority({ store, sealer: createSealer(new Uint8Array(32)), clock, ...parts })
  return { authority, clock, store }
}
