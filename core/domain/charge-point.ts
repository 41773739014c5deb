/** The physical system with one OCPP identity and one socket. OCPP 2.x calls it Charging Station. */

/** Who we mean: a tenant (CPO) and the identity as registered. Identities differ by more than case. */
export interface ChargePointRef {
  readonly tenant: string
  readonly identity: string
}

/** What we told the station at its BootNotification; belongs to the record, not to the socket (handbook §3.1). */
export type Registration = 'accepted' | 'pending' | 'rejected'

/** What a remote start presents at a station of OCPP 1.6: a tag made for the order, or the token itself. */
export const remoteStarts = ['tag', 'token'] as const
export type RemoteStart = (typeof remoteStarts)[number]

/**
 * OCPP security profiles: 0 without a password, 1 with one, 2 with one over TLS, 3 with a client certificate
 * (OCPP 1.6 security whitepaper §2, 2.0.1 part 2 A00).
 */
export const securityProfiles = [0, 1, 2, 3] as const
export type SecurityProfile = (typeof securityProfiles)[number]

/** What a station tells about itself when it boots. */
export interface Inventory {
  readonly vendor: string
  readonly model: string
  readonly serial?: string
  readonly firmware?: string
  readonly iccid?: string
  readonly imsi?: string
  readonly meterType?: string
  readonly meterSerial?: string
}

/** One text for maps and logs: `default/CP-1`. No identity contains a slash. */
export const refKey = ({ tenant, identity }: ChargePointRef): string => `${tenant}/${identity}`

/** Whether this is no tenant's name: small letters, digits and hyphens, at most 63. */
export const tenantFault = (tenant: string): boolean => !/^[a-z0-9][a-z0-9-]{0,62}$/.test(tenant)

const control = /\p{Cc}/u

/**
 * Says what is wrong with an identity, or nothing. OCPP-J 1.6 names no limit (we take 255), 2.x allows 48; a colon
 * would break Basic auth, a slash the path.
 */
export const identityFault = (identity: string, longest = 255): string | undefined => {
  if (identity === '') return 'is empty'
  if (identity.length > longest) return `is longer than ${longest} characters`
  if (identity.includes(':') || identity.includes('/')) return 'contains ":" or "/"'
  if (control.test(identity) || identity === '.' || identity === '..') return 'contains a control character'
  return undefined
}
