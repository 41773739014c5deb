import type { CertificateHash, CertificateUse } from '../domain/certificate.ts'
import type { ChargePointRef } from '../domain/charge-point.ts'

/** Looks at a certificate request before it is answered; signing comes after the answer (BI-48). */
export interface CertificateRequests {
  /** Why it will not be signed, or nothing. `serial`: what the station calls itself. */
  fault(of: ChargePointRef & { readonly serial?: string }, request: CertificateRequest): Promise<string | undefined>
}

export interface CertificateRequest {
  /** PKCS #10, PEM. */
  readonly csr: string
  readonly use: CertificateUse
  /** The root that its certificate must lead to (2.1). */
  readonly root?: CertificateHash
}
