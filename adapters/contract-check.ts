import type { CertificateVerdict, StatusQuestion } from '../core/domain/certificate.ts'
import type { Authority } from '../core/ports/authority.ts'
import type { CertificateStatus, StatusAnswer, StatusEnquiry } from '../core/ports/certificate-status.ts'
import type { ContractCheck } from '../core/ports/contract-check.ts'
import type { Log } from '../core/ports/log.ts'
import type { Store } from '../core/ports/store.ts'

interface Parts {
  readonly store: Pick<Store, 'trustAnchors'>
  readonly authority: Pick<Authority, 'checkContract'>
  readonly status: CertificateStatus
  readonly log: Log
}

/**
 * What a contract certificate is worth: its chain is checked where it was sent, then those who issued its certificates are
 * asked, all at once: a vehicle waits. Nobody's word that one still counts is no word for it (2.x, C07.FR.01–06).
 */
export const contractCheck = ({ store, authority, status, log }: Parts): ContractCheck => ({
  async verdict(tenant, { emaid, certificate, hashes = [] }) {
    const roots = await store.trustAnchors.of(tenant, 'mo')
    const chain =
      certificate === undefined
        ? { verdict: 'Accepted' as const, enquiries: [] }
        : await authority.checkContract({ chain: certificate, emaid, roots })
    if (chain.verdict !== 'Accepted') return chain.verdict
    const enquiries = [...chain.enquiries, ...hashes.map((question) => enquiryOf(question, roots))]
    const answers = await Promise.all(enquiries.map((enquiry) => status.ask(enquiry)))
    for (const { status: said, reason } of answers)
      if (said === 'failed') log.warn('the status of a contract certificate is not known', { tenant, reason })
    return verdictOf(answers)
  },
})

const enquiryOf = ({ responderUrl, ...hash }: StatusQuestion, issuers: readonly string[]): StatusEnquiry => ({
  hash,
  source: 'ocsp',
  urls: [responderUrl],
  issuers,
})

const verdictOf = (answers: readonly StatusAnswer[]): CertificateVerdict => {
  if (answers.some(({ status }) => status === 'revoked')) return 'CertificateRevoked'
  return answers.every(({ status }) => status === 'good') ? 'Accepted' : 'CertChainError'
}
