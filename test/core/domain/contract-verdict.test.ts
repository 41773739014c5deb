import { describe, expect, it } from 'vitest'
import type { Authorization } from '../../../core/domain/authorization.ts'
import { contractVerdict } from '../../../core/domain/contract-verdict.ts'

const told = (certificate: Parameters<typeof contractVerdict>[0], status: Authorization['status'] = 'Accepted') => {
  const verdict = contractVerdict(certificate, { status })
  return [verdict.certificate, verdict.status]
}

describe('the verdict on a contract and its certificate (C07)', () => {
  it('leaves the word to the contract where the certificate counts', () => {
    expect(told('Accepted')).toEqual(['Accepted', 'Accepted'])
    expect(told('Accepted', 'ConcurrentTx')).toEqual(['Accepted', 'ConcurrentTx'])
  })

  it('calls a contract that does not count cancelled', () => {
    const statuses = ['Blocked', 'Expired', 'Invalid'] as const
    expect(statuses.map((status) => told('Accepted', status))).toEqual(
      statuses.map((status) => ['ContractCancelled', status]),
    )
  })

  it('says it for both where the certificate does not count', () => {
    expect(told('CertificateExpired')).toEqual(['CertificateExpired', 'Expired'])
    expect(told('CertificateRevoked')).toEqual(['CertificateRevoked', 'Invalid'])
    expect(told('CertChainError')).toEqual(['CertChainError', 'Invalid'])
  })

  it('tells nothing of a contract whose certificate does not count', () => {
    expect(contractVerdict('CertificateRevoked', { status: 'Accepted', groupId: 'fleet', contract: 'x' })).toEqual({
      status: 'Invalid',
      certificate: 'CertificateRevoked',
    })
  })
})
