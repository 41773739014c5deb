import type { ClientStatus } from './hub-client.ts'
import type { OicpSettings } from '../roaming/oicp/settings.ts'
import type { PartyCode } from './party-code.ts'

/**
 * Somebody whom we exchange locations, tokens, sessions and accounts with: a platform of an EMP, of a CPO, or a hub between
 * them. How it is registered follows the credentials module of OCPI 2.2.1 and 2.3.0; both sides may begin.
 */
export interface RoamingPartner {
  readonly tenant: string
  /** The operator's own name for it. */
  readonly id: string
  readonly name?: string
  readonly state: RegistrationState
  /** Which of our attempts the state is of, while one is under way; whoever answers for an older one answers too late. */
  readonly attempt?: string
  /** When it came into its state. */
  readonly since: number
  /** Where it says which versions it speaks. */
  readonly versionsUrl?: string
  readonly version?: OcpiVersion
  /** Sealed: what we show to it. */
  readonly token?: string
  readonly roles: readonly PartnerRole[]
  /** The hub that all of its parties are reached through: five characters (2.3.0). */
  readonly hub?: string
  readonly endpoints: readonly Endpoint[]
  readonly quirks: Quirks
  /** How it is asked about tokens; absent: as usual. */
  readonly authorization?: AuthorizationPolicy
  /** Of the last handshake, in their order: what was looked at, and what was found. */
  readonly checks: readonly Check[]
  /** What is spoken with it; absent: OCPI. */
  readonly protocol?: RoamingProtocol
  /** Of a hub that speaks OICP. */
  readonly oicp?: OicpSettings
  readonly registeredAt?: number
  /** When both had new tokens last. */
  readonly exchangedAt?: number
  readonly changedAt: number
}

export const roamingProtocols = ['ocpi', 'oicp'] as const
export type RoamingProtocol = (typeof roamingProtocols)[number]

/** The oldest first. */
export const ocpiVersions = ['2.1.1', '2.2.1', '2.3.0'] as const
export type OcpiVersion = (typeof ocpiVersions)[number]

/** One party on a platform. `role` is OCPI's word (CPO, EMSP, HUB, …), which may be one that we do not know. */
export interface PartnerRole {
  readonly role: string
  readonly code: PartyCode
  readonly name: string
  readonly website?: string
  /** What the hub says of it, where it is reached through one; `isOnly`: its credentials do not name it. */
  readonly client?: { readonly status: ClientStatus; readonly at: number; readonly isOnly?: true }
}

/** `sender` has the objects, `receiver` is told of them. */
export const interfaceRoles = ['SENDER', 'RECEIVER'] as const
export type InterfaceRole = (typeof interfaceRoles)[number]

/** One module of a platform, on one side of it. */
export interface Endpoint {
  readonly module: string
  readonly role: InterfaceRole
  readonly url: string
}

/** What a partner does otherwise than the specification has it; said by the operator, never guessed. */
export interface Quirks {
  /** How it writes our token in its header: in base64 as from 2.2 on, raw as in 2.1.1, or now this and now that. */
  readonly tokenIn: 'base64' | 'raw' | 'either'
  /** How it wants its own token. */
  readonly tokenOut: 'base64' | 'raw'
  /** It finds its addresses only with a slash at their end. */
  readonly trailingSlash: boolean
  /** It puts a single object into a list of one. */
  readonly dataAsList: boolean
  /** The version that is spoken with it, whatever else it offers. */
  readonly version?: OcpiVersion
  /** Modules that it has not got, although its role should: nobody insists on them. */
  readonly lacks: readonly string[]
  /** As which of our parties we speak with it where credentials are of one party (2.1.1); absent: as the only one. */
  readonly party?: OurParty
  /** The longest texts that it takes, by class and field as in `Location.address`, where that is less than its version has. */
  readonly lengths: Readonly<Record<string, number>>
  /** The most decimals that it takes in totals of CDRs and sessions: halves are rounded away from zero. */
  readonly decimals?: number
  /** The most objects that it bears in one page, of its lists and of ours. */
  readonly pageLimit?: number
  /** Requests to it and answers name parties in their headers; not everybody bears those. */
  readonly namesParties: boolean
  /** It takes credit CDRs; else a person settles what an account is replaced by. */
  readonly creditCdrs: boolean
  /** It takes 200 as the only word for success of HTTP, also where something was made. */
  readonly only200: boolean
  /** It takes PATCH; else it is told with PUT what has changed. */
  readonly patches: boolean
  /** It is told of a session at most once in so many seconds, and at once of its end. */
  readonly sessionPushS: number
}

