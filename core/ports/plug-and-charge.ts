import type { CertificateStatus } from './certificate-status.ts'
import type { ContractCertificates } from './contract-certificates.ts'
import type { ContractCheck } from './contract-check.ts'

/** Whom a station's questions about certificates of ISO 15118 go to. */
export interface PlugAndCharge {
  readonly check: ContractCheck
  readonly contracts: ContractCertificates
  readonly status: CertificateStatus
}
