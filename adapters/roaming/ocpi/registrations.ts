import {
  type Check,
  givesWay,
  moved,
  type OcpiVersion,
  otherSide,
  type RegistrationEvent,
  type RoamingPartner,
  type Side,
  stateAt,
} from '../../../core/domain/roaming-partner.ts'
import { withEarlierClients } from '../../../core/domain/hub-client.ts'
import type { DecidePartner } from '../../../core/ports/roaming-partners.ts'
import { addressFault } from './address.ts'
import type { Presented } from './auth.ts'
import { type Credentials, credentialsFrom } from './credentials.ts'
import { type Answer, codes, notAllowed, refusal, success } from './envelope.ts'
import { ourCredentials } from './our-credentials.ts'
import { type OcpiParts, versionsUrlOf } from './parts.ts'
import { survey, type Surveyed, withCheck } from './survey.ts'
import { hashOf, newToken } from './token.ts'

/** What a partner does at our credentials module: it registers itself, sends new credentials, or ends it. */

export interface CredentialsRequest {
  readonly by: Presented
  readonly version: OcpiVersion
  /** Of 2.1.1: the side of ours that it has come to. */
  readonly side?: Side | undefined
  readonly body: unknown
}

const nobodySpeaks = refusal(codes.serverError, 'it is not decided yet which of our parties speaks with you')

const refOf = ({ tenant, id: partner }: RoamingPartner) => ({ tenant, partner })

/** Only hashes of our tokens are kept, so what is told is the one that was shown. */
export const shownCredentials = async (
  parts: OcpiParts,
  { by: { partner, token }, side }: Pick<CredentialsRequest, 'by' | 'side'>,
): Promise<Answer> => {
  const { tenant, quirks } = partner
  const told = ourCredentials(parts, { tenant, token, quirks, side, roles: await parts.rolesOf(tenant) })
  return told === undefined ? nobodySpeaks : success(told)
}

/** The first credentials of a partner: from here on both are registered. */
export const registered = (parts: OcpiParts, request: CredentialsRequest): Promise<Answer> =>
  request.by.issued.use === 'invitation'
    ? taken(parts, request, 'accept')
    : Promise.resolve(notAllowed(['GET', 'PUT', 'DELETE'], 'you are registered: send new credentials with PUT'))

/** New credentials, new endpoints or another version; the token that was shown stays good until its successor is used. */
export const replaced = (parts: OcpiParts, request: CredentialsRequest): Promise<Answer> =>
  request.by.issued.use === 'access'
    ? taken(parts, request, 'replace')
    : Promise.resolve(notAllowed(['GET', 'POST'], 'you are not registered: register with POST'))

export const ended = async (parts: OcpiParts, { by: { partner, issued } }: CredentialsRequest): Promise<Answer> => {
  const at = parts.clock.now()
  const decide: DecidePartner = (before) => {
    const state = moved(before, 'end', at)
    return state && { partner: { ...withoutAccess(before), state, since: at, changedAt: at }, drops: 'all' }
  }
  const result = issued.use === 'access' ? await parts.partners.change(refOf(partner), decide, { at }) : 'senseless'
  if (typeof result === 'string') return notAllowed(['GET', 'POST'], 'you are not registered')
  parts.access.forget()
  parts.log.info('a roaming partner has ended its registration', { partner: partner.id })
  return success()
}

/** What is known of a partner that nothing may be asked any more. */
export const withoutAccess = (partner: RoamingPartner): RoamingPartner => {
  const { token: _, version: __, attempt: ___, ...known } = partner
  return { ...known, endpoints: [] }
}

const taken = async (
  parts: OcpiParts,
  { by: { partner }, version, side, body }: CredentialsRequest,
  event: RegistrationEvent & ('accept' | 'replace'),
): Promise<Answer> => {
  const given = credentialsFrom(body, side && otherSide(side))
  if ('fault' in given) return refusal(codes.invalid, given.fault)
  const now = await parts.partners.find(refOf(partner))
  const hindrance =
    now === undefined ? refusal(codes.clientError, 'unknown', 401) : hindranceOf(parts, now, given, event)
  if (hindrance !== undefined) return hindrance
  const roles = await parts.rolesOf(partner.tenant)
  if (roles.length === 0) return refusal(codes.serverError, 'no party has been set up here yet')
  const token = newToken(parts.secrets)
  const told = ourCredentials(parts, { tenant: partner.tenant, token, quirks: partner.quirks, side, roles })
  if (told === undefined) return nobodySpeaks
  const seen = await looked(parts, partner, { given, version, side, roles })
  if ('refused' in seen) return seen.refused
  return accepted(parts, partner, { ...seen, given, event, token, told })
}