export interface OurParty {
  readonly role: Side
  readonly code: PartyCode
}

/** As what we speak with somebody. 2.1.1 has an address for each of the two, and names no side in its endpoints. */
export const sides = ['CPO', 'EMSP'] as const
export type Side = (typeof sides)[number]

export const otherSide = (side: Side): Side => (side === 'CPO' ? 'EMSP' : 'CPO')

export const noQuirks: Quirks = {
  tokenIn: 'base64',
  tokenOut: 'base64',
  trailingSlash: false,
  dataAsList: false,
  lacks: [],
  lengths: {},
  namesParties: true,
  creditCdrs: true,
  only200: false,
  patches: true,
  sessionPushS: 30,
}

/** When an EMP is asked whether a driver may charge, and what holds where it does not answer; said by the operator. */
export interface AuthorizationPolicy {
  /** It is also asked about tokens that nobody has told us of. */
  readonly asksUnknown: boolean
  /** Whether a token that has to be asked about may charge where it does not answer in time. */
  readonly whenUnreachable: 'refuse' | 'allow'
  /** For so many seconds a yes holds at the same station, of tokens that may be relied on; 0: it is asked each time. */
  readonly rememberS: number
  /** As a CPO it must say where a driver stands when it asks about a token of ours. */
  readonly needsLocation: boolean
}

export const usualAuthorization: AuthorizationPolicy = {
  asksUnknown: false,
  whenUnreachable: 'refuse',
  rememberS: 0,
  needsLocation: false,
}

/** What is looked at in a handshake, in this order. */
export const checkSteps = ['parties', 'address', 'versions', 'version', 'details', 'endpoints', 'credentials'] as const
export type CheckStep = (typeof checkSteps)[number]

export interface Check {
  readonly step: CheckStep
  readonly passed: boolean
  /** What was found, for people. */
  readonly detail: string
  readonly at: number
}

export const registrationStates = [
  /** Nothing has been done about it. */
  'known',
  /** It has a token of ours to register itself with. */
  'invited',
  /** We look at what it offers. */
  'connecting',
  /** Our credentials are on their way. */
  'offering',
  'registered',
  /** Registered, and our new credentials are on their way. */
  'renewing',
  'failed',
  /** Was registered, and is no more. */
  'ended',
] as const
export type RegistrationState = (typeof registrationStates)[number]

export type RegistrationEvent =
  /** An operator gives it a token, or has us register with it. */
  | 'invite'
  | 'connect'
  /** We send our credentials, the first or new ones; what it said to them. */
  | 'offer'
  | 'renew'
  | 'confirm'
  | 'fail'
  /** It has sent its credentials, the first or new ones. */
  | 'accept'
  | 'replace'
  /** One of the two wants no more. */
  | 'end'

const moves: Readonly<Record<RegistrationState, Readonly<Partial<Record<RegistrationEvent, RegistrationState>>>>> = {
  known: { invite: 'invited', connect: 'connecting' },
  invited: { invite: 'invited', connect: 'connecting', accept: 'registered' },
  // it may be faster than we are
  connecting: { invite: 'connecting', offer: 'offering', fail: 'failed', accept: 'registered' },
  offering: { confirm: 'registered', fail: 'failed', accept: 'registered' },
  // both have begun at once, and both were answered: what it said last counts
  registered: { renew: 'renewing', replace: 'registered', confirm: 'registered', end: 'ended' },
  renewing: { confirm: 'registered', fail: 'registered', end: 'ended' },
  failed: { invite: 'invited', connect: 'connecting', accept: 'registered' },
  ended: { invite: 'invited', connect: 'connecting' },
}

