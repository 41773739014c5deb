import type { PartnerRole, Side } from '../../../core/domain/roaming-partner.ts'
import { parsePartyCode } from '../../../core/domain/party-code.ts'
import { clean } from '../../../core/domain/text.ts'
import { isJson } from '../../../core/roaming/field.ts'
import { isToken } from './token.ts'

/** What two platforms tell each other to be registered (OCPI 2.3.0 credentials, "Credentials object"). */
export interface Credentials {
  readonly token: string
  /** Of its versions. */
  readonly url: string
  readonly roles: readonly PartnerRole[]
  readonly hub?: string
}

/** What is wrong with something that was sent, and where. */
export interface Fault {
  readonly fault: string
}

const mostRoles = 1_000

/**
 * Fields and roles that we do not know are no fault. `theirs`: in 2.1.1 there is one party alone, and its role is that of
 * the address.
 */
export const credentialsFrom = (data: unknown, theirs?: Side): Credentials | Fault => {
  if (!isJson(data)) return { fault: 'the body must be an object' }
  const { token, url, hub_party_id: hub } = data
  const roles = theirs === undefined ? data['roles'] : [{ ...data, role: theirs }]
  if (typeof token !== 'string' || !isToken(token))
    return { fault: '/token: must be 1 to 64 printable characters without a space' }
  if (typeof url !== 'string') return { fault: '/url: must be the address of the versions' }
  if (!Array.isArray(roles) || roles.length === 0 || roles.length > mostRoles)
    return { fault: `/roles: must be a list of 1 to ${mostRoles} roles` }
  const read: PartnerRole[] = []
  for (const [place, entry] of roles.entries()) {
    const role = roleFrom(entry)
    if ('fault' in role) return { fault: `${theirs === undefined ? `/roles/${place}` : ''}${role.fault}` }
    read.push(role)
  }
  const twice = read.findIndex((role, place) => read.findIndex((other) => isSameParty(role, other)) < place)
  if (twice !== -1) return { fault: `/roles/${twice}: is there twice` }
  const named = typeof hub === 'string' && hub !== '' ? clean(hub, 5).toUpperCase() : hubIn(read)
  return { token, url: clean(url, 256), roles: read, ...(named !== undefined && { hub: named }) }
}

/** In 2.2.1 a hub has a role of its own. */
const hubIn = (roles: readonly PartnerRole[]): string | undefined => {
  const code = roles.find(({ role }) => role === 'HUB')?.code
  return code && code.country + code.party
}

const isSameParty = (a: PartnerRole, b: PartnerRole): boolean =>
  a.role === b.role && a.code.country === b.code.country && a.code.party === b.code.party

const roleFrom = (entry: unknown): PartnerRole | Fault => {
  if (!isJson(entry)) return { fault: ': must be an object' }
  const { role, party_id: party, country_code: country, business_details: details } = entry
  if (typeof role !== 'string' || role === '' || role.length > 64) return { fault: '/role: must be a role' }
  if (typeof country !== 'string' || !/^[A-Za-z]{2}$/.test(country))
    return { fault: '/country_code: must be two letters' }
  if (typeof party !== 'string' || party.length !== 3) return { fault: '/party_id: must be three letters or digits' }
  const code = parsePartyCode(country + party)
  if ('fault' in code) return { fault: '/party_id: must be three letters or digits' }
  if (!isJson(details) || typeof details['name'] !== 'string')
    return { fault: '/business_details/name: must be a text' }
  const { name, website } = details
  return {
    role: clean(role.toUpperCase(), 64),
    code,
    name: clean(name, 100),
    ...(typeof website === 'string' && { website: clean(website) }),
  }
}

/** Ours, as they are sent from 2.2.1 on. */
export const credentialsOf = (token: string, url: string, roles: readonly PartnerRole[]): unknown => ({
  token,
  url,
  roles: roles.map((of) => ({ role: of.role, ...partyOf(of) })),
})

/** Those of one party, as 2.1.1 has them. */
export const olderCredentialsOf = (token: string, url: string, party: PartnerRole): unknown => ({
  token,
  url,
  ...partyOf(party),
})

const partyOf = ({ code, name, website }: PartnerRole): object => ({
  country_code: code.country,
  party_id: code.party,
  business_details: { name, ...(website !== undefined && { website }) },
})
