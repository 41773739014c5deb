import { createHash, X509Certificate } from 'node:crypto'
import type { CertificateHashDataType, CertificateUseEnumType } from 'typed-ocpp/dist/ocpp16/types.js'
import { certificateParts } from './der.ts'

interface Stored<Use> {
  readonly use: Use
  readonly certificate: X509Certificate
}

/** CertificateStoreMaxLength: so many it can hold. */
export const mostCertificates = 10

/** A certificate in PEM, or nothing where it is none. */
export const parsed = (pem: string): X509Certificate | undefined => {
  try {
    return new X509Certificate(pem)
  } catch {
    return undefined
  }
}

/** The certificates of a chain in PEM, leaf first; nothing where one of them is none. */
export const parsedChain = (pem: string): readonly X509Certificate[] | undefined => {
  const found = [...pem.matchAll(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g)].map(([one]) =>
    parsed(one),
  )
  return found.length > 0 && found.every((one) => one !== undefined) ? found : undefined
}

export const isValidAt = (certificate: X509Certificate, now: number): boolean =>
  Date.parse(certificate.validFrom) <= now && now < Date.parse(certificate.validTo)

export const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)

/** Root certificates that were installed in the station (security extension, M03–M05), each for a use that its version has a word for. */
export class CertificateStore<Use extends string = CertificateUseEnumType> {
  #stored: readonly Stored<Use>[] = []

  install(use: Use, pem: string, now: number): 'Accepted' | 'Failed' | 'Rejected' {
    const certificate = parsed(pem)
    if (certificate === undefined || !isValidAt(certificate, now)) return 'Rejected'
    const others = this.#stored.filter((one) => one.use !== use || !one.certificate.raw.equals(certificate.raw))
    if (others.length >= mostCertificates) return 'Failed'
    this.#stored = [...others, { use, certificate }]
    return 'Accepted'
  }

  roots(use: Use): readonly X509Certificate[] {
    return this.#stored.filter((one) => one.use === use).map(({ certificate }) => certificate)
  }

  hashes(use: Use): readonly CertificateHashDataType[] {
    return this.roots(use).map((one) => this.#hashOf(one, 'SHA256'))
  }

  /** How many there are. */
  get size(): number {
    return this.#stored.length
  }

  delete(wanted: CertificateHashDataType): boolean {
    const kept = this.#stored.filter(
      ({ certificate }) => !isSame(this.#hashOf(certificate, wanted.hashAlgorithm), wanted),
    )
    const isFound = kept.length < this.#stored.length
    this.#stored = kept
    return isFound
  }

  /** Whether an installed root of this use has issued it. */
  leadsToRoot(use: Use, leaf: X509Certificate): boolean {
    return this.roots(use).some((root) => isIssuedBy(leaf, root))
  }

  #hashOf(certificate: X509Certificate, algorithm: CertificateHashDataType['hashAlgorithm']): CertificateHashDataType {
    const issuer = this.#stored.find((one) => isIssuedBy(certificate, one.certificate))?.certificate ?? certificate
    const hash = (bytes: Uint8Array): string => createHash(algorithm).update(bytes).digest('hex')
    return {
      hashAlgorithm: algorithm,
      issuerNameHash: hash(certificateParts(certificate.raw).issuer),
      issuerKeyHash: hash(certificateParts(issuer.raw).key),
      serialNumber: serialOf(certificate.serialNumber),
    }
  }
}

const serialOf = (digits: string): string => digits.toLowerCase().replace(/^0+(?=.)/, '')

const isSame = (a: CertificateHashDataType, b: CertificateHashDataType): boolean =>
  a.issuerNameHash === b.issuerNameHash.toLowerCase() &&
  a.issuerKeyHash === b.issuerKeyHash.toLowerCase() &&
  a.serialNumber === serialOf(b.serialNumber)