/** Longer than any handshake takes: after it, whoever was at it is gone. */
export const handshakeMs = 120_000

/** The state that counts: an attempt that nobody has ended has failed. */
export const stateAt = ({ state, since }: Pick<RoamingPartner, 'state' | 'since'>, now: number): RegistrationState =>
  now - since > handshakeMs ? (moves[state].fail ?? state) : state

/** What it is after an event; undefined where that makes no sense as it stands: over OICP there is no handshake. */
export const moved = (
  partner: Pick<RoamingPartner, 'state' | 'since' | 'protocol'>,
  event: RegistrationEvent,
  now: number,
): RegistrationState | undefined =>
  partner.protocol === 'oicp' && event !== 'end' ? undefined : moves[stateAt(partner, now)][event]

const day = 86_400_000
/** Tokens are changed once in this long (S-25); where that fails, it is tried again every day. */
export const tokensLastMs = 30 * day
export const tokensRetryMs = day

/** The two of us may use each other's modules. */
export const isRegistered = ({ state }: Pick<RoamingPartner, 'state'>): boolean =>
  state === 'registered' || state === 'renewing'

/**
 * Both sides have sent their credentials before hearing of the other's: one of them lets the other's count, and both must
 * find the same one. The address that sorts first gives way.
 */
export const givesWay = (ours: string, theirs: string): boolean => ours < theirs

/** The side of ours that is for a partner; undefined where we have both, and nothing tells which one. */
export const sideFor = (
  ours: readonly Pick<PartnerRole, 'role'>[],
  { roles, quirks }: Pick<RoamingPartner, 'roles' | 'quirks'>,
): Side | undefined => {
  if (quirks.party !== undefined) return quirks.party.role
  const only = (of: readonly Pick<PartnerRole, 'role'>[]): Side | undefined => {
    const [side, ...more] = sides.filter((one) => of.some(({ role }) => role === one))
    return more.length === 0 ? side : undefined
  }
  const theirs = only(roles)
  return only(ours) ?? (theirs && otherSide(theirs))
}

/** The party of ours that speaks where only one can: the one that was chosen for the partner, or the only one of its side. */
export const partyFor = (
  ours: readonly PartnerRole[],
  side: Side,
  { party }: Pick<Quirks, 'party'>,
): PartnerRole | undefined => {
  const [first, ...more] = ours.filter(
    ({ role, code }) =>
      role === side &&
      (party === undefined ||
        (party.role === side && party.code.country === code.country && party.code.party === code.party)),
  )
  return more.length === 0 ? first : undefined
}

/** What we need of a platform in each of our roles, beside its credentials. */
const needs: Readonly<Record<string, readonly Pick<Endpoint, 'module' | 'role'>[]>> = {
  CPO: [{ module: 'tokens', role: 'SENDER' }],
  EMSP: [{ module: 'locations', role: 'SENDER' }],
}

/**
 * What a platform lacks to be of use to us in any of our roles: of the role that is the nearest to it. A platform that has
 * no credentials module cannot be registered with at all.
 */
export const missingEndpoints = (
  roles: readonly Pick<PartnerRole, 'role'>[],
  endpoints: readonly Pick<Endpoint, 'module' | 'role'>[],
  { lacks }: Pick<Quirks, 'lacks'>,
): readonly string[] => {
  if (!endpoints.some(({ module }) => module === 'credentials')) return ['credentials']
  const missing = roles.map(({ role }) =>
    (needs[role] ?? [])
      .filter(({ module }) => !lacks.includes(module))
      .filter((need) => !endpoints.some(({ module, role: side }) => module === need.module && side === need.role))
      .map(({ module, role: side }) => `${module} (${side})`),
  )
  return missing.toSorted((a, b) => a.length - b.length)[0] ?? []
}

/** The highest version that both speak, or the one that is pinned where both do. */
export const commonVersion = (
  ours: readonly OcpiVersion[],
  theirs: readonly string[],
  pinned?: OcpiVersion,
): OcpiVersion | undefined =>
  ocpiVersions.findLast(
    (version) => ours.includes(version) && theirs.includes(version) && (pinned === undefined || pinned === version),
  )
