import type { CertificateState, IssuedCertificate } from '../domain/certificate.ts'
import type { ChargePointRef } from '../domain/charge-point.ts'
import type { Page, PageRequest } from './store.ts'

/** What a station's client certificate says of it, read by whoever ends its TLS (security profile 3). */
export interface ClientCertificate {
  readonly commonName: string
  readonly organisation?: string
  /** The tenant whose own root has signed it; absent = an authority that is not ours has. */
  readonly ofTenant?: string
}

/** Reads the `Client-Cert` field of a trusted proxy (RFC 9440); undefined where it holds no certificate. */
export type CertificateOf = (header: string) => ClientCertificate | undefined

/** The certificates that our authority has signed for charge points, and what became of each. */
export interface CertificateStore {
  /** Files one that was just signed, unless its request has one already; answers the one that counts. */
  record(certificate: Omit<IssuedCertificate, 'state'>): Promise<IssuedCertificate>
  /** The one that a request has led to. */
  byRequest(tenant: string, request: string): Promise<IssuedCertificate | undefined>
  /** Whether its delivery has been ordered: a second one the station would refuse, having no request open any more. */
  isSent(ref: ChargePointRef, serial: string): Promise<boolean>
  /** Newest first. */
  list(ref: ChargePointRef, page: PageRequest): Promise<Page<IssuedCertificate>>
  find(tenant: string, serial: string): Promise<IssuedCertificate | undefined>
  /** False where there is none, or where it was revoked before: that is for ever. */
  mark(tenant: string, serial: string, state: Exclude<CertificateState, 'issued'>, at: number): Promise<boolean>
  /** How many a charge point has got since then: whoever signs decides what is too many (S-12). */
  issuedSince(ref: ChargePointRef, at: number): Promise<number>
}
