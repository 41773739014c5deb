import type { ExtendedKeyUsageExtension, KeyUsagesExtension, X509Certificate } from '@peculiar/x509'
import { type Certificate, constraintsOf, isEqual } from './certificate.ts'
import { isSignedWith, keyFault } from './signed.ts'

const longest = 6
const keyUsage = { digitalSignature: 1, keyCertSign: 32 }
const codeSigning = ['1.3.6.1.5.5.7.3.3', '2.5.29.37.0']

/** Extensions that are looked at here, or only restrict what is not asked: another one that is critical is not understood. */
const understood = [
  '2.5.29.14',
  '2.5.29.15',
  '2.5.29.17',
  '2.5.29.19',
  '2.5.29.31',
  '2.5.29.32',
  '2.5.29.35',
  '2.5.29.37',
]

/** Whether one authority's certificate has signed another certificate. */
export const isSignedBy = (certificate: Certificate, issuer: Certificate): boolean =>
  isEqual(certificate.issuer, issuer.subject) &&
  mayCertify(issuer.parsed) &&
  isSignedWith(certificate.signed, issuer.publicKey)

const mayCertify = (parsed: X509Certificate): boolean =>
  constraintsOf(parsed)?.ca === true && allows(parsed, keyUsage.keyCertSign)

const allows = (parsed: X509Certificate, usage: number): boolean => {
  const extension = parsed.getExtension<KeyUsagesExtension>('2.5.29.15')
  return extension === null || (extension.usages & usage) !== 0
}

/** Whether it may sign programs: where a certificate says what it is for, that must be among it. */
export const maySignCode = (parsed: X509Certificate): boolean => {
  const extension = parsed.getExtension<ExtendedKeyUsageExtension>('2.5.29.37')
  return (
    allows(parsed, keyUsage.digitalSignature) &&
    (extension === null || extension.usages.some((usage) => codeSigning.includes(String(usage))))
  )
}

/** Says why a certificate counts for nothing at a time, or nothing. */
export const timeFault = ({ parsed }: Certificate, at: number): string | undefined => {
  if (at < parsed.notBefore.getTime()) return 'is not valid yet'
  return at > parsed.notAfter.getTime() ? 'has expired' : undefined
}

const isSound = (certificate: Certificate, at: number): boolean =>
  timeFault(certificate, at) === undefined &&
  keyFault(certificate.publicKey) === undefined &&
  certificate.parsed.extensions.every(({ critical, type }) => !critical || understood.includes(type))

interface Trust {
  readonly between: readonly Certificate[]
  readonly roots: readonly Certificate[]
  readonly at: number
}

/** Whether a certificate is a root, or leads to one by authorities that may all certify what is below them (RFC 5280 §6). */
export const leadsToRoot = (certificate: Certificate, trust: Trust, below = 0): boolean => {
  if (!isSound(certificate, trust.at)) return false
  if (trust.roots.some(({ der }) => isEqual(der, certificate.der))) return true
  if (below >= longest) return false
  return [...trust.roots, ...trust.between].some(
    (issuer) =>
      isSignedBy(certificate, issuer) &&
      below <= (constraintsOf(issuer.parsed)?.pathLength ?? longest) &&
      leadsToRoot(issuer, { ...trust, between: trust.between.filter((one) => one !== issuer) }, below + 1),
  )
}
