import type { CertificateHash, RootUse } from '../../domain/order.ts'

/** Roots and their hashes in the words of the security extension. */

export const uses: Readonly<Record<RootUse, string>> = {
  centralSystem: 'CentralSystemRootCertificate',
  manufacturer: 'ManufacturerRootCertificate',
}

export interface Hash16 {
  readonly hashAlgorithm: CertificateHash['algorithm']
  readonly issuerNameHash: string
  readonly issuerKeyHash: string
  readonly serialNumber: string
}
