import type { AuthorityInfoAccessExtension, CRLDistributionPointsExtension } from '@peculiar/x509'
import { isSameContract } from '../../core/domain/evco-id.ts'
import type { ContractChain, Contract } from '../../core/ports/authority.ts'
import type { StatusEnquiry } from '../../core/ports/certificate-status.ts'
import { type Certificate, certificatesOf, constraintsOf, isEqual } from './certificate.ts'
import { isSignedBy, leadsToRoot, timeFault } from './chain.ts'
import { hashData } from './hash-data.ts'
import { pemOf } from './pem.ts'
import { isSignedWith } from './signed.ts'

/** More than the two sub-authorities of ISO 15118-2 and a root that is sent along: no contract has. */
const mostBetween = 4

/** Checks a contract certificate up to a root that is trusted for contracts (ISO 15118-2 annex F). */
export const checkContract = async ({ chain, emaid, roots }: Contract, at: number): Promise<ContractChain> => {
  const [leaf, ...more] = await certificatesOf(chain)
  if (leaf === undefined) return { verdict: 'CertChainError' }
  const between = more.slice(0, mostBetween)
  const trusted = (await Promise.all(roots.map(certificatesOf))).flat()
  const all = [leaf, ...between]
  if (all.some((one) => timeFault(one, at) === 'has expired')) return { verdict: 'CertificateExpired' }
  if (all.some((one) => isForged(one, [...between, ...trusted]))) return { verdict: 'SignatureError' }
  const isContract = constraintsOf(leaf.parsed)?.ca !== true && isOf(leaf, emaid)
  if (!isContract || !leadsToRoot(leaf, { between, roots: trusted, at })) return { verdict: 'CertChainError' }
  return { verdict: 'Accepted', enquiries: enquiriesOf(leaf, [...between, ...trusted]) }
}

/** Its contract is its common name; spelt with or without hyphens. */
const isOf = ({ parsed }: Certificate, emaid: string): boolean => {
  const [name, ...more] = parsed.subjectName.getField('CN')
  return name !== undefined && more.length === 0 && isSameContract(name, emaid)
}

/** Its issuer is here by name, and none of that name has signed it. */
const isForged = (certificate: Certificate, issuers: readonly Certificate[]): boolean => {
  const named = issuers.filter(({ subject }) => isEqual(subject, certificate.issuer))
  return named.length > 0 && !named.some((issuer) => isSignedWith(certificate.signed, issuer.publicKey))
}

/** Whom to ask about each certificate below the root: as it says itself, a responder first. One that names nobody cannot be withdrawn. */
const enquiriesOf = (leaf: Certificate, issuers: readonly Certificate[]): readonly StatusEnquiry[] => {
  const issuer = issuers.find((other) => isSignedBy(leaf, other))
  if (issuer === undefined || issuer === leaf) return []
  const [asked, hash] = [addressesOf(leaf), hashData([leaf, issuer], 'SHA256')]
  const above = enquiriesOf(
    issuer,
    issuers.filter((one) => one !== leaf),
  )
  if (asked === undefined || hash === undefined) return above
  return [{ ...asked, hash, issuers: [pemOf(issuer.der, 'CERTIFICATE')] }, ...above]
}

const addressesOf = ({ parsed }: Certificate): Pick<StatusEnquiry, 'source' | 'urls'> | undefined => {
  const responders = parsed.getExtension<AuthorityInfoAccessExtension>('1.3.6.1.5.5.7.1.1')?.ocsp ?? []
  const ocsp = responders.filter(({ type }) => type === 'url').map(({ value }) => value)
  if (ocsp.length > 0) return { source: 'ocsp', urls: ocsp }
  const points = parsed.getExtension<CRLDistributionPointsExtension>('2.5.29.31')?.distributionPoints ?? []
  const crl = points.flatMap(({ distributionPoint }) =>
    (distributionPoint?.fullName ?? []).flatMap(({ uniformResourceIdentifier: url }) =>
      url === undefined ? [] : [url],
    ),
  )
  return crl.length > 0 ? { source: 'crl', urls: crl } : undefined
}
