import type { EventType } from './event.ts'
import { type Area, areas, acts, type Permission } from './permission.ts'

/** Who holds an API key: a role says what may be done with it, a scope says with what. Nothing else may be (S-17). */
export const keyRoles = [
  'platform',
  'reseller',
  'operator',
  'support',
  'siteOwner',
  'emp',
  'auditor',
  'installer',
] as const
export type KeyRole = (typeof keyRoles)[number]

/** What a key is limited to: what lies there, and the charge points that are named, whether they lie anywhere or not. */
export interface Places {
  readonly sites: readonly string[]
  /** Charging stations. */
  readonly stations: readonly string[]
  readonly chargePoints: readonly string[]
}
export type Scope = 'tenant' | Places

/** What a key is good for. */
export interface Grant {
  readonly role: KeyRole
  readonly scope: Scope
  /** Whose key it is: a site owner, or an EMP by its id or its code. */
  readonly party?: string
}

/** What is seen of a tenant: everything; what lies at places; what a site owner has; what is under contracts of an EMP. */
export type Sight = 'whole' | Places | { readonly owner: string } | { readonly emp: string }

export const permissions: readonly Permission[] = areas.flatMap((area) =>
  acts.map((act): Permission => `${area}.${act}`),
)
const all = new Set(permissions)
const without = (...refused: readonly Permission[]): ReadonlySet<Permission> =>
  new Set(permissions.filter((permission) => !refused.includes(permission)))
const reading = (...unseen: readonly Area[]): readonly Permission[] =>
  areas.filter((area) => !unseen.includes(area)).map((area): Permission => `${area}.read`)

/**
 * What each role may do, where its scope and its party do not forbid it. The platform and a reseller differ in the tenants
 * that they may enter, not in what they may do there.
 */
const rights: Readonly<Record<KeyRole, ReadonlySet<Permission>>> = {
  platform: all,
  reseller: all,
  operator: without('resellers.write', 'resellers.operate'),
  support: new Set([...reading('apiKeys', 'audit', 'resellers'), 'commands.write', 'commands.operate', 'traces.write']),
  siteOwner: new Set<Permission>(['market.read', 'sessions.read', 'settlement.read']),
  emp: new Set<Permission>(['sessions.read', 'cdrs.read', 'contracts.read', 'tokens.read', 'settlement.read']),
  auditor: new Set(reading()),
  installer: new Set<Permission>([
    'chargePoints.read',
    'chargePoints.write',
    'commands.read',
    'commands.operate',
    'traces.read',
    'traces.write',
    'market.read',
    'security.read',
    'sims.read',
  ]),
}

/** What rows say of their place, so that a key which is limited to places can be shown some of them. All else is the tenant's. */
const placed: ReadonlySet<Permission> = new Set<Permission>([
  'chargePoints.read',
  'chargePoints.write',
  'chargePoints.operate',
  'commands.read',
  'commands.write',
  'commands.operate',
  'sessions.read',
  'cdrs.read',
  'market.read',
  'traces.read',
  'traces.write',
  'events.read',
  'security.read',
  'sims.read',
])

/** Whether a role has a permission, wherever it is limited to. */
export const hasRight = (role: KeyRole, permission: Permission): boolean => rights[role].has(permission)

/** Whether a permission is one that a key which is limited to places can have. */
export const isPlaced = (permission: Permission): boolean => placed.has(permission)

/** Why a key may not; undefined where it may. */
export const refusalOf = (
  { role, scope }: Pick<Grant, 'role' | 'scope'>,
  permission: Permission,
): string | undefined => {
  if (!hasRight(role, permission)) return `a key of role ${role} has no permission ${permission}`
  if (scope !== 'tenant' && !isPlaced(permission))
    return `${permission} is a permission of whole tenants: this key is limited to places`
  return undefined
}

/** The roles that a party of the market stands behind: such a key sees what is that party's. */
export const isPartys = (role: KeyRole): role is 'siteOwner' | 'emp' => role === 'siteOwner' || role === 'emp'

