import type { ExtendedKeyUsageExtension } from '@peculiar/x509'
import type { CertificateHash } from '../../core/domain/certificate.ts'
import type { About, Reading } from '../../core/ports/revocation.ts'
import { certIdOf, isCertId, isIssuer } from './cert-id.ts'
import { type Certificate, certificatesIn, certificatesOf } from './certificate.ts'
import { isSignedBy, timeFault } from './chain.ts'
import { der, type Element, elementAt, elementsOf, timeOf } from './der.ts'
import { inSequence, isSignedWith, type SignedBody, signedPartsOf } from './signed.ts'

/** OCSP (RFC 6960). No nonce: an answer is the same for everybody until its next update, and is handed on to vehicles. */

const basic = '2b0601050507300101'
const ocspSigning = '1.3.6.1.5.5.7.3.9'
/** Clocks differ: ours from the responder's too. */
const toleranceMs = 300_000
const mostCertificates = 6

/** RFC 6960 §4.2.1, OCSPResponseStatus. */
const troubles: Readonly<Record<number, string>> = {
  1: 'malformedRequest',
  2: 'internalError',
  3: 'tryLater',
  5: 'sigRequired',
  6: 'unauthorized',
}

export const requestOf = (hash: CertificateHash): Uint8Array<ArrayBuffer> | undefined => {
  const certId = certIdOf(hash)
  return certId && der(0x30, der(0x30, der(0x30, der(0x30, certId))))
}

/** Reads a response, and refuses what is not about this certificate, not of now, or not signed by whom it must be. */
export const readResponse = async (response: Uint8Array, about: About, now: number): Promise<Reading> => {
  try {
    const opened = openedOf(response)
    if ('reason' in opened) return opened
    const single = singlesIn(opened.signed).find(({ certId }) => isCertId(certId.content, about.hash))
    if (single === undefined) return failed('is about another certificate')
    const fault = timeFaultOf(single, now) ?? (await signatureFault(opened, about, now))
    return fault === undefined ? readingOf(single) : failed(fault)
  } catch {
    return failed('cannot be read')
  }
}

const failed = (what: string): Reading & { readonly reason: string } => ({
  status: 'failed',
  reason: `the OCSP response ${what}`,
})

interface Opened {
  readonly signed: SignedBody
  readonly certificates: readonly Uint8Array[]
}

const openedOf = (response: Uint8Array): Opened | (Reading & { readonly reason: string }) => {
  const [status, more] = elementsOf(inSequence(elementsOf(response)[0]))
  const code = status?.content[0] ?? -1
  if (status?.tag !== 0x0a || code !== 0) return failed(`says ${troubles[code] ?? code}`)
  const [type, bytes] = elementsOf(inSequence(more && elementsOf(more.content)[0]))
  if (type === undefined || Buffer.from(type.content).toString('hex') !== basic) return failed('is of an unknown type')
  const parts = elementsOf(inSequence(elementsOf(bytes?.content ?? new Uint8Array())[0]))
  const along = parts[3]?.tag === 0xa0 ? elementsOf(inSequence(elementsOf(parts[3].content)[0])) : []
  return { signed: signedPartsOf(parts), certificates: along.slice(0, mostCertificates).map(({ whole }) => whole) }
}

interface Single {
  readonly certId: Element
  readonly status: Element
  readonly thisUpdate: number
  readonly nextUpdate?: number
}

const singlesIn = ({ body }: SignedBody): readonly Single[] => {
  const parts = elementsOf(inSequence(elementsOf(body)[0])).filter(({ tag }) => tag === 0x30)
  // the responder's name is tagged, and so are version and extensions: the only plain sequence is that of the answers
  return elementsOf(elementAt(parts, 0).content).map((single) => {
    const [certId, status, thisUpdate, next] = elementsOf(inSequence(single))
    if (certId === undefined || status === undefined || thisUpdate === undefined) throw new RangeError('not an answer')
    return {
      certId,
      status,
      thisUpdate: timeOf(thisUpdate),
      ...(next?.tag === 0xa0 && { nextUpdate: timeOf(elementAt(elementsOf(next.content), 0)) }),
    }
  })
}

const timeFaultOf = ({ thisUpdate, nextUpdate }: Single, now: number): string | undefined => {
  if (thisUpdate > now + toleranceMs) return 'is of a time to come'
  return nextUpdate !== undefined && nextUpdate < now - toleranceMs ? 'is out of date' : undefined
}

const readingOf = ({ status: { tag }, nextUpdate }: Single): Reading => ({
  status: tag === 0x80 ? 'good' : tag === 0xa1 ? 'revoked' : 'unknown',
  ...(nextUpdate !== undefined && { nextUpdate }),
})

/**
 * It must be signed by the issuer, or by one that the issuer has charged with it (RFC 6960 §4.2.2.2). The issuer may be
 * known here or have come along: the question names it by its key. Where nobody has shown it, the response is at least
 * signed by the certificate that came along; where none did, it is taken on the word of the address it came from.
 */
const signatureFault = async (
  { signed, certificates }: Opened,
  about: About,
  now: number,
): Promise<string | undefined> => {
  const along = await certificatesIn(certificates)
  if (along.length < certificates.length) return 'comes with a certificate that cannot be read'
  const known = (await Promise.all(about.issuers.map(certificatesOf))).flat()
  const issuer = [...known, ...along].find((one) => isIssuer(one, about.hash))
  const signer = [...(issuer === undefined ? [] : [issuer]), ...along].find((one) =>
    isSignedWith(signed, one.publicKey),
  )
  if (signer === undefined) return issuer === undefined && along.length === 0 ? undefined : 'is not signed as it says'
  if (signer === issuer) return undefined
  const isCharged = maySignOcsp(signer) && timeFault(signer, now) === undefined
  if (!isCharged || (issuer !== undefined && !isSignedBy(signer, issuer)))
    return 'is signed by one whom the issuer has not charged with it'
  return undefined
}

const maySignOcsp = ({ parsed }: Certificate): boolean =>
  parsed.getExtension<ExtendedKeyUsageExtension>('2.5.29.37')?.usages.some((usage) => usage === ocspSigning) === true
