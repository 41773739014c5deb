import { formatPartyCode, type PartyCode } from './party-code.ts'
import type { PartnerRole, RoamingPartner } from './roaming-partner.ts'

/** Parties that are reached through a hub, as the hub tells of them (OCPI 2.3.0 mod_hub_client_info). */

export const clientStatuses = ['CONNECTED', 'OFFLINE', 'PLANNED', 'SUSPENDED'] as const
export type ClientStatus = (typeof clientStatuses)[number]

export interface HubClient {
  readonly role: string
  readonly code: PartyCode
  readonly status: ClientStatus
  /** By the hub's clock. */
  readonly at: number
}

const isSame = (role: Pick<PartnerRole, 'role' | 'code'>, other: Pick<PartnerRole, 'role' | 'code'>): boolean =>
  role.role === other.role && isParty(role, other.code)

const isParty = ({ code }: Pick<PartnerRole, 'code'>, { country, party }: PartyCode): boolean =>
  code.country === country && code.party === party

/** With what a hub says of one party; undefined where that is older than what it has said of it before. */
export const withClient = (roles: readonly PartnerRole[], client: HubClient): readonly PartnerRole[] | undefined => {
  const had = roles.find((one) => isSame(one, client))
  if (had?.client !== undefined && had.client.at > client.at) return undefined
  const { role, code, status, at } = client
  if (had !== undefined)
    return roles.map((one) => (one === had ? { ...had, client: { ...had.client, status, at } } : one))
  return [...roles, { role, code, name: formatPartyCode(code), client: { status, at, isOnly: true } }]
}

/** With the whole list of a hub: whom it no longer has is no more, unless its own credentials name it. */
export const withClients = (roles: readonly PartnerRole[], clients: readonly HubClient[]): readonly PartnerRole[] => {
  const kept = roles.flatMap((one): readonly PartnerRole[] => {
    if (one.client === undefined || clients.some((other) => isSame(one, other))) return [one]
    const { client: _, ...own } = one
    return one.client.isOnly === true ? [] : [own]
  })
  return clients.reduce<readonly PartnerRole[]>((all, client) => withClient(all, client) ?? all, kept)
}

/** The parties of new credentials of a hub, with what it has told of its parties before. */
export const withEarlierClients = (
  roles: readonly PartnerRole[],
  before: readonly PartnerRole[],
): readonly PartnerRole[] => [
  ...roles.map((one) => {
    const client = before.find((other) => isSame(one, other))?.client
    return client === undefined ? one : { ...one, client: { status: client.status, at: client.at } }
  }),
  ...before.filter((one) => one.client?.isOnly === true && !roles.some((other) => isSame(one, other))),
]

/**
 * Whether something may be sent to a party on a partner's platform at all. To one that its hub does not have connected
 * nothing is sent, and nothing is kept for it: it asks for what it has missed (handbook/roaming.md §2.5).
 */
export const isReachable = ({ roles }: Pick<RoamingPartner, 'roles'>, party: PartyCode): boolean =>
  !roles.some((one) => isParty(one, party) && one.client !== undefined && one.client.status !== 'CONNECTED')
