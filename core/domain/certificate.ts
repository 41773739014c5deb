import type { ChargePointRef } from './charge-point.ts'

/** Certificates as operators and stations speak of them. What reads and makes them is behind core/ports/authority.ts. */

export const hashAlgorithms = ['SHA256', 'SHA384', 'SHA512'] as const
export type HashAlgorithm = (typeof hashAlgorithms)[number]

/**
 * Names a certificate without showing it: CertificateHashData (OCPP 1.6 security whitepaper, 2.0.1 part 2), the same
 * three values as OCSP's CertID (RFC 6960 §4.1.1). All hexadecimal.
 */
export interface CertificateHash {
  readonly hashAlgorithm: HashAlgorithm
  readonly issuerNameHash: string
  readonly issuerKeyHash: string
  /** Without leading zeroes. */
  readonly serialNumber: string
}

/** What a certificate says. Times in ms since 1970 UTC; `serial` and `fingerprint` (SHA-256 of the DER) in small hexadecimal digits. */
export interface CertificateDescription {
  readonly subject: string
  readonly issuer: string
  readonly notBefore: number
  readonly notAfter: number
  readonly serial: string
  readonly isCa: boolean
  readonly fingerprint: string
}

/**
 * What a charge point's certificate is for: to show itself to us, to vehicles (ISO 15118-2, 15118-20), or to both with one
 * (2.x, A02: where the request says nothing).
 */
export const certificateUses = ['station', 'v2g', 'v2g20', 'both'] as const
export type CertificateUse = (typeof certificateUses)[number]

/** What became of a certificate that we issued: sent to its station, taken or refused by it, or not valid any more. */
export const certificateStates = ['issued', 'accepted', 'rejected', 'revoked'] as const
export type CertificateState = (typeof certificateStates)[number]

/** A certificate that our authority signed for a charge point. */
export interface IssuedCertificate extends ChargePointRef {
  readonly serial: string
  readonly fingerprint: string
  /** PEM: the station's first, then those of authorities between it and the root. */
  readonly chain: string
  readonly notBefore: number
  readonly notAfter: number
  readonly issuedAt: number
  readonly state: CertificateState
  /** Absent = to show itself to us. */
  readonly use?: CertificateUse
  /** The key of the fact that asked for it. */
  readonly request?: string
}

/** Whether both name the same certificate: stations differ in capitals and in leading zeroes. */
export const sameCertificate = (a: CertificateHash, b: CertificateHash): boolean =>
  a.hashAlgorithm === b.hashAlgorithm &&
  digits(a.issuerNameHash) === digits(b.issuerNameHash) &&
  digits(a.issuerKeyHash) === digits(b.issuerKeyHash) &&
  serialDigits(a.serialNumber) === serialDigits(b.serialNumber)

const digits = (text: string): string => text.trim().toLowerCase()

/** A serial number as OCPP writes it: small hexadecimal digits without leading zeroes. */
export const serialDigits = (serial: string): string => digits(serial).replace(/^0+(?=.)/, '')

/** Whom to ask about a certificate: its issuer's responder (OCSPRequestData of 2.x). */
export interface StatusQuestion extends CertificateHash {
  readonly responderUrl: string
}

/** What is told of a contract certificate at an authorisation (2.x, AuthorizeCertificateStatusEnumType). */
export const certificateVerdicts = [
  'Accepted',
  'SignatureError',
  'CertificateExpired',
  'CertificateRevoked',
  'NoCertificateAvailable',
  'CertChainError',
  'ContractCancelled',
] as const
export type CertificateVerdict = (typeof certificateVerdicts)[number]
