import type { CertificateVerdict, StatusQuestion } from '../domain/certificate.ts'

/** Looks at the contract certificate that a vehicle has shown at an authorisation (2.x, C07). */
export interface ContractCheck {
  /** Whether it counts. Whether its contract does is the token's affair. */
  verdict(tenant: string, shown: ShownContract): Promise<CertificateVerdict>
}

export interface ShownContract {
  /** The contract as it was presented; a certificate must be of this one. */
  readonly emaid: string
  /** PEM, the vehicle's first: where the station cannot check it itself. */
  readonly certificate?: string
  /** What the station has checked, and whom to ask whether it still counts. */
  readonly hashes?: readonly StatusQuestion[]
}
