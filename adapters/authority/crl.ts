import { type CertificateHash, serialDigits } from '../../core/domain/certificate.ts'
import type { About, Reading } from '../../core/ports/revocation.ts'
import { isIssuer } from './cert-id.ts'
import { certificatesOf, isEqual } from './certificate.ts'
import { type Element, elementAt, elementsOf, timeOf } from './der.ts'
import { inSequence, isSignedWith, type SignedBody, signedBodyOf } from './signed.ts'

/** Lists of revoked certificates (RFC 5280 §5). */

const toleranceMs = 300_000
const deltaList = '551d1b'
const distributionPoint = '551d1c'
/** In it: only for some reasons, of other issuers too, only attributes (§5.2.5). */
const restrictions = [0x83, 0xa3, 0x84, 0x85]

/** Looks a certificate up in a list that is of now and signed by its issuer. */
export const readList = async (list: Uint8Array, about: About, now: number): Promise<Reading> => {
  try {
    const signed = signedBodyOf(list)
    const read = listOf(signed)
    const issuer = (await Promise.all(about.issuers.map(certificatesOf)))
      .flat()
      .find((one) => isIssuer(one, about.hash))
    if (issuer === undefined) return failed('is of an issuer that is not known here')
    if (!isEqual(issuer.subject, read.issuer) || !isSignedWith(signed, issuer.publicKey))
      return failed("is not the issuer's")
    if (read.isPart) return failed('is not a whole one')
    if (read.thisUpdate > now + toleranceMs) return failed('is of a time to come')
    if (read.nextUpdate !== undefined && read.nextUpdate < now - toleranceMs) return failed('is out of date')
    return {
      status: isIn(read.revoked, about.hash) ? 'revoked' : 'good',
      ...(read.nextUpdate !== undefined && { nextUpdate: read.nextUpdate }),
    }
  } catch {
    return failed('cannot be read')
  }
}

const failed = (what: string): Reading => ({ status: 'failed', reason: `the list ${what}` })

interface List {
  readonly issuer: Uint8Array
  readonly thisUpdate: number
  readonly nextUpdate?: number
  /** The entries as they came. */
  readonly revoked: Uint8Array
  readonly isPart: boolean
}

const listOf = ({ body }: SignedBody): List => {
  const parts = elementsOf(inSequence(elementsOf(body)[0]))
  // a list of version 1 does not say so
  const first = parts[0]?.tag === 0x02 ? 2 : 1
  const next = parts[first + 2]
  const hasNext = next?.tag === 0x17 || next?.tag === 0x18
  const entries = parts[first + (hasNext ? 3 : 2)]
  const extensions = parts.find(({ tag }) => tag === 0xa0)
  return {
    issuer: elementAt(parts, first).whole,
    thisUpdate: timeOf(elementAt(parts, first + 1)),
    ...(hasNext && { nextUpdate: timeOf(next) }),
    revoked: entries?.tag === 0x30 ? entries.content : new Uint8Array(),
    isPart: extensions !== undefined && elementsOf(inSequence(elementsOf(extensions.content)[0])).some(makesPart),
  }
}

/** Delta lists hold only what is new, others only a part: from neither follows that what is not in it is good. */
const makesPart = (extension: Element): boolean => {
  const parts = elementsOf(inSequence(extension))
  const name = Buffer.from(elementAt(parts, 0).content).toString('hex')
  if (name !== distributionPoint) return name === deltaList
  const inner = elementsOf(elementAt(parts, parts.length - 1).content)[0]
  return elementsOf(inSequence(inner)).some(({ tag }) => restrictions.includes(tag))
}

const isIn = (revoked: Uint8Array, { serialNumber }: CertificateHash): boolean => {
  const wanted = serialDigits(serialNumber)
  return elementsOf(revoked).some(
    (entry) => serialDigits(Buffer.from(elementAt(elementsOf(entry.content), 0).content).toString('hex')) === wanted,
  )
}