/** Who has charged is nobody's business but the operator's and the EMP's. */
export const hidesDrivers = (role: KeyRole): boolean => role === 'siteOwner'

export const sightOf = ({ role, scope, party }: Grant): Sight => {
  // a key without its party sees what nobody has
  if (role === 'siteOwner') return { owner: party ?? '' }
  if (role === 'emp') return { emp: party ?? '' }
  return scope === 'tenant' ? 'whole' : scope
}

const within = (inner: readonly string[], outer: readonly string[]): boolean =>
  inner.every((one) => outer.includes(one))

const isNoWider = (wanted: Scope, own: Scope): boolean => {
  if (own === 'tenant') return true
  if (wanted === 'tenant') return false
  return (
    within(wanted.sites, own.sites) &&
    within(wanted.stations, own.stations) &&
    within(wanted.chargePoints, own.chargePoints)
  )
}

/** Why a key may not make this other one; undefined where it may: nobody hands on more than they have. */
export const giftFault = (own: Grant, wanted: Grant): string | undefined => {
  if (wanted.role === 'platform' && own.role !== 'platform') return 'only the platform makes keys of the platform'
  if (wanted.role === 'reseller' && own.role !== 'platform' && own.role !== 'reseller')
    return 'only the platform and a reseller make keys of resellers'
  const more = permissions.find((permission) => hasRight(wanted.role, permission) && !hasRight(own.role, permission))
  if (more !== undefined) return `a key of role ${own.role} has no permission ${more} to give`
  if (!isNoWider(wanted.scope, own.scope)) return 'reaches further than the key that makes it'
  if (own.party !== undefined && wanted.party !== own.party) return `is not ${own.party}, whose key makes it`
  return undefined
}

/** To what of the API an event belongs: only who may read there hears of it. */
export const eventAreas: Readonly<Record<EventType, Area>> = {
  'charge-point.registered': 'chargePoints',
  'charge-point.removed': 'chargePoints',
  'charge-point.connected': 'chargePoints',
  'charge-point.disconnected': 'chargePoints',
  'charge-point.booted': 'chargePoints',
  'charge-point.told': 'chargePoints',
  'connector.status': 'chargePoints',
  'session.started': 'sessions',
  'session.changed': 'sessions',
  'session.ended': 'sessions',
  'session.closed': 'sessions',
  'session.inferred': 'sessions',
  'session.orphaned': 'sessions',
  'cdr.held': 'cdrs',
  'cdr.issued': 'cdrs',
  'cdr.credited': 'cdrs',
  'command.changed': 'commands',
  'firmware.progressed': 'chargePoints',
  'log.progressed': 'chargePoints',
  'security.reported': 'security',
  'certificate.requested': 'certificates',
  'reservation.changed': 'commands',
  'vendor.received': 'traces',
  'campaign.changed': 'campaigns',
  'token.changed': 'tokens',
  'api-key.changed': 'apiKeys',
  'file.received': 'files',
  'erp.refused': 'books',
  'erp.unclear': 'books',
  'statement.refused': 'books',
  'statement.unclear': 'books',
  'roaming.refused': 'roaming',
  'roaming.unclear': 'roaming',
  'security.alarm': 'security',
  'party.changed': 'market',
  'site.changed': 'market',
  'evse.changed': 'market',
  'tariff.changed': 'tariffs',
  'roaming-partner.changed': 'roaming',
  'roaming.alarm': 'roaming',
  'roaming-command.changed': 'roaming',
  'tenant.changed': 'tenant',
  'agreement.changed': 'settlement',
  'sim.changed': 'sims',
  'sim-command.changed': 'sims',
}

/** Whether whoever asks hears of an event of this type, so far as it is about something that they see. */
export const mayHear = (grant: Pick<Grant, 'role' | 'scope'>, type: EventType): boolean =>
  refusalOf(grant, `${eventAreas[type]}.read`) === undefined
