import type { RootUse } from '../../domain/order.ts'

/** Roots in the words of the security extension. */
export const uses: Readonly<Record<RootUse, string>> = {
  centralSystem: 'CentralSystemRootCertificate',
  manufacturer: 'ManufacturerRootCertificate',
}
