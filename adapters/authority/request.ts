import type { PublicKey } from '@peculiar/x509'
import type { Refused, Wanted } from '../../core/ports/authority.ts'
import { blocksOf } from './pem.ts'
import { isSignedWith, keyFault, publicKeyOf, signedBodyOf } from './signed.ts'

/** As OCPP 2.1 limits `csr`; stations of all versions stay far below. */
const longest = 10_000

/**
 * Looks at a request for a certificate (PKCS#10, RFC 2986): whoever sends it holds the key, the key is strong enough, and
 * it names who it is for. Nothing else of it counts: what was not checked is not certified (BI-48).
 */
export const publicKeyOfRequest = async (
  csr: string,
  wanted: Omit<Wanted, 'lifetimeDays'>,
): Promise<PublicKey | Refused> => {
  if (csr.length > longest) return { refused: `is longer than ${longest} characters` }
  const [der, ...more] = blocksOf(csr, 'CERTIFICATE REQUEST')
  if (der === undefined || more.length > 0) return { refused: 'is not one certificate request (PEM)' }
  const { Pkcs10CertificateRequest } = await import('./x509.ts')
  try {
    const request = new Pkcs10CertificateRequest(der)
    const key = publicKeyOf(new Uint8Array(request.publicKey.rawData))
    const fault = keyFault(key)
    if (fault !== undefined) return { refused: fault }
    if (!isSignedWith(signedBodyOf(der), key)) return { refused: 'is not signed with its own key' }
    const names = request.subjectName
    const isNamed = only(names.getField('CN'), wanted.commonName)
    if (!isNamed) return { refused: 'names another common name than the station has' }
    if (wanted.organisation !== undefined && !only(names.getField('O'), wanted.organisation))
      return { refused: 'names another organisation than the operator is' }
    return request.publicKey
  } catch {
    return { refused: 'cannot be read' }
  }
}

const only = ([name, ...more]: readonly string[], wanted: string): boolean =>
  name !== undefined && name !== '' && more.length === 0 && name === wanted
