import type { SecurityProfile } from '../core/domain/charge-point.ts'
import type { ClientCertificate } from '../core/ports/certificates.ts'
import type { ChargePointRecord } from '../core/ports/credentials.ts'

/** How a station comes: from where, over what, and with what certificate. */
export interface Coming {
  readonly address: string
  /** Over TLS, all the way to us or to a proxy that we trust. */
  readonly secure: boolean
  /** Of the client, verified by the proxy that ended its TLS. */
  readonly certificate: ClientCertificate | undefined
}

/** What is missing to the security profile a charge point is registered for (BI-15, A00.FR.002), or nothing. */
export const lackOf = ({ securityProfile: wanted = 0 }: ChargePointRecord, coming: Coming): string | undefined => {
  if (wanted >= 2 && !coming.secure) return `its security profile is ${wanted}: it must come over TLS`
  if (wanted === 3 && coming.certificate === undefined)
    return 'its security profile is 3: it must show a client certificate'
  return undefined
}

/**
 * Whether a certificate is this charge point's: its common name is the identity or the serial number (A00.FR.404), its
 * organisation the operator's where that is known (A00.FR.405). A proxy may trust the roots of several tenants: what one
 * of them has signed is nothing to another, which may call a station of its own the same.
 */
export const isCertified = (
  { tenant, identity, serial, organisation }: ChargePointRecord,
  { commonName, ofTenant = tenant, ...shown }: ClientCertificate,
): boolean =>
  (commonName.toLowerCase() === identity.toLowerCase() || (serial !== undefined && commonName === serial)) &&
  ofTenant === tenant &&
  (organisation === undefined || shown.organisation === organisation)

/** Whether a station that was told to raise its profile comes as the new one wants it: from then on it must (S-03). */
export const hasRaised = (record: ChargePointRecord, to: SecurityProfile, coming: Coming): boolean =>
  lackOf({ ...record, securityProfile: to }, coming) === undefined &&
  // any certificate will do for a password's station: with one that is not its own it would not come in again
  (to < 3 || (coming.certificate !== undefined && isCertified(record, coming.certificate)))
