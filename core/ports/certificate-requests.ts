import type { ChargePointRef } from '../domain/charge-point.ts'

/** Looks at a certificate request before it is answered; signing comes after the answer (BI-48). */
export interface CertificateRequests {
  /** Why it will not be signed, or nothing. `serial`: what the station calls itself. */
  fault(of: ChargePointRef & { readonly serial?: string }, csr: string): Promise<string | undefined>
}