/** Why it cannot be now. */
const hindranceOf = (
  parts: OcpiParts,
  partner: RoamingPartner,
  given: Credentials,
  event: 'accept' | 'replace',
): Answer | undefined => {
  const at = parts.clock.now()
  const state = stateAt(partner, at)
  if (event === 'replace' && state === 'renewing')
    return refusal(codes.serverError, 'our own new credentials are on their way to you: try again in a minute')
  if (moved(partner, event, at) === undefined)
    return event === 'accept'
      ? notAllowed(['GET', 'PUT', 'DELETE'], 'you are registered already')
      : notAllowed(['GET', 'POST'], 'you are not registered: register with POST')
  // both have begun at once
  if (state === 'offering' && !givesWay(versionsUrlOf(parts, partner.tenant), given.url))
    return notAllowed(['GET'], 'our own credentials are on their way to you, and count')
  return undefined
}

interface Looked {
  readonly seen: Surveyed
  readonly checks: readonly Check[]
}

/** Calls back while the partner waits: only who can be reached is registered. */
const looked = async (
  parts: OcpiParts,
  partner: RoamingPartner,
  {
    given,
    version,
    side,
    roles: ourRoles,
  }: Pick<CredentialsRequest, 'version' | 'side'> & {
    readonly given: Credentials
    readonly roles: RoamingPartner['roles']
  },
): Promise<Looked | { readonly refused: Answer }> => {
  let checks: readonly Check[] = []
  const note = async (step: Check['step'], passed: boolean, detail: string): Promise<void> => {
    checks = withCheck(checks, { step, passed, detail, at: parts.clock.now() })
  }
  const fault = addressFault(given.url, parts.namedHosts)
  await note('address', fault === undefined, fault ?? given.url)
  const peer = { token: given.token, quirks: partner.quirks }
  const seen =
    fault === undefined
      ? await survey(
          parts,
          peer,
          { versionsUrl: given.url, ourRoles, version, ...(side !== undefined && { side }) },
          note,
        )
      : { code: codes.unusable, reason: `the address of your versions is not called: ${fault}` }
  if ('credentials' in seen) return { seen, checks }
  parts.log.warn('a roaming partner could not be registered', { partner: partner.id, reason: seen.reason })
  await parts.partners.change(refOf(partner), (before) => ({ partner: { ...before, checks } }), {
    at: parts.clock.now(),
  })
  return { refused: refusal(seen.code, seen.reason) }
}

interface Acceptance {
  readonly given: Credentials
  readonly event: 'accept' | 'replace'
  /** What it is to show from now on, and all that we tell it with that. */
  readonly token: string
  readonly told: unknown
}

const accepted = async (
  parts: OcpiParts,
  partner: RoamingPartner,
  { seen, checks, given, event, token, told }: Looked & Acceptance,
): Promise<Answer> => {
  const at = parts.clock.now()
  const decide: DecidePartner = (before) => {
    const state = moved(before, event, at)
    return (
      state && {
        partner: {
          ...withCredentials(before, given, seen),
          token: parts.sealer.seal(given.token),
          state,
          since: at,
          checks: withCheck(checks, { step: 'credentials', passed: true, detail: 'taken', at }),
          registeredAt: before.registeredAt !== undefined && event === 'replace' ? before.registeredAt : at,
          exchangedAt: at,
          changedAt: at,
        },
        issues: { hash: hashOf(parts.digest, token), use: 'access', retires: event === 'replace' },
        ...(event === 'accept' && { drops: 'invitations' as const }),
      }
    )
  }
  const result = await parts.partners.change(refOf(partner), decide, { at })
  if (typeof result === 'string')
    return event === 'accept'
      ? notAllowed(['GET', 'PUT', 'DELETE'], 'you are registered already')
      : refusal(codes.serverError, 'something else has come of it meanwhile: try again in a minute')
  parts.access.forget()
  parts.log.info('a roaming partner has sent its credentials', { partner: partner.id, version: seen.version })
  return success(told)
}

/** A partner as its credentials and its details have it. */
export const withCredentials = (
  partner: RoamingPartner,
  { url: versionsUrl, roles, hub }: Credentials,
  { version, endpoints }: Surveyed,
): RoamingPartner => {
  const { hub: _, ...known } = partner
  if (hub === undefined) return { ...known, versionsUrl, version, roles, endpoints }
  return { ...known, versionsUrl, version, roles: withEarlierClients(roles, partner.roles), endpoints, hub }
}
