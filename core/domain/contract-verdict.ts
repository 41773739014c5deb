import type { Authorization } from './authorization.ts'
import type { CertificateVerdict } from './certificate.ts'

/** What a station is told of a contract: of its certificate and of the contract itself. */
export type ContractAuthorization = Authorization & { readonly certificate: CertificateVerdict }

/**
 * A certificate that counts leaves the word to the contract; a contract that does not count is cancelled, as far as the
 * certificate goes. One that does not count says it for both (OCPP 2.0.1 part 2, C07; handbook/ocpp.md §3.5).
 */
export const contractVerdict = (certificate: CertificateVerdict, contract: Authorization): ContractAuthorization => {
  if (certificate !== 'Accepted')
    return { status: certificate === 'CertificateExpired' ? 'Expired' : 'Invalid', certificate }
  const isCancelled = cancelled.includes(contract.status)
  return { ...contract, certificate: isCancelled ? 'ContractCancelled' : 'Accepted' }
}

/** The other statuses are about this place and this moment: the contract goes on. */
const cancelled: readonly string[] = ['Blocked', 'Expired', 'Invalid', 'Unknown']
